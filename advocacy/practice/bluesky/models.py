"""Bluesky's records: repositories, what is in them, app passwords, and what apps may do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.practice.models import Account, Record


class Repo(Record):
    """A person's identity and repository: the newest commit's revision and address."""

    __tablename__ = "bluesky_repos"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    did: Mapped[str] = mapped_column(unique=True)
    handle: Mapped[str] = mapped_column(unique=True)
    rev: Mapped[str]
    head: Mapped[str]
    account: Mapped[Account] = relationship(lazy="joined")


class AppPassword(Record):
    """A password that a person made for an app; kept in clear, since the person's page shows it."""

    __tablename__ = "bluesky_app_passwords"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str]
    password: Mapped[str]
    created_at: Mapped[datetime]


class Asking(Record):
    """A pushed authorisation request, and the code that it came to."""

    __tablename__ = "bluesky_askings"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    client_id: Mapped[str]
    client_name: Mapped[str]
    redirect_uri: Mapped[str]
    scope: Mapped[str]
    state: Mapped[str]
    challenge: Mapped[str]
    key: Mapped[str]
    login_hint: Mapped[str | None]
    prompt: Mapped[str | None]
    expires_at: Mapped[datetime]
    signed_out_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    code_digest: Mapped[str | None] = mapped_column(unique=True)
    code_expires_at: Mapped[datetime | None]
    code_used_at: Mapped[datetime | None]


class Grant(Record):
    """What one app may do for one person until it ends: by OAuth bound to a key, or by an app password."""

    __tablename__ = "bluesky_grants"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    asking_id: Mapped[int | None] = mapped_column(ForeignKey("bluesky_askings.id"))
    app_password_id: Mapped[int | None]
    client_id: Mapped[str | None]
    name: Mapped[str]
    scopes: Mapped[str]
    key: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(lazy="joined")


class Token(Record):
    """An access or refresh token, kept as a digest; a refresh token that was used knows what followed it."""

    __tablename__ = "bluesky_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("bluesky_grants.id"), index=True)
    refreshes: Mapped[bool]
    jti: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    next_id: Mapped[int | None]
    grant: Mapped[Grant] = relationship(lazy="joined")


class Entry(Record):
    """A record in a repository; one that was written unchecked may be none that its lexicon allows."""

    __tablename__ = "bluesky_records"
    __table_args__ = (UniqueConstraint("account_id", "collection", "rkey"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    collection: Mapped[str] = mapped_column(index=True)
    rkey: Mapped[str]
    cid: Mapped[str]
    value: Mapped[dict[str, Any]]
    valid: Mapped[bool]
    app: Mapped[str]
    indexed_at: Mapped[datetime]
    account: Mapped[Account] = relationship(lazy="joined")


class Blob(Record):
    """A file, named by its content."""

    __tablename__ = "bluesky_blobs"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    cid: Mapped[str] = mapped_column(primary_key=True)
    mime: Mapped[str]
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    small: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
