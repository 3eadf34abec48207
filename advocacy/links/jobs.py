"""Recurring work on links."""

from __future__ import annotations

from advocacy import clock, db
from advocacy.links import actions


def fold_due() -> int:
    """Fold clicks into counts by day."""
    with db.unit_of_work():
        return actions.fold_clicks(at=clock.now())
