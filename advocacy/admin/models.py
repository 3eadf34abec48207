"""What an administrator has checked once: the mail test and the like."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from advocacy import db


class SetupStep(db.Model):
    """A step of the setup checklist that someone has done."""

    __tablename__ = "setup_steps"

    id: Mapped[int] = db.pk()
    step: Mapped[str] = mapped_column(sa.String(64), unique=True)
    done_at: Mapped[datetime]
    done_by: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
