"""The clock: read in views, jobs and commands only, and handed down as `at=`.

A process that shares its work with others goes by the database's clock (`follow`), so that one machine whose own clock
is wrong sends nothing early and takes nobody for dead. Between two looks it counts by a clock that nobody can set.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

BEARABLE = timedelta(seconds=2)

_anchor: tuple[datetime, float] | None = None


def machine() -> datetime:
    """What this machine takes for the present moment."""
    return datetime.now(UTC)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _anchor is None:
        return machine()
    moment, counted = _anchor
    return moment + timedelta(seconds=time.monotonic() - counted)


def follow(ask: Callable[[], datetime]) -> timedelta:
    """Go by what `ask` says from now on; returns how far this machine's own clock is ahead of it."""
    global _anchor
    before = time.monotonic()
    moment = ask()
    took = timedelta(seconds=(time.monotonic() - before) / 2)
    _anchor = (moment + took, time.monotonic())
    ahead = machine() - now()
    return ahead if abs(ahead) > BEARABLE else timedelta()


def go_alone() -> None:
    """Go by this machine's own clock again."""
    global _anchor
    _anchor = None
