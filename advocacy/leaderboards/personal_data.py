"""What this room holds about a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.leaderboards import queries
from advocacy.leaderboards.models import BoardAgreement, BoardChoice, Points

# What stands here about people.
TABLES = (BoardAgreement, BoardChoice, Points)


def export(person: Person) -> dict[str, Any]:
    """Every point with its reason, and how she chose to appear."""
    choice = queries.choice_of(person)
    return {
        "points": [
            {
                "earned_at": row.earned_at.isoformat(),
                "points": row.amount,
                "kind": row.kind,
                "reason": _sentence(*queries.reason_of(row)),
            }
            for row in db.session.scalars(queries.points_of(person))
        ],
        "appearance": choice.appearance.value if choice else "hidden",
        "pseudonym": choice.pseudonym if choice else "",
        "chosen_at": choice.chosen_at.isoformat() if choice else None,
    }


def _sentence(msgid: str, values: dict[str, Any]) -> str:
    return msgid % values if values else msgid


def erase(person: Person, *, by: Any, at: datetime) -> None:
    """Forget how she appears; the ledger keeps the key, since sums of teams were made of it."""
    db.session.execute(sa.delete(BoardChoice).where(BoardChoice.person_id == person.id))
