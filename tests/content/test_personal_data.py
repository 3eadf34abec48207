"""What the content room hands over about a person, and what stays when she is erased."""

from datetime import datetime

import pytest

from advocacy.content import actions, personal_data
from advocacy.permissions import Role
from tests.makers.accounts import make_person
from tests.makers.content import make_data

pytestmark = pytest.mark.usefixtures("unit")


def test_export_names_her_kits_and_reviews(at: datetime) -> None:
    carl, cora = make_person(roles=[Role.COMMS]), make_person(roles=[Role.COMMS])
    kit = actions.create(make_data(), by=carl, at=at)
    actions.send_to_review(kit, by=carl, at=at)
    hers = personal_data.export(carl)
    assert [one["title"] for one in hers["kits_written"]] == ["The cable that came ashore"]
    assert hers["kits_edited_last"] == [kit.slug]
    assert hers["reviews"][0] | {"asked_at": ""} == {
        "kit": kit.slug,
        "asked_by_you": True,
        "asked_at": "",
        "decided_by_you": False,
        "decided_at": None,
        "verdict": None,
        "remark": "",
    }
    actions.send_back(kit, "Name the ferry.", by=cora, at=at)
    assert personal_data.export(carl)["reviews"][0]["remark"] == ""
    assert personal_data.export(cora)["reviews"][0]["remark"] == "Name the ferry."
    assert personal_data.export(make_person()) == {"kits_written": [], "kits_edited_last": [], "reviews": []}


def test_erasing_keeps_the_kit(at: datetime) -> None:
    carl = make_person(roles=[Role.COMMS])
    kit = actions.create(make_data(), by=carl, at=at)
    personal_data.erase(carl, by=carl, at=at)
    assert kit.author is carl
