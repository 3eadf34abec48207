"""Holds: nothing goes out in their scope; and what owners of posts in it were asked to do."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy import db
from advocacy.accounts.models import Entity, Person, Topic
from advocacy.content.models import Kit
from advocacy.sharing.models.posts import Delivery
from advocacy.sharing.rules import AppealAnswer, HoldScope


class Hold(db.Model):
    """Nothing in its scope goes out from `starts_at` until `ends_at` (None: until it is lifted).

    Its message has reached the champions up to the key `told_through`, and all of them at `told_at`; what it held went
    back to its owners at `returned_at`.

    Of network, entity, country, kit and topic each that is set must fit; with none set, it holds everything.
    """

    __tablename__ = "holds"
    __table_args__ = (sa.Index(None, "lifted_at", "starts_at"),)

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    scope: Mapped[HoldScope] = db.choice(HoldScope)
    network: Mapped[str | None] = mapped_column(sa.String(32))
    entity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("entities.id"))
    country: Mapped[str | None] = mapped_column(sa.String(2))
    kit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("kits.id"))
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topics.id"))
    reason: Mapped[str] = mapped_column(sa.Text)
    message: Mapped[str] = mapped_column(sa.Text, default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    placed_at: Mapped[datetime]
    placed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    told_through: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    returned_at: Mapped[datetime | None]
    entity: Mapped[Entity | None] = relationship()
    kit: Mapped[Kit | None] = relationship()
    topic: Mapped[Topic | None] = relationship()
    placer: Mapped[Person | None] = relationship(foreign_keys=[placed_by])

    def is_on(self, at: datetime) -> bool:
        """Whether nothing goes out in its scope at that moment.

        One that was to begin at once is on as soon as it can be read, whatever other machines' clocks say.
        """
        begun = self.starts_at <= max(at, self.placed_at)
        return self.lifted_at is None and begun and (self.ends_at is None or at < self.ends_at)

    def bars(self, person: Person, kit: Kit, network: str) -> bool:
        """Whether this person's post of this kit on this network lies in its scope."""
        return (
            self.network in (None, network)
            and self.entity_id in (None, person.entity_id)
            and self.country in (None, person.country)
            and self.kit_id in (None, kit.id)
            and (self.topic_id is None or any(self.topic_id == one.topic_id for one in kit.topics))
        )


class Appeal(db.Model):
    """The owner of a post that is out was asked to delete or edit it, with the words to use; what she answered."""

    __tablename__ = "appeals"
    __table_args__ = (sa.UniqueConstraint("hold_id", "delivery_id"), sa.Index(None, "delivery_id"))

    id: Mapped[int] = db.pk()
    hold_id: Mapped[int] = mapped_column(sa.ForeignKey("holds.id"))
    delivery_id: Mapped[int] = mapped_column(sa.ForeignKey("deliveries.id"))
    words: Mapped[str] = mapped_column(sa.Text)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    answer: Mapped[AppealAnswer | None] = db.choice(AppealAnswer)
    answered_at: Mapped[datetime | None]
    hold: Mapped[Hold] = relationship()
    delivery: Mapped[Delivery] = relationship()
    asker: Mapped[Person | None] = relationship()
