"""Letters to be sent later, each a row that a job claims."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from advocacy import db


class LetterState(StrEnum):
    """Where a letter stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class Letter(db.Model):
    """One letter to one address: a kind (its template) and the values that fill it."""

    __tablename__ = "letters"
    __table_args__ = (sa.Index(None, "state", "due_at"), sa.Index(None, "person_id"))

    id: Mapped[int] = db.pk()
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    person_id: Mapped[int | None]
    address: Mapped[str] = mapped_column(sa.String(320))
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    language: Mapped[str] = mapped_column(sa.String(16), default="en")
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    kind: Mapped[str] = mapped_column(sa.String(64))
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sealed: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[LetterState] = db.choice(LetterState, default=LetterState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    claim_token: Mapped[str | None] = mapped_column(sa.String(32))
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(sa.Text)
