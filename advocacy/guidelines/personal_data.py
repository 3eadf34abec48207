"""What the guidelines room holds about a person: what she accepted, and of what she was reminded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.guidelines.models import Acknowledgement, Guideline, GuidelineVersion, ReadingReminder

# What stands here about people.
TABLES = (Acknowledgement, GuidelineVersion, ReadingReminder)


def export(person: Person) -> dict[str, Any]:
    """Everything here that names the person."""
    return {
        "guidelines_accepted": [
            {"guideline": slug, "version": number, "language": row.language, "at": row.at.isoformat()}
            for row, slug, number in _with_guideline(Acknowledgement, person)
        ],
        "guideline_reminders": [
            {"guideline": slug, "version": number, "stage": str(row.stage), "at": row.at.isoformat()}
            for row, slug, number in _with_guideline(ReadingReminder, person)
        ],
        "guidelines_written": [
            {"guideline": slug, "version": number}
            for slug, number in db.session.execute(
                sa.select(Guideline.slug, GuidelineVersion.number)
                .join(GuidelineVersion.guideline)
                .where(
                    sa.or_(
                        GuidelineVersion.edited_by == person.id, GuidelineVersion.published_by == person.id
                    )
                )
                .order_by(GuidelineVersion.id)
            )
        ],
    }


def _with_guideline(record: Any, person: Person) -> list[Any]:
    return list(
        db.session.execute(
            sa.select(record, Guideline.slug, GuidelineVersion.number)
            .join(GuidelineVersion, GuidelineVersion.id == record.version_id)
            .join(Guideline, Guideline.id == GuidelineVersion.guideline_id)
            .where(record.person_id == person.id)
            .order_by(record.id)
        )
    )


def erase(person: Person, *, by: Any, at: datetime) -> None:
    """Forget reminders; acceptances stay as proof for the retention time, under the key of a row that is emptied."""
    db.session.execute(sa.delete(ReadingReminder).where(ReadingReminder.person_id == person.id))
