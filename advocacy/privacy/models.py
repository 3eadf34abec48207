"""Worries about a post that the public reported, and erasures that people asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from advocacy import db


class Report(db.Model):
    """Someone outside says that a post worries them."""

    __tablename__ = "reports"

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    address: Mapped[str] = mapped_column(sa.Text)
    worry: Mapped[str] = mapped_column(sa.Text)
    reply_to: Mapped[str] = mapped_column(sa.String(320), default="")
    reported_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]


class Export(db.Model):
    """A copy of everything held about a person, made later and kept for a few days."""

    __tablename__ = "exports"
    __table_args__ = (sa.Index(None, "person_id"), sa.Index(None, "state", "due_at"))

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(sa.String(32), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    claim_token: Mapped[str | None] = mapped_column(sa.String(32))
    digest: Mapped[str | None] = mapped_column(sa.String(64))
    size: Mapped[int | None]
    made_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class Retention(db.Model):
    """When a kind of data was last cleared of what is past its time, and how many rows went."""

    __tablename__ = "retentions"

    id: Mapped[int] = db.pk()
    kind: Mapped[str] = mapped_column(sa.String(64), unique=True)
    cleared_at: Mapped[datetime]
    cleared: Mapped[int] = mapped_column(default=0)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
