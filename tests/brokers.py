"""Brokers for the tests of the engine at scale: the one that is named, else those found at their usual ports.

`ADVOCACY_TEST_BROKER_URL` names one (several are separated by commas). A user's machine has none: then these tests are
skipped, and the end of the run says so loudly.
"""

from __future__ import annotations

import functools
import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

NAMED = "ADVOCACY_TEST_BROKER_URL"
USUAL = {"amqp": "amqp://guest:guest@127.0.0.1:5672//", "redis": "redis://127.0.0.1:6379/9"}
MISSING = "no broker"


@dataclass(frozen=True)
class Broker:
    """A broker, and the name before the queues of one test."""

    url: str
    prefix: str

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a worker that uses it."""
        return {
            "ADVOCACY_WORKER__ENGINE": "celery",
            "ADVOCACY_WORKER__BROKER": self.url,
            "ADVOCACY_WORKER__QUEUE_PREFIX": self.prefix,
        }

    def waiting(self, network: str) -> int:
        """How many messages wait in a queue."""
        from kombu import Connection

        with Connection(self.url) as connection, connection.channel() as channel:
            name = f"{self.prefix}.{network}"
            return int(channel.queue_declare(name, durable=True, auto_delete=False).message_count)

    def wipe(self) -> int:
        """Throw every queue of this test away, with what waits in it; returns how many messages went."""
        from kombu import Connection

        from advocacy.sharing.networks import CONNECTORS

        gone = 0
        with Connection(self.url) as connection, connection.channel() as channel:
            for network in CONNECTORS:
                gone += self.waiting(network)
                channel.queue_purge(f"{self.prefix}.{network}")
                channel.queue_delete(f"{self.prefix}.{network}")
        return gone


@functools.cache
def found() -> dict[str, str]:
    """The address of a broker of each kind that answers."""
    named = [url.strip() for url in os.environ.get(NAMED, "").split(",") if url.strip()]
    if named:
        return {("redis" if url.startswith("redis") else "amqp"): url for url in named}
    return {kind: url for kind, url in USUAL.items() if _answers(url)}


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=1).close()
    except OSError:
        return False
    return True


def broker(kind: str) -> Iterator[Broker]:
    """A broker of this kind with no queue of this test's name, before and after; skips where there is none."""
    if kind not in found():
        pytest.skip(f"{MISSING} of this kind: {kind}")
    made = Broker(found()[kind], f"test-{secrets.token_hex(4)}")
    yield made
    made.wipe()
