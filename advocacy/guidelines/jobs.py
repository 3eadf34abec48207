"""Recurring work on guidelines: reminding of what all staff must read."""

from __future__ import annotations

from datetime import datetime

from advocacy import db
from advocacy.guidelines import actions


def remind_due(at: datetime) -> int:
    """Write the reminders that are due, at most a hundred; returns how many people were written to."""
    with db.unit_of_work():
        return actions.remind_due(at=at)
