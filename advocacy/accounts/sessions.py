"""Server-side sessions: a random cookie, its hash in a row, remembered in the process for at most five seconds."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from advocacy import db
from advocacy.accounts import rules
from advocacy.accounts.models import Entity, Grant, Person, SignedIn, Team
from advocacy.keep import Shelf
from advocacy.writes import WHOSE

COOKIE = "advocacy_session"


@dataclass(frozen=True)
class Seen:
    """What a session row said when it was last read."""

    session_id: int
    session_code: str
    person_id: int
    created_at: datetime
    touched_at: datetime
    ended_at: datetime | None


_seen: Shelf[Seen] = Shelf(own=(SignedIn,))
_people: Shelf[Person] = Shelf(Entity, Team, own=(Person, Grant), most=1_000)


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
    seen = _seen.find(key, at=at) or _read(key, at)
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
            .execution_options(synchronize_session=False, **{WHOSE: seen.person_id})
        )


def end(session: SignedIn, *, at: datetime) -> None:
    """End one session."""
    session.ended_at = session.ended_at or at


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


def end_of(*people: int, at: datetime) -> None:
    """End every session of these people (keys), however many they are."""
    db.session.execute(
        sa.update(SignedIn)
        .where(SignedIn.person_id.in_(people), SignedIn.ended_at.is_(None))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )


def owner(seen: Seen, *, at: datetime, afresh: bool = False) -> Person | None:
    """Whose session it is, if she may sign in; in a unit that only reads, as she was known up to five seconds ago."""
    known = None if afresh or db.current().write else _people.find(seen.person_id, at=at, unit=db.current())
    if known is not None:
        person: Person | None = db.session.merge(known, load=False)
    else:
        person = db.session.get(Person, seen.person_id)
        if person is not None and not db.current().write:
            _keep(person, at)
    return person if person is not None and person.is_active else None


def known(seen: Seen, *, at: datetime) -> Person | None:
    """Whose session it is, as she was known up to five seconds ago, to be looked at only; None when she was not."""
    person = _people.find(seen.person_id, at=at)
    return person if person is not None and person.is_active else None


def _keep(person: Person, at: datetime) -> None:
    """Keep a copy that belongs to no session, so that no two requests share a record."""
    with Session() as nowhere:
        copy = nowhere.merge(person, load=False)
    _people.put(person.id, copy, unit=db.current(), at=at, owner=person.id)


def _read(key: str, at: datetime) -> Seen | None:
    row = db.session.execute(_asked(), {"key": key}).one_or_none()
    if row is None:
        return None
    seen = Seen(*row)
    _seen.put(key, seen, unit=db.current(), at=at, owner=seen.person_id)
    return seen


@cache
def _asked() -> sa.Select[*tuple[Any, ...]]:
    """What is asked of a session, put together once, since it is asked so often."""
    return sa.select(
        SignedIn.id,
        SignedIn.code,
        SignedIn.person_id,
        SignedIn.created_at,
        SignedIn.touched_at,
        SignedIn.ended_at,
    ).where(SignedIn.key_hash == sa.bindparam("key"))
