"""Addresses that lead inside are tried at every door by which a stranger can name one: nothing is connected to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from advocacy.http import Outbound, OutboundError
from advocacy.reach import is_public
from advocacy.sharing import networks
from advocacy.sharing.networks.interface import Outcome
from tests.odd_server import OddServer, odd_server, says
from tests.sharing.networks import bluesky_server as bluesky

WRITTEN = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 127.255.255.254 0 0.0.0.0 0.1.2.3
localhost localhost. LOCALHOST foo.localhost 10.0.0.1 10.1 167772161 0xa000001 012.0.0.1 172.16.0.1 172.31.255.255
192.168.1.1 192.168.257 3232235777 0xc0a80101 100.64.0.1 169.254.169.254 169.254.43518 2852039166 0xa9fea9fe
169.254.170.2 100.100.100.200 192.0.0.192 192.0.0.170 192.88.99.1 198.18.0.1 192.0.2.1 198.51.100.1 203.0.113.1
224.0.0.1 240.0.0.1 255.255.255.255
[::] [::1] [0:0:0:0:0:0:0:1] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:a9fe:a9fe] [::ffff:10.0.0.1]
[::ffff:0:127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2002:a9fe:a9fe::1]
[2002:c0a8:101::1] [2001:0:7f00:1::] [2001:db8::1] [3fff::1] [100::1] [fc00::1] [fd00:ec2::254] [fec0::1] [fe80::1]
[fe80::1%25eth0] [fe80::1%25lo] [::1%25lo] [ff02::1] [ff05::1]
"""
HOSTS = WRITTEN.split()


@pytest.fixture
def odd() -> Iterator[OddServer]:
    with odd_server() as server:
        yield server


@pytest.fixture
def out(odd: OddServer, monkeypatch: pytest.MonkeyPatch) -> Outbound:
    """A door that is open to the odd server alone; whoever connects to anything else is caught in the act."""
    port = int(odd.host.rpartition(":")[2])
    real: Callable[..., Any] = socket.socket.connect

    def connect(self: socket.socket, where: Any) -> Any:
        assert tuple(where[:2]) == ("127.0.0.1", port), f"connected to {where}"
        return real(self, where)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return Outbound([f"127.0.0.1:{port}"], timeout=(1, 1), total=3)


@pytest.fixture(autouse=True)
def as_shipped() -> Iterator[None]:
    yield
    networks.configure()


def refuses(door: Callable[[str], Any], kind: type[Exception] = Outcome) -> None:
    """Try every address at a door; none of them opens it."""
    assert len(HOSTS) >= 60
    opened = []
    for host in HOSTS:
        try:
            door(f"https://{host}")
        except kind:
            continue
        opened.append(host)
    assert not opened


def set_out(connector: Any, out: Outbound) -> None:
    """The way of a person who names herself, to where she would be sent."""
    server = connector.server_address(out, "ada.example")
    ours = connector.register(out, server, bluesky.BACK, "Advocacy", "http://127.0.0.1:8000")
    connector.depart(out, ours, "state", typed="ada.example")


def test_the_pipe_itself(out: Outbound) -> None:
    refuses(lambda url: out.request("GET", f"{url}/"), OutboundError)


def test_a_redirect(out: Outbound, odd: OddServer) -> None:
    def door(url: str) -> None:
        odd.on("/moved", says(302, Location=f"{url}/latest/meta-data/"))
        out.request("GET", f"{odd.url}/moved")

    refuses(door, OutboundError)
    assert set(odd.paths()) == {"/moved"}


def test_an_instance_that_a_person_types(out: Outbound) -> None:
    connector = networks.network("mastodon")

    def door(url: str) -> None:
        server = connector.server_address(out, url)
        connector.register(out, server, "https://a.example/back", "Advocacy", "https://a.example")

    refuses(door)


def test_a_server_of_accounts_that_a_person_types(out: Outbound, odd: OddServer) -> None:
    bluesky.settle(odd)
    connector = bluesky.connector(odd)
    refuses(lambda url: connector.server_address(out, url))


def test_a_server_of_accounts_that_a_persons_document_names(out: Outbound, odd: OddServer) -> None:
    connector = bluesky.connector(odd)
    bluesky.settle(odd)
    set_out(connector, out)  # this way is open as long as nobody bends it

    def door(url: str) -> None:
        bluesky.settle(odd)
        kept = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": url}
        odd.on(f"/{bluesky.DID}", says(200, bluesky.document(odd, service=[kept])))
        set_out(connector, out)

    refuses(door)


def test_a_server_for_signing_in_that_metadata_names(out: Outbound, odd: OddServer) -> None:
    connector = bluesky.connector(odd)

    def door(url: str) -> None:
        bluesky.settle(odd)
        odd.on(bluesky.RESOURCE, says(200, {"resource": odd.url, "authorization_servers": [url]}))
        set_out(connector, out)

    refuses(door)


@pytest.mark.parametrize("endpoint", ["pushed_authorization_request_endpoint", "token_endpoint"])
def test_an_endpoint_that_metadata_names(out: Outbound, odd: OddServer, endpoint: str) -> None:
    connector = bluesky.connector(odd)
    bluesky.settle(odd)
    ours = connector.register(out, odd.url, bluesky.BACK, "Advocacy", "http://127.0.0.1:8000")
    departure = connector.depart(out, ours, "state", typed="ada.example")
    secret = departure.secret

    def door(url: str) -> None:
        bluesky.settle(odd)
        odd.on(bluesky.SERVER, says(200, bluesky.metadata(odd, **{endpoint: f"{url}/oauth"})))
        if endpoint == "token_endpoint":
            changed = secret.replace(f"{odd.url}/oauth/token", f"{url}/oauth")
            connector.depart(out, ours, "state", typed="ada.example")
            connector.exchange(out, ours, "code", changed)
        else:
            connector.depart(out, ours, "state", typed="ada.example")

    refuses(door)


def test_names_that_lead_inside(out: Outbound, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = [host.strip("[]") for host in HOSTS if host.startswith("[") and "%" not in host]
    for address in [*inside, "127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1"]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        found = [(family, socket.SOCK_STREAM, 6, "", (address, 443))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, found=found, **__: found)
        with pytest.raises(OutboundError):
            out.request("GET", "https://innocent.example/")


def test_a_name_that_changes_its_mind_is_asked_once(out: Outbound, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def rebinds(host: str, *_: Any, **__: Any) -> Any:
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    reached: list[Any] = []

    def connect(_self: Any, where: Any) -> None:
        reached.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", rebinds)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(OutboundError):
        out.request("GET", "https://rebinds.example/")
    assert asked == ["rebinds.example"] and reached == [("93.184.216.34", 443)]


@pytest.mark.parametrize("address", ["64:ff9b:1::5db8:d822", "3fff::1", "192.0.0.8", "192.88.99.1"])
def test_what_older_pythons_do_not_know_is_closed(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
