"""What the worker does for sharing: hands due posts to the engine, calls the networks, settles what is unclear."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from advocacy import clock, db, vault
from advocacy.errors import Missing
from advocacy.http import Outbound
from advocacy.sharing import (
    allowing,
    claimed,
    connected,
    costing,
    delivering,
    holding,
    outcomes,
    queries,
    renewing,
    spending,
    tokens,
)
from advocacy.sharing.jobs import looking
from advocacy.sharing.jobs.deleting import delete_next as delete_next
from advocacy.sharing.jobs.deleting import revoke_next as revoke_next
from advocacy.sharing.jobs.reading import read_figures as read_figures
from advocacy.sharing.jobs.sending import deliver as deliver
from advocacy.sharing.models import DeliveryState, Outlay
from advocacy.sharing.networks import CONNECTORS, every, interface, network
from advocacy.sharing.networks.metered import Metered
from advocacy.sharing.reserving import Claim, Lane
from advocacy.sharing.rules import AfterLoss

log = logging.getLogger(__name__)

LONGEST_LOOK = timedelta(minutes=3)
"""No look that is alive lasts so long, its calls and the writing down together."""

Ring = Callable[[Claim], None]
"""The engine's doorbell: take this claim soon. Losing or repeating it harms nothing."""


def lanes() -> list[Lane]:
    """Each network's share of the work; what belongs to no network that we speak goes with the first."""
    first, *others = CONNECTORS
    return [Lane(first, known=tuple(CONNECTORS)), *map(Lane, others)]


def take_due(ring: Ring, *, most: int, lease: timedelta, lane: Lane | None = None) -> int:
    """Reserve what is due and ring the engine for each; returns how many."""
    with db.unit_of_work():
        claims = delivering.reserve_due(most=most, lease=lease, at=clock.now(), lane=lane)
    rung = 0
    try:
        for claim in claims:
            ring(claim)
            rung += 1
    finally:
        if rung < len(claims):  # nobody heard of the rest
            with db.unit_of_work():
                delivering.give_up(claims[rung:])
    return len(claims)


def settle_lost(outbound: Outbound, *, most: int, lease: timedelta, lane: Lane | None = None) -> int:
    """Settle posts whose answer was lost, by what the network allows; returns how many were looked at."""
    with db.unit_of_work():
        claims = delivering.reserve_lost(most=most, lease=lease, at=clock.now(), lane=lane)
    for claim in claims:
        with db.unit_of_work():
            what = outcomes.settle(
                claim,
                readable=_is_readable(claim.network),
                looks=outcomes.looks_so_far(claim),
                at=clock.now(),
                repeats=connected.repeat_seconds,
            )
            line = _pay_for_look(claim) if what is AfterLoss.LOOK else None
        if what is AfterLoss.LOOK:
            looking.look(claim, outbound, line)
    return len(claims)


def _pay_for_look(claim: Claim) -> Outlay | None:
    """Reserve what a look may cost; where there is no money for it, the post's owner is asked."""
    delivery = claimed.held_by(claim, DeliveryState.SENDING)
    cost = costing.cost_of_look(network(claim.network))
    if delivery is None or cost is None:
        return None
    spending.end_looks(
        before=clock.now(), at=clock.now(), about=delivery.code
    )  # nobody looks for it any more
    line = spending.reserve_reading(delivery, cost, at=clock.now())
    if line is None:
        outcomes.record_unknown(claim, at=clock.now())
    return line


def end_looks(*, most: int, lease: timedelta) -> int:
    """Settle what looks reserved whose worker died; returns how many."""
    at = clock.now()
    with db.unit_of_work():
        return spending.end_looks(before=at - max(lease, LONGEST_LOOK), most=most, at=at)


def _is_readable(slug: str) -> bool:
    try:
        return network(slug).can.readable
    except Missing:
        return False


def tell_of_holds(*, most: int) -> int:
    """Write the message of a hold to the champions whom it concerns, some at a time; returns how many."""
    with db.unit_of_work():
        hold = queries.hold_to_tell(clock.now())
        return holding.tell_some(hold, most=most, at=clock.now()) if hold is not None else 0


def end_holds(*, most: int) -> int:
    """Give back to their owners what a hold that is over kept back, some at a time; returns how many."""
    with db.unit_of_work():
        hold = queries.hold_to_end(clock.now())
        return holding.return_held(hold, most=most, at=clock.now()) if hold is not None else 0


def end_want(*, most: int) -> int:
    """Tell owners of posts held for want of money that there is some again; returns how many."""
    with db.unit_of_work():
        return spending.return_held(costing.cost_of_post, most=most, at=clock.now())


def renew_stale(outbound: Outbound, *, most: int, lease: timedelta) -> int:
    """Renew what was not used for days, or it would run out unseen; returns how many were tried."""
    slugs = [one.slug for one in every() if one.can.renews]
    with db.unit_of_work():
        codes = renewing.reserve_stale(slugs, most=most, at=clock.now())
    for code in codes:
        _renew(code, outbound)
    return len(codes)


def _renew(code: str, outbound: Outbound) -> None:
    with db.unit_of_work(write=False):
        account = renewing.account_of(code)
        closed = allowing.closed(account, at=clock.now()) if account is not None else []
    meter = Metered(outbound, closed, now=clock.now)
    try:
        with db.unit_of_work(write=False):
            known = renewing.tokens_of(code)
        if known is not None:
            tokens.fresh(code, meter, at=clock.now(), spent=known.access)
    except (interface.Outcome, Missing, vault.Unsealable):
        log.info("connection %s could not be renewed yet", code)
    if account is not None and meter.heard:
        with db.unit_of_work():
            allowing.note(account.network, account.server, code, meter.heard)


def forget_allowances() -> int:
    """Forget what networks said of times that have passed; returns how many rows went."""
    with db.unit_of_work():
        return allowing.forget(at=clock.now())
