"""Content kits: a story to share, with its texts, pictures, captions, audience and reviews."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy import db
from advocacy.accounts.models import Entity, Person, Topic
from advocacy.content.rules import Asked, Audience, Stage, stage
from advocacy.content.rules import AudienceKind as AudienceKind
from advocacy.content.rules import KitState as KitState
from advocacy.content.rules import Verdict as Verdict
from advocacy.content.shape import Caption, KitData, Picture, Text


class Kit(db.Model):
    """A story to share, made by a comms manager and approved by another.

    `own_posts` holds by network what the company itself posted there.
    """

    __tablename__ = "kits"
    __table_args__ = (sa.Index(None, "state", "publish_at"),)

    id: Mapped[int] = db.pk()
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    state: Mapped[KitState] = db.choice(KitState, default=KitState.DRAFT)
    entity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("entities.id"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    link_url: Mapped[str] = mapped_column(sa.Text, default="")
    is_paid: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    own_posts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    publish_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    edited_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]
    recall_reason: Mapped[str] = mapped_column(sa.Text, default="")
    edition: Mapped[int] = mapped_column(default=1)
    entity: Mapped[Entity | None] = relationship()
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    editor: Mapped[Person | None] = relationship(foreign_keys=[edited_by])
    texts: Mapped[list[KitText]] = relationship(back_populates="kit", cascade="all, delete-orphan")
    assets: Mapped[list[KitAsset]] = relationship(
        back_populates="kit", order_by="KitAsset.position", cascade="all, delete-orphan"
    )
    variants: Mapped[list[Variant]] = relationship(
        back_populates="kit", order_by="Variant.position", cascade="all, delete-orphan"
    )
    audience: Mapped[list[KitAudience]] = relationship(back_populates="kit", cascade="all, delete-orphan")
    topics: Mapped[list[KitTopic]] = relationship(back_populates="kit", cascade="all, delete-orphan")
    reviews: Mapped[list[Review]] = relationship(back_populates="kit", order_by="Review.asked_at")

    __mapper_args__ = {"version_id_col": edition}

    @property
    def pictures(self) -> list[KitAsset]:
        """The pictures that the kit holds now, in order."""
        return sorted((one for one in self.assets if one.retired_at is None), key=lambda one: one.position)

    @property
    def spoken(self) -> str | None:
        """The language of the company that the kit is from, if it is from one."""
        return self.entity.language if self.entity else None

    @property
    def topic_slugs(self) -> list[str]:
        """What the kit is about."""
        return [line.topic.slug for line in self.topics]

    @property
    def asked(self) -> Asked:
        """The audience's values by their kind."""
        by_kind: dict[AudienceKind, set[str]] = {}
        for line in self.audience:
            by_kind.setdefault(line.kind, set()).add(line.value)
        return tuple((kind, frozenset(values)) for kind, values in by_kind.items())

    @property
    def captions(self) -> list[Variant]:
        """The captions that the kit suggests now, in order."""
        return sorted((one for one in self.variants if one.retired_at is None), key=lambda one: one.position)

    @property
    def open_review(self) -> Review | None:
        """The review that waits for its reviewer."""
        return next((review for review in self.reviews if review.verdict is None), None)

    @property
    def sent_back(self) -> Review | None:
        """The review that sent this draft back, until it is sent to review again."""
        last = self.reviews[-1] if self.reviews else None
        is_back = self.state is KitState.DRAFT and last is not None and last.verdict is Verdict.SENT_BACK
        return last if is_back else None

    @property
    def words_mark(self) -> str:
        """A mark of what the kit says: another one once a title, a story, a caption or the link was changed,
        or whether it is paid for.
        """
        texts = sorted((text.language, text.title, text.story) for text in self.texts)
        captions = sorted((one.network, one.language, one.text) for one in self.captions)
        paid = ["paid"] if self.is_paid else []
        own = [sorted(self.own_posts.items())] if self.own_posts else []
        said = (texts, captions, self.link_url, *own, *paid)
        return hashlib.sha256(repr(said).encode()).hexdigest()

    @property
    def readers(self) -> Audience:
        """Whom the kit is for, as rules take it."""
        return Audience.of((line.kind, line.value) for line in self.audience)

    @property
    def data(self) -> KitData:
        """What the kit holds now, as the form and the loader would hand it in."""
        return KitData(
            texts={text.language: Text(text.title, text.story) for text in self.texts},
            link_url=self.link_url,
            pictures=tuple(asset.picture for asset in self.pictures),
            captions=tuple(Caption(one.network, one.language, one.text) for one in self.captions),
            topics=tuple(self.topic_slugs),
            audience=self.readers,
            publish_at=self.publish_at,
            expires_at=self.expires_at,
            entity=self.entity.slug if self.entity else None,
            is_paid=self.is_paid,
            own_posts=self.own_posts,
        )

    def stage(self, at: datetime) -> Stage:
        """Where the kit stands at that moment."""
        return stage(self.state, self.publish_at, self.expires_at, at)

    def is_out(self, at: datetime) -> bool:
        """Whether those it is for may share it at that moment."""
        return self.stage(at) is Stage.OUT


class KitText(db.Model):
    """A kit's title and story (Markdown) in one language."""

    __tablename__ = "kit_texts"
    __table_args__ = (sa.UniqueConstraint("kit_id", "language"),)

    id: Mapped[int] = db.pk()
    kit_id: Mapped[int] = mapped_column(sa.ForeignKey("kits.id"))
    language: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(200))
    story: Mapped[str] = mapped_column(sa.Text, default="")
    kit: Mapped[Kit] = relationship(back_populates="texts")


class KitAsset(db.Model):
    """A picture of a kit: its content by digest, its size in pixels and bytes."""

    __tablename__ = "kit_assets"
    __table_args__ = (sa.Index(None, "kit_id"),)

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    kit_id: Mapped[int] = mapped_column(sa.ForeignKey("kits.id"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    small_digest: Mapped[str] = mapped_column(sa.String(64), default="")
    media_type: Mapped[str] = mapped_column(sa.String(64))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]
    kit: Mapped[Kit] = relationship(back_populates="assets")
    texts: Mapped[list[KitAssetText]] = relationship(back_populates="asset", cascade="all, delete-orphan")

    @property
    def spoken(self) -> str | None:
        """The language of the company that its kit is from, if it is from one."""
        return self.kit.spoken

    @property
    def picture(self) -> Picture:
        """The picture as `KitData` holds it."""
        return Picture(
            digest=self.digest,
            media_type=self.media_type,
            width=self.width,
            height=self.height,
            size=self.size,
            name=self.name,
            alt={text.language: text.alt for text in self.texts},
            small=self.small_digest,
        )


class KitAssetText(db.Model):
    """What a picture shows, in one language."""

    __tablename__ = "kit_asset_texts"
    __table_args__ = (sa.UniqueConstraint("asset_id", "language"),)

    id: Mapped[int] = db.pk()
    asset_id: Mapped[int] = mapped_column(sa.ForeignKey("kit_assets.id"))
    language: Mapped[str] = mapped_column(sa.String(16))
    alt: Mapped[str] = mapped_column(sa.Text)
    asset: Mapped[KitAsset] = relationship(back_populates="texts")


class Variant(db.Model):
    """A suggested caption for a network ("any" for all) in one language."""

    __tablename__ = "variants"
    __table_args__ = (sa.Index(None, "kit_id"),)

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    kit_id: Mapped[int] = mapped_column(sa.ForeignKey("kits.id"))
    network: Mapped[str] = mapped_column(sa.String(32), default="any")
    language: Mapped[str] = mapped_column(sa.String(16))
    text: Mapped[str] = mapped_column(sa.Text)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]
    kit: Mapped[Kit] = relationship(back_populates="variants")


class KitAudience(db.Model):
    """One line of a kit's audience: a kind and the slug, country or language it names."""

    __tablename__ = "kit_audiences"
    __table_args__ = (sa.UniqueConstraint("kit_id", "kind", "value"),)

    id: Mapped[int] = db.pk()
    kit_id: Mapped[int] = mapped_column(sa.ForeignKey("kits.id"))
    kind: Mapped[AudienceKind] = db.choice(AudienceKind)
    value: Mapped[str] = mapped_column(sa.String(80))
    kit: Mapped[Kit] = relationship(back_populates="audience")


class KitTopic(db.Model):
    """What a kit is about; people who follow the topic see it first."""

    __tablename__ = "kit_topics"
    __table_args__ = (sa.UniqueConstraint("kit_id", "topic_id"),)

    id: Mapped[int] = db.pk()
    kit_id: Mapped[int] = mapped_column(sa.ForeignKey("kits.id"))
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topics.id"))
    kit: Mapped[Kit] = relationship(back_populates="topics")
    topic: Mapped[Topic] = relationship()


class Review(db.Model):
    """A kit was sent to review, and what the reviewer said."""

    __tablename__ = "reviews"
    __table_args__ = (sa.Index(None, "kit_id"),)

    id: Mapped[int] = db.pk()
    kit_id: Mapped[int] = mapped_column(sa.ForeignKey("kits.id"))
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None] = db.choice(Verdict)
    remark: Mapped[str] = mapped_column(sa.Text, default="")
    kit: Mapped[Kit] = relationship(back_populates="reviews")
    asker: Mapped[Person] = relationship(foreign_keys=[asked_by])
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by])
