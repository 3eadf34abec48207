"""The law of signing in: how long a session, a link and a silence may be."""

from __future__ import annotations

from datetime import datetime, timedelta

SESSION_LIFE = timedelta(days=30)
SESSION_SILENCE = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=5)
LINK_LIFE = timedelta(minutes=15)
INVITATION_LIFE = timedelta(days=7)
SHORTEST_PASSWORD = 12


def session_is_over(created_at: datetime, touched_at: datetime, ended_at: datetime | None, *, at: datetime) -> bool:
    """Whether a session no longer signs anyone in."""
    return ended_at is not None or at - created_at > SESSION_LIFE or at - touched_at > SESSION_SILENCE


def link_is_good(expires_at: datetime, used_at: datetime | None, *, at: datetime) -> bool:
    """Whether a one-time link may be used still."""
    return used_at is None and at < expires_at
