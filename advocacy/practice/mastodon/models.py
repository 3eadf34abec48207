"""Mastodon's records: apps, codes, tokens, posts and pictures (their tables are older than the other modes')."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.practice.models import Account, Record, snowflake


class App(Record):
    """A client registered through POST /api/v1/apps; its secret is kept as a digest."""

    __tablename__ = "apps"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    website: Mapped[str | None]
    scopes: Mapped[str]
    redirect_uris: Mapped[list[str]]
    client_id: Mapped[str] = mapped_column(unique=True)
    secret_digest: Mapped[str]
    created_at: Mapped[datetime]


class Code(Record):
    """An authorisation code, good once and for ten minutes; kept as a digest."""

    __tablename__ = "codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    app_id: Mapped[int] = mapped_column(ForeignKey("apps.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    redirect_uri: Mapped[str]
    scope: Mapped[str]
    challenge: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    reused_at: Mapped[datetime | None]


class Token(Record):
    """An access token, kept as a digest; it does not expire but can be revoked."""

    __tablename__ = "tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    app_id: Mapped[int] = mapped_column(ForeignKey("apps.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    code_id: Mapped[int | None] = mapped_column(ForeignKey("codes.id"))
    scope: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    app: Mapped[App] = relationship(lazy="joined")
    account: Mapped[Account | None] = relationship(lazy="joined")

    @property
    def username(self) -> str | None:
        """Whom it stands for, if anybody."""
        return self.account.username if self.account else None


class Media(Record):
    """A picture, attached to a post or waiting to be."""

    __tablename__ = "media"
    id: Mapped[int] = mapped_column(primary_key=True, default=snowflake)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    status_id: Mapped[int | None] = mapped_column(ForeignKey("statuses.id", ondelete="SET NULL"))
    position: Mapped[int] = mapped_column(default=0)
    content_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    small_width: Mapped[int]
    small_height: Mapped[int]
    blurhash: Mapped[str]
    description: Mapped[str | None]
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime]
    original: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    small: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Status(Record):
    """A post."""

    __tablename__ = "statuses"
    id: Mapped[int] = mapped_column(primary_key=True, default=snowflake)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    app_id: Mapped[int] = mapped_column(ForeignKey("apps.id"))
    text: Mapped[str]
    spoiler_text: Mapped[str]
    sensitive: Mapped[bool]
    visibility: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]
    account: Mapped[Account] = relationship(lazy="joined")
    app: Mapped[App] = relationship(lazy="joined")
    media: Mapped[list[Media]] = relationship(lazy="selectin", order_by=Media.position)


class IdempotencyKey(Record):
    """An Idempotency-Key and the post it made; one per account and key."""

    __tablename__ = "idempotency_keys"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    status_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
