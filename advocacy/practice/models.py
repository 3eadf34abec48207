"""The records that every mode of the practice network shares, in a database of their own."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, String, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


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
    """What every table here shares; several modes may have a Token, so relationships name classes, not strings."""

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
    """A person on the practice network, the same in every mode."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True, default=snowflake)
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password: Mapped[str]
    created_at: Mapped[datetime]


class Call(Record):
    """One API call in the ledger, as it was asked and answered; never a token or a secret.

    A text only where the network published less of it than was sent: that is its `published`.
    """

    __tablename__ = "calls"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(index=True)
    asked_at: Mapped[datetime]
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
    published: Mapped[str | None]


class Fault(Record):
    """Something that goes wrong on purpose, for a mode's next calls of a kind."""

    __tablename__ = "faults"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(primary_key=True)
    mode: Mapped[str]
    kind: Mapped[str]
    fault: Mapped[str]
    status: Mapped[int]
    retry_after: Mapped[int | None]
    seconds: Mapped[float]
    calls: Mapped[int]
    calls_left: Mapped[int]


class Release(Record):
    """A word that lets every held answer of a mode go."""

    __tablename__ = "releases"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(primary_key=True)
    mode: Mapped[str]
