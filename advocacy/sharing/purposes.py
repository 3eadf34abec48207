"""What a connected account is for, and what may be read on it: its owner's choices, at connecting and later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person, Topic
from advocacy.audit.actions import record
from advocacy.sharing import actions
from advocacy.sharing.models import AccountKind, Connection, Delivery


def mark(
    connection: Connection, kind: AccountKind, topic_ids: Iterable[int], *, by: Person, at: datetime
) -> None:
    """Say what an account is for: work or private, and for which topics (none: for all)."""
    chosen = sa.select(Topic).where(Topic.id.in_(set(topic_ids))).order_by(Topic.slug)
    connection.kind, connection.topics = kind, list(db.session.scalars(chosen))
    record(
        "connection.mark",
        by=by,
        at=at,
        about=f"connection:{connection.code}",
        details={"kind": kind.value, "topics": len(connection.topics)},
    )


def allow_reading(connection: Connection, may_read: bool, *, by: Person, at: datetime) -> None:
    """Say whether own posts may be looked through after a lost answer; withdrawing it counts from this moment on."""
    if may_read == connection.may_read:
        return
    connection.may_read = may_read
    verb = "connection.allow-reading" if may_read else "connection.end-reading"
    record(verb, by=by, at=at, about=f"connection:{connection.code}")


def let_figures_be_read(connection: Connection, on: bool, *, by: Person, at: datetime) -> None:
    """Switch the reading of reactions and views on or off; off, what was read is forgotten at once."""
    if not on:
        actions.forget_figures(Delivery.connection_id == connection.id)
    if on == connection.tells_figures:
        return
    connection.tells_figures = on
    verb = "connection.read-figures" if on else "connection.forget-figures"
    record(verb, by=by, at=at, about=f"connection:{connection.code}")
