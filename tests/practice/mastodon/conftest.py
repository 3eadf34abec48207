"""Mastodon's mode in a thread for most tests, and one under granian for the wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.practice.mastodon.wayfarer import Caller, Wayfarer
from tests.practice.network import Network, under_granian


@pytest.fixture(scope="session")
def threaded(modes: dict[str, Network]) -> Network:
    """Mastodon's mode in this process."""
    return modes["mastodon"]


@pytest.fixture
def network(threaded: Network) -> Network:
    """The practice network, as new but for its posts."""
    threaded.fresh()
    return threaded


@pytest.fixture(scope="session")
def ada_token(threaded: Network) -> str:
    """Ada's token."""
    return Wayfarer(threaded).connected().token or ""


@pytest.fixture
def ada(network: Network, ada_token: str) -> Caller:
    """The API as Ada's app calls it."""
    return Caller(network, ada_token)


@pytest.fixture(scope="session")
def granian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """Mastodon's mode under granian, in a process of its own."""
    with under_granian(tmp_path_factory.mktemp("granian"), "mastodon") as network:
        yield network
