"""Recurring work on links."""

from __future__ import annotations

from advocacy import clock, db
from advocacy.links import actions


def fold_due() -> int:
    """Fold clicks into counts by day, until none is left that is due."""
    folded = 0
    while True:
        with db.unit_of_work():
            some = actions.fold_clicks(at=clock.now())
        folded += some
        if some < actions.MOST:
            return folded
