"""The law of letters: who may be written to, how long a letter is worth sending, and when to try again."""

from __future__ import annotations

from datetime import datetime, timedelta

# What a person asks for herself reaches her although she paused everything.
ASKED_FOR = frozenset({"sign_in_link", "invitation", "password", "help", "export_ready", "test"})
# After this a letter tells nothing that is still true.
WORTH_SENDING = {"sign_in_link": timedelta(minutes=15), "invitation": timedelta(days=7)}
LONGEST_WORTH = timedelta(days=4)
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))


def may_be_written(kind: str, *, is_paused: bool) -> bool:
    """Whether someone may get a letter of this kind."""
    return not is_paused or kind in ASKED_FOR


def next_try(attempts: int, *, at: datetime) -> datetime | None:
    """When to try again after so many attempts (at least 1); None when it is time to give up."""
    return at + _WAITS[attempts - 1] if attempts <= len(_WAITS) else None


def is_stale(kind: str, created_at: datetime, *, at: datetime) -> bool:
    """Whether a letter came too late to be sent at all."""
    return at - created_at >= WORTH_SENDING.get(kind, LONGEST_WORTH)
