"""What the tests against real servers begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from advocacy import places
from advocacy.http import Outbound
from advocacy.sharing import networks
from advocacy.sharing.networks.bluesky.network import Bluesky
from tests.browser import browser  # noqa: F401 - gives its fixture
from tests.real.servers import Pds, running_pds

WEBSITE = "http://127.0.0.1:8000"
PUBLIC_VIEW, DIRECTORY = "https://public.api.bsky.app", "https://plc.directory"


@pytest.fixture(scope="session")
def pds() -> Iterator[Pds]:
    with running_pds() as running:
        yield running


@pytest.fixture
def bluesky(pds: Pds, tmp_path: Path) -> Iterator[Bluesky]:
    """The shipped facts, with only the directory and the resolver moved to this machine."""
    facts = (places.config() / "networks.toml").read_text()
    moved = facts.replace(PUBLIC_VIEW, pds.url).replace(DIRECTORY, pds.directory)
    (tmp_path / "networks.toml").write_text(moved)
    networks.configure(tmp_path / "networks.toml", base_url=WEBSITE)
    connector = networks.network("bluesky")
    assert isinstance(connector, Bluesky) and connector.is_ready
    yield connector
    networks.configure()


@pytest.fixture
def out() -> Outbound:
    return Outbound(["localhost", "127.0.0.1"])
