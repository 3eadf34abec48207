"""What an entity arranged for its champions, and their calls for help."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy import db
from advocacy.accounts.models import Entity, Person
from advocacy.sharing.models.posts import Share
from advocacy.sharing.phrases import LONGEST_WORDING
from advocacy.sharing.rules import HelpKind


class Disclosure(db.Model):
    """A wording by which an entity's people state their employment; the first of a language is its default."""

    __tablename__ = "disclosures"
    __table_args__ = (sa.UniqueConstraint("entity_id", "language", "wording"),)

    id: Mapped[int] = db.pk()
    entity_id: Mapped[int] = mapped_column(sa.ForeignKey("entities.id"))
    language: Mapped[str] = mapped_column(sa.String(16))
    wording: Mapped[str] = mapped_column(sa.String(LONGEST_WORDING))
    position: Mapped[int] = mapped_column(default=0)
    entity: Mapped[Entity] = relationship()


class NetworkChoice(db.Model):
    """Whether a network is on in an entity; without a row it is on."""

    __tablename__ = "network_choices"
    __table_args__ = (sa.UniqueConstraint("entity_id", "network"),)

    id: Mapped[int] = db.pk()
    entity_id: Mapped[int] = mapped_column(sa.ForeignKey("entities.id"))
    network: Mapped[str] = mapped_column(sa.String(32))
    is_on: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]


class HelpContact(db.Model):
    """Whom a person of an entity reaches on a bad day."""

    __tablename__ = "help_contacts"
    __table_args__ = (sa.UniqueConstraint("entity_id", "kind"),)

    id: Mapped[int] = db.pk()
    entity_id: Mapped[int] = mapped_column(sa.ForeignKey("entities.id"))
    kind: Mapped[HelpKind] = db.choice(HelpKind)
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(320), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")


class HelpRequest(db.Model):
    """A champion asked for help with a share."""

    __tablename__ = "help_requests"
    __table_args__ = (sa.Index(None, "share_id"), sa.Index(None, "person_id"))

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    share_id: Mapped[int] = mapped_column(sa.ForeignKey("shares.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    kind: Mapped[HelpKind] = db.choice(HelpKind)
    message: Mapped[str] = mapped_column(sa.Text, default="")
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    share: Mapped[Share] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
