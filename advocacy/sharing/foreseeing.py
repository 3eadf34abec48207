"""Recurring work ahead of time: accounts that end before a post is due, and wall times under a zone's new rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from advocacy import db
from advocacy.sharing import planning
from advocacy.sharing.networks import ends_by_itself


def remind_of_ends(*, most: int, at: datetime) -> int:
    """Tell owners, once, whose account ends before a post that is planned on it; returns how many."""
    return _through(partial(planning.remind_of_ends, ends_by_itself()), most=most, at=at)


def keep_wall_times(*, most: int, at: datetime) -> int:
    """Put planned posts right whose zone has other rules since they were planned; returns how many.

    New rules come with a new version of the program, and the worker does this when it starts.
    """
    return _through(planning.keep_wall_times, most=most, at=at)


def _through(act: Callable[..., tuple[int, int]], *, most: int, at: datetime) -> int:
    """Do this to all there is, so many at a time, each in a unit of its own; returns how many it came to."""
    last, count = 0, 0
    while True:
        with db.unit_of_work():
            last, done = act(after=last, most=most, at=at)
        count += done
        if not last:
            return count
