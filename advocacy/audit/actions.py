"""Writing the audit trail, in the transaction of what it records."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from advocacy import db
from advocacy.audit.models import AuditLine


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
