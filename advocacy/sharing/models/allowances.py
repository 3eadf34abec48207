"""How many calls networks still take."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from advocacy import db
from advocacy.sharing.rules import CallKind, Told


class Allowance(db.Model):
    """So many calls of a kind are left until a moment: for one connection (its code), or for all of us (empty)."""

    __tablename__ = "allowances"
    __table_args__ = (sa.UniqueConstraint("network", "server", "whose", "kind"), sa.Index(None, "resets_at"))

    id: Mapped[int] = db.pk()
    network: Mapped[str] = mapped_column(sa.String(32))
    server: Mapped[str] = mapped_column(sa.String(300))
    whose: Mapped[str] = mapped_column(sa.String(16))
    kind: Mapped[CallKind] = db.choice(CallKind)
    remaining: Mapped[int]
    resets_at: Mapped[datetime]

    @property
    def told(self) -> Told:
        """What it says, as rules take it."""
        return Told(self.kind, self.remaining, self.resets_at, not self.whose)

    def say(self, told: Told) -> None:
        """Take over what was told."""
        self.remaining, self.resets_at = told.remaining, told.resets_at
