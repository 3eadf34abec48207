"""Bluesky's mode in a thread for most tests, and one under granian for the wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.practice.bluesky.wayfarer import Caller, Wayfarer
from tests.practice.network import Network, under_granian


@pytest.fixture(scope="session")
def threaded(modes: dict[str, Network]) -> Network:
    """Bluesky's mode in this process."""
    return modes["bluesky"]


@pytest.fixture
def network(threaded: Network) -> Network:
    """The practice network, as new but for its posts."""
    threaded.fresh()
    return threaded


@pytest.fixture(scope="module")
def connected(threaded: Network) -> Caller:
    """Ada's app, connected once for a file of tests; a token lives a quarter of an hour."""
    threaded.fresh()
    return Wayfarer(threaded).connected()


@pytest.fixture
def ada(network: Network, connected: Caller) -> Caller:
    """The API as Ada's app calls it."""
    return connected


@pytest.fixture(scope="session")
def granian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """Bluesky's mode under granian, in a process of its own."""
    with under_granian(tmp_path_factory.mktemp("granian"), "bluesky") as network:
        yield network
