"""Writing the audit trail, in the transaction of what it records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from advocacy import db
from advocacy.audit import queries
from advocacy.audit.models import AuditLine

ONE_LOOK = timedelta(minutes=15)


class Actor(Protocol):
    """Whoever did it: the trail keeps the key and the name of that day."""

    id: Any
    name: Any


def record(
    verb: str, *, by: Actor | None, at: datetime, about: str, details: dict[str, Any] | None = None
) -> AuditLine:
    """Add a line, such as verb="kit.approve", about="kit:open-day"; `by` is None for the system itself."""
    line = AuditLine(
        at=at,
        by_person=by.id if by else None,
        by_name=by.name if by else None,
        verb=verb,
        about=about,
        details=details or {},
    )
    db.session.add(line)
    return line


def record_each(verb: str, things: Iterable[tuple[str, dict[str, Any]]], *, at: datetime) -> None:
    """Add a line for each of these things (about, details), written together, for what the system itself did."""
    lines = [
        {"at": at, "by_person": None, "by_name": None, "verb": verb, "about": about, "details": details}
        for about, details in things
    ]
    if lines:
        db.session.execute(sa.insert(AuditLine), lines)


def record_look(
    verb: str, *, by: Actor, at: datetime, about: str, details: dict[str, Any] | None = None
) -> AuditLine:
    """Add a line about a look at people, once for all pages that are turned within a quarter of an hour of it."""
    lately = db.session.scalars(queries.lines(verb, about, by.id).where(AuditLine.at > at - ONE_LOOK))
    known = (line for line in lately if line.details == (details or {}))
    return next(known, None) or record(verb, by=by, at=at, about=about, details=details)
