"""What the admin room holds about a person: the steps of the setup that she ticked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.admin.models import SetupStep

TABLES = (SetupStep,)


def export(person: Person) -> dict[str, Any]:
    """The steps that a person ticked."""
    mine = sa.select(SetupStep).where(SetupStep.done_by == person.id).order_by(SetupStep.id)
    return {
        "setup_steps_done": [
            {"step": row.step, "done_at": row.done_at.isoformat()} for row in db.session.scalars(mine)
        ]
    }


def erase(person: Person, *, by: Any, at: datetime) -> None:
    """Forget who ticked a step; that it was ticked stays."""
    db.session.execute(sa.update(SetupStep).where(SetupStep.done_by == person.id).values(done_by=None))
