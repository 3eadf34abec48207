"""What came of sending a post: sent, again later, no, reconnect, or an answer that was lost and what follows then.

Nothing here calls a network. An outcome is written under the claim's token: a second one finds nothing to write.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from advocacy import db
from advocacy.audit.actions import record
from advocacy.errors import N_, Reason
from advocacy.sharing import actions, rules
from advocacy.sharing.delivering import Claim, held_by, idempotent_seconds, may_have_posted, tell_owner
from advocacy.sharing.models import Attempt, ConnectionState, Delivery, DeliveryState


def record_sent(claim: Claim, *, remote_id: str, url: str, at: datetime) -> bool:
    """The network has the post, however late it says so; False when someone else has written its end meanwhile."""
    delivery = held_by(claim, DeliveryState.SENDING) or may_have_posted(claim)
    if delivery is None:
        return False
    delivery.state, delivery.sent_at, delivery.ended_at = DeliveryState.SENT, at, at
    delivery.remote_id, delivery.remote_url = remote_id, url
    delivery.reason, delivery.reason_values, delivery.missing = None, {}, []
    delivery.claim_token = delivery.lease_until = delivery.lost_at = None
    _end_attempt(claim, "sent", at=at)
    actions.award(delivery, delivery.share.person, kind="sent", at=at)
    record("delivery.sent", by=None, at=at, about=f"delivery:{delivery.code}", details={"url": url})
    return True


def record_temporary(
    claim: Claim, reason: Reason, *, retry_after: int | None, retry_at: datetime | None, at: datetime
) -> None:
    """Nothing was posted; try again when the network allows, or give up with its reason."""
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is None:
        return
    again = rules.next_try(delivery.attempts, at=at, retry_after=retry_after, retry_at=retry_at)
    if again is None:
        _end(delivery, DeliveryState.FAILED, reason, at=at)
    else:
        delivery.state, delivery.due_at = DeliveryState.WAITING, again
        delivery.reason, delivery.reason_values = reason
        delivery.claim_token = delivery.lease_until = None
    _end_attempt(claim, "temporary", reason, at=at)


def record_permanent(claim: Claim, reason: Reason, *, at: datetime) -> None:
    """The network said no, and trying again will not help."""
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is not None:
        _end(delivery, DeliveryState.FAILED, reason, at=at)
        _end_attempt(claim, "permanent", reason, at=at)


def record_needs_reconnecting(claim: Claim, reason: Reason, *, at: datetime) -> None:
    """The network no longer takes the token; the post waits until its owner has reconnected."""
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is None:
        return
    if delivery.connection is not None and delivery.connection.is_active:
        delivery.connection.state = ConnectionState.NEEDS_RECONNECTING
    _end(delivery, DeliveryState.NEEDS_RECONNECTING, reason, at=at)
    _end_attempt(claim, "needs_reconnecting", reason, at=at)


def record_lost(claim: Claim, reason: Reason, *, at: datetime) -> None:
    """The answer was lost: it may have posted. The lease ends now, and `settle` decides what follows."""
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is not None:
        delivery.lost_at, delivery.lease_until = delivery.lost_at or at, at
        delivery.reason, delivery.reason_values = reason
        _end_attempt(claim, "lost", reason, at=at)


def settle(claim: Claim, *, readable: bool, looks: int, at: datetime) -> rules.AfterLoss | None:
    """Decide about a post whose answer was lost: send with the same key, look, or ask its owner."""
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is None or delivery.first_tried_at is None or delivery.connection is None:
        return None
    delivery.lost_at = delivery.lost_at or at
    what = rules.after_lost_answer(
        delivery.first_tried_at,
        idempotent_seconds=idempotent_seconds(delivery),
        may_look=readable and delivery.connection.may_read and bool(delivery.connection.sealed_tokens),
        looks=looks,
        at=at,
    )
    if what is rules.AfterLoss.AGAIN:
        delivery.state, delivery.claim_token, delivery.lease_until = DeliveryState.WAITING, None, None
        delivery.due_at = rules.next_try(delivery.attempts, at=at) or at + timedelta(minutes=5)
        if delivery.attempts == 1:
            delivery.due_at = at
    elif what is rules.AfterLoss.ASK:
        record_unknown(claim, at=at)
    return what


def looks_so_far(claim: Claim) -> int:
    """How often own posts were looked through for this delivery."""
    return (
        db.session.scalar(
            sa.select(sa.func.count()).where(Attempt.delivery_id == claim.id, Attempt.outcome == "looked")
        )
        or 0
    )


def record_looked(claim: Claim, *, again_in: timedelta, at: datetime) -> None:
    """Own posts were looked through and it was not there yet; look again later."""
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is not None:
        delivery.lease_until = at + again_in
        db.session.add(
            Attempt(
                delivery_id=claim.id, claim_token=claim.token, started_at=at, ended_at=at, outcome="looked"
            )
        )


def record_unknown(claim: Claim, *, at: datetime) -> None:
    """Nobody here can know whether it was posted: ask its owner."""
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is None:
        return
    account = delivery.connection.account if delivery.connection else ""
    reason: Reason = (
        N_("%(account)s did not answer, so the post may be there or not. Please look, and tell us."),
        {"account": account},
    )
    _end(delivery, DeliveryState.UNKNOWN, reason, at=at)


def _end(delivery: Delivery, state: DeliveryState, reason: Reason, *, at: datetime) -> None:
    """Write the end of a try; what may be out already, by an earlier one, becomes a question to its owner."""
    delivery.state = DeliveryState.UNKNOWN if delivery.lost_at else state
    delivery.ended_at = at if delivery.state is DeliveryState.FAILED else None
    delivery.reason, delivery.reason_values = reason
    delivery.claim_token = delivery.lease_until = None
    tell_owner(delivery, at=at)
    record("delivery." + delivery.state.value, by=None, at=at, about=f"delivery:{delivery.code}")


def _end_attempt(claim: Claim, outcome: str, reason: Reason = ("", {}), *, at: datetime) -> None:
    db.session.execute(
        sa.update(Attempt)
        .where(
            Attempt.delivery_id == claim.id, Attempt.claim_token == claim.token, Attempt.ended_at.is_(None)
        )
        .values(ended_at=at, outcome=outcome, reason=reason[0] or None, reason_values=reason[1])
        .execution_options(synchronize_session=False)
    )
