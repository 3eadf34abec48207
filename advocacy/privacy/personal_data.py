"""What the privacy room holds about a person: the copies she asked for, the reports she closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.privacy import queries
from advocacy.privacy.models import Export, Report

TABLES = (Export, Report)


def export(person: Person) -> dict[str, Any]:
    """The copies that a person asked for, and the reports that she closed."""
    closed = sa.select(Report.code, Report.closed_at).where(Report.closed_by == person.id).order_by(Report.id)
    return {
        "copies_asked_for": [
            {"asked_at": copy.asked_at.isoformat(), "state": copy.state} for copy in queries.copies_of(person)
        ],
        "reports_closed": [
            {"report": code, "closed_at": at.isoformat() if at else None}
            for code, at in db.session.execute(closed)
        ],
    }


def erase(person: Person, *, by: Any, at: datetime) -> None:
    """End a person's copies at once: those that wait go, the files of the others go with the next clearing.

    Who closed a report stays as the key of a row that is emptied.
    """
    mine = Export.person_id == person.id
    db.session.execute(sa.delete(Export).where(mine, Export.digest.is_(None)))
    db.session.execute(sa.update(Export).where(mine).values(expires_at=at))
