"""What others did with posts, as far as their owners let it be read."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy import db
from advocacy.sharing.models.posts import Delivery


class PostFigures(db.Model):
    """The figures of one post as its network told them last; None for what it does not give."""

    __tablename__ = "post_figures"
    __table_args__ = (sa.UniqueConstraint("delivery_id"), sa.Index(None, "due_at"))

    id: Mapped[int] = db.pk()
    delivery_id: Mapped[int] = mapped_column(sa.ForeignKey("deliveries.id"))
    views: Mapped[int | None]
    reactions: Mapped[int | None]
    replies: Mapped[int | None]
    reshares: Mapped[int | None]
    read_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    claim_token: Mapped[str | None] = mapped_column(sa.String(32))
    delivery: Mapped[Delivery] = relationship()
