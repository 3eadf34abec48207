"""How often links were followed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.links.models import Click, ClickDay, Link


def link(code: str) -> Link | None:
    """The link with this code."""
    return db.session.scalar(sa.select(Link).where(Link.code == code))


def clicks(link_ids: Iterable[int]) -> dict[int, int]:
    """How often each of these links was followed, those not folded yet included."""
    wanted = list(link_ids)
    counts = dict.fromkeys(wanted, 0)
    if not wanted:
        return counts
    folded = sa.select(ClickDay.link_id, sa.func.sum(ClickDay.clicks)).where(ClickDay.link_id.in_(wanted))
    fresh = sa.select(Click.link_id, sa.func.count()).where(Click.link_id.in_(wanted))
    for asked in (folded.group_by(ClickDay.link_id), fresh.group_by(Click.link_id)):
        for link_id, number in db.session.execute(asked):
            counts[link_id] += int(number)
    return counts


def clicks_since(person: Person, since: datetime) -> int:
    """How often a person's links were followed since then; whole days (UTC) where clicks were folded."""
    folded = (
        sa.select(sa.func.coalesce(sa.func.sum(ClickDay.clicks), 0))
        .join(Link, Link.id == ClickDay.link_id)
        .where(Link.person_id == person.id, ClickDay.day >= since.astimezone(UTC).date())
    )
    fresh = (
        sa.select(sa.func.count())
        .select_from(Click)
        .join(Link, Link.id == Click.link_id)
        .where(Link.person_id == person.id, Click.at >= since)
    )
    return int(db.session.scalar(folded) or 0) + int(db.session.scalar(fresh) or 0)


def links_of(person: Person) -> sa.Select[Link]:
    """The links in a person's posts, the oldest first."""
    return sa.select(Link).where(Link.person_id == person.id).order_by(Link.id)
