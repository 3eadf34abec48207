"""What the first page proposes next, and when the weekly letter goes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

STORIES_IN_LETTER = 3
LETTER_WEEKDAY = 1
"""Tuesday: people have opened the week, and have not closed it."""
LETTER_TIME = time(9, 0)
LETTER_WINDOW = timedelta(hours=10)
TELLS_FOR = timedelta(days=7)
"""How long the first page tells of a recalled story that its reader has not looked at."""


class Step(StrEnum):
    """What is next for a champion: trouble first, then her road in its order."""

    MEND = "mend"
    RECONNECT = "reconnect"
    READ = "read"
    LEARN = "learn"
    CONNECT = "connect"
    SHARE = "share"


def next_step(*, to_mend: bool, to_reconnect: bool, to_read: bool, to_learn: bool, has_a_way: bool) -> Step:
    """The first step that is not done; sharing is the last, and there is always a story to share.

    An account is one way to share, and by hand is another: who has gone one of them is not urged to the other.
    """
    if to_mend:
        return Step.MEND
    if to_reconnect:
        return Step.RECONNECT
    if to_read:
        return Step.READ
    if to_learn:
        return Step.LEARN
    return Step.SHARE if has_a_way else Step.CONNECT


def letter_week(zone: str, *, at: datetime) -> str | None:
    """The week ("2026-W47") whose letter is to be written now, by the reader's own clock; None at other times."""
    there = at.astimezone(ZoneInfo(zone))
    due = datetime.combine(there.date(), LETTER_TIME, there.tzinfo)
    if there.weekday() != LETTER_WEEKDAY or not due <= there < due + LETTER_WINDOW:
        return None
    year, week, _day = there.isocalendar()
    return f"{year}-W{week:02}"
