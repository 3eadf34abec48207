"""Who hears by letter that a kit waits for a review, came back, or was approved; on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Grant, Person
from advocacy.content import actions, handover, queries
from advocacy.content.models import Kit
from advocacy.content.rules import Audience
from advocacy.content.shape import Text
from advocacy.errors import Refused
from advocacy.mail.jobs import rendered
from advocacy.mail.models import Letter
from advocacy.permissions import Role
from tests.makers.accounts import make_entity, make_person
from tests.makers.content import make_data

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("unit")


@pytest.fixture
def carl(unit: db.Unit) -> Person:
    """Writes kits."""
    return make_person("Carl", roles=[Role.COMMS])


@pytest.fixture
def cora(unit: db.Unit) -> Person:
    """Approves them, in French and in Paris."""
    return make_person("Cora", roles=[Role.COMMS], language="fr", time_zone="Europe/Paris")


def comms_of(entity: Any, name: str) -> Person:
    person = make_person(name)
    person.grants.append(Grant(role=Role.COMMS, entity_id=entity.id, granted_at=person.created_at))
    db.session.flush()
    return person


def written(kind: str) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def readers(kind: str) -> list[str]:
    return [letter.name for letter in written(kind)]


def draft(by: Person, at: datetime, **data: Any) -> Kit:
    texts = {"en": Text("The cable", "One fibre."), "fr": Text("Le câble", "Une fibre.")}
    return actions.create(make_data(texts=texts, **data), by=by, at=at)


def test_those_who_may_approve_get_a_letter_and_its_author_does_not(
    carl: Person, cora: Person, at: datetime
) -> None:
    make_person("Hana", roles=[Role.HR, Role.ADMIN])
    make_person("Gone", roles=[Role.COMMS], disabled_at=at)
    make_person("Calm", roles=[Role.COMMS], paused_at=at)
    kit = draft(carl, at)
    handover.send_to_review(kit, by=carl, at=at)
    (letter,) = written("kit_to_review")
    assert (letter.name, letter.values["title"]) == ("Cora", "Le câble")
    assert handover.reviewers_of(kit)[0] is cora


def test_only_those_who_speak_for_the_company_and_the_audience_are_asked(carl: Person, at: datetime) -> None:
    north, south = make_entity("north"), make_entity("south")
    nora, _sam = comms_of(north, "Nora"), comms_of(south, "Sam")
    local = draft(carl, at, entity="north", audience=Audience(entities=("north",)))
    wide = draft(carl, at, entity="north", audience=Audience(entities=("north", "south")))
    group = draft(carl, at)
    assert handover.reviewers_of(local) == [nora]
    assert handover.reviewers_of(wide) == handover.reviewers_of(group) == []


def test_who_edited_it_is_not_asked_nor_who_asks(carl: Person, cora: Person, at: datetime) -> None:
    kit, third = draft(carl, at), make_person("Third", roles=[Role.COMMS])
    actions.save(kit, make_data(link_url="https://other.example"), edition=kit.edition, by=cora, at=at)
    handover.send_to_review(kit, by=third, at=at)
    assert readers("kit_to_review") == []


def test_the_author_gets_the_remark(app: Any, carl: Person, cora: Person, at: datetime) -> None:
    kit = draft(carl, at)
    handover.send_to_review(kit, by=carl, at=at)
    handover.send_back(kit, " Name the ferry. ", by=cora, at=at)
    (letter,) = written("kit_sent_back")
    with app.app_context():
        said = str(rendered(letter))
    assert letter.name == "Carl" and "Cora read" in said and "Name the ferry." in said
    assert f"/studio/kits/{kit.slug}" in said


def test_the_author_learns_when_it_goes_out(app: Any, carl: Person, cora: Person, at: datetime) -> None:
    for publish_at, told in (
        (None, "Carl approved “Le câble”. It is out now."),
        (at + HOUR, "It goes out on 2 Nov 2026, 11:00, by itself."),
    ):
        kit = draft(cora, at, publish_at=publish_at)
        handover.send_to_review(kit, by=cora, at=at)
        handover.approve(kit, by=carl, at=at, edition=kit.edition)
        letter = written("kit_approved")[-1]
        assert letter.name == "Cora"
        letter.language = "en"
        with app.app_context():
            assert told in str(rendered(letter).get_content())


def test_who_sent_it_for_the_author_hears_too_and_who_decides_does_not(
    carl: Person, cora: Person, at: datetime
) -> None:
    kit, third = draft(carl, at), make_person("Third", roles=[Role.COMMS])
    handover.send_to_review(kit, by=third, at=at)
    handover.send_back(kit, "No", by=third, at=at)
    assert readers("kit_to_review") == ["Cora"] and readers("kit_sent_back") == ["Carl"]
    handover.send_to_review(kit, by=third, at=at)
    handover.approve(kit, by=cora, at=at)
    assert readers("kit_to_review") == ["Cora", "Cora"], "each real step writes one letter"
    assert readers("kit_approved") == ["Carl", "Third"]


def test_what_is_refused_writes_no_letter(carl: Person, cora: Person, at: datetime) -> None:
    kit = draft(carl, at)
    handover.send_to_review(kit, by=carl, at=at)
    for step in (
        lambda: handover.send_to_review(kit, by=carl, at=at),
        lambda: handover.send_back(kit, " ", by=cora, at=at),
        lambda: handover.approve(kit, by=carl, at=at),
    ):
        with pytest.raises(Refused):
            step()
    assert readers("kit_to_review") == ["Cora"]
    assert readers("kit_sent_back") == readers("kit_approved") == []


def test_what_was_sent_back_waits_for_its_author_until_it_is_sent_again(
    carl: Person, cora: Person, at: datetime
) -> None:
    kits = [draft(carl, at), draft(carl, at)]
    for hours, kit in enumerate(kits):
        handover.send_to_review(kit, by=carl, at=at)
        handover.send_back(kit, f"Remark {hours}", by=cora, at=at + hours * HOUR)
    assert [review.remark for review in queries.sent_back_to(carl)] == ["Remark 1", "Remark 0"]
    assert len(queries.sent_back_to(carl, most=1)) == 1 and queries.sent_back_to(cora) == []
    handover.send_to_review(kits[1], by=carl, at=at)
    assert [review.kit for review in queries.sent_back_to(carl)] == [kits[0]]
    carl.grants[0].role = Role.HR
    assert queries.sent_back_to(carl) == [], "who writes no more kits is not reminded of them"
