"""Several processes share the work: messages repeated or lost, a database that restarts, a clock an hour off."""

# ruff: noqa: F811 - pytest hands fixtures over by their names

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.leaderboards.models import Points
from advocacy.sharing.models import Delivery, DeliveryState
from tests import brokers
from tests.journeys.test_kill import engine, environment, eventually, process  # noqa: F401
from tests.practice.conftest import modes  # noqa: F401
from tests.practice.network import Network
from tests.sharing.anywhere import Anywhere, Watch, anywhere

MANY = 3
WRONG = """
import sys
from datetime import timedelta
from advocacy import clock
true = clock.machine
clock.machine = lambda: true() + timedelta(hours={hours})
from advocacy.cli import main
main(["worker"])
"""


@pytest.fixture
def mastodon(app: Any, modes: dict[str, Network]) -> Iterator[Anywhere]:
    """Ada's account on Mastodon, as the workers of this test reach it."""
    with anywhere("mastodon", modes, app, Watch()) as there:
        yield there


def part(environment: dict[str, str], name: str) -> Any:
    """One part of Celery's engine."""
    return process(environment, "-m", "advocacy", "worker", "--part", name)


def states() -> list[DeliveryState]:
    """Where every post stands."""
    with db.unit_of_work(write=False):
        return list(db.session.scalars(sa.select(Delivery.state).order_by(Delivery.id)))


def all_sent() -> bool:
    """Whether every post is out."""
    return set(states()) == {DeliveryState.SENT}


def each_went_out_once(there: Anywhere, many: int = MANY) -> None:
    """One post each on the network, however often it was asked under one key, and points for each."""
    assert there.made() == many
    with db.unit_of_work(write=False):
        assert len(db.session.scalars(sa.select(Points).where(Points.kind == "sent")).all()) == many


def repeat_what_waits(broker: brokers.Broker, times: int) -> int:
    """Put what waits in Mastodon's queue there so many times; returns how much there was."""
    from kombu import Connection, Queue

    name = f"{broker.prefix}.mastodon"
    with Connection(broker.url) as connection, connection.channel() as channel:
        queue = Queue(name, channel=channel, durable=True)
        found = list(iter(lambda: queue.get(no_ack=True), None))
        producer = connection.Producer(channel)
        for message in found * times:
            told = {key: message.properties.get(key) for key in ("correlation_id", "reply_to")}
            producer.publish(
                message.body,
                routing_key=name,
                exchange="",
                headers=message.headers,
                content_type=message.content_type,
                content_encoding=message.content_encoding,
                **told,
            )
    return len(found)


@pytest.mark.parametrize("what", ["repeated", "wiped"])
@pytest.mark.parametrize(
    ("database", "kind", "engine"),
    [("postgresql", "amqp", "amqp"), ("sqlite", "redis", "redis")],
    indirect=["database", "engine"],
)
def test_messages_that_are_repeated_or_lost_post_once(
    mastodon: Anywhere, environment: dict[str, str], what: str, kind: str
) -> None:
    broker = brokers.Broker(
        environment["ADVOCACY_WORKER__BROKER"], environment["ADVOCACY_WORKER__QUEUE_PREFIX"]
    )
    account = mastodon.connect()
    for _ in range(MANY):
        mastodon.share(account)
    with part(environment, "dispatcher"):
        eventually(lambda: broker.waiting("mastodon") >= MANY)
        if what == "repeated":
            assert repeat_what_waits(broker, 5) >= MANY
            eventually(lambda: broker.waiting("mastodon") >= 5 * MANY)  # RabbitMQ counts a moment later
        else:
            assert broker.wipe() >= MANY and broker.waiting("mastodon") < MANY
        with part(environment, "mastodon"):
            eventually(all_sent)
            eventually(lambda: broker.waiting("mastodon") == 0)
    each_went_out_once(mastodon)


@pytest.mark.parametrize(("database", "engine"), [("postgresql", "pool")], indirect=True)
def test_a_database_that_restarts_again_and_again(mastodon: Anywhere, environment: dict[str, str]) -> None:
    account = mastodon.connect()
    for _ in range(MANY):
        mastodon.share(account)
    mastodon.there.fault("statuses", "delay", seconds=1, calls=MANY)
    worker = ("-m", "advocacy", "worker")
    with process(environment, *worker), process(environment, *worker):
        eventually(lambda: mastodon.there.ledger("statuses"))
        for _ in range(10):
            with db.engine().connect() as connection:
                connection.execute(
                    sa.text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
            time.sleep(0.2)
        eventually(all_sent)
    each_went_out_once(mastodon)


@pytest.mark.parametrize("hours", [1, -1])
@pytest.mark.parametrize(("database", "engine"), [("sqlite", "pool"), ("postgresql", "pool")], indirect=True)
def test_a_clock_an_hour_off_sends_nothing_early_and_nothing_twice(
    mastodon: Anywhere, environment: dict[str, str], hours: int
) -> None:
    account = mastodon.connect()
    for _ in range(2):
        mastodon.share(account)
    later = mastodon.share(account)
    with db.unit_of_work():
        db.session.get_one(Delivery, later).due_at = clock.now() + timedelta(minutes=30)
    mastodon.there.fault("statuses", "delay", seconds=1, calls=2)
    with process(environment, "-c", WRONG.format(hours=hours)):
        eventually(lambda: states()[:2] == [DeliveryState.SENT] * 2)
        time.sleep(1)
    assert states()[2] is DeliveryState.WAITING
    each_went_out_once(mastodon, 2)
    with db.unit_of_work(write=False):
        sent = db.session.scalars(sa.select(Delivery.sent_at).where(Delivery.sent_at.is_not(None))).all()
    assert all(abs(clock.now() - at) < timedelta(minutes=10) for at in sent)
