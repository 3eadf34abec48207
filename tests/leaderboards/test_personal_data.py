"""What leaderboards hold about a person is hers to take and to have forgotten."""

from __future__ import annotations

import json

import pytest

from advocacy.leaderboards import actions, personal_data, queries
from advocacy.leaderboards.models import Appearance
from tests.makers.accounts import AT, make_champion
from tests.makers.leaderboards import make_points

pytestmark = pytest.mark.usefixtures("unit")


def test_export_holds_points_and_choice() -> None:
    ada = make_champion()
    make_points(ada, 10)
    make_points(ada, 5, reason="You read", values={}, kind="read")
    actions.appear(Appearance.PSEUDONYM, "North Star", by=ada, at=AT)
    told = json.loads(json.dumps(personal_data.export(ada)))
    assert [(line["points"], line["reason"]) for line in told["points"]] == [
        (5, "You read"),
        (10, "You shared a story on Mastodon"),
    ]
    assert (told["appearance"], told["pseudonym"], told["chosen_at"]) == (
        "pseudonym",
        "North Star",
        AT.isoformat(),
    )


def test_export_of_someone_who_did_nothing() -> None:
    assert personal_data.export(make_champion()) == {
        "points": [],
        "appearance": "hidden",
        "pseudonym": "",
        "chosen_at": None,
    }


def test_erase_forgets_the_choice_and_frees_the_pseudonym_but_keeps_the_ledger() -> None:
    ada, bea = make_champion(), make_champion()
    make_points(ada, 10)
    actions.appear(Appearance.PSEUDONYM, "North Star", by=ada, at=AT)
    personal_data.erase(ada, by=None, at=AT)
    assert queries.choice_of(ada) is None
    assert queries.total_of(ada, at=AT) == 10
    actions.appear(Appearance.PSEUDONYM, "North Star", by=bea, at=AT)
