"""LinkedIn's records: members, codes, tokens, images and posts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.practice.linkedin import rules
from advocacy.practice.models import Account, Record


class Member(Record):
    """An account as one application knows it: under an id that no other application sees."""

    __tablename__ = "linkedin_members"
    subject: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    client_id: Mapped[str]
    account: Mapped[Account] = relationship(lazy="joined")

    @property
    def urn(self) -> str:
        """Its URN, which is the author of its posts."""
        return rules.person(self.subject)


class Code(Record):
    """An authorisation code, good once and for thirty minutes; kept as a digest."""

    __tablename__ = "linkedin_codes"
    digest: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(ForeignKey("linkedin_members.subject"))
    redirect_uri: Mapped[str]
    scope: Mapped[str]
    authorised_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Refresh(Record):
    """A partner's refresh token, kept as a digest; using it neither changes nor prolongs it."""

    __tablename__ = "linkedin_refreshes"
    digest: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(ForeignKey("linkedin_members.subject"))
    scope: Mapped[str]
    authorised_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Token(Record):
    """An access token, kept as a digest."""

    __tablename__ = "linkedin_tokens"
    digest: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(ForeignKey("linkedin_members.subject"))
    app: Mapped[str]
    scope: Mapped[str]
    authorised_at: Mapped[datetime]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    member: Mapped[Member] = relationship(lazy="joined")

    def status(self, at: datetime) -> str:
        """As introspection tells it: active, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "active" if self.expires_at > at else "expired"


class Image(Record):
    """An image: asked for, then uploaded, then ready."""

    __tablename__ = "linkedin_images"
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    ticket: Mapped[str]
    expires_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    content_type: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    original: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    small: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    @property
    def urn(self) -> str:
        """Its URN."""
        return f"urn:li:image:{self.id}"


class Post(Record):
    """A post; a deleted one stays known, so that deleting it again is answered alike."""

    __tablename__ = "linkedin_posts"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    urn: Mapped[str] = mapped_column(unique=True)
    author: Mapped[str] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    app: Mapped[str | None]
    commentary: Mapped[str]
    visibility: Mapped[str]
    content: Mapped[dict[str, Any]]
    parent: Mapped[str | None]
    closed: Mapped[bool]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    account: Mapped[Account | None] = relationship(lazy="joined")


class Fingerprint(Record):
    """What an author posted lately, by which the same once more is known, even when it was deleted."""

    __tablename__ = "linkedin_fingerprints"
    author: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    urn: Mapped[str]
    created_at: Mapped[datetime]
