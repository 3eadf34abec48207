"""A copy of everything held about a person: asked for, made later, told by a letter."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.audit import actions as audit
from advocacy.mail import actions as mail
from advocacy.privacy import queries, rules
from advocacy.privacy.models import Export
from advocacy.privacy.rules import CopyState


def ask_for_copy(*, by: Person, at: datetime) -> Export:
    """Ask for a copy of everything held about oneself; one that is being made already is enough."""
    db.lock_exclusive(f"person:{by.id}")
    under_way = queries.copy_under_way(by)
    if under_way is not None:
        return under_way
    copy = Export(person_id=by.id, asked_at=at, due_at=at, state=CopyState.WAITING)
    db.session.add(copy)
    db.session.flush()
    audit.record("person.copy", by=by, at=at, about=f"person:{by.code}")
    return copy


def claim_next(*, at: datetime) -> tuple[Export, str] | None:
    """Take the next copy that is due, by a conditional update; returns it with its claim's token."""
    for copy_id in db.session.scalars(queries.due_copies(at).limit(5)).all():
        token = secrets.token_hex(16)
        claimed = db.session.execute(
            sa.update(Export)
            .where(Export.id == copy_id, queries.is_due(at))
            .values(
                state=CopyState.MAKING,
                attempts=Export.attempts + 1,
                claim_token=token,
                lease_until=at + rules.LEASE,
            )
            .execution_options(synchronize_session=False)
        )
        if claimed.rowcount:  # type: ignore[attr-defined]
            return db.session.get_one(Export, copy_id, populate_existing=True), token
    return None


def note_made(copy_id: int, token: str, *, digest: str, size: int, at: datetime) -> bool:
    """Write down that a copy is ready and tell its owner; False when the claim was lost or the owner is gone."""
    ready = {"digest": digest, "size": size, "made_at": at, "expires_at": at + rules.COPY_LIFE}
    if not _note(copy_id, token, state=CopyState.READY, **ready):
        return False
    copy = db.session.get_one(Export, copy_id, populate_existing=True)
    person = db.session.get_one(Person, copy.person_id)
    mail.write(
        to=person, kind="export_ready", values={"days": rules.COPY_LIFE.days}, at=at, key=f"copy:{copy.code}"
    )
    return True


def note_failed(copy_id: int, token: str, *, at: datetime) -> bool:
    """Put a copy off that could not be made, or give up after the last try."""
    copy = db.session.get(Export, copy_id)
    next_try = rules.next_try(copy.attempts, at=at) if copy else None
    if next_try is None:
        return _note(copy_id, token, state=CopyState.FAILED, expires_at=at + rules.COPY_LIFE)
    return _note(copy_id, token, state=CopyState.WAITING, due_at=next_try)


def _note(copy_id: int, token: str, **values: Any) -> bool:
    done = db.session.execute(
        sa.update(Export)
        .where(Export.id == copy_id, Export.claim_token == token)
        .values(claim_token=None, lease_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
