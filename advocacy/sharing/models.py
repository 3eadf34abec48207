"""Connected accounts, shares, and their deliveries to the networks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy import db
from advocacy.accounts.models import Entity, Person
from advocacy.content.models import Kit, Variant
from advocacy.links.models import Link
from advocacy.sharing.rules import ConnectionState as ConnectionState
from advocacy.sharing.rules import DeliveryState as DeliveryState
from advocacy.sharing.rules import HelpKind as HelpKind


class Registration(db.Model):
    """Our application as one server knows it (Mastodon registers per instance)."""

    __tablename__ = "registrations"
    __table_args__ = (sa.UniqueConstraint("network", "server", "redirect_uri", "scopes"),)

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    network: Mapped[str] = mapped_column(sa.String(32))
    server: Mapped[str] = mapped_column(sa.String(300))
    redirect_uri: Mapped[str] = mapped_column(sa.String(500))
    scopes: Mapped[str] = mapped_column(sa.String(300))
    client_id: Mapped[str] = mapped_column(sa.String(300))
    sealed_secret: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime]


class Authorisation(db.Model):
    """One trip to a network and back: the state we sent, the verifier we keep; used once."""

    __tablename__ = "authorisations"

    id: Mapped[int] = db.pk()
    state_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    session_code: Mapped[str] = mapped_column(sa.String(16))
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"))
    sealed_verifier: Mapped[str] = mapped_column(sa.Text)
    may_read: Mapped[bool] = mapped_column(default=False)
    back_to: Mapped[str] = mapped_column(sa.String(500), default="")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    registration: Mapped[Registration] = relationship()
    person: Mapped[Person] = relationship()


class Connection(db.Model):
    """A person's own account on a network, with its sealed token."""

    __tablename__ = "connections"
    __table_args__ = (
        sa.UniqueConstraint("network", "server", "remote_id"),
        sa.Index(None, "person_id"),
    )

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    registration_id: Mapped[int | None] = mapped_column(sa.ForeignKey("registrations.id"))
    network: Mapped[str] = mapped_column(sa.String(32))
    server: Mapped[str] = mapped_column(sa.String(300))
    remote_id: Mapped[str] = mapped_column(sa.String(300))
    account: Mapped[str] = mapped_column(sa.String(300))
    display_name: Mapped[str] = mapped_column(sa.String(300), default="")
    profile_url: Mapped[str] = mapped_column(sa.Text, default="")
    sealed_tokens: Mapped[str | None] = mapped_column(sa.Text)
    scopes: Mapped[str] = mapped_column(sa.String(300), default="")
    may_read: Mapped[bool] = mapped_column(default=False)
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[ConnectionState] = db.choice(ConnectionState, default=ConnectionState.ACTIVE)
    connected_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    disconnected_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()
    registration: Mapped[Registration | None] = relationship()

    @property
    def is_active(self) -> bool:
        """Whether posts can be sent through it."""
        return self.state is ConnectionState.ACTIVE


class Revocation(db.Model):
    """A token that is to be revoked at its network, sealed until it is done."""

    __tablename__ = "revocations"
    __table_args__ = (sa.Index(None, "state", "due_at"),)

    id: Mapped[int] = db.pk()
    connection_code: Mapped[str] = mapped_column(sa.String(16))
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"))
    sealed_tokens: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(sa.String(32), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    claim_token: Mapped[str | None] = mapped_column(sa.String(32))
    done_at: Mapped[datetime | None]
    registration: Mapped[Registration] = relationship()


class Share(db.Model):
    """A person's act of sharing one story; `form_key` makes a double click one share.

    `title` is the story's as she read it: the kit may be a draft again by now.
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
    person: Mapped[Person] = relationship()
    kit: Mapped[Kit] = relationship()
    deliveries: Mapped[list[Delivery]] = relationship(back_populates="share", order_by="Delivery.id")


class Delivery(db.Model):
    """A share on one account, or by hand (`connection_id` NULL); the row is the truth of what happened.

    `kit_mark` is the mark of the kit's words that its owner knew when she last said that it may go out.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.Index(None, "state", "due_at"),
        sa.Index(None, "share_id"),
        sa.Index(None, "connection_id"),
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
    visibility: Mapped[str] = mapped_column(sa.String(32), default="public")
    local_time: Mapped[str | None] = mapped_column(sa.String(32))
    time_zone: Mapped[str | None] = mapped_column(sa.String(64))
    due_at: Mapped[datetime]
    state: Mapped[DeliveryState] = db.choice(DeliveryState, default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    claim_token: Mapped[str | None] = mapped_column(sa.String(32))
    idempotency_key: Mapped[str | None] = mapped_column(sa.String(64))
    first_tried_at: Mapped[datetime | None]
    lost_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(sa.Text)
    reason_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    missing: Mapped[list[str]] = mapped_column(default=list)
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    remote_id: Mapped[str | None] = mapped_column(sa.String(300))
    remote_url: Mapped[str | None] = mapped_column(sa.Text)
    share: Mapped[Share] = relationship(back_populates="deliveries")
    connection: Mapped[Connection | None] = relationship()
    variant: Mapped[Variant | None] = relationship()
    link: Mapped[Link | None] = relationship()

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


class Disclosure(db.Model):
    """A wording by which an entity's people state their employment; the first of a language is its default."""

    __tablename__ = "disclosures"
    __table_args__ = (sa.UniqueConstraint("entity_id", "language", "wording"),)

    id: Mapped[int] = db.pk()
    entity_id: Mapped[int] = mapped_column(sa.ForeignKey("entities.id"))
    language: Mapped[str] = mapped_column(sa.String(16))
    wording: Mapped[str] = mapped_column(sa.String(120))
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


class Draft(db.Model):
    """Words that a person typed and has not shared yet."""

    __tablename__ = "drafts"
    __table_args__ = (sa.UniqueConstraint("person_id", "kit_id", "network"),)

    id: Mapped[int] = db.pk()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    kit_id: Mapped[int] = mapped_column(sa.ForeignKey("kits.id"))
    network: Mapped[str] = mapped_column(sa.String(32))
    text: Mapped[str] = mapped_column(sa.Text)
    saved_at: Mapped[datetime]
