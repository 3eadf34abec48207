"""What came of sending a post: sent, again later, no, reconnect, or an answer that was lost and what follows then.

Nothing here calls a network. An outcome is written under the claim's token: a second one finds nothing to write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.audit.actions import record, record_each
from advocacy.errors import N_, Reason
from advocacy.sharing import actions, rules, spending
from advocacy.sharing.claimed import Going, end_attempts, going, going_of_each, held_by, may_have_posted
from advocacy.sharing.delivering import Repeats, tell_owner, told_seconds, wait_or_ask
from advocacy.sharing.models import Attempt, Connection, ConnectionState, Delivery, DeliveryState
from advocacy.sharing.money import Entry
from advocacy.sharing.reserving import Claim


@dataclass(frozen=True)
class Sent:
    """A network has the post of this claim, under its own id, at this address ("" where it names none)."""

    claim: Claim
    remote_id: str
    url: str


def record_sent(claim: Claim, *, remote_id: str, url: str, at: datetime) -> bool:
    """The network has the post, however late it says so.

    False when someone else has written its end meanwhile, and when what was found is an earlier post: see EARLIER.
    """
    return record_each_sent([Sent(claim, remote_id, url)], at=at)[0]


def record_each_sent(posts: Sequence[Sent], *, at: datetime) -> list[bool]:
    """The same for several posts, whose rows are read and written together.

    Those whose answer was lost before come last, each alone: what was found in place of an answer may be a post that
    is among the others.
    """
    held = going_of_each([post.claim for post in posts])
    plain = {post: one for post in posts if (one := held.pop(post.claim, None)) is not None}
    _write_sent(plain, at=at)
    done = set(plain)
    for post in posts:
        doubted = None if post in done else _doubted(post)
        if doubted is not None:
            _write_sent({post: going(doubted)}, at=at)
            done.add(post)
    return [post in done for post in posts]


def _doubted(post: Sent) -> Delivery | None:
    """The delivery of a post that is out, where that was in doubt; None where this is another post, or it has ended."""
    delivery = held_by(post.claim, DeliveryState.SENDING) or may_have_posted(post.claim)
    return None if delivery is None or _is_earlier(delivery, post.remote_id) else delivery


def _write_sent(taken: Mapping[Sent, Going], *, at: datetime) -> None:
    if not taken:
        return
    rows = [
        {"id": one.id, "remote_id": post.remote_id, "remote_url": post.url, "sent_at": at, "ended_at": at}
        | ENDED
        for post, one in taken.items()
    ]
    db.session.execute(sa.update(Delivery), rows)
    for one in taken.values():
        known = db.session.identity_map.get(db.session.identity_key(Delivery, one.id))
        if known is not None:
            db.session.expire(known)
    record_each(
        "delivery.sent", [(f"delivery:{one.code}", {"url": post.url}) for post, one in taken.items()], at=at
    )
    end_attempts([post.claim for post in taken], "sent", at=at)
    spending.settle_each([one.code for one in taken.values()], Entry.SPENT, at=at)
    posts = [(one.owner, one.id, one.network, one.kit_id) for one in taken.values()]
    actions.award_each(posts, kind="sent", at=at)


ENDED: dict[str, Any] = {
    "state": DeliveryState.SENT,
    "reason": None,
    "reason_values": {},
    "missing": [],
    "claim_token": None,
    "lease_until": None,
    "lost_at": None,
}
"""What stands in the row of every post that is out."""


NO_ANSWER = N_("No answer came back, so your post may be there or not.")
EARLIER: Reason = (
    N_("The network shows an earlier post of yours with the same words. Please check: did this one appear?"),
    {},
)


def _is_earlier(delivery: Delivery, remote_id: str) -> bool:
    """Whether a post that was found in place of a lost answer is an earlier one: the same words, shared before."""
    if delivery.lost_at is None:
        return False
    earlier = sa.select(Delivery.id).where(
        Delivery.connection_id == delivery.connection_id,
        Delivery.remote_id == remote_id,
        Delivery.id != delivery.id,
    )
    return db.session.scalar(earlier.limit(1)) is not None


def record_temporary(
    claim: Claim, reason: Reason, *, retry_after: int | None, retry_at: datetime | None, at: datetime
) -> None:
    """Nothing was posted; try again when the network allows, or ask its owner where that is late."""
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is None:
        return
    named = rules.asked_for(at, retry_after, retry_at)
    again = rules.next_turn(delivery.attempts, at=at, named=named)
    began = delivery.first_tried_at or at
    if not rules.uses_attempt(began, named=named is not None, at=at):
        delivery.attempts -= 1
    _give_money_back(delivery, at=at)
    wait_or_ask(delivery, again, reason, at=at, named=named)
    _end_attempt(claim, "temporary", reason, at=at)


def record_permanent(claim: Claim, reason: Reason, *, at: datetime) -> None:
    """The network said no, and trying again will not help."""
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is not None:
        _end(delivery, DeliveryState.FAILED, reason, at=at)
        _end_attempt(claim, "permanent", reason, at=at)


PERHAPS_THERE = N_(
    "The network has these words of yours already. It may be this post: an earlier try of it was never answered. "
    "Please check: did it appear?"
)


def record_perhaps_there(claim: Claim, *, at: datetime) -> bool:
    """Ask the owner of a post that was refused as a duplicate, where an earlier try of it may be the one that is there.

    She had said that nothing was there, and it was sent again; False where no earlier try was left open.
    """
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is None:
        return True
    tries = sa.select(sa.func.min(Attempt.started_at)).where(
        Attempt.delivery_id == claim.id,
        Attempt.claim_token != claim.token,
        sa.or_(Attempt.outcome == "lost", Attempt.outcome.is_(None)),
    )
    first = db.session.scalar(tries)
    if first is None:
        return False
    delivery.first_tried_at, delivery.lost_at = first, delivery.lost_at or at
    _end(delivery, DeliveryState.UNKNOWN, (PERHAPS_THERE, {}), at=at)
    _end_attempt(claim, "permanent", (PERHAPS_THERE, {}), at=at)
    return True


def record_needs_reconnecting(
    claim: Claim, reason: Reason, *, is_spent: Callable[[Connection], bool], at: datetime
) -> None:
    """The network no longer takes the tokens; the post waits until its owner has reconnected.

    Where the account has others by now (not `is_spent`), renewed or of a new connection, it is tried by these.
    """
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is None:
        return
    account = delivery.connection
    if account is not None:
        db.session.refresh(account, with_for_update=True)
    if account is not None and account.is_active:
        if not is_spent(account):
            record_temporary(claim, reason, retry_after=None, retry_at=None, at=at)
            return
        account.state = ConnectionState.NEEDS_RECONNECTING
    _end(delivery, DeliveryState.NEEDS_RECONNECTING, reason, at=at)
    _end_attempt(claim, "needs_reconnecting", reason, at=at)


def record_lost(claim: Claim, reason: Reason, *, at: datetime) -> None:
    """The answer was lost: it may have posted. The lease ends now, and `settle` decides what follows."""
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is not None:
        delivery.lost_at, delivery.lease_until = delivery.lost_at or at, at
        delivery.reason, delivery.reason_values = reason
        _end_attempt(claim, "lost", reason, at=at)


def settle(
    claim: Claim, *, readable: bool, looks: int, at: datetime, repeats: Repeats = told_seconds
) -> rules.AfterLoss | None:
    """Decide about a post whose answer was lost: send with the same key, look, or ask its owner.

    `repeats` says how long a key is good now.
    """
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is None or delivery.first_tried_at is None or delivery.connection is None:
        return None
    delivery.lost_at = delivery.lost_at or at
    what = rules.after_lost_answer(
        delivery.first_tried_at,
        idempotent_seconds=repeats(delivery.connection),
        may_look=readable and delivery.connection.may_read and bool(delivery.connection.sealed_tokens),
        looks=looks,
        late=rules.is_late(delivery.wanted_at, at=at),
        at=at,
    )
    if what is rules.AfterLoss.AGAIN:
        again = at if delivery.attempts == 1 else rules.next_turn(delivery.attempts, at=at)
        wait_or_ask(delivery, again, (delivery.reason or NO_ANSWER, delivery.reason_values), at=at)
    elif what is rules.AfterLoss.ASK:
        record_unknown(claim, at=at)
    return what


def was_begun(claim: Claim, *, at: datetime) -> bool:
    """Whether a try of this claim began at that very moment."""
    tries = sa.exists().where(
        Attempt.delivery_id == claim.id, Attempt.claim_token == claim.token, Attempt.started_at == at
    )
    return bool(db.session.scalar(sa.select(tries)))


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


def put_look_off(claim: Claim, *, until: datetime, again_in: timedelta, at: datetime) -> None:
    """The network takes no reading now; this was no look, unless its owner would wait for too long by that."""
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is not None and rules.is_late(delivery.wanted_at, at=until):
        record_looked(claim, again_in=again_in, at=at)
    elif delivery is not None:
        delivery.lease_until = until


def record_unknown(claim: Claim, *, at: datetime) -> None:
    """Nobody here can know whether it was posted: ask its owner."""
    delivery = held_by(claim, DeliveryState.SENDING)
    if delivery is None:
        return
    said: Reason = (delivery.reason or NO_ANSWER, delivery.reason_values if delivery.reason else {})
    _end(delivery, DeliveryState.UNKNOWN, said, at=at)


def _give_money_back(delivery: Delivery, *, at: datetime) -> None:
    """What was not posted costs nothing; what may be out by an earlier try counts until that is settled."""
    if delivery.lost_at is None and delivery.state is not DeliveryState.UNKNOWN:
        spending.settle(delivery, Entry.RETURNED, at=at)


def _end(delivery: Delivery, state: DeliveryState, reason: Reason, *, at: datetime) -> None:
    """Write the end of a try; what may be out already, by an earlier one, becomes a question to its owner."""
    delivery.state = DeliveryState.UNKNOWN if delivery.lost_at else state
    delivery.ended_at = at if delivery.state is DeliveryState.FAILED else None
    delivery.reason, delivery.reason_values = reason
    delivery.claim_token = delivery.lease_until = None
    _give_money_back(delivery, at=at)
    tell_owner(delivery, at=at)
    record("delivery." + delivery.state.value, by=None, at=at, about=f"delivery:{delivery.code}")


def _end_attempt(claim: Claim, outcome: str, reason: Reason = ("", {}), *, at: datetime) -> None:
    end_attempts([claim], outcome, reason, at=at)
