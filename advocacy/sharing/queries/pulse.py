"""How the work goes: what waits, for how long, and what keeps it back; read by whoever watches."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.sharing.models import Deletion, Delivery, DeliveryState, Hold
from advocacy.sharing.queries.holds import is_on

WATCHED = (DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.HELD)


def due(at: datetime) -> dict[str, tuple[int, float]]:
    """How many posts are due by network, and for how many seconds the oldest has been."""
    rows = db.session.execute(
        sa.select(Delivery.network, sa.func.count(), sa.func.min(Delivery.due_at))
        .where(
            Delivery.state == DeliveryState.WAITING,
            Delivery.connection_id.is_not(None),
            Delivery.due_at <= at,
        )
        .group_by(Delivery.network)
    )
    return {network: (count, (at - oldest).total_seconds()) for network, count, oldest in rows}


def standing_still() -> dict[str, int]:
    """How many posts are being sent, held, or asked about."""
    rows = db.session.execute(
        sa.select(Delivery.state, sa.func.count()).where(Delivery.state.in_(WATCHED)).group_by(Delivery.state)
    )
    found = {state.value: count for state, count in rows}
    return {state.value: found.get(state.value, 0) for state in WATCHED}


def scheduled(at: datetime) -> int:
    """How many posts wait for a time to come."""
    return _count(sa.select(Delivery.id).where(Delivery.state == DeliveryState.WAITING, Delivery.due_at > at))


def holds_on(at: datetime) -> int:
    """How many pauses are on."""
    return _count(sa.select(Hold.id).where(is_on(at)))


def deletions_due(at: datetime) -> int:
    """How many posts are to be deleted at their networks now."""
    return _count(sa.select(Deletion.id).where(Deletion.state == "waiting", Deletion.due_at <= at))


def _count(rows: sa.Select[int]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0
