"""The records of the practice network, in a database of its own."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, String, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as microseconds since 1970 (SQLite forgets zones)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Store microseconds."""
        return None if value is None else round(value.timestamp() * 1_000_000)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read an aware moment in UTC."""
        return None if value is None else datetime.fromtimestamp(value / 1_000_000, UTC)


class Record(DeclarativeBase):
    """What every table here shares."""

    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON, list[str]: JSON}


def snowflake() -> int:
    """A new id that grows with time, as Mastodon's do."""
    return (time.time_ns() // 1_000_000 << 16) | secrets.randbits(16)


class Secret(Record):
    """A secret of the server itself, made on first start."""

    __tablename__ = "secrets"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str]


class Account(Record):
    """A person on the practice network."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True, default=snowflake)
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password: Mapped[str]
    created_at: Mapped[datetime]


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
    media: Mapped[list[Media]] = relationship(lazy="selectin", order_by="Media.position")


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


class IdempotencyKey(Record):
    """An Idempotency-Key and the post it made; one per account and key."""

    __tablename__ = "idempotency_keys"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    status_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class Call(Record):
    """One API call in the ledger; never a token or a secret."""

    __tablename__ = "calls"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    method: Mapped[str]
    path: Mapped[str]
    kind: Mapped[str]
    account: Mapped[str | None]
    app: Mapped[str | None]
    idempotency_key: Mapped[str | None]
    status: Mapped[int | None]
    fault: Mapped[str | None]
    created: Mapped[bool]
    status_id: Mapped[str | None]


class Fault(Record):
    """Something that goes wrong on purpose, for the next calls of a kind."""

    __tablename__ = "faults"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    fault: Mapped[str]
    status: Mapped[int]
    retry_after: Mapped[int | None]
    seconds: Mapped[float]
    calls: Mapped[int]
    calls_left: Mapped[int]


class Release(Record):
    """A word that lets every held answer go."""

    __tablename__ = "releases"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(primary_key=True)
