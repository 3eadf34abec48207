"""Shares, their deliveries to the networks, and what came of each try."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit, Variant
from advocacy.links.models import Link
from advocacy.sharing.models.connections import Connection
from advocacy.sharing.rules import DeliveryState


def _as_due(context: Any) -> datetime:
    due_at: datetime = context.get_current_parameters()["due_at"]
    return due_at


class Share(db.Model):
    """A person's act of sharing one story; `form_key` makes a double click one share.

    `title` is the story's as she read it: the kit may be a draft again by now. Of a recall that cancelled something of
    it her first page tells until `recall_seen_at`.
    """

    __tablename__ = "shares"
    __table_args__ = (sa.UniqueConstraint("person_id", "form_key"), sa.Index(None, "kit_id"))

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    kit_id: Mapped[int] = mapped_column(sa.ForeignKey("kits.id"))
    form_key: Mapped[str] = mapped_column(sa.String(64))
    title: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime]
    recall_seen_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()
    kit: Mapped[Kit] = relationship()
    deliveries: Mapped[list[Delivery]] = relationship(back_populates="share", order_by="Delivery.id")


class Delivery(db.Model):
    """A share on one account, or by hand (`connection_id` NULL); the row is the truth of what happened.

    `kit_mark` is the mark of the kit's words that its owner knew when she last said that it may go out;
    `shingles` the mark of its own words, `alts` her own descriptions of pictures, by their keys;
    `reshare_of` the network's id of a post that it passes on. `wanted_at` is the time that its owner chose and
    nothing but her word moves; `due_at`, that of the next try, begins there.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.Index(None, "state", "due_at"),
        sa.Index(None, "network", "state", "due_at"),
        sa.Index(None, "share_id"),
        sa.Index(None, "connection_id"),
        sa.Index(None, "network", "sent_at"),
        {"info": {"whose": "share.person_id"}},
    )

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    share_id: Mapped[int] = mapped_column(sa.ForeignKey("shares.id"))
    connection_id: Mapped[int | None] = mapped_column(sa.ForeignKey("connections.id"))
    network: Mapped[str] = mapped_column(sa.String(32))
    variant_id: Mapped[int | None] = mapped_column(sa.ForeignKey("variants.id"))
    link_id: Mapped[int | None] = mapped_column(sa.ForeignKey("links.id"))
    language: Mapped[str] = mapped_column(sa.String(16))
    text: Mapped[str] = mapped_column(sa.Text)
    disclosure: Mapped[str] = mapped_column(sa.String(200), default="")
    kit_mark: Mapped[str] = mapped_column(sa.String(64), default="")
    asset_ids: Mapped[list[int]] = mapped_column(default=list)
    alts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    reshare_of: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    visibility: Mapped[str] = mapped_column(sa.String(32), default="public")
    local_time: Mapped[str | None] = mapped_column(sa.String(32))
    time_zone: Mapped[str | None] = mapped_column(sa.String(64))
    wanted_at: Mapped[datetime] = mapped_column(default=_as_due)
    due_at: Mapped[datetime]
    state: Mapped[DeliveryState] = db.choice(DeliveryState, default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    claim_token: Mapped[str | None] = mapped_column(sa.String(32))
    idempotency_key: Mapped[str | None] = mapped_column(sa.String(64))
    first_tried_at: Mapped[datetime | None]
    lost_at: Mapped[datetime | None]
    hold_code: Mapped[str | None] = mapped_column(sa.String(16))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    reason_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    missing: Mapped[list[str]] = mapped_column(default=list)
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    remote_id: Mapped[str | None] = mapped_column(sa.String(300))
    remote_url: Mapped[str | None] = mapped_column(sa.Text)
    shingles: Mapped[bytes | None] = mapped_column(deferred=True)
    share: Mapped[Share] = relationship(back_populates="deliveries")
    connection: Mapped[Connection | None] = relationship()
    variant: Mapped[Variant | None] = relationship()
    link: Mapped[Link | None] = relationship()

    def put_to(self, moment: datetime) -> None:
        """Its owner wants it out then."""
        self.wanted_at = self.due_at = moment

    @property
    def is_by_hand(self) -> bool:
        """Whether the person posts it with her own hands."""
        return self.connection_id is None


class Attempt(db.Model):
    """One call to a network for a delivery, and what came of it."""

    __tablename__ = "attempts"
    __table_args__ = (sa.Index(None, "delivery_id"),)

    id: Mapped[int] = db.pk()
    delivery_id: Mapped[int] = mapped_column(sa.ForeignKey("deliveries.id"))
    claim_token: Mapped[str] = mapped_column(sa.String(32))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(sa.String(32))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    reason_values: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Deletion(db.Model):
    """A post that its owner asked to delete at the network."""

    __tablename__ = "deletions"
    __table_args__ = (sa.Index(None, "state", "due_at"), sa.Index(None, "delivery_id"))

    id: Mapped[int] = db.pk()
    delivery_id: Mapped[int] = mapped_column(sa.ForeignKey("deliveries.id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(sa.String(32), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    claim_token: Mapped[str | None] = mapped_column(sa.String(32))
    done_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(sa.Text)
    reason_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    delivery: Mapped[Delivery] = relationship()


class Draft(db.Model):
    """Words that a person typed and has not shared yet; those for `any` network keep her alts, by field."""

    __tablename__ = "drafts"
    __table_args__ = (sa.UniqueConstraint("person_id", "kit_id", "network"),)

    id: Mapped[int] = db.pk()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    kit_id: Mapped[int] = mapped_column(sa.ForeignKey("kits.id"))
    network: Mapped[str] = mapped_column(sa.String(32))
    text: Mapped[str] = mapped_column(sa.Text)
    alts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    saved_at: Mapped[datetime]
