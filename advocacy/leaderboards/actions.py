"""Thanking people with points, and taking back what was deleted."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from advocacy import db, places
from advocacy.accounts.models import Person
from advocacy.errors import N_
from advocacy.leaderboards import rules
from advocacy.leaderboards.models import Points


@cache
def points_rules() -> list[rules.PointsRule]:
    """The dated rules of `config/points.toml`."""
    return rules.parse(tomllib.loads((places.config() / "points.toml").read_text(encoding="utf-8"))["rules"])


def award(
    person: Person, *, kind: str, source: str, reason: str, values: dict[str, Any], at: datetime
) -> Points | None:
    """Give points for one thing, once (`source` names it); None when it earns nothing or has already."""
    amount = rules.amount(
        rules.rule_on(points_rules(), at.date()), kind, shares_today=_shares_on_day(person, at)
    )
    if not amount or db.session.scalar(sa.select(Points.id).where(Points.source == source)) is not None:
        return None
    row = Points(
        source=source,
        person_id=person.id,
        entity_id=person.entity_id,
        team_id=person.team_id,
        amount=amount,
        kind=kind,
        reason=reason,
        values=values,
        earned_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return row


def take_back(*, source: str, at: datetime) -> Points | None:
    """Reverse what was given for one thing by a line of its own, dated as the first was, so that boards agree."""
    given = db.session.scalar(sa.select(Points).where(Points.source == source))
    back = f"{source}:back"
    if given is None or db.session.scalar(sa.select(Points.id).where(Points.source == back)) is not None:
        return None
    row = Points(
        source=back,
        person_id=given.person_id,
        entity_id=given.entity_id,
        team_id=given.team_id,
        amount=-given.amount,
        kind=given.kind,
        reason=N_("You deleted the post"),
        values=given.values,
        earned_at=given.earned_at,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _shares_on_day(person: Person, at: datetime) -> int:
    """How many shares earned points on that day (UTC)."""
    begins = datetime.combine(at.astimezone(UTC).date(), time(), UTC)
    return (
        db.session.scalar(
            sa.select(sa.func.count()).where(
                Points.person_id == person.id,
                Points.kind.in_(rules.SHARING),
                Points.amount > 0,
                Points.earned_at >= begins,
                Points.earned_at < begins + timedelta(days=1),
            )
        )
        or 0
    )
