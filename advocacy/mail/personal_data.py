"""What letters hold about a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from advocacy import db
from advocacy.mail import actions, queries
from advocacy.mail.models import Letter

# What stands here about people.
TABLES = (Letter,)


class Someone(Protocol):
    """Whose letters they are."""

    id: Any
    email: Any


def export(person: Someone) -> dict[str, Any]:
    """Every letter to a person: what kind, when, to which address, with what in it."""
    return {
        "letters": [
            {
                "kind": letter.kind,
                "address": letter.address,
                "written_at": letter.created_at.isoformat(),
                "sent_at": letter.sent_at.isoformat() if letter.sent_at else None,
                "state": letter.state.value,
                "values": letter.values,
            }
            for letter in db.session.scalars(queries.written_to(person.id))
        ]
    }


def erase(person: Someone, *, by: Any, at: datetime) -> None:
    """Delete a person's letters, also those that wait and those that lie in a folder."""
    hers = sa.or_(Letter.person_id == person.id, Letter.address == person.email)
    actions.forget(hers)
