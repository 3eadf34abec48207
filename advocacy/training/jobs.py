"""Recurring work on courses: the letters that learners asked for."""

from __future__ import annotations

from datetime import datetime

from advocacy import db
from advocacy.training import actions

BATCH = 100
MOST_BATCHES = 500


def remind_due(at: datetime) -> int:
    """Write the letters that learners asked for by now; returns how many."""
    written = 0
    for _round in range(MOST_BATCHES):
        with db.unit_of_work():
            done = actions.remind_due(at=at, limit=BATCH)
        written += done
        if done < BATCH:
            break
    return written
