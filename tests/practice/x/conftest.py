"""X's mode in a thread for most tests, and one under granian for the wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.practice.network import Network, under_granian
from tests.practice.x.wayfarer import Caller, Wayfarer


@pytest.fixture(scope="session")
def threaded(modes: dict[str, Network]) -> Network:
    """X's mode in this process."""
    return modes["x"]


@pytest.fixture
def network(threaded: Network) -> Network:
    """The practice network, as new but for its posts."""
    threaded.fresh()
    return threaded


@pytest.fixture
def ada(network: Network) -> Caller:
    """The API as Ada's app calls it."""
    return Wayfarer(network).connected()


@pytest.fixture
def carl(network: Network) -> Caller:
    """The API as Carl's app calls it."""
    return Wayfarer(network, "carl").connected()


@pytest.fixture(scope="session")
def granian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """X's mode under granian, in a process of its own."""
    with under_granian(tmp_path_factory.mktemp("granian"), "x") as network:
        yield network
