"""What the worker writes: committing *sending* at the gate, and recording what came of it.

Nothing here calls a network. The row is the truth: a reservation, a repeated message or a dead worker harms nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from advocacy import db
from advocacy.audit.actions import record
from advocacy.errors import N_, Reason
from advocacy.mail import actions as mail
from advocacy.sharing import actions, allowing, money, queries, rules, spending, timing
from advocacy.sharing.claimed import ATTEMPTS, held_by_each
from advocacy.sharing.models import Allowance, Connection, Delivery, DeliveryState
from advocacy.sharing.reserving import Claim as Claim
from advocacy.sharing.reserving import Lane as Lane
from advocacy.sharing.reserving import OwnPlace as OwnPlace
from advocacy.sharing.reserving import Place as Place
from advocacy.sharing.reserving import give_up as give_up
from advocacy.sharing.reserving import reserve_due as reserve_due
from advocacy.sharing.reserving import reserve_lost as reserve_lost
from advocacy.sharing.rules import CallKind, Told

WAITS: Reason = (N_("The network asks us to slow down, so this waits for a while."), {})


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
    alts: dict[str, str]
    reshare_of: str
    link: str
    idempotency_key: str
    due_at: datetime
    first_tried_at: datetime
    is_repeat: bool
    is_paid: bool
    closed: tuple[Told, ...] = ()
    """The calls that the network does not take now."""


Repeats = Callable[[Connection], int]
"""For how many seconds a repeat under the same key is harmless on this account."""


def told_seconds(connection: Connection) -> int:
    """The same, as its server told when it was connected."""
    return int(connection.limits.get("idempotent_seconds", 0))


def begin(
    claim: Claim,
    *,
    fold: queries.Fold,
    lease: timedelta,
    at: datetime,
    repeats: Repeats = told_seconds,
    price: money.Price = money.free,
) -> Sending | None:
    """The gate for one post: see `begin_each`."""
    return begin_each([claim], fold=fold, lease=lease, at=at, repeats=repeats, price=price)[0]


def begin_each(
    claims: Sequence[Claim],
    *,
    fold: queries.Fold,
    lease: timedelta,
    at: datetime,
    repeats: Repeats = told_seconds,
    price: money.Price = money.free,
) -> list[Sending | None]:
    """The gate: commits *sending* or writes down why not; None in the place of what is not to be sent.

    Holds the lock that pausing, leaving, recalling and disconnecting take alone, so that none of them can land
    between the look and the commit. `repeats` says how long a key is good now. Posts that go by themselves (see
    `goes_alone`) are given one by one, or two workers could wait for each other's rows.
    """
    come_to_the_gate({claim.network for claim in claims})
    found = held_by_each(claims, DeliveryState.WAITING, for_the_gate=True)
    people = [delivery.share.person for delivery in found]
    ground = queries.Ground(people, at=at)
    timing.lock_days(people)
    with db.session.no_autoflush:
        known = allowing.open_of([one.connection for one in found if one.connection], at=at)
    by_key = {(claim.id, claim.token): claim for claim in claims}
    begun: dict[Claim, Sending] = {}
    for delivery in found:
        claim = by_key[delivery.id, delivery.claim_token or ""]
        if _goes(delivery, fold=fold, repeats=repeats, price=price, ground=ground, at=at):
            closed = _pass_or_wait(delivery, price, known, at=at)
            if closed is not None:
                ground.count(delivery)
                begun[claim] = _begun(delivery, claim, closed, lease=lease, at=at)
    if begun:
        tries = [
            {"delivery_id": claim.id, "claim_token": claim.token, "started_at": at, "reason_values": {}}
            for claim in begun
        ]
        db.session.execute(sa.insert(ATTEMPTS), tries)
    return [begun.pop(claim, None) for claim in claims]  # what came twice goes once


def come_to_the_gate(networks: Iterable[str]) -> None:
    """Take the locks of the gate; the moment at which it is passed is read after, since this may wait for a hold."""
    db.lock_shared(actions.SENDING)
    for network in sorted(networks):
        if queries.refuses_alike(network):
            db.lock_exclusive(f"alike:{network}")  # or two posts with the same words would not see each other
    db.session.connection()  # SQLite: its turn at writing


def goes_alone(network: str, price: money.Price) -> bool:
    """Whether this network's posts pass the gate one by one, since they lock what their company shares."""
    return queries.refuses_alike(network) or price(network, "") is not None


def _goes(
    delivery: Delivery,
    *,
    fold: queries.Fold,
    repeats: Repeats,
    price: money.Price,
    ground: queries.Ground,
    at: datetime,
) -> bool:
    """Whether nothing stands against this post; else it is written down what does."""
    if delivery.lost_at is not None and not _may_repeat(delivery, repeats, at=at):
        delivery.state, delivery.lease_until = DeliveryState.SENDING, at  # the key has aged: `settle` decides
        return False
    state, reason = _verdict(delivery, fold=fold, price=price, ground=ground, at=at)
    if state is not DeliveryState.SENDING:
        _give_back(delivery, state, reason, at=at)
        return False
    delivery.state = state
    return True


def _begun(
    delivery: Delivery, claim: Claim, closed: list[Told], *, lease: timedelta, at: datetime
) -> Sending:
    delivery.attempts += 1
    delivery.lease_until = at + lease
    delivery.idempotency_key = delivery.idempotency_key or secrets.token_hex(16)
    delivery.first_tried_at = delivery.first_tried_at or at
    return replace(sending(delivery, claim), closed=tuple(closed))


def wait_or_ask(
    delivery: Delivery, until: datetime, reason: Reason, *, at: datetime, named: datetime | None = None
) -> None:
    """Put a post off, for `reason`; where that is not what its owner wanted, it goes back to her at once.

    One that may be out already waits for no longer than until it is late: then `settle` decides.
    """
    late_at = delivery.wanted_at + rules.LATE_AFTER + timedelta(seconds=1)
    ask = None if delivery.lost_at else timing.why_ask(delivery, until, at=at, named=named)
    if ask is not None:
        _give_back(delivery, DeliveryState.HELD, ask, at=at)
        return
    delivery.state, delivery.due_at = (
        DeliveryState.WAITING,
        min(until, late_at) if delivery.lost_at else until,
    )
    delivery.reason, delivery.reason_values = reason
    delivery.claim_token = delivery.lease_until = None


def _pass_or_wait(
    delivery: Delivery, price: money.Price, known: Sequence[Allowance], *, at: datetime
) -> list[Told] | None:
    """Count the call and pay for it if the network takes it now, else wait for its time, or for money: None.

    No try is used up by that.
    """
    assert delivery.connection is not None
    kinds = {CallKind.POST, CallKind.MEDIA} if delivery.asset_ids else {CallKind.POST}
    until, closed = allowing.take(delivery.connection, kinds, known)
    unpaid = _unpaid(delivery, price, at=at) if until is None else None
    if unpaid is not None:
        _give_back(delivery, DeliveryState.HELD, unpaid, at=at)
        return None
    if until is None:
        return closed
    wait_or_ask(delivery, until, WAITS, at=at, named=until)
    return None


def _may_repeat(delivery: Delivery, repeats: Repeats, *, at: datetime) -> bool:
    """Whether a post whose answer was lost may go out under its key still; a queue or a stopped worker ages keys."""
    assert delivery.first_tried_at is not None and delivery.connection is not None
    what = rules.after_lost_answer(
        delivery.first_tried_at,
        idempotent_seconds=repeats(delivery.connection),
        may_look=False,
        looks=0,
        late=rules.is_late(delivery.wanted_at, at=at),
        at=at,
    )
    return what is rules.AfterLoss.AGAIN


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
        alts=dict(delivery.alts),
        reshare_of=delivery.reshare_of,
        idempotency_key=delivery.idempotency_key or "",
        due_at=delivery.due_at,
        first_tried_at=delivery.first_tried_at,
        link=delivery.link.code if delivery.link else "",
        is_repeat=delivery.lost_at is not None,
        is_paid=delivery.share.kit.is_paid,
    )


def _verdict(
    delivery: Delivery, *, fold: queries.Fold, price: money.Price, ground: queries.Ground, at: datetime
) -> tuple[DeliveryState, Reason]:
    """Whether a post goes out now, and if not, what becomes of it and why."""
    obstacle = queries.Standing(delivery.share.person, fold, at, price, ground).against(delivery)
    if obstacle is not None:
        delivery.hold_code = obstacle.hold.code if obstacle.hold else None
        delivery.missing = obstacle.missing.keys() if obstacle.missing else []
        return obstacle.state, obstacle.reason
    if delivery.lost_at is not None:  # it may be out already: nothing but certainty is to be had of this try
        return DeliveryState.SENDING, ("", {})
    against = timing.why_ask(delivery, at, at=at) or timing.full_at_the_gate(delivery, ground.days)
    return (DeliveryState.HELD, against) if against is not None else (DeliveryState.SENDING, ("", {}))


def _unpaid(delivery: Delivery, price: money.Price, *, at: datetime) -> Reason | None:
    """Reserve what it costs; why not, where others have spent the money since the look without the lock."""
    cost = price(delivery.network, delivery.text)
    if cost is None or spending.reserve(delivery, cost, at=at):
        return None
    limit = queries.limit_of(delivery.share.person.entity_id, cost.currency, money.month_of(at))
    return queries.no_money(delivery.network, limit)


def _give_back(delivery: Delivery, state: DeliveryState, reason: Reason, *, at: datetime) -> None:
    """Return a post to its owner with what stands against it; what may be out already becomes a question."""
    delivery.state = DeliveryState.UNKNOWN if delivery.lost_at else state
    delivery.reason, delivery.reason_values = reason
    delivery.claim_token = delivery.lease_until = None
    if delivery.state is DeliveryState.CANCELLED:
        delivery.ended_at = at
    tell_owner(delivery, at=at)
    record("delivery." + delivery.state.value, by=None, at=at, about=f"delivery:{delivery.code}")


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
