"""X's records: families with their tokens, codes, media and posts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.practice.models import Account, Record


class Code(Record):
    """An authorisation code, good once and for thirty seconds; kept as a digest."""

    __tablename__ = "x_codes"
    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    client_id: Mapped[str]
    redirect_uri: Mapped[str]
    scope: Mapped[str]
    challenge: Mapped[str]
    method: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Family(Record):
    """All tokens that came of what a person once allowed an application; they live and end together."""

    __tablename__ = "x_families"
    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    client_id: Mapped[str]
    app: Mapped[str]
    scope: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(Account, lazy="joined")


class Token(Record):
    """An access token, kept as a digest."""

    __tablename__ = "x_tokens"
    digest: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("x_families.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    family: Mapped[Family] = relationship(Family, lazy="joined")

    def is_active(self, at: datetime) -> bool:
        """Whether it can be used."""
        return self.revoked_at is None and self.family.revoked_at is None and self.expires_at > at


class Refresh(Record):
    """A refresh token, good once; kept as a digest."""

    __tablename__ = "x_refreshes"
    digest: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("x_families.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    family: Mapped[Family] = relationship(Family, lazy="joined")


class Upload(Record):
    """A picture that was uploaded, and the words that stand for it."""

    __tablename__ = "x_media"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    content_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    alt_text: Mapped[str]
    expires_at: Mapped[datetime]
    original: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    small: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Post(Record):
    """A post; `entities.urls` says what each t.co link in its text stands for."""

    __tablename__ = "x_posts"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    author_id: Mapped[str] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    app: Mapped[str | None]
    sent: Mapped[str]
    text: Mapped[str]
    entities: Mapped[dict[str, Any]]
    media: Mapped[list[str]]
    quoted: Mapped[int | None] = mapped_column(BigInteger, index=True)
    reply_settings: Mapped[str]
    paid: Mapped[bool]
    with_ai: Mapped[bool]
    views: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    account: Mapped[Account | None] = relationship(Account, lazy="joined")
