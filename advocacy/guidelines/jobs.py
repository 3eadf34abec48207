"""Recurring work on guidelines: reminding of what all staff must read."""

from __future__ import annotations

from datetime import datetime

from advocacy import db
from advocacy.guidelines import actions

BATCH = 100
MOST_BATCHES = 500


def remind_due(at: datetime) -> int:
    """Write the reminders that are due; returns how many people were written to."""
    written = 0
    for _round in range(MOST_BATCHES):
        with db.unit_of_work():
            done = actions.remind_due(at=at, limit=BATCH)
        written += done
        if done < BATCH:
            break
    return written
