"""When a person likes to post, and when she wants nothing to go out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from advocacy import db


class Rhythm(db.Model):
    """A person's own hours, by her clock ("21:00"); who has said nothing has none, and goes by the usual ones.

    Without both quiet times she has no quiet hours. `preferred` names from and until by weekday ("0" is Monday).
    """

    __tablename__ = "rhythms"

    id: Mapped[int] = db.pk()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), unique=True)
    quiet_from: Mapped[str | None] = mapped_column(sa.String(5))
    quiet_until: Mapped[str | None] = mapped_column(sa.String(5))
    preferred: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed_at: Mapped[datetime]
