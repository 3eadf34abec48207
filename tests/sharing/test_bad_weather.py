"""Servers that drip, stall or reset; a database that goes away; a message that comes five times."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from advocacy import clock, db, storage, stubborn
from advocacy.sharing import delivering
from advocacy.sharing.delivering import Claim
from advocacy.sharing.models import Attempt, Delivery, DeliveryState
from advocacy.sharing.networks import metered
from tests.makers.content import make_kit, make_picture, picture_bytes
from tests.makers.sharing import make_connection, make_share, make_sharer
from tests.odd_server import OddServer, breaks_off, drips, hangs_up, odd_server, says, sleeps
from tests.practice.network import Network
from tests.sharing.test_jobs import LEASE, OUT, Watch, jobs, post, row, watch, wayfarer, work  # noqa: F401

PATIENCE = 3.0


@pytest.fixture
def odd() -> Iterator[OddServer]:
    with odd_server() as server:
        yield server


ODDITIES = {
    "stalls": sleeps(10),
    "drips headers": drips(0.2, headers=True),
    "drips a body": drips(0.2),
    "resets": hangs_up,
    "breaks off": breaks_off,
}


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize("place", ["/api/v2/media", "/api/v1/statuses"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_server_keeps_a_worker_for_longer_than_an_errand_may_last(
    app: Any, odd: OddServer, monkeypatch: pytest.MonkeyPatch, oddity: str, place: str
) -> None:
    monkeypatch.setattr(metered, "SECONDS", PATIENCE)
    monkeypatch.setattr(metered, "TO_POST", 1.0)
    odd.on("/api/v2/media", says(200, {"id": "7", "url": f"{odd.url}/7.png"}))
    odd.on(place, ODDITIES[oddity])
    at = clock.now()
    with db.unit_of_work():
        ada = make_sharer()
        connection = make_connection(ada, server=odd.url, at=at)
        kit = make_kit(
            publish_at=at - timedelta(days=1), pictures=(make_picture(storage.keep(picture_bytes())),)
        )
        one = make_share(ada, kit=kit, connection=connection, at=at).deliveries[0]
        one.asset_ids = [kit.pictures[0].id]
        key = one.id
    with db.unit_of_work():
        (claim,) = delivering.reserve_due(most=1, lease=LEASE, at=clock.now())
    began = time.monotonic()
    jobs.deliver(claim, OUT, lease=LEASE)
    assert time.monotonic() - began < PATIENCE + 1.5
    assert odd.paths("POST")[-1] == place
    found = row(key)
    lost = place.endswith("statuses")
    assert (found.lost_at is not None) is lost
    assert found.state is (DeliveryState.SENDING if lost else DeliveryState.WAITING)


def test_the_call_that_posts_is_not_begun_without_time_for_its_answer(odd: OddServer) -> None:
    meter = metered.Metered(OUT, now=clock.now)
    meter._ends = time.monotonic() + metered.TO_POST - 1
    with pytest.raises(metered.Temporary):
        meter.request("POST", f"{odd.url}/api/v1/statuses")
    assert odd.asked == [] and not meter.posting


def test_a_message_that_comes_five_times_posts_once(
    post: Callable[..., int],  # noqa: F811
    network: Network,
) -> None:
    one = post()
    claims: list[Claim] = []
    jobs.take_due(claims.append, most=10, lease=LEASE)
    threads = [
        threading.Thread(target=jobs.deliver, args=(claims[0], OUT), kwargs={"lease": LEASE})
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    jobs.deliver(claims[0], OUT, lease=LEASE)
    assert row(one).state is DeliveryState.SENT and len(network.ledger("statuses")) == 1


def test_a_doorbell_that_fails_leaves_the_post_to_others(
    post: Callable[..., int],  # noqa: F811
    network: Network,
) -> None:
    one = post()

    def broken(_claim: Claim) -> None:
        raise ConnectionError("no broker")

    with pytest.raises(ConnectionError):
        jobs.take_due(broken, most=10, lease=LEASE)
    work()
    assert row(one).state is DeliveryState.SENT


def cut_off() -> None:
    """End every connection to the test's database but our own, as a restart does."""
    with db.engine().connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def eventually(what: Callable[[], Any], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_database_that_restarts_while_the_network_answers(
    post: Callable[..., int],  # noqa: F811
    network: Network,
) -> None:
    one = post()
    network.fault("statuses", "hold", seconds=30)
    sending = threading.Thread(target=work)
    sending.start()
    eventually(lambda: network.ledger("statuses"))
    cut_off()
    requests.post(f"{network.url}/faults/release", timeout=10)
    sending.join(30)
    assert row(one).state is DeliveryState.SENT and row(one).attempts == 1
    assert len(network.ledger("statuses")) == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("kept", [False, True], ids=["before the commit", "after the commit"])
def test_a_database_that_restarts_at_the_gate(
    post: Callable[..., int],  # noqa: F811
    network: Network,
    watch: Watch,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    kept: bool,
) -> None:
    one = post()
    true = delivering.begin_each

    def begin_each(*args: Any, **more: Any) -> Any:
        sending = true(*args, **more)
        if kept:
            db.session.commit()
            raise sa.exc.OperationalError("COMMIT", {}, Exception("its answer never came"))
        cut_off()
        db.session.execute(sa.text("SELECT 1"))
        return sending

    with monkeypatch.context() as patch:
        patch.setattr(jobs.sending.delivering, "begin_each", begin_each)
        claims: list[Claim] = []
        jobs.take_due(claims.append, most=10, lease=LEASE)
        jobs.deliver(claims[0], OUT, lease=LEASE)
    assert row(one).state is DeliveryState.WAITING and row(one).lost_at is None
    watch.ahead = timedelta(seconds=20)
    work()
    assert row(one).state is DeliveryState.SENT and len(network.ledger("statuses")) == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_is_known_is_written_once_the_database_is_back(
    app: Any,
    post: Callable[..., int],  # noqa: F811
    network: Network,
) -> None:
    one = post()
    tries: list[int] = []

    def write() -> int:
        tries.append(1)
        delivery = db.session.get_one(Delivery, one)
        delivery.text = "Written."
        db.session.flush()
        if len(tries) < 3:
            cut_off()
        return len(tries)

    assert stubborn.written(write) == 3 and row(one).text == "Written."
    with pytest.raises(sa.exc.OperationalError):
        stubborn.written(_cut_off_in_the_midst, seconds=0)
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(Attempt)).all() == []


def _cut_off_in_the_midst() -> None:
    db.session.execute(sa.text("SELECT 1"))
    cut_off()
    db.session.execute(sa.text("SELECT 1"))


class NoPlace(delivering.OwnPlace):
    """A network that began to hang while a post waited for its place."""

    def take(self) -> bool:
        return False


def test_who_passed_the_gate_and_finds_no_place_is_sent_later_and_called_nobody(
    post: Callable[..., int],  # noqa: F811
    network: Network,
    watch: Watch,  # noqa: F811
) -> None:
    one = post()
    claims: list[Claim] = []
    jobs.take_due(claims.append, most=10, lease=LEASE)
    jobs.deliver(claims[0], OUT, lease=LEASE, place=NoPlace())
    found = row(one)
    assert found.state is DeliveryState.WAITING and found.attempts == 0 and found.lost_at is None
    assert "has become slow" in (found.reason or "") and network.ledger("statuses") == []
    watch.ahead = timedelta(minutes=1)
    work()
    assert row(one).state is DeliveryState.SENT and len(network.ledger("statuses")) == 1
