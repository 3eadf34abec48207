"""Whose frame a page was last set in, so that an error page stands in it without asking the database."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from advocacy.accounts import sessions

KEPT = timedelta(minutes=15)
MOST = 10_000


@dataclass(frozen=True)
class Face:
    """What the frame shows of a person; whoever sends her session's cookie was shown it before."""

    name: str
    code: str
    language: str
    time_zone: str
    theme: str
    company: str
    accent: str
    navigation: list[dict[str, Any]]


_faces: dict[str, tuple[Face, datetime]] = {}
_lock = threading.Lock()


def keep(secret: str, face: Face, *, at: datetime) -> None:
    """Remember, in this process, what was shown to whoever sends this cookie."""
    with _lock:
        if len(_faces) >= MOST:
            _faces.clear()
        _faces[sessions.hashed(secret)] = face, at


def kept(secret: str | None, *, at: datetime) -> Face | None:
    """What was shown to whoever sends this cookie, within the last quarter of an hour."""
    face, shown_at = _faces.get(sessions.hashed(secret), (None, at)) if secret else (None, at)
    return face if at - shown_at < KEPT else None


def forget() -> None:
    """Remember nobody."""
    with _lock:
        _faces.clear()
