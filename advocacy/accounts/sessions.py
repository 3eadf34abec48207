"""Server-side sessions: a random cookie, its hash in a row, remembered in the process for at most five seconds."""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import rules
from advocacy.accounts.models import Person, SignedIn

COOKIE = "advocacy_session"
REMEMBERED = timedelta(seconds=5)


@dataclass(frozen=True)
class Seen:
    """What a session row said when it was last read."""

    session_id: int
    session_code: str
    person_id: int
    created_at: datetime
    touched_at: datetime
    ended_at: datetime | None
    read_at: datetime


_seen: dict[str, Seen] = {}
_lock = threading.Lock()


def hashed(secret: str) -> str:
    """The form in which a secret is kept (SHA-256, hexadecimal)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def start(person: Person, *, device: str, at: datetime) -> str:
    """Begin a session and return the cookie's value, which is kept nowhere."""
    secret = secrets.token_urlsafe(32)
    db.session.add(
        SignedIn(
            key_hash=hashed(secret), person_id=person.id, device=device[:120], created_at=at, touched_at=at
        )
    )
    db.session.flush()
    return secret


def look(secret: str | None, *, at: datetime) -> Seen | None:
    """The session behind a cookie, or None when there is none that signs anyone in."""
    if not secret:
        return None
    key = hashed(secret)
    seen = _seen.get(key)
    if seen is None or at - seen.read_at > REMEMBERED:
        seen = _read(key, at)
    if seen is None or rules.session_is_over(seen.created_at, seen.touched_at, seen.ended_at, at=at):
        return None
    return seen


def touch(seen: Seen, *, at: datetime) -> None:
    """Note that a session is in use, at most every five minutes; in a short transaction of its own."""
    if at - seen.touched_at < rules.TOUCH_EVERY:
        return
    with db.apart():
        db.session.execute(
            sa.update(SignedIn)
            .where(SignedIn.id == seen.session_id, SignedIn.ended_at.is_(None))
            .values(touched_at=at)
            .execution_options(synchronize_session=False)
        )
    forget()


def end(session: SignedIn, *, at: datetime) -> None:
    """End one session."""
    session.ended_at = session.ended_at or at
    forget()


def end_all(person: Person, *, at: datetime, but: str | None = None) -> int:
    """End a person's sessions, save the one with the code `but`; returns how many ended."""
    rows = db.session.scalars(
        sa.select(SignedIn).where(
            SignedIn.person_id == person.id, SignedIn.ended_at.is_(None), SignedIn.code != (but or "")
        )
    ).all()
    for row in rows:
        end(row, at=at)
    return len(rows)


def forget() -> None:
    """Read every session afresh the next time."""
    with _lock:
        _seen.clear()


def _read(key: str, at: datetime) -> Seen | None:
    row = db.session.scalar(sa.select(SignedIn).where(SignedIn.key_hash == key))
    if row is None:
        return None
    seen = Seen(row.id, row.code, row.person_id, row.created_at, row.touched_at, row.ended_at, at)
    with _lock:
        if len(_seen) > 10_000:
            _seen.clear()
        _seen[key] = seen
    return seen
