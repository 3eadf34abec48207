"""What tests of every mode begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from advocacy.practice.app import MODES
from tests.practice.network import Network, in_this_process


@pytest.fixture(scope="session")
def modes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Network]]:
    """Every mode of the practice network in this process, by slug."""
    with in_this_process(tmp_path_factory.mktemp("practice"), MODES) as networks:
        yield networks
