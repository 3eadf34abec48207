"""The points ledger, who appears on boards and how, and where boards are agreed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy import db
from advocacy.accounts.models import Entity


class Appearance(StrEnum):
    """How a person appears on individual boards."""

    HIDDEN = "hidden"
    PSEUDONYM = "pseudonym"
    NAME = "name"


class Points(db.Model):
    """Points earned once for one thing (`source`), or taken back (negative); never changed after."""

    __tablename__ = "points"
    # Both indexes hold the amount, so that boards are summed without touching the rows themselves.
    __table_args__ = (
        sa.Index(None, "person_id", "earned_at", "amount"),
        sa.Index(None, "earned_at", "person_id", "amount"),
    )

    id: Mapped[int] = db.pk()
    source: Mapped[str] = mapped_column(sa.String(120), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    entity_id: Mapped[int | None]
    team_id: Mapped[int | None]
    amount: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(32))
    reason: Mapped[str] = mapped_column(sa.String(300))
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    earned_at: Mapped[datetime]


class BoardChoice(db.Model):
    """A person's own choice how to appear; without a row, or with one from before she joined, hidden."""

    __tablename__ = "board_choices"

    id: Mapped[int] = db.pk()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), unique=True)
    appearance: Mapped[Appearance] = db.choice(Appearance, default=Appearance.HIDDEN)
    pseudonym: Mapped[str] = mapped_column(sa.String(60), default="")
    pseudonym_key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    chosen_at: Mapped[datetime]


class BoardAgreement(db.Model):
    """Individual boards are on in an entity, by the agreement noted here, until it ends."""

    __tablename__ = "board_agreements"
    __table_args__ = (
        sa.Index(None, "entity_id"),
        sa.Index("uq_board_agreements_open", "entity_id", unique=True, info={"where": "ended_at IS NULL"}),
    )  # fmt: skip

    id: Mapped[int] = db.pk()
    entity_id: Mapped[int] = mapped_column(sa.ForeignKey("entities.id"))
    agreement: Mapped[str] = mapped_column(sa.Text)
    enabled_at: Mapped[datetime]
    enabled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    entity: Mapped[Entity] = relationship()
