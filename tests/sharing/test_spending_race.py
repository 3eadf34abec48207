"""Ten workers and money for three posts, as a race of real transactions and calls to X's practice network."""

from __future__ import annotations

import itertools
import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.http import Outbound
from advocacy.permissions import Role
from advocacy.sharing import connecting, delivering, jobs, networks, queries, spending
from advocacy.sharing.connecting import Sealed
from advocacy.sharing.delivering import Claim
from advocacy.sharing.models import Attempt, Connection, Delivery, DeliveryState, Outlay
from advocacy.sharing.money import Entry, month_of
from advocacy.sharing.networks.interface import Client
from tests.makers.accounts import make_person
from tests.makers.content import make_kit
from tests.makers.sharing import WORDING, make_connection, make_delivery, make_nordlys, make_sharer
from tests.practice.network import Network
from tests.practice.x.wayfarer import Wayfarer

pytestmark = pytest.mark.usefixtures("database")
OUT = Outbound(["127.0.0.1"], timeout=(2, 5), total=8)
LEASE = timedelta(minutes=2)
PRICE = 15_000
NUMBERS = itertools.count()
WORDS = [" ".join(secrets.token_hex(4) for _ in range(6)) for _ in range(60)]
"""X takes no two posts with the same words, or nearly."""


@pytest.fixture(scope="module")
def token(modes: dict[str, Network]) -> str:
    """Ada's app on X's practice network."""
    return Wayfarer(modes["x"]).connected().token or ""


@pytest.fixture
def x(modes: dict[str, Network]) -> Iterator[Network]:
    there = modes["x"]
    there.fresh()
    networks.configure(clients={"x": Client("client-1", "secret-1")}, practice={"x": there.url})
    queries.go_by(None)
    yield there
    there.fresh()
    networks.configure()


def now() -> datetime:
    return datetime.now(UTC)


def make_posts(count: int, *, budget: int, token: str, server: str, may_read: bool = False) -> list[Claim]:
    """Posts on X that are reserved and wait in a pool, and a budget for so many millionths."""
    at = now()
    with db.unit_of_work():
        company = make_nordlys()
        root = make_person("Root", roles=[Role.ADMIN])
        spending.set_budget(company, budget, "USD", by=root, at=at)
        kit = make_kit(publish_at=at - timedelta(days=1))
        for number in range(count):
            champion = make_sharer(f"Champion {number}", entity=company)
            connection = make_connection(champion, server=server, may_read=may_read, at=at)
            connection.network, connection.limits = "x", {}
            given = Sealed(token, None, None, (), {"reads": "yes"})
            connection.sealed_tokens = connecting.seal(connection, given)
            text = f"{WORDS[next(NUMBERS)]} {WORDING}"
            make_delivery(champion, connection=connection, kit=kit, at=at, text=text)
        return delivering.reserve_due(most=count, lease=LEASE, at=at)


def states() -> Counter[str]:
    with db.unit_of_work(write=False):
        return Counter(state.value for state in db.session.scalars(sa.select(Delivery.state)))


def spent(entry: Entry) -> int:
    with db.unit_of_work(write=False):
        asked = sa.select(sa.func.sum(Outlay.amount)).where(Outlay.state == entry)
        return int(db.session.scalar(asked) or 0)


def test_ten_workers_and_money_for_three_posts(x: Network, token: str) -> None:
    claims = make_posts(10, budget=3 * PRICE, token=token, server=x.url)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda claim: jobs.deliver(claim, OUT, lease=LEASE), claims))
    assert states() == {"sent": 3, "held": 7}
    posted = [call for call in x.ledger("posts") if call["status"] == 201]
    assert len(posted) == 3 and spent(Entry.SPENT) == spent(Entry.RESERVED) == len(posted) * PRICE
    with db.unit_of_work(write=False):
        held = db.session.scalars(sa.select(Delivery).where(Delivery.state == DeliveryState.HELD)).all()
        assert {one.reason for one in held} == {queries.SPENT}
        last = db.session.scalars(sa.select(Outlay).order_by(Outlay.id.desc())).first()
        assert last is not None and last.balance == 3 * PRICE and last.month == month_of(now())


def test_what_x_refuses_is_given_back_and_goes_to_the_next(x: Network, token: str) -> None:
    first, second = make_posts(2, budget=PRICE, token=token, server=x.url)
    x.fault("posts", "status", status=403)
    jobs.deliver(first, OUT, lease=LEASE)
    jobs.deliver(second, OUT, lease=LEASE)
    assert states() == {"failed": 1, "sent": 1}
    assert (spent(Entry.RETURNED), spent(Entry.SPENT)) == (PRICE, PRICE)


@pytest.mark.parametrize("money", [PRICE + 50_000, PRICE])
def test_a_look_for_a_lost_post_is_paid_or_its_owner_is_asked(x: Network, token: str, money: int) -> None:
    (claim,) = make_posts(1, budget=money, token=token, server=x.url, may_read=True)
    x.fault("posts", "accept_then_hang_up")
    jobs.deliver(claim, OUT, lease=LEASE)
    jobs.settle_lost(OUT, most=5, lease=LEASE)
    if money > PRICE:
        assert states() == {"sent": 1} and spent(Entry.SPENT) == money
    else:
        assert states() == {"unknown": 1} and spent(Entry.SPENT) == 0
        assert spent(Entry.RESERVED) == PRICE, "it counts until its owner has looked"


def test_a_look_that_was_refused_costs_nothing(x: Network, token: str) -> None:
    (claim,) = make_posts(1, budget=PRICE + 50_000, token=token, server=x.url, may_read=True)
    x.fault("posts", "accept_then_hang_up")
    jobs.deliver(claim, OUT, lease=LEASE)
    x.fault("timeline", "status", status=503)
    jobs.settle_lost(OUT, most=5, lease=LEASE)
    assert states() == {"sending": 1} and spent(Entry.RETURNED) == 50_000
    with db.unit_of_work(write=False):
        assert "looked" in db.session.scalars(sa.select(Attempt.outcome)).all()


def test_the_job_gives_back_what_there_is_money_for(x: Network, token: str) -> None:
    (claim,) = make_posts(1, budget=0, token=token, server=x.url)
    jobs.deliver(claim, OUT, lease=LEASE)
    assert states() == {"held": 1} and x.ledger("posts") == []
    assert jobs.end_want(most=5) == 0
    with db.unit_of_work():
        connection = db.session.scalars(sa.select(Connection)).one()
        root = make_person("Rosa", roles=[Role.ADMIN])
        spending.set_budget(connection.person.entity, PRICE, "USD", by=root, at=now())
    assert jobs.end_want(most=5) == 1 and states() == {"held": 1}
