"""What the worker writes: reserving due posts, committing *sending* at the gate, and recording what came of it.

Nothing here calls a network. The row is the truth: a reservation, a repeated message or a dead worker harms nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.audit.actions import record
from advocacy.errors import Reason
from advocacy.mail import actions as mail
from advocacy.sharing import actions, queries, rules
from advocacy.sharing.models import (
    Attempt,
    Deletion,
    Delivery,
    DeliveryState,
    Revocation,
)


@dataclass(frozen=True)
class Claim:
    """A row that this process holds until the lease runs out."""

    id: int
    token: str
    network: str


@dataclass(frozen=True)
class Sending:
    """All that a call to the network needs, read in the transaction that committed *sending*."""

    claim: Claim
    server: str
    connection_code: str
    sealed_tokens: str
    text: str
    language: str
    visibility: str
    asset_ids: list[int]
    link: str
    idempotency_key: str
    first_tried_at: datetime
    is_repeat: bool


def reserve_due(*, most: int, lease: timedelta, at: datetime) -> list[Claim]:
    """Reserve posts that are due, the longest waiting first, with one statement."""
    due = sa.and_(
        Delivery.state == DeliveryState.WAITING,
        Delivery.connection_id.is_not(None),
        Delivery.due_at <= at,
        sa.or_(Delivery.lease_until.is_(None), Delivery.lease_until < at),
    )
    return _reserve(due, most=most, lease=lease, at=at)


def reserve_lost(*, most: int, lease: timedelta, at: datetime) -> list[Claim]:
    """Reserve posts whose sender fell silent: *sending* was committed and the lease has run out."""
    lost = sa.and_(Delivery.state == DeliveryState.SENDING, Delivery.lease_until < at)
    return _reserve(lost, most=most, lease=lease, at=at)


def _reserve(condition: Any, *, most: int, lease: timedelta, at: datetime) -> list[Claim]:
    token = secrets.token_hex(16)
    chosen = sa.select(Delivery.id).where(condition).order_by(Delivery.due_at, Delivery.id).limit(most)
    rows = db.session.execute(
        sa.update(Delivery)
        .where(Delivery.id.in_(chosen.with_for_update(skip_locked=True).scalar_subquery()))
        .values(claim_token=token, lease_until=at + lease)
        .returning(Delivery.id, Delivery.network)
        .execution_options(synchronize_session=False)
    )
    return [Claim(row.id, token, row.network) for row in rows]


def begin(claim: Claim, *, fold: queries.Fold, lease: timedelta, at: datetime) -> Sending | None:
    """The gate: commits *sending* or writes down why not; None when there is nothing to send.

    Holds the lock that pausing, leaving, recalling and disconnecting take alone, so that none of them can land
    between the look and the commit.
    """
    db.lock_shared(actions.SENDING)
    delivery = held_by(claim, DeliveryState.WAITING)
    if delivery is None:
        return None
    if delivery.lost_at is not None and not _may_repeat(delivery, at=at):
        delivery.state, delivery.lease_until = DeliveryState.SENDING, at  # the key has aged: `settle` decides
        return None
    state, reason = _verdict(delivery, fold=fold, at=at)
    if state is not DeliveryState.SENDING:
        _give_back(delivery, state, reason, at=at)
        return None
    delivery.state = DeliveryState.SENDING
    delivery.attempts += 1
    delivery.lease_until = at + lease
    delivery.idempotency_key = delivery.idempotency_key or secrets.token_hex(16)
    delivery.first_tried_at = delivery.first_tried_at or at
    db.session.add(Attempt(delivery_id=delivery.id, claim_token=claim.token, started_at=at))
    return sending(delivery, claim)


def _may_repeat(delivery: Delivery, *, at: datetime) -> bool:
    """Whether a post whose answer was lost may go out under its key still; a queue or a stopped worker ages keys."""
    assert delivery.first_tried_at is not None
    what = rules.after_lost_answer(
        delivery.first_tried_at,
        idempotent_seconds=idempotent_seconds(delivery),
        may_look=False,
        looks=0,
        at=at,
    )
    return what is rules.AfterLoss.AGAIN


def idempotent_seconds(delivery: Delivery) -> int:
    """How long this connection's server is known to honour a repeated key."""
    return int(delivery.connection.limits.get("idempotent_seconds", 0)) if delivery.connection else 0


def sending(delivery: Delivery, claim: Claim) -> Sending:
    """What a call to the network for this delivery needs."""
    connection = delivery.connection
    assert (
        connection is not None
        and connection.sealed_tokens is not None
        and delivery.first_tried_at is not None
    )
    return Sending(
        claim=claim,
        server=connection.server,
        connection_code=connection.code,
        sealed_tokens=connection.sealed_tokens,
        text=delivery.text,
        language=delivery.language,
        visibility=delivery.visibility,
        asset_ids=list(delivery.asset_ids),
        idempotency_key=delivery.idempotency_key or "",
        first_tried_at=delivery.first_tried_at,
        link=delivery.link.code if delivery.link else "",
        is_repeat=delivery.lost_at is not None,
    )


def _verdict(delivery: Delivery, *, fold: queries.Fold, at: datetime) -> tuple[DeliveryState, Reason]:
    """Whether a post goes out now, and if not, what becomes of it and why."""
    obstacle = queries.Standing(delivery.share.person, fold, at).against(delivery)
    if obstacle is not None:
        delivery.hold_code = obstacle.hold.code if obstacle.hold else None
        delivery.missing = obstacle.missing.keys() if obstacle.missing else []
        return obstacle.state, obstacle.reason
    if rules.is_late(delivery.due_at, at=at):
        return DeliveryState.HELD, (queries.LATE, {})
    return DeliveryState.SENDING, ("", {})


def _give_back(delivery: Delivery, state: DeliveryState, reason: Reason, *, at: datetime) -> None:
    """Return a post to its owner with what stands against it; what may be out already becomes a question."""
    delivery.state = DeliveryState.UNKNOWN if delivery.lost_at else state
    delivery.reason, delivery.reason_values = reason
    delivery.claim_token = delivery.lease_until = None
    if delivery.state is DeliveryState.CANCELLED:
        delivery.ended_at = at
    tell_owner(delivery, at=at)
    record("delivery." + delivery.state.value, by=None, at=at, about=f"delivery:{delivery.code}")


def may_have_posted(claim: Claim) -> Delivery | None:
    """The delivery if this claim tried it, and what came of that try is still open."""
    still_open = sa.or_(
        Delivery.state.in_((DeliveryState.SENDING, DeliveryState.UNKNOWN)),
        sa.and_(Delivery.state == DeliveryState.WAITING, Delivery.lost_at.is_not(None)),
    )
    tried = sa.exists().where(
        Attempt.delivery_id == Delivery.id,
        Attempt.claim_token == claim.token,
        Attempt.started_at >= Delivery.first_tried_at,
    )
    return db.session.scalar(
        sa.select(Delivery)
        .where(Delivery.id == claim.id, still_open, tried)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def held_by(claim: Claim, state: DeliveryState) -> Delivery | None:
    """The delivery if this claim still holds it in this state."""
    return db.session.scalar(
        sa.select(Delivery)
        .where(Delivery.id == claim.id, Delivery.claim_token == claim.token, Delivery.state == state)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def tell_owner(delivery: Delivery, *, at: datetime) -> None:
    """One letter for what needs its owner's hand."""
    mail.write(
        to=delivery.share.person,
        kind="post_needs_you",
        values={
            "share": delivery.share.code,
            "state": delivery.state.value,
            "network": delivery.network,
            "reason": [delivery.reason or "", delivery.reason_values],
        },
        at=at,
        key=f"delivery:{delivery.id}:{delivery.state.value}:{delivery.due_at:%Y%m%d%H%M%S}",
    )


def reserve(
    model: type[Deletion] | type[Revocation], *, most: int, lease: timedelta, at: datetime
) -> list[Claim]:
    """Reserve deletions or revocations that are due."""
    token = secrets.token_hex(16)
    due = sa.select(model.id).where(
        model.state == "waiting",
        model.due_at <= at,
        sa.or_(model.lease_until.is_(None), model.lease_until < at),
    )
    rows = db.session.execute(
        sa.update(model)
        .where(
            model.id.in_(
                due.order_by(model.due_at).limit(most).with_for_update(skip_locked=True).scalar_subquery()
            )
        )
        .values(claim_token=token, lease_until=at + lease)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return [Claim(row.id, token, "") for row in rows]


def put_off(row: Deletion | Revocation, *, at: datetime, retry_after: int | None = None) -> bool:
    """Try a deletion or revocation again later; False when it was tried often enough."""
    row.attempts += 1
    again = rules.next_try(row.attempts, at=at, retry_after=retry_after)
    row.claim_token = row.lease_until = None
    if again is not None:
        row.due_at = again
        return True
    row.state, row.done_at = "failed", at
    return False
