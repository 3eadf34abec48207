"""What tests of several networks begin with: an odd server in the network's place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from advocacy.http import Outbound
from advocacy.sharing import networks
from advocacy.sharing.networks.interface import Client, Network
from advocacy.sharing.networks.linkedin import restli
from advocacy.sharing.networks.linkedin.member import LinkedIn
from tests.odd_server import OddServer, odd_server, says

OUT = Outbound(["127.0.0.1"], timeout=(1, 1), total=1.6)
URN = "urn:li:share:7141138937766391808"
CODES = {
    65600: "INVALID_ACCESS_TOKEN",
    65601: "REVOKED_ACCESS_TOKEN",
    65602: "EXPIRED_ACCESS_TOKEN",
    100: "ACCESS_DENIED",
}


@pytest.fixture
def odd() -> Iterator[OddServer]:
    with odd_server() as server:
        yield server


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restli, "PAUSES", [0.01, 0.01])
    monkeypatch.setattr(LinkedIn, "settles_seconds", 0.0)


@pytest.fixture(autouse=True)
def as_shipped() -> Iterator[None]:
    yield
    networks.configure()


def linkedin_at(odd: OddServer, client: Client | None = None) -> Network:
    """LinkedIn at this server's origin, with an application of ours."""
    clients = {"linkedin": client or Client("cid", "csecret")}
    networks.configure(clients=clients, practice={"linkedin": odd.url})
    return networks.network("linkedin")


def refuses(status: int, code: int, words: str = "Not that", **more: Any) -> Callable[[Any], None]:
    """A refusal in LinkedIn's documented form."""
    named = {"code": CODES[code]} if code in CODES else {}
    return says(status, {"message": words, "serviceErrorCode": code, "status": status} | named | more)
