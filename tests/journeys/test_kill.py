"""A worker is killed in the middle of a post, by another process and with SIGKILL: one post, one thanks."""

# ruff: noqa: F811 - pytest hands fixtures over by their names

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from alembic import command

from advocacy import clock, db, schema, storage
from advocacy.leaderboards.models import Points
from advocacy.settings import Settings
from advocacy.sharing.models import Attempt, Delivery, DeliveryState
from tests import brokers
from tests.makers.content import make_kit, make_picture, picture_bytes
from tests.makers.sharing import make_sharer
from tests.practice.conftest import modes  # noqa: F401 - these imports give their fixtures
from tests.practice.mastodon.conftest import network, threaded  # noqa: F401
from tests.practice.network import Network
from tests.sharing import roads

ROOT = Path(__file__).parents[2]
LEASE = 2


ENGINES = [("sqlite", "pool"), ("postgresql", "pool"), ("postgresql", "amqp"), ("sqlite", "redis")]
on_every_engine = pytest.mark.parametrize(("database", "engine"), ENGINES, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The settings of an engine: threads, or Celery on a broker of this kind."""
    if request.param == "pool":
        yield {}
        return
    for broker in brokers.broker(request.param):
        yield broker.environment


@pytest.fixture
def environment(database: str, test_settings: Settings, engine: dict[str, str]) -> Iterator[dict[str, str]]:
    """What a worker of its own needs to work on this test's database, which says of itself what shape it has."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ADVOCACY_")}
    command.stamp(schema.config(), "head")
    yield (
        own
        | engine
        | {
            "ADVOCACY_SETTINGS": str(ROOT / "config" / "testing.toml"),
            "ADVOCACY_DATABASE__URL": database,
            "ADVOCACY_DATA__FOLDER": test_settings.data.folder,
            "ADVOCACY_VAULT__KEYS": test_settings.vault.keys,
            "ADVOCACY_WORKER__LEASE_SECONDS": str(LEASE),
        }
    )
    with db.engine().begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")


@contextmanager
def process(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Python's with these arguments, which is killed at the end."""
    child = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield child
    finally:
        kill(child)


def worker(environment: dict[str, str]) -> Any:
    """A worker in a process of its own."""
    return process(environment, "-m", "advocacy", "worker")


def family(pid: int) -> list[int]:
    """A process and all that it started, it first."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(one for child in children for one in family(int(child)))]


def kill(child: subprocess.Popen[bytes]) -> None:
    """SIGKILL for a worker and every part of it, at once."""
    if child.poll() is None:
        for pid in family(child.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    child.wait(10)


def eventually(what: Callable[[], Any], seconds: float = 90) -> Any:
    """Wait until it is so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it never came to be")


def delivery() -> Delivery:
    """The one delivery there is."""
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Delivery)).one()


def posts(network: Network, text: str) -> int:
    """How many posts on the public timeline hold this text."""
    return requests.get(network.url, timeout=10).text.count(text)


def shared(app: Any, client: Any, network: Network, words: str, *, pictured: bool = False) -> str:
    """A champion connects by the pages and shares by the composer; returns the page of her share."""
    with db.unit_of_work():
        ada = make_sharer()
        pictures = (make_picture(storage.keep(picture_bytes())),) if pictured else ()
        make_kit("open-day", title="Open day", publish_at=clock.now() - timedelta(days=1), pictures=pictures)
    client.sign_in(ada)
    assert roads.connect(client, network).status_code == 303
    page = client.get("/kits/open-day/shares/new")
    sent = roads.fields(page.text) | {"words": [words], "when": ["now"]}
    answer = client.post("/kits/open-day/shares", data=sent)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def came_out_once(network: Network, client: Any, place: str, words: str) -> None:
    """One post on the timeline, its address on the page of the share, the points once."""
    eventually(lambda: delivery().state is DeliveryState.SENT)
    assert posts(network, words) == 1
    sent = delivery()
    assert sent.remote_url and requests.get(sent.remote_url, timeout=10).status_code == 200
    page = client.get(place).text
    assert sent.remote_url in page and "Thank you. Your post is out." in page
    with db.unit_of_work(write=False):
        earned = db.session.scalars(sa.select(Points).where(Points.kind == "sent")).all()
    assert len(earned) == 1


@on_every_engine
def test_killed_while_the_answer_is_held_back(
    app: Any,
    client: Any,
    network: Network,
    environment: dict[str, str],
) -> None:
    words = f"Held back {time.time_ns()}"
    place = shared(app, client, network, words)
    network.fault("statuses", "hold", seconds=60)
    with worker(environment) as first:
        eventually(lambda: any(call["created"] for call in network.ledger("statuses")))
        assert delivery().state is DeliveryState.SENDING
        kill(first)
    requests.post(f"{network.url}/faults/release", timeout=10)
    assert delivery().state is DeliveryState.SENDING, "nobody has told us of the answer"
    with worker(environment):
        came_out_once(network, client, place, words)
    calls = network.ledger("statuses")
    assert len(calls) == 2 and len({call["idempotency_key"] for call in calls}) == 1
    assert [call["created"] for call in calls].count(True) == 1
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 2


@pytest.mark.parametrize("engine", ["pool"], indirect=True)
def test_killed_before_the_network_accepted(
    app: Any,
    client: Any,
    network: Network,
    environment: dict[str, str],
) -> None:
    words = f"Not accepted {time.time_ns()}"
    place = shared(app, client, network, words, pictured=True)
    network.fault("media", "hold", seconds=60)
    with worker(environment) as first:
        eventually(lambda: network.ledger("media"))
        kill(first)
    requests.post(f"{network.url}/faults/release", timeout=10)
    assert not network.ledger("statuses") and posts(network, words) == 0
    with worker(environment):
        came_out_once(network, client, place, words)
    assert len(network.ledger("statuses")) == 1
