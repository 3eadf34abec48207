"""Points are given once and taken back once; how someone appears is her own choice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Grant, Person
from advocacy.audit.models import AuditLine
from advocacy.errors import Conflict, Forbidden, Refused
from advocacy.leaderboards import actions, queries
from advocacy.leaderboards.models import Appearance, BoardAgreement
from advocacy.permissions import Role
from tests.makers.accounts import AT, make_champion, make_entity, make_person
from tests.makers.leaderboards import make_agreement

pytestmark = pytest.mark.usefixtures("unit")


def give(person: Person, source: str = "delivery:1", kind: str = "sent", **values: Any) -> Any:
    known = {"reason": "You shared a story on %(network)s", "values": {"network": "mastodon"}, "at": AT}
    return actions.award(person, kind=kind, source=source, **known | values)


def test_award_gives_what_the_rules_say() -> None:
    ada = make_champion(entity=make_entity())
    row = give(ada)
    assert (row.amount, row.person_id, row.entity_id, row.kind) == (10, ada.id, ada.entity_id, "sent")
    assert queries.total_of(ada, at=AT) == 10


def test_award_gives_once() -> None:
    ada = make_champion()
    give(ada)
    assert give(ada) is None
    assert queries.total_of(ada, at=AT) == 10


def test_award_gives_nothing_for_what_no_rule_thanks() -> None:
    assert give(make_champion(), kind="click") is None


def test_award_gives_for_three_shares_a_day_and_everything_else_besides() -> None:
    ada = make_champion()
    kinds = ["sent", "by_hand", "sent", "sent", "by_hand", "read"]
    given = [give(ada, f"delivery:{n}", kind) for n, kind in enumerate(kinds)]
    assert [row is not None for row in given] == [True, True, True, False, False, True]


def test_the_cap_is_that_of_her_own_day() -> None:
    ada = make_champion(time_zone="Pacific/Auckland")  # where it is 13 hours later
    evening = AT.replace(hour=10, minute=30)
    for n in range(3):
        assert give(ada, f"delivery:{n}", at=evening)
    assert give(ada, "delivery:3", at=evening + timedelta(minutes=29)) is None
    assert give(ada, "delivery:4", at=evening + timedelta(minutes=31))


def test_a_deleted_share_does_not_make_room_for_another() -> None:
    ada = make_champion()
    for n in range(3):
        give(ada, f"delivery:{n}")
    actions.take_back(source="delivery:0", at=AT)
    assert give(ada, "delivery:3") is None


def test_take_back_is_dated_as_the_first_was() -> None:
    ada = make_champion()
    give(ada)
    row = actions.take_back(source="delivery:1", at=AT + timedelta(days=40))
    assert row is not None
    assert (row.amount, row.earned_at, row.reason) == (-10, AT, "You deleted the post")
    assert queries.total_of(ada, at=AT) == 0
    assert queries.thanks_to(ada, queries.Period.WEEK, at=AT) == {}


def test_take_back_takes_once() -> None:
    give(make_champion())
    assert actions.take_back(source="delivery:1", at=AT)
    assert actions.take_back(source="delivery:1", at=AT) is None
    assert actions.take_back(source="delivery:2", at=AT) is None


def test_a_new_member_is_hidden() -> None:
    assert queries.appearance_of(make_champion()) == (Appearance.HIDDEN, "")


def test_appear_by_name_and_under_a_pseudonym_and_not_at_all() -> None:
    ada = make_champion("Ada Nyström")
    actions.appear(Appearance.NAME, by=ada, at=AT)
    assert queries.appearance_of(ada) == (Appearance.NAME, "Ada Nyström")
    actions.appear(Appearance.PSEUDONYM, " North  Star ", by=ada, at=AT)
    assert queries.appearance_of(ada) == (Appearance.PSEUDONYM, "North Star")
    actions.appear(Appearance.HIDDEN, by=ada, at=AT)
    assert queries.appearance_of(ada) == (Appearance.HIDDEN, "")
    choice = queries.choice_of(ada)
    assert choice is not None
    assert choice.pseudonym == "North Star"


def test_a_choice_from_before_she_joined_again_is_over() -> None:
    ada = make_champion()
    actions.appear(Appearance.NAME, by=ada, at=AT)
    ada.joined_at = AT + timedelta(days=1)
    assert queries.appearance_of(ada) == (Appearance.HIDDEN, "")


def test_who_has_not_joined_has_nothing_to_choose() -> None:
    with pytest.raises(Forbidden):
        actions.appear(Appearance.NAME, by=make_person(), at=AT)


def test_a_choice_is_not_in_the_trail() -> None:
    actions.appear(Appearance.NAME, by=make_champion(), at=AT)
    assert db.session.scalars(sa.select(AuditLine)).all() == []


@pytest.mark.parametrize("text", ["North Star", "north-star", "NORTHSTAR", "N0rth Stаr"])
def test_a_pseudonym_is_one_persons_also_while_she_is_hidden(text: str) -> None:
    first = make_champion()
    actions.appear(Appearance.PSEUDONYM, "North Star", by=first, at=AT)
    actions.appear(Appearance.HIDDEN, by=first, at=AT)
    with pytest.raises(Refused, match="name already") as refused:
        actions.appear(Appearance.PSEUDONYM, text, by=make_champion(), at=AT)
    assert refused.value.field == "pseudonym"


def test_a_pseudonym_is_no_colleagues_name_but_may_be_kept() -> None:
    make_person("Carl Berg")
    ada = make_champion("Ada Nyström")
    with pytest.raises(Refused, match="name already"):
        actions.appear(Appearance.PSEUDONYM, "Berg Carl", by=ada, at=AT)
    with pytest.raises(Refused, match="name already"):
        actions.appear(Appearance.PSEUDONYM, "Саrl 8erg", by=ada, at=AT)
    for _ in range(2):
        actions.appear(Appearance.PSEUDONYM, "North Star", by=ada, at=AT)


def test_enable_boards_notes_the_agreement() -> None:
    entity = make_entity("nordlys")
    admin = make_person(roles=[Role.ADMIN])
    row = actions.enable_boards(entity, "  Agreement 12 ", by=admin, at=AT)
    assert (row.agreement, row.enabled_by, row.enabled_at) == ("Agreement 12", admin.id, AT)
    assert queries.agreement_in(entity) is row
    assert queries.agreements() == {entity.id: row}
    line = db.session.scalars(sa.select(AuditLine)).one()
    assert (line.verb, line.about, line.details) == (
        "board.enable",
        "entity:nordlys",
        {"agreement": "Agreement 12"},
    )


def test_enable_boards_twice_is_a_conflict() -> None:
    entity = make_entity()
    make_agreement(entity)
    with pytest.raises(Conflict):
        make_agreement(entity)


@pytest.mark.parametrize("words", ["", "  \n", "x" * 2001])
def test_enable_boards_wants_an_agreement(words: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.enable_boards(make_entity(), words, by=None, at=AT)
    assert refused.value.field == "agreement"


def test_only_an_administrator_of_the_entity_turns_boards_on_or_off() -> None:
    mine, other = make_entity(), make_entity()
    admin = make_person()
    admin.grants = [Grant(role=Role.ADMIN, entity=mine, entity_id=mine.id, granted_at=AT)]
    db.session.flush()
    actions.enable_boards(mine, "Agreement", by=admin, at=AT)
    for act in (
        lambda: actions.enable_boards(other, "A", by=admin, at=AT),
        lambda: actions.end_boards(other, by=admin, at=AT),
    ):
        with pytest.raises(Forbidden):
            act()


def test_end_boards_and_on_again() -> None:
    entity = make_entity()
    make_agreement(entity)
    actions.end_boards(entity, by=None, at=AT + timedelta(days=1))
    assert queries.agreement_in(entity) is None
    actions.end_boards(entity, by=None, at=AT + timedelta(days=2))
    make_agreement(entity, at=AT + timedelta(days=3))
    ends = db.session.scalars(sa.select(BoardAgreement.ended_at).order_by(BoardAgreement.id)).all()
    assert ends == [AT + timedelta(days=1), None]
    verbs = db.session.scalars(sa.select(AuditLine.verb).order_by(AuditLine.id)).all()
    assert verbs == ["board.enable", "board.end", "board.enable"]


def test_boards_are_off_for_someone_without_an_entity() -> None:
    assert queries.agreement_in(None) is None
