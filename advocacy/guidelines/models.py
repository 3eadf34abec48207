"""Guidelines, their published versions, and who has read and accepted which."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy import db
from advocacy.guidelines.rules import ReaderGroup, Stage


class Guideline(db.Model):
    """A guideline at a stable address."""

    __tablename__ = "guidelines"

    id: Mapped[int] = db.pk()
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    readers: Mapped[ReaderGroup] = db.choice(ReaderGroup, default=ReaderGroup.CHAMPIONS)
    unlocks_sharing: Mapped[bool] = mapped_column(default=True)
    due_days: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    versions: Mapped[list[GuidelineVersion]] = relationship(
        back_populates="guideline", order_by="GuidelineVersion.number"
    )

    @property
    def current(self) -> GuidelineVersion | None:
        """The version in force: the last one published."""
        published = [version for version in self.versions if version.published_at]
        return published[-1] if published else None

    @property
    def draft(self) -> GuidelineVersion | None:
        """The version being written, if there is one."""
        return next((version for version in self.versions if version.published_at is None), None)


class GuidelineVersion(db.Model):
    """One wording of a guideline; frozen once published."""

    __tablename__ = "guideline_versions"
    __table_args__ = (sa.UniqueConstraint("guideline_id", "number"),)

    id: Mapped[int] = db.pk()
    guideline_id: Mapped[int] = mapped_column(sa.ForeignKey("guidelines.id"))
    number: Mapped[int]
    asks_again: Mapped[bool] = mapped_column(default=True)
    edited_at: Mapped[datetime]
    edited_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    published_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    edition: Mapped[int] = mapped_column(default=1)
    guideline: Mapped[Guideline] = relationship(back_populates="versions")
    texts: Mapped[list[GuidelineText]] = relationship(back_populates="version", cascade="all, delete-orphan")


class GuidelineText(db.Model):
    """A version's words in one language."""

    __tablename__ = "guideline_texts"
    __table_args__ = (sa.UniqueConstraint("version_id", "language"),)

    id: Mapped[int] = db.pk()
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("guideline_versions.id"))
    language: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    body: Mapped[str] = mapped_column(sa.Text)
    changed: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[GuidelineVersion] = relationship(back_populates="texts")


class Acknowledgement(db.Model):
    """A person has read and accepted one version."""

    __tablename__ = "acknowledgements"
    __table_args__ = (sa.UniqueConstraint("person_id", "version_id"), sa.Index(None, "version_id"))

    id: Mapped[int] = db.pk()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("guideline_versions.id"))
    language: Mapped[str] = mapped_column(sa.String(16))
    at: Mapped[datetime]


class ReadingReminder(db.Model):
    """A person was reminded of one version, once before it is due and once when it is overdue."""

    __tablename__ = "reading_reminders"
    __table_args__ = (sa.UniqueConstraint("person_id", "version_id", "stage"), sa.Index(None, "version_id"))

    id: Mapped[int] = db.pk()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("guideline_versions.id"))
    stage: Mapped[Stage] = db.choice(Stage)
    at: Mapped[datetime]
