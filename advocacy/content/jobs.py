"""Recurring work on content kits: noting what went live. That a kit is out needs no work, only its times."""

from __future__ import annotations

from advocacy import clock, db
from advocacy.content import actions, queries


def publish_next() -> int:
    """Note the next kit that went live; returns how many were noted."""
    with db.unit_of_work():
        at = clock.now()
        kit = queries.unannounced(at)
        if kit is None:
            return 0
        actions.announce(kit, at=at)
        return 1
