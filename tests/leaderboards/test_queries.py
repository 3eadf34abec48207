"""Who is on which board, and that nobody is who did not choose it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.leaderboards import actions, queries
from advocacy.leaderboards.models import Appearance
from advocacy.leaderboards.queries import Line
from advocacy.leaderboards.rules import Period
from tests.makers.accounts import AT, make_champion, make_entity, make_person, make_team
from tests.makers.leaderboards import make_agreement, make_points, make_seen, make_team_of

pytestmark = pytest.mark.usefixtures("unit")
WEEK, MONTH, EVER = Period
LATER = AT + timedelta(hours=1)


def agreed() -> Any:
    entity = make_entity()
    make_agreement(entity)
    return entity


def people(viewer: Person, period: Period = EVER, **values: Any) -> list[tuple[int, str, int]]:
    return [
        (line.rank, line.name, line.points)
        for line in queries.people_board(viewer, period, at=LATER, **values)
    ]


def test_equal_points_share_a_rank() -> None:
    entity = agreed()
    viewer = make_seen("Ada", entity, 30)
    for name, points in (("Bea", 20), ("Cyd", 30), ("Dov", 20), ("Eli", 10)):
        make_seen(name, entity, points)
    assert people(viewer) == [(1, "Ada", 30), (1, "Cyd", 30), (3, "Bea", 20), (3, "Dov", 20), (5, "Eli", 10)]


def test_only_who_chose_it_appears_and_under_the_name_she_chose() -> None:
    entity = agreed()
    viewer = make_champion("Hidden Hana", entity=entity)
    make_points(viewer, 50)
    ada = make_seen("Ada", entity, 30)
    bea = make_seen("Bea", entity, 20, pseudonym="North Star")
    lines = queries.people_board(viewer, EVER, at=LATER)
    assert lines == [Line(1, "Ada", 30, False, ada.code), Line(2, "North Star", 20, False, "")]
    assert bea.code not in str(lines)


def test_a_changed_choice_holds_for_the_past() -> None:
    entity = agreed()
    viewer, ada = make_champion(entity=entity), make_seen("Ada", entity, 30, at=AT - timedelta(days=400))
    actions.appear(Appearance.NAME, by=ada, at=AT)
    assert people(viewer) == [(1, "Ada", 30)]
    actions.appear(Appearance.PSEUDONYM, "North Star", by=ada, at=AT)
    assert people(viewer) == [(1, "North Star", 30)]
    actions.appear(Appearance.HIDDEN, by=ada, at=AT)
    assert people(viewer) == []


@pytest.mark.parametrize("what", ["paused_at", "left_at", "disabled_at", "erased_at"])
def test_who_is_paused_or_gone_does_not_appear(what: str) -> None:
    entity = agreed()
    ada = make_seen("Ada", entity, 30)
    setattr(ada, what, AT)
    db.session.flush()
    assert people(make_champion(entity=entity)) == []


def test_who_joined_again_chooses_again() -> None:
    entity = agreed()
    ada = make_seen("Ada", entity, 30)
    ada.joined_at = LATER
    db.session.flush()
    assert people(make_champion(entity=entity)) == []


def test_nobody_appears_where_boards_are_not_agreed() -> None:
    entity, other = agreed(), make_entity()
    make_seen("Ada", other, 30)
    make_seen("Bea", make_entity(), 30).entity = None
    make_seen("Cyd", entity, 10)
    db.session.flush()
    assert people(make_champion(entity=entity)) == [(1, "Cyd", 10)]
    actions.end_boards(entity, by=None, at=AT)
    assert people(make_champion(entity=entity)) == []


def test_an_entity_that_agreed_twice_counts_points_once() -> None:
    entity = agreed()
    viewer = make_seen("Ada", entity, 30)
    actions.end_boards(entity, by=None, at=AT)
    make_agreement(entity, at=LATER)
    assert people(viewer) == [(1, "Ada", 30)]


def test_nobody_stands_there_without_points() -> None:
    entity = agreed()
    viewer = make_seen("Ada", entity)
    bea = make_seen("Bea", entity, 10)
    make_points(bea, -10)
    assert people(viewer) == []


def test_this_week_this_month_all_time() -> None:
    entity = agreed()
    ada = make_seen("Ada", entity)
    for days, points in ((0, 1), (0.5, 2), (1.5, 4), (40, 8)):  # AT is a Monday, the 2nd, at 9
        make_points(ada, points, at=AT - timedelta(days=days))
    make_points(ada, 16, at=LATER + timedelta(seconds=1))
    assert [people(ada, period)[0][2] for period in Period] == [1, 3, 15]
    assert [queries.total_of(ada, period, at=LATER) for period in Period] == [1, 3, 15]


def test_the_board_ends_before_it_shames() -> None:
    entity = agreed()
    for points in (30, 20, 10):
        make_seen(f"P{points}", entity, points)
    assert people(make_champion(entity=entity), most=2) == [(1, "P30", 30), (2, "P20", 20)]


def test_my_own_standing_also_hidden_and_far_down() -> None:
    entity = agreed()
    viewer = make_champion(entity=entity)
    make_points(viewer, 5)
    for points in (30, 5, 20):
        make_seen(f"P{points}", entity, points)
    hidden = make_champion(entity=entity)
    make_points(hidden, 100)
    standing = queries.standing(viewer, EVER, at=LATER)
    assert (standing.rank, standing.points, standing.thanks) == (3, 5, {"sent": 1})


def test_my_standing_is_the_rank_that_others_see() -> None:
    entity = agreed()
    for points in (30, 20, 20, 10):
        make_seen(f"P{points}", entity, points)
    for line in queries.people_board(make_champion(entity=entity), EVER, at=LATER):
        person = db.session.scalars(sa.select(Person).where(Person.code == line.code)).one()
        assert queries.standing(person, EVER, at=LATER).rank == line.rank


def test_no_rank_without_points_or_where_boards_are_off_or_before_joining() -> None:
    entity = agreed()
    assert queries.standing(make_champion(entity=entity), EVER, at=LATER).rank is None
    elsewhere, outside = make_champion(entity=make_entity()), make_person(entity=entity)
    for person in (elsewhere, outside):
        make_points(person, 5)
        assert not queries.sees_people(person)
        assert queries.standing(person, EVER, at=LATER).rank is None


def test_points_of_newest_first_with_their_reasons() -> None:
    ada = make_champion()
    old = make_points(ada, 5, at=AT - timedelta(days=1), values={"network": "nowhere", "kit_id": 3})
    new = make_points(ada, 10)
    also = make_points(ada, 10, values={}, reason="You passed")
    make_points(make_champion(), 99)
    assert list(db.session.scalars(queries.points_of(ada))) == [also, new, old]
    assert queries.reason_of(new) == ("You shared a story on %(network)s", {"network": "Mastodon"})
    assert queries.reason_of(old)[1] == {"network": "nowhere", "kit_id": 3}
    assert queries.reason_of(also) == ("You passed", {})


def test_titles_are_those_of_the_reader_not_of_the_day() -> None:
    ada, titles = make_champion(), {"guideline": {"kind": "Bienveillance"}, "course": {}}
    for values, told in (
        ({"title": "Kindness", "guideline": "kind"}, "Bienveillance"),
        ({"title": "Gone", "guideline": "gone"}, "Gone"),
        ({"title": "First steps", "course": "first"}, "First steps"),
        ({"title": "From before"}, "From before"),
    ):
        row = make_points(ada, 5, values=values, reason="You read “%(title)s”")
        assert queries.reason_of(row, titles)[1]["title"] == told
        assert queries.reason_of(row)[1]["title"] == values["title"]


def teams(viewer: Person, period: Period = EVER, **values: Any) -> list[tuple[int, str, int, bool]]:
    lines = queries.team_board(viewer, period, at=LATER, **values)
    return [(line.rank, line.name, line.points, line.is_mine) for line in lines]


def test_teams_stand_by_points_per_champion() -> None:
    entity = make_entity(name="Nordlys")
    small, large, equal = (make_team(entity, name=name) for name in ("Small", "Large", "Equal"))
    make_team_of(5, small, 50)
    make_team_of(10, large, 75)
    make_team_of(6, equal, 45)
    viewer = make_champion(entity=entity)
    assert teams(viewer) == [(1, "Small", 100, False), (2, "Equal", 75, False), (2, "Large", 75, False)]
    assert queries.team_board(viewer, EVER, at=LATER)[0].note == "Nordlys"


def test_a_team_of_fewer_than_five_champions_is_nowhere() -> None:
    team = make_team(make_entity())
    four = make_team_of(4, team, 40)
    make_person(team=team, entity=team.entity)
    for what in ("left_at", "disabled_at", "erased_at"):
        make_champion(team=team, entity=team.entity, **{what: AT})
    assert teams(four[0]) == []
    make_champion(team=team, entity=team.entity)
    assert teams(four[0]) == [(1, team.name, 80, True)]


def test_who_pauses_still_counts_so_that_no_board_tells_it() -> None:
    team = make_team(make_entity())
    five = make_team_of(5, team, 40)
    before = teams(five[0])
    five[0].paused_at = AT
    db.session.flush()
    assert teams(five[0]) == before


def test_tenths_are_rounded_to_the_nearest() -> None:
    entity = make_entity()
    for heads, points in ((6, 10), (6, 11), (7, 3)):  # 1.667, 1.833, 0.429
        make_team_of(heads, make_team(entity), points)
    assert [line[2] for line in teams(make_champion())] == [18, 17, 4]


def test_a_team_without_points_is_not_listed() -> None:
    team = make_team(make_entity())
    assert teams(make_team_of(5, team)[0]) == []


def test_my_team_stands_wherever_it_is() -> None:
    entity = make_entity()
    made = [make_team_of(5, make_team(entity, name=f"T{n}"), 100 - n) for n in range(4)]
    assert teams(made[3][0], most=2) == [(1, "T0", 200, False), (2, "T1", 198, False), (4, "T3", 194, True)]
    assert teams(made[1][0], most=2) == [(1, "T0", 200, False), (2, "T1", 198, True)]


def test_a_teams_week() -> None:
    team = make_team(make_entity())
    five = make_team_of(5, team, 40)
    make_points(five[1], 60, at=AT - timedelta(days=30))
    assert [teams(five[0], period)[0][2] for period in Period] == [80, 80, 200]


def test_thanks_come_without_what_was_taken_back() -> None:
    ada = make_champion()
    make_points(ada, 10)
    make_points(ada, -10)
    make_points(ada, 10)
    make_points(ada, 20, kind="certificate")
    assert queries.thanks_to(ada, WEEK, at=LATER) == {"sent": 1, "certificate": 1}
