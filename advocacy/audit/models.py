"""The audit trail: who did what, when, to what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from advocacy import db


class AuditLine(db.Model):
    """One thing that was done; no foreign keys, so that the trail outlives what it speaks of."""

    __tablename__ = "audit_lines"
    __table_args__ = (sa.Index(None, "at"), sa.Index(None, "about"))

    id: Mapped[int] = db.pk()
    at: Mapped[datetime]
    by_person: Mapped[int | None]
    by_name: Mapped[str | None] = mapped_column(sa.String(200))
    verb: Mapped[str] = mapped_column(sa.String(64))
    about: Mapped[str] = mapped_column(sa.String(200))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
