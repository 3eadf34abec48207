"""Writing letters, in the transaction of what they tell; a job sends them later."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from advocacy import db, vault
from advocacy.mail import post, queries, rules
from advocacy.mail.models import Letter, LetterState


class Addressee(Protocol):
    """Whoever is written to; a person without an address is not."""

    id: Any
    email: Any
    name: Any
    language: Any
    time_zone: Any

    @property
    def is_active(self) -> bool:
        """Whether she may sign in."""

    @property
    def is_paused(self) -> bool:
        """Whether she holds everything back."""


def write(
    to: Addressee | str,
    *,
    kind: str,
    values: dict[str, Any] | None = None,
    at: datetime,
    key: str | None = None,
    language: str = "en",
    sealed: dict[str, str] | None = None,
) -> Letter | None:
    """Queue a letter: `values` fill its template, `sealed` ones too but lie sealed until it is sent.

    None when it is not written: a letter with this `key` was written before, the person has no address, was disabled,
    or paused everything but what she asks for herself. `language` is for those who are no person of ours.
    """
    if key is not None and queries.is_written(key):
        return None
    letter = _to_address(to, language) if isinstance(to, str) else _to_person(to, kind)
    if letter is None:
        return None
    letter.kind, letter.key, letter.values = kind, key, dict(values or {})
    letter.created_at = letter.due_at = at
    letter.code = secrets.token_hex(16)
    letter.sealed = vault.seal(f"letter:{letter.code}", json.dumps(sealed)) if sealed else None
    return letter if _is_kept(letter) else None


def _is_kept(letter: Letter) -> bool:
    """Whether the letter was kept; someone else may have written the one with its key at this very moment."""
    try:
        with db.session.begin_nested():
            db.session.add(letter)
    except sa.exc.IntegrityError:
        return False
    return True


def _to_address(address: str, language: str) -> Letter:
    return Letter(address=address, language=language, time_zone="UTC")


def _to_person(person: Addressee, kind: str) -> Letter | None:
    if not person.email or not person.is_active or not rules.may_be_written(kind, is_paused=person.is_paused):
        return None
    return Letter(
        person_id=person.id,
        address=person.email,
        name=person.name,
        language=person.language,
        time_zone=person.time_zone,
    )


def claim_next(*, at: datetime, until: datetime) -> tuple[Letter, str] | None:
    """Take the next letter that is due, until then, by a conditional update; returns it with its claim's token."""
    for letter_id in db.session.scalars(queries.due(at).limit(20)).all():
        token = secrets.token_hex(16)
        claimed = db.session.execute(
            queries.still_due(letter_id, at).values(
                state=LetterState.SENDING, attempts=Letter.attempts + 1, claim_token=token, lease_until=until
            )
        )
        if claimed.rowcount:  # type: ignore[attr-defined]
            return db.session.get_one(Letter, letter_id, populate_existing=True), token
    return None


def note_sent(letter_id: int, token: str, *, at: datetime) -> bool:
    """Write down that a letter went out; False when the claim was lost meanwhile, so that it may go out twice."""
    if _note(letter_id, token, state=LetterState.SENT, sent_at=at, problem=None, sealed=None):
        return True
    letter = db.session.get(Letter, letter_id)
    if letter is not None:
        letter.problem = "sent after its claim was lost, so it may have gone out twice"
    return False


def note_failed(letter_id: int, token: str, problem: str, *, at: datetime, for_good: bool) -> bool:
    """Write down why a letter did not go out, and try again later unless that is `for_good` or was the last try."""
    letter = db.session.get_one(Letter, letter_id)
    next_try = None if for_good else rules.next_try(letter.attempts, at=at)
    if next_try is None:
        return _note(letter_id, token, state=LetterState.FAILED, problem=problem[:1000], sealed=None)
    return _note(letter_id, token, state=LetterState.WAITING, problem=problem[:1000], due_at=next_try)


def drop(letter_id: int, token: str, problem: str) -> bool:
    """Put a letter away that should not go out any more."""
    return _note(letter_id, token, state=LetterState.DROPPED, problem=problem, sealed=None)


def forget(which: sa.ColumnElement[bool]) -> int:
    """Delete these letters; where letters are files, the files first, so that none is left without its row."""
    post.forget(set(db.session.scalars(sa.select(Letter.code).where(which))))
    gone = db.session.execute(sa.delete(Letter).where(which).execution_options(synchronize_session=False))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _note(letter_id: int, token: str, **values: Any) -> bool:
    done = db.session.execute(
        queries.claimed(letter_id, token).values(claim_token=None, lease_until=None, **values)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
