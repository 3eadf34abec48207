"""The engine at scale, against real brokers: what waits in a queue, and what comes when it is away."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from advocacy.engines import Away
from advocacy.sharing.delivering import Claim
from tests import brokers
from tests.practice.network import free_port

NETWORKS = ["mastodon", "linkedin"]


@pytest.fixture(params=["amqp", "redis"])
def broker(request: pytest.FixtureRequest) -> Iterator[brokers.Broker]:
    yield from brokers.broker(request.param)


def test_a_queue_takes_what_it_has_room_for_and_no_other_queue_is_fuller_for_it(
    broker: brokers.Broker,
) -> None:
    from advocacy.engines import queues

    celery = queues.application(broker.url, broker.prefix, NETWORKS)
    engine = queues.QueueEngine(celery, broker.prefix, NETWORKS, room=3)
    assert engine.free("mastodon") == engine.free("linkedin") == 3
    for number in range(3):
        engine.ring(Claim(number, "token", "mastodon"))
    assert engine.free("mastodon") == 0 and engine.free("linkedin") == 3
    engine.await_room("mastodon", 0.01)
    engine.ring(Claim(4, "token", "myspace"))
    assert broker.waiting("mastodon") == 4, "a stranger goes with the first"
    assert broker.wipe() == 4 and engine.free("mastodon") == 3
    engine.stop()


@pytest.mark.parametrize("scheme", ["amqp", "redis"])
def test_a_broker_that_is_away_says_so_at_once(scheme: str) -> None:
    if scheme not in brokers.found():
        pytest.skip(f"{brokers.MISSING} of this kind: {scheme}")
    from advocacy.engines import queues

    celery = queues.application(f"{scheme}://127.0.0.1:{free_port()}//", "test", NETWORKS)
    engine = queues.QueueEngine(celery, "test", NETWORKS, room=3)
    began = time.monotonic()
    with pytest.raises(Away):
        engine.free("mastodon")
    with pytest.raises(Away):
        engine.ring(Claim(1, "token", "mastodon"))
    assert time.monotonic() - began < queues.PATIENCE, "a broker that refuses is not waited for"
    engine.stop()


def test_celery_is_loaded_only_where_it_is_asked_for() -> None:
    code = "import sys, advocacy.worker; sys.exit('celery' in sys.modules or 'kombu' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
