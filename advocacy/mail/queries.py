"""Reads about letters."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.mail.models import Letter, LetterState


def is_written(key: str) -> bool:
    """Whether a letter with this key was written before."""
    return db.session.scalar(sa.select(Letter.id).where(Letter.key == key)) is not None


def _is_due(at: datetime) -> sa.ColumnElement[bool]:
    """Waiting and due, or claimed by a worker that fell silent."""
    return sa.or_(
        sa.and_(Letter.state == LetterState.WAITING, Letter.due_at <= at),
        sa.and_(Letter.state == LetterState.SENDING, Letter.lease_until <= at),
    )


def due(at: datetime) -> sa.Select[int]:
    """The keys of the letters to be sent now, the oldest first."""
    return sa.select(Letter.id).where(_is_due(at)).order_by(Letter.due_at, Letter.id)


def how_many_due(at: datetime) -> int:
    """How many letters are to be sent now."""
    return db.session.scalar(sa.select(sa.func.count()).where(_is_due(at))) or 0


def still_due(letter_id: int, at: datetime) -> sa.Update:
    """The update of one letter, if it is due still."""
    return (
        sa.update(Letter)
        .where(Letter.id == letter_id, _is_due(at))
        .execution_options(synchronize_session=False)
    )


def claimed(letter_id: int, token: str) -> sa.Update:
    """The update of one letter, if this claim on it still stands."""
    return (
        sa.update(Letter)
        .where(Letter.id == letter_id, Letter.claim_token == token)
        .execution_options(synchronize_session=False)
    )


def written_to(person_id: int) -> sa.Select[Letter]:
    """Every letter to one person, the newest first."""
    return sa.select(Letter).where(Letter.person_id == person_id).order_by(Letter.id.desc())


def without_row(codes: Collection[str]) -> set[str]:
    """Those of these letters (codes) of which no row is left."""
    left = set(codes)
    for some in _portions(sorted(left), 500):
        left -= set(db.session.scalars(sa.select(Letter.code).where(Letter.code.in_(some))))
    return left


def _portions(codes: list[str], size: int) -> Iterator[list[str]]:
    """Codes in portions, as many as a statement takes."""
    return (codes[first : first + size] for first in range(0, len(codes), size))


def states() -> dict[LetterState, int]:
    """How many letters stand in each state."""
    rows = db.session.execute(
        sa.select(Letter.state, sa.func.count().label("letters")).group_by(Letter.state)
    )
    return {row.state: row.letters for row in rows}


def latest_problem() -> Letter | None:
    """The last letter that did not go out, for the setup page."""
    return db.session.scalar(
        sa.select(Letter).where(Letter.problem.is_not(None)).order_by(Letter.id.desc()).limit(1)
    )
