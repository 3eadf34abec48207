"""What a person has planned and what went out, in a span of time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.sharing.models import Connection, ConnectionState, Delivery, DeliveryState, Share
from advocacy.sharing.queries.posts import NEEDS_OWNER, PUBLISHED, UNDER_WAY

SHOWN = tuple({*UNDER_WAY, *PUBLISHED, *NEEDS_OWNER} - {DeliveryState.OPENED})


def moment_of(delivery: Any) -> Any:
    """When a post went out, else when it is due; of a record, or of the table."""
    if isinstance(delivery, Delivery):
        return delivery.sent_at or delivery.due_at
    return sa.func.coalesce(Delivery.sent_at, Delivery.due_at)


def in_calendar(person: Person, start: datetime, end: datetime) -> sa.Select[Delivery]:
    """A person's posts from `start` to `end` that are planned, wait for her, or went out, in their order."""
    moment = moment_of(Delivery)
    return (
        sa.select(Delivery)
        .join(Delivery.share)
        .where(Share.person_id == person.id, Delivery.state.in_(SHOWN), moment >= start, moment < end)
        .options(
            contains_eager(Delivery.share).joinedload(Share.kit).selectinload(Kit.texts),
            joinedload(Delivery.connection),
        )
        .order_by(moment, Delivery.id)
    )


def next_planned(person: Person, *, at: datetime) -> datetime | None:
    """When the next of a person's planned posts is due."""
    due = sa.select(sa.func.min(Delivery.due_at)).join(Share)
    found: datetime | None = db.session.scalar(
        due.where(Share.person_id == person.id, Delivery.state == DeliveryState.WAITING, Delivery.due_at > at)
    )
    return found


def outliving(
    person: Person | None, slugs: list[str], *, at: datetime, until: datetime
) -> sa.Select[Connection]:
    """Accounts on networks that do not renew by themselves (`slugs`), which end before a post that is planned on them.

    Those that end from `at` to `until`; of one person, or of everybody.
    """
    late = sa.exists().where(
        Delivery.connection_id == Connection.id,
        Delivery.state == DeliveryState.WAITING,
        Delivery.due_at >= Connection.expires_at,
    )
    asked = sa.select(Connection).where(
        Connection.state == ConnectionState.ACTIVE,
        Connection.network.in_(slugs),
        Connection.expires_at > at,
        Connection.expires_at <= until,
        late,
    )
    return asked if person is None else asked.where(Connection.person_id == person.id)
