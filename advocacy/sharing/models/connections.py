"""People's own accounts, how they were connected, and tokens that are to be given back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy import db
from advocacy.accounts.models import Person, Topic
from advocacy.sharing.rules import AccountKind, ConnectionState


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
    """One trip to a network and back: the state we sent, what the network's module wants back; used once."""

    __tablename__ = "authorisations"

    id: Mapped[int] = db.pk()
    state_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    session_code: Mapped[str] = mapped_column(sa.String(16))
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"))
    sealed_secret: Mapped[str] = mapped_column(sa.Text)
    may_read: Mapped[bool] = mapped_column(default=False)
    back_to: Mapped[str] = mapped_column(sa.String(500), default="")
    kind: Mapped[AccountKind | None] = db.choice(AccountKind)
    topic_ids: Mapped[list[int]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    registration: Mapped[Registration] = relationship()
    person: Mapped[Person] = relationship()


class Connection(db.Model):
    """A person's own account on a network, with its sealed token.

    It is for work or private, and where `topics` are named, proposed for stories about these alone.
    """

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
    tells_figures: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[AccountKind] = db.choice(AccountKind, default=AccountKind.WORK)
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[ConnectionState] = db.choice(ConnectionState, default=ConnectionState.ACTIVE)
    connected_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    disconnected_at: Mapped[datetime | None]
    renewed_at: Mapped[datetime | None]
    renewal_tried_at: Mapped[datetime | None]
    renewing_until: Mapped[datetime | None]
    renewing_token: Mapped[str | None] = mapped_column(sa.String(32))
    person: Mapped[Person] = relationship()
    registration: Mapped[Registration | None] = relationship()
    topics: Mapped[list[Topic]] = relationship(secondary="connection_topics", order_by=Topic.slug)

    @property
    def is_active(self) -> bool:
        """Whether posts can be sent through it."""
        return self.state is ConnectionState.ACTIVE


class ConnectionTopic(db.Model):
    """A topic that an account is for."""

    __tablename__ = "connection_topics"
    __table_args__ = (sa.UniqueConstraint("connection_id", "topic_id"),)

    id: Mapped[int] = db.pk()
    connection_id: Mapped[int] = mapped_column(sa.ForeignKey("connections.id"))
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topics.id"))


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
