"""What the audit trail holds about a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from advocacy import db
from advocacy.audit.models import AuditLine

# What stands here about people.
TABLES = (AuditLine,)


class Someone(Protocol):
    """Whom the trail speaks of."""

    id: Any
    code: Any


def export(person: Someone) -> dict[str, Any]:
    """What a person did, and what was done to her account, with the time of each."""
    about = f"person:{person.code}"
    mine = sa.or_(AuditLine.by_person == person.id, AuditLine.about == about)
    return {
        "audit_trail": [
            {
                "at": line.at.isoformat(),
                "verb": line.verb,
                "about": line.about,
                "by_me": line.by_person == person.id,
            }
            for line in db.session.scalars(sa.select(AuditLine).where(mine).order_by(AuditLine.id))
        ]
    }


def erase(person: Someone, *, by: Any, at: datetime) -> None:
    """Put the code in the place of a person's name; the trail keeps the key, since it must stay whole."""
    db.session.execute(
        sa.update(AuditLine).where(AuditLine.by_person == person.id).values(by_name=f"person:{person.code}")
    )
