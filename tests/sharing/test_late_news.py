"""News of a post that comes while its owner stops everything, as a race of real transactions on both databases."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.permissions import Role
from advocacy.sharing import connecting, delivering, outcomes, personal_data, withdrawing
from advocacy.sharing.delivering import Claim
from advocacy.sharing.models import Connection, Delivery, DeliveryState
from advocacy.sharing.outcomes import Sent
from tests.makers.accounts import make_person
from tests.makers.sharing import make_connection, make_delivery, make_sharer

pytestmark = pytest.mark.usefixtures("database")
LEASE = timedelta(minutes=2)


@pytest.fixture
def lost(at: datetime) -> Claim:
    """A post whose answer was lost and that waits to be tried again; its first worker still listens."""
    with db.unit_of_work():
        ada = make_sharer("Ada")
        make_person("Carl", roles=[Role.COMMS])
        make_delivery(ada, connection=make_connection(ada))
    with db.unit_of_work():
        (claim,) = delivering.reserve_due(most=9, lease=LEASE, at=at)
    with db.unit_of_work():
        assert delivering.begin(claim, fold=lambda _n, text, _t: len(text), lease=LEASE, at=at) is not None
    with db.unit_of_work():
        delivery = db.session.scalars(sa.select(Delivery)).one()
        delivery.state, delivery.lost_at = DeliveryState.WAITING, at
    return claim


def ada() -> Person:
    return db.session.scalars(sa.select(Person).where(Person.name == "Ada")).one()


def leave(at: datetime) -> None:
    withdrawing.leave(by=ada(), at=at)


def disconnect(at: datetime) -> None:
    connecting.disconnect(db.session.scalars(sa.select(Connection)).one(), by=ada(), at=at)


def recall(at: datetime) -> None:
    carl = db.session.scalars(sa.select(Person).where(Person.name == "Carl")).one()
    kit = db.session.scalars(sa.select(Delivery)).one().share.kit
    withdrawing.recall_kit(kit, reason="Wrong", by=carl, at=at)


def erase(at: datetime) -> None:
    personal_data.erase(ada(), by=None, at=at)


@pytest.mark.parametrize("stop", [leave, disconnect, recall, erase])
def test_that_it_is_out_stands_whoever_stops_it_meanwhile(
    at: datetime, lost: Claim, stop: Callable[[datetime], None]
) -> None:
    def told() -> None:
        with db.unit_of_work():
            assert outcomes.record_each_sent([Sent(lost, "7", "https://example.org/7")], at=at) == [True]
            time.sleep(0.4)  # written, not committed

    def stopping() -> None:
        with db.unit_of_work():
            stop(at)

    with ThreadPoolExecutor(2) as pool:
        news = pool.submit(told)
        time.sleep(0.15)
        stopped = pool.submit(stopping)
        news.result(20), stopped.result(20)
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(Delivery.state)).one() == DeliveryState.SENT
