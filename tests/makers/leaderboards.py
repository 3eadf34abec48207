"""Makes points, choices and agreements, for tests."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from advocacy import db
from advocacy.accounts.models import Entity, Person, Team
from advocacy.leaderboards import actions
from advocacy.leaderboards.models import Appearance, BoardAgreement, Points
from tests.makers.accounts import AT, make_champion

_count = itertools.count(1)


def make_points(person: Person, amount: int = 10, *, at: datetime = AT, **values: Any) -> Points:
    """Points as they stand in the ledger, however many the rules would give."""
    known: dict[str, Any] = {
        "source": f"test:{next(_count)}",
        "kind": "sent",
        "reason": "You shared a story on %(network)s",
        "values": {"network": "mastodon"},
    }
    row = Points(
        person_id=person.id,
        entity_id=person.entity_id,
        team_id=person.team_id,
        amount=amount,
        earned_at=at,
        **known | values,
    )
    db.session.add(row)
    db.session.flush()
    return row


def make_agreement(entity: Entity, *, at: datetime = AT) -> BoardAgreement:
    """Individual boards are on in that entity."""
    return actions.enable_boards(entity, "Works agreement 12, 1 October 2026", by=None, at=at)


def make_seen(
    name: str, entity: Entity, points: int = 0, *, pseudonym: str = "", at: datetime = AT, **values: Any
) -> Person:
    """A champion who appears by name, or under a pseudonym, with so many points."""
    person = make_champion(name, entity=entity, **values)
    shown = Appearance.PSEUDONYM if pseudonym else Appearance.NAME
    actions.appear(shown, pseudonym, by=person, at=at)
    if points:
        make_points(person, points, at=at)
    return person


def make_team_of(champions: int, team: Team, points: int = 0, **values: Any) -> list[Person]:
    """So many champions in a team, the first of whom has all the points."""
    people = [make_champion(team=team, entity=team.entity, **values) for _ in range(champions)]
    if points:
        make_points(people[0], points)
    return people
