"""Recurring work on courses: the letters that learners asked for."""

from __future__ import annotations

from datetime import datetime

from advocacy import db
from advocacy.training import actions


def remind_due(at: datetime) -> int:
    """Write the letters that learners asked for by now, at most a hundred; returns how many."""
    with db.unit_of_work():
        return actions.remind_due(at=at)
