"""What a company may spend in a month, and the ledger of what it did; nobody's name stands in either."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy import db
from advocacy.accounts.models import Entity
from advocacy.sharing.money import Entry, Use


class Budget(db.Model):
    """What an entity may spend in each month from `month` on, until a later row says otherwise."""

    __tablename__ = "budgets"
    __table_args__ = (sa.UniqueConstraint("entity_id", "currency", "month"),)

    id: Mapped[int] = db.pk()
    entity_id: Mapped[int] = mapped_column(sa.ForeignKey("entities.id"))
    currency: Mapped[str] = mapped_column(sa.String(3))
    month: Mapped[str] = mapped_column(sa.String(7))
    amount: Mapped[int]
    set_at: Mapped[datetime]
    entity: Mapped[Entity] = relationship()


class Outlay(db.Model):
    """A line of the ledger, never changed: an amount was reserved, spent, or came back.

    `balance` is what counts against the month's budget after this line; `about` is a delivery's code.
    """

    __tablename__ = "outlays"
    __table_args__ = (sa.Index(None, "entity_id", "month", "currency"), sa.Index(None, "about"))

    id: Mapped[int] = db.pk()
    entity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("entities.id"))
    month: Mapped[str] = mapped_column(sa.String(7))
    network: Mapped[str] = mapped_column(sa.String(32))
    currency: Mapped[str] = mapped_column(sa.String(3))
    use: Mapped[Use] = db.choice(Use)
    state: Mapped[Entry] = db.choice(Entry)
    amount: Mapped[int]
    balance: Mapped[int]
    about: Mapped[str] = mapped_column(sa.String(16), default="")
    at: Mapped[datetime]
    entity: Mapped[Entity | None] = relationship()
