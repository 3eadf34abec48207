"""A hold against work that waits in the pool, as a race of real transactions on both databases."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.permissions import Role
from advocacy.sharing import delivering, holding
from advocacy.sharing.delivering import Claim
from advocacy.sharing.holding import Extent
from advocacy.sharing.jobs import sending
from advocacy.sharing.models import Delivery, DeliveryState, Hold, HoldScope
from tests.makers.accounts import make_person
from tests.makers.sharing import make_connection, make_delivery, make_sharer

pytestmark = pytest.mark.usefixtures("database")
LEASE = timedelta(minutes=2)
POSTS = 24


@pytest.fixture
def claims(at: datetime) -> list[Claim]:
    """Posts that are reserved and wait in a pool."""
    with db.unit_of_work():
        ada = make_sharer()
        make_person("Carl", roles=[Role.COMMS])
        connection = make_connection(ada)
        for _ in range(POSTS):
            make_delivery(ada, connection=connection)
        return delivering.reserve_due(most=POSTS, lease=LEASE, at=at)


def stop_everything(at: datetime, *, slowly: float = 0) -> float:
    """Hold everything; returns the moment just before the commit began."""
    with db.unit_of_work():
        carl = db.session.scalars(sa.select(Person).where(Person.name == "Carl")).one()
        holding.hold_back(Extent(HoldScope.EVERYTHING), reason="Now", by=carl, at=at)
        time.sleep(slowly)
    return time.monotonic()


def take(claim: Claim, at: datetime) -> tuple[bool, float]:
    """Go through the gate; whether the post may be sent, and when that was committed."""
    with db.unit_of_work():
        sending = delivering.begin(claim, fold=lambda _n, text, _t: len(text), lease=LEASE, at=at)
    return sending is not None, time.monotonic()


def test_a_post_at_the_gate_waits_for_a_hold_that_is_being_placed(at: datetime, claims: list[Claim]) -> None:
    with ThreadPoolExecutor(2) as pool:
        placed = pool.submit(stop_everything, at, slowly=0.5)
        time.sleep(0.2)  # the hold's transaction has its lock, and has not committed
        may_go, gone_at = pool.submit(take, claims[0], at).result()
        assert not may_go and gone_at >= placed.result() - 0.05
    assert states() == {DeliveryState.HELD: 1, DeliveryState.WAITING: POSTS - 1}


def test_no_sending_is_committed_after_a_hold_is(at: datetime, claims: list[Claim]) -> None:
    begun = threading.Event()

    def taken(claim: Claim) -> tuple[bool, float]:
        begun.set()
        return take(claim, at)

    with ThreadPoolExecutor(5) as pool:
        waiting = [pool.submit(taken, claim) for claim in claims]
        begun.wait()
        held_at = pool.submit(stop_everything, at).result()
        results = [one.result() for one in waiting]
    late = [moment for may_go, moment in results if may_go and moment > held_at + 0.25]
    assert not late
    sent = sum(may_go for may_go, _ in results)
    assert states().get(DeliveryState.SENDING, 0) == sent
    assert states().get(DeliveryState.HELD, 0) == POSTS - sent
    with db.unit_of_work(write=False):
        hold = db.session.scalars(sa.select(Hold)).one()
        codes = set(
            db.session.scalars(sa.select(Delivery.hold_code).where(Delivery.state == DeliveryState.HELD))
        )
        assert codes <= {hold.code}


@pytest.mark.usefixtures("app")
def test_a_hold_that_came_while_the_gate_waited_counts_by_its_commit() -> None:
    """By the real clock: the worker came to the gate before the hold was placed, and passes it after."""
    now = clock.now()
    with db.unit_of_work():
        make_person("Carl", roles=[Role.COMMS])
        make_delivery(make_sharer(), at=now - timedelta(seconds=1))
    with db.unit_of_work():
        (claim,) = delivering.reserve_due(most=9, lease=LEASE, at=now)
    with ThreadPoolExecutor(1) as pool:
        with db.unit_of_work():
            db.lock_exclusive("sending")
            carl = db.session.scalars(sa.select(Person).where(Person.name == "Carl")).one()
            gate = pool.submit(sending._begin, claim, lease=LEASE)
            time.sleep(0.2)
            holding.hold_back(Extent(HoldScope.EVERYTHING), reason="Now", by=carl, at=clock.now())
        assert gate.result(10) is None
    assert states() == {DeliveryState.HELD: 1}


def test_a_hold_counts_whatever_the_clocks_of_two_machines_say(at: datetime, claims: list[Claim]) -> None:
    stop_everything(at + timedelta(minutes=3))
    assert not take(claims[0], at)[0]


def states() -> dict[DeliveryState, int]:
    with db.unit_of_work(write=False):
        counted = sa.select(Delivery.state, sa.func.count()).group_by(Delivery.state)
        return {DeliveryState(state): count for state, count in db.session.execute(counted)}
