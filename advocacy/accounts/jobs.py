"""Deferred work of the ways in: the letters with one-time links that were asked for."""

from __future__ import annotations

import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts import actions
from advocacy.accounts.models import LinkRequest


def answer_requests(*, most: int) -> int:
    """Answer who asked for a link, one after the other; returns how many."""
    with db.unit_of_work(write=False):
        waiting = db.session.scalar(sa.select(sa.func.count()).select_from(LinkRequest)) or 0
    for _each in range(min(waiting, most)):
        with db.unit_of_work():
            if not actions.answer_next_request(at=clock.now()):
                break
    return min(waiting, most)
