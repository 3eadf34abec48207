"""Short links and the counts of people who followed them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from advocacy import db
from advocacy.links.rules import new_code


class Link(db.Model):
    """A short address `/l/<code>` that leads to one stored address and nowhere else."""

    __tablename__ = "links"
    __table_args__ = (sa.Index(None, "person_id"),)

    id: Mapped[int] = db.pk()
    code: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_code)
    url: Mapped[str] = mapped_column(sa.Text)
    kit_id: Mapped[int | None]
    person_id: Mapped[int | None]
    created_at: Mapped[datetime]


class Click(db.Model):
    """One click not folded yet: which link and when, nothing about who clicked."""

    __tablename__ = "clicks"
    __table_args__ = (sa.Index(None, "link_id"),)

    id: Mapped[int] = db.pk()
    link_id: Mapped[int] = mapped_column(sa.ForeignKey("links.id"))
    at: Mapped[datetime]


class ClickDay(db.Model):
    """How often people followed a link on one day (UTC)."""

    __tablename__ = "click_days"
    __table_args__ = (sa.UniqueConstraint("link_id", "day"),)

    id: Mapped[int] = db.pk()
    link_id: Mapped[int] = mapped_column(sa.ForeignKey("links.id"))
    day: Mapped[date] = mapped_column(sa.Date)
    clicks: Mapped[int]
