"""Reading what others did with posts: where their owner switched it on, less and less often, and never at a price.

Nothing is read of a network whose calls cost: until a budget allows it, its switch is not offered.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from advocacy import db
from advocacy.errors import Missing
from advocacy.sharing import networks, rules
from advocacy.sharing.models import Connection, ConnectionState, Delivery, DeliveryState, PostFigures
from advocacy.sharing.networks.interface import Abilities, Figures, Outcome
from advocacy.sharing.reserving import once

MOST_OF_ONE = 10
"""So many posts of one account are read at a time: some networks take a call for each."""


def is_offered(can: Abilities) -> bool:
    """Whether a person may switch the reading of figures on for a network that can do this."""
    return can.tells_figures and not can.costs


def begin_due(*, most: int, at: datetime) -> int:
    """Note posts whose figures are to be read: sent lately, by accounts whose owners switched it on."""
    slugs = [one.slug for one in networks.every() if is_offered(one.can)]
    found = db.session.execute(
        sa.select(Delivery.id, Delivery.sent_at)
        .join(Connection, Connection.id == Delivery.connection_id)
        .outerjoin(PostFigures, PostFigures.delivery_id == Delivery.id)
        .where(
            Connection.tells_figures.is_(True),
            Connection.state == ConnectionState.ACTIVE,
            Delivery.network.in_(slugs),
            Delivery.state == DeliveryState.SENT,
            Delivery.remote_id.is_not(None),
            Delivery.sent_at > at - rules.FIGURES_AFTER[-1],
            PostFigures.id.is_(None),
        )
        .order_by(Delivery.sent_at)
        .limit(most)
    ).all()
    for delivery_id, sent_at in found:
        assert sent_at is not None
        due_at = max(at, sent_at + rules.FIGURES_AFTER[0])
        db.session.add(PostFigures(delivery_id=delivery_id, due_at=due_at))
    return len(found)


@dataclass(frozen=True)
class Claim:
    """Rows that this process reads until their lease runs out, all of one account."""

    token: str
    ids: Sequence[int]
    network: str
    server: str
    connection_code: str
    remote_ids: Sequence[str]


def reserve_due(*, most: int, lease: timedelta, at: datetime) -> list[Claim]:
    """Reserve posts whose figures are due, the longest waiting first, account by account."""
    token = secrets.token_hex(16)
    due = sa.select(PostFigures.id).where(
        PostFigures.due_at <= at, sa.or_(PostFigures.lease_until.is_(None), PostFigures.lease_until < at)
    )
    chosen = due.order_by(PostFigures.due_at, PostFigures.id).limit(most).with_for_update(skip_locked=True)
    db.session.execute(
        sa.update(PostFigures)
        .where(PostFigures.id.in_(once(chosen)))
        .values(claim_token=token, lease_until=at + lease)
        .execution_options(synchronize_session=False)
    )
    by_account: dict[int, list[PostFigures]] = {}
    for row in _held(PostFigures.claim_token == token):
        rows = by_account.setdefault(row.delivery.connection_id or 0, [])
        if len(rows) < MOST_OF_ONE:
            rows.append(row)
        else:
            row.claim_token = row.lease_until = None  # the next time
    return [_claim(token, rows) for rows in by_account.values()]


def _held(which: sa.ColumnElement[bool]) -> Sequence[PostFigures]:
    rows = sa.select(PostFigures).where(which).order_by(PostFigures.id)
    owned = joinedload(PostFigures.delivery).joinedload(Delivery.connection)
    return db.session.scalars(rows.options(owned).execution_options(populate_existing=True)).all()


def _claim(token: str, rows: list[PostFigures]) -> Claim:
    account = rows[0].delivery.connection
    assert account is not None
    posts = [row.delivery.remote_id or "" for row in rows]
    return Claim(token, [row.id for row in rows], account.network, account.server, account.code, posts)


def keep(claim: Claim, told: dict[str, Figures] | Outcome | Missing, *, at: datetime) -> None:
    """Keep what was told, and when to read next; what was switched off meanwhile is not kept."""
    mine = sa.and_(PostFigures.claim_token == claim.token, PostFigures.id.in_(claim.ids))
    for row in _held(mine):
        row.claim_token = row.lease_until = None
        sent_at, account = row.delivery.sent_at or at, row.delivery.connection
        if account is None or not account.tells_figures:
            db.session.delete(row)
        elif isinstance(told, Outcome):
            row.due_at = rules.reading_put_off(
                sent_at, at=at, retry_after=told.retry_after, retry_at=told.retry_at
            )
        else:
            known = told.get(row.delivery.remote_id or "") if isinstance(told, dict) else None
            if known is not None:
                row.views, row.reactions, row.read_at = known.views, known.reactions, at
                row.replies, row.reshares = known.replies, known.reshares
            row.due_at = rules.next_reading(sent_at, at=at)
