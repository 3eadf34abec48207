"""People, the entities and teams they belong to, what they may do, and how they are signed in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy import db
from advocacy.permissions import Role, granted


class Theme(StrEnum):
    """Which look a person chose."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Entity(db.Model):
    """A legal company of the group."""

    __tablename__ = "entities"

    id: Mapped[int] = db.pk()
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    country: Mapped[str] = mapped_column(sa.String(2), default="")
    language: Mapped[str] = mapped_column(sa.String(16), default="en")
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    accent: Mapped[str] = mapped_column(sa.String(7), default="")


class Team(db.Model):
    """People of one entity who work together."""

    __tablename__ = "teams"
    __table_args__ = (sa.Index(None, "entity_id"),)

    id: Mapped[int] = db.pk()
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    entity_id: Mapped[int] = mapped_column(sa.ForeignKey("entities.id"))
    entity: Mapped[Entity] = relationship()


class Topic(db.Model):
    """What stories are about and people follow."""

    __tablename__ = "topics"

    id: Mapped[int] = db.pk()
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)


class TopicText(db.Model):
    """A topic's name in one language."""

    __tablename__ = "topic_texts"
    __table_args__ = (sa.UniqueConstraint("topic_id", "language"),)

    id: Mapped[int] = db.pk()
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topics.id"))
    language: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(200))


class Person(db.Model):
    """Someone who works in the group; a champion when `joined_at` is set and `left_at` is not."""

    __tablename__ = "people"
    __table_args__ = (
        sa.Index(None, "entity_id"),
        sa.Index(None, "team_id"),
        sa.Index(None, "name"),
        {"info": {"whose": "id"}},
    )

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    staff_id: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    email: Mapped[str | None] = mapped_column(sa.String(320), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    entity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("entities.id"))
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"))
    country: Mapped[str] = mapped_column(sa.String(2), default="")
    language: Mapped[str] = mapped_column(sa.String(16), default="en")
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    theme: Mapped[Theme] = db.choice(Theme, default=Theme.AUTO)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    created_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    not_now_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    weekly_letter: Mapped[bool] = mapped_column(default=True)
    entity: Mapped[Entity | None] = relationship(lazy="joined")
    team: Mapped[Team | None] = relationship(lazy="joined")
    grants: Mapped[list[Grant]] = relationship(lazy="selectin", foreign_keys="Grant.person_id")

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the person may sign in."""
        return self.disabled_at is None and self.erased_at is None

    @property
    def is_champion(self) -> bool:
        """Whether the person is in the programme now."""
        return self.joined_at is not None and self.left_at is None and self.is_active

    @property
    def is_paused(self) -> bool:
        """Whether the person holds everything of her own back."""
        return self.paused_at is not None

    def may(self, permission: str, *, entity_id: int | None = None) -> bool:
        """Whether a grant gives `permission`, anywhere, or for the entity named."""
        return any(grant.covers(permission, entity_id) for grant in self.grants)

    def entities_for(self, permission: str) -> set[int] | None:
        """The entities (keys) in which the person has `permission`; None means the whole group."""
        grants = [grant for grant in self.grants if granted(grant.role, permission)]
        if any(grant.entity_id is None for grant in grants):
            return None
        return {grant.entity_id for grant in grants if grant.entity_id is not None}


class Grant(db.Model):
    """A role that a person has, for one entity or (entity_id NULL) the whole group."""

    __tablename__ = "grants"
    __table_args__ = (
        sa.Index(None, "person_id"),
        sa.Index("uq_grants_group", "person_id", "role", unique=True, info={"where": "entity_id IS NULL"}),
        sa.UniqueConstraint("person_id", "role", "entity_id"),
    )  # fmt: skip

    id: Mapped[int] = db.pk()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    role: Mapped[Role] = db.choice(Role)
    entity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("entities.id"))
    granted_at: Mapped[datetime]
    entity: Mapped[Entity | None] = relationship(lazy="joined")

    def covers(self, permission: str, entity_id: int | None) -> bool:
        """Whether this grant gives `permission`, anywhere (None) or for that entity."""
        if not granted(self.role, permission):
            return False
        return entity_id is None or self.entity_id is None or self.entity_id == entity_id


class Following(db.Model):
    """A person follows a topic."""

    __tablename__ = "followings"
    __table_args__ = (sa.UniqueConstraint("person_id", "topic_id"),)

    id: Mapped[int] = db.pk()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topics.id"))
    topic: Mapped[Topic] = relationship()


class SignedIn(db.Model):
    """A session on one device, keyed by the hash of its random cookie."""

    __tablename__ = "sessions"
    __table_args__ = (sa.Index(None, "person_id"),)

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    device: Mapped[str] = mapped_column(sa.String(120), default="")
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()


class SignInLink(db.Model):
    """A one-time link by mail, keyed by the hash of its secret."""

    __tablename__ = "sign_in_links"

    id: Mapped[int] = db.pk()
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    purpose: Mapped[str] = mapped_column(sa.String(32), default="sign-in")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()


class LinkRequest(db.Model):
    """A one-time link was asked for, for an address that may be nobody's; a job answers it and deletes it."""

    __tablename__ = "link_requests"

    id: Mapped[int] = db.pk()
    address: Mapped[str] = mapped_column(sa.String(320))
    onward: Mapped[str] = mapped_column(sa.Text, default="/")
    asked_at: Mapped[datetime]


class SetupLink(db.Model):
    """The one-time link that creates the first administrator on an empty database."""

    __tablename__ = "setup_links"

    id: Mapped[int] = db.pk()
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
