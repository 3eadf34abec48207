"""The guarded pipe, against real sockets."""

from __future__ import annotations

import gzip
import ipaddress
import os
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from advocacy import http
from advocacy.http import AnswerLost, NotJson, NotSent, Outbound, OutboundRefused, TooLarge
from advocacy.reach import Rule, TimedSocket, is_public
from tests.odd_server import OddServer, breaks_off, drips, hangs_up, html, odd_server, says, sleeps

OPEN = Outbound(["127.0.0.1"], timeout=(0.5, 0.4), total=0.9)


@pytest.fixture
def odd() -> Iterator[OddServer]:
    with odd_server() as server:
        yield server


CLOSED = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0.0.0.0/",
    "https://0/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[fc00::1]/",
    "https://[ff02::1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://198.18.0.1/",
    "https://192.0.2.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "http://127.0.0.1:1/",
    "http://93.184.216.34/",
    "http://93.184.216.34:443/",
    "https://93.184.216.34:8443/",
    "https://93.184.216.34:22/",
    "https://allowed.example@127.0.0.1/",
    "https://allowed.example:pw@10.0.0.1/",
    "http://allowed.example@evil.example/",
    "https://@127.0.0.1/",
    "https://127.0.0.1\\@93.184.216.34/",
    "https://127.0.0.1#@93.184.216.34/",
    "ftp://93.184.216.34/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "//127.0.0.1/",
    "127.0.0.1",
    "https://",
    "https://[::1",
    "https://a b/",
    "https://93.184.216.34:99999/",
    "",
]


@pytest.mark.parametrize("url", CLOSED)
def test_what_is_not_the_open_internet_is_refused(url: str) -> None:
    with pytest.raises(OutboundRefused) as refused:
        Outbound(["allowed.example"], timeout=(0.2, 0.2)).request("GET", url)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"]
)
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_a_private_teredo_address_is_not_public() -> None:
    assert not is_public(ipaddress.ip_address("2001:0:4136:e378:8000:63bf:3fff:fdd2"))


@pytest.mark.parametrize(
    ("entry", "host", "port", "ip", "opened"),
    [
        ("127.0.0.1", "127.0.0.1", 80, "127.0.0.1", True),
        ("127.0.0.1", "anything.example", 80, "127.0.0.1", True),
        ("127.0.0.1:8100", "127.0.0.1", 8100, "127.0.0.1", True),
        ("127.0.0.1:8100", "127.0.0.1", 8101, "127.0.0.1", False),
        ("10.0.0.0/8", "intra.example", 80, "10.1.2.3", True),
        ("10.0.0.0/8", "intra.example", 80, "11.1.2.3", False),
        ("10.0.0.0/8", "intra.example", 80, "::1", False),
        ("[::1]:8100", "::1", 8100, "::1", True),
        ("::1", "[::1]", 8100, "::1", True),
        ("Intra.Example", "intra.example.", 80, "10.1.2.3", True),
        ("intra.example:80", "intra.example", 443, "10.1.2.3", False),
        ("intra.example", "not-intra.example", 80, "10.1.2.3", False),
    ],
)
def test_a_rule_opens_what_it_names(entry: str, host: str, port: int, ip: str, opened: bool) -> None:
    assert Rule.parse(entry).opens(host, port, ipaddress.ip_address(ip)) is opened


@pytest.mark.parametrize("entry", ["http://intra.example/x", "me@intra.example", "intra.example/path", ""])
def test_a_rule_that_names_no_place_is_an_error(entry: str) -> None:
    with pytest.raises(ValueError, match="is not a host"):
        Rule.parse(entry)


def test_opens_looks_a_name_up_only_for_networks() -> None:
    assert Outbound(["127.0.0.0/8", "::1"]).opens("localhost", 80)
    assert not Outbound(["intra.example"]).opens("localhost", 80)
    assert not Outbound(["127.0.0.0/8"]).opens("no-such-name.invalid", 80)
    assert Outbound(["intra.example"]).opens("intra.example", 80)


def test_a_good_answer(odd: OddServer) -> None:
    odd.on("/a", says(201, {"it": "works"}, X_Thing="yes"))
    answer = OPEN.request("POST", f"{odd.url}/a", json={"say": 1}, headers={"X-Mine": "1"})
    assert (answer.status, answer.json(), answer.headers["x-thing"]) == (201, {"it": "works"}, "yes")
    assert odd.asked[0].headers["x-mine"] == "1"
    assert odd.asked[0].headers["host"] == odd.host
    assert odd.asked[0].body == b'{"say": 1}'


def test_nothing_from_the_environment_is_used(
    odd: OddServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    odd.on("/", says(200))
    assert OPEN.request("GET", f"{odd.url}/").status == 200
    assert "authorization" not in odd.asked[0].headers


def test_a_name_is_looked_up_once_and_that_address_is_used(
    odd: OddServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, asked = int(odd.url.rpartition(":")[2]), []

    def rebinding(host: str, *_args: Any, **_kwargs: Any) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.9"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    odd.on("/", says(200))
    assert Outbound(["127.0.0.1"]).request("GET", f"http://rebind.example:{port}/").status == 200
    assert asked == ["rebind.example"]
    assert odd.asked[0].headers["host"] == f"rebind.example:{port}"


def test_one_private_address_among_public_ones_closes_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)
    with pytest.raises(OutboundRefused):
        Outbound().request("GET", "https://two-faced.example/")


def test_a_slow_look_up_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: time.sleep(1) or [])
    with pytest.raises(NotSent):
        Outbound(total=0.2).request("GET", "https://slow.example/")


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(NotSent, match="No server called"):
        Outbound().request("GET", "https://no-such-name.invalid/")


def test_a_closed_port_means_that_nothing_was_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NotSent, match="could not be reached"):
            OPEN.request("POST", f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_the_second_address_is_tried_when_the_first_is_dead(
    odd: OddServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(odd.url.rpartition(":")[2])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("127.0.0.9", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)
    odd.on("/", says(200))
    assert Outbound(["127.0.0.0/8"]).request("GET", f"http://two.example:{port}/").status == 200


@pytest.mark.parametrize("oddity", [sleeps(2), hangs_up, breaks_off, drips(0.05), drips(0.05, headers=True)])
def test_a_lost_answer_is_said_in_time_and_nothing_is_repeated(odd: OddServer, oddity: Any) -> None:
    odd.on("/", oddity)
    began = time.monotonic()
    with pytest.raises(AnswerLost):
        OPEN.request("POST", f"{odd.url}/", data=b"x")
    assert time.monotonic() - began < 1.6
    assert len(odd.asked) == 1


def test_a_server_that_does_not_read_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        began = time.monotonic()
        with pytest.raises(AnswerLost):
            OPEN.request("POST", f"http://127.0.0.1:{deaf.getsockname()[1]}/", data=b"x" * 20_000_000)
        assert time.monotonic() - began < 1.6


def test_an_answer_has_a_limit_unpacked_too(odd: OddServer) -> None:
    odd.on("/big", says(200, b"x" * 2_000))
    odd.on("/bomb", says(200, gzip.compress(b"x" * 50_000_000), Content_Encoding="gzip"))
    odd.on("/broken", says(200, b"no gzip", Content_Encoding="gzip"))
    assert len(OPEN.request("GET", f"{odd.url}/big", max_bytes=2_000).body) == 2_000
    with pytest.raises(TooLarge):
        OPEN.request("GET", f"{odd.url}/big", max_bytes=1_999)
    with pytest.raises(TooLarge):
        OPEN.request("GET", f"{odd.url}/bomb")
    with pytest.raises(AnswerLost):
        OPEN.request("GET", f"{odd.url}/broken")


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff\xfe{", b"[" * 100_000])
def test_what_is_no_json_is_said_so(odd: OddServer, body: bytes) -> None:
    odd.on("/", says(200, body))
    with pytest.raises(NotJson):
        OPEN.request("GET", f"{odd.url}/").json()


def test_redirects_are_guarded_hop_by_hop(odd: OddServer) -> None:
    odd.on("/away", says(302, Location="https://169.254.169.254/latest/"))
    odd.on("/file", says(302, Location="file:///etc/passwd"))
    odd.on("/round", says(302, Location="/round"))
    odd.on("/near", says(301, Location="/here"))
    odd.on("/here", html())
    for path in ("/away", "/file", "/round"):
        with pytest.raises(OutboundRefused):
            OPEN.request("GET", f"{odd.url}{path}")
    assert odd.paths().count("/round") == 4
    assert OPEN.request("GET", f"{odd.url}/near").status == 200


def test_a_post_is_never_sent_on(odd: OddServer) -> None:
    odd.on("/near", says(307, Location="/here"))
    assert OPEN.request("POST", f"{odd.url}/near", data=b"x").status == 307
    assert odd.paths() == ["/near"]


def test_a_token_does_not_follow_to_another_place(odd: OddServer) -> None:
    with odd_server() as other:
        odd.on("/x", says(302, Location="/y"))
        odd.on("/y", says(302, Location=f"{other.url}/z"))
        other.on("/z", says(200))
        OPEN.request("GET", f"{odd.url}/x", headers={"Authorization": "Bearer t", "X-Keep": "1"})
        assert odd.asked[1].headers["authorization"] == "Bearer t"
        assert "authorization" not in other.asked[0].headers
        assert other.asked[0].headers["x-keep"] == "1"


def _certificate(folder: Path, address: str) -> tuple[ssl.SSLContext, str]:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "odd")]),
    )
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, str(file)


def test_a_certificate_is_checked_before_anything_is_sent(tmp_path: Path) -> None:
    context, file = _certificate(tmp_path, "127.0.0.1")
    with odd_server(context) as odd:
        odd.on("/", says(200, {}))
        odd.on("/drip", drips(0.05))
        with pytest.raises(NotSent, match="no valid certificate"):
            OPEN.request("POST", f"{odd.url}/")
        assert odd.asked == []
        known = Outbound(["127.0.0.0/8"], ca_file=file, timeout=(1, 0.4), total=0.9)
        assert known.request("POST", f"{odd.url}/", data=b"x" * 300_000).json() == {}
        with pytest.raises(AnswerLost):
            known.request("GET", f"{odd.url}/drip")


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    context, file = _certificate(tmp_path, "127.0.0.2")
    with odd_server(context) as odd, pytest.raises(NotSent, match="no valid certificate"):
        Outbound(["127.0.0.1"], ca_file=file).request("GET", f"{odd.url}/")


def test_a_foreign_session_is_put_under_guard(odd: OddServer) -> None:
    odd.on("/moved", says(302, Location="/here"))
    with requests.Session() as session:
        OPEN.protect(session)
        with pytest.raises(OutboundRefused):
            session.get("https://10.0.0.1/")
        with pytest.raises(requests.TooManyRedirects):
            session.post(f"{odd.url}/moved")
        with pytest.raises(requests.RequestException):
            session.get("ftp://10.0.0.1/")


def test_plain_oauth_is_allowed_only_where_the_list_says_so() -> None:
    flag = "OAUTHLIB_INSECURE_TRANSPORT"
    with OPEN.plain_oauth("http://127.0.0.1:8100/oauth/token"):
        assert os.environ[flag] == "1"
        with OPEN.plain_oauth("http://127.0.0.1/oauth/token"):
            pass
        assert os.environ[flag] == "1"
    assert flag not in os.environ
    for url in ("http://93.184.216.34/oauth/token", "https://127.0.0.1/oauth/token"):
        with OPEN.plain_oauth(url):
            assert flag not in os.environ


def test_configure_sets_the_door_of_the_process() -> None:
    before = http.outbound()
    try:
        http.configure(["127.0.0.1"], total=3)
        assert http.outbound().opens("127.0.0.1", 80)
        assert http.outbound().total == 3
    finally:
        http._outbound = before


def test_a_socket_past_its_deadline_says_so() -> None:
    with TimedSocket() as late, pytest.raises(TimeoutError):
        late.deadline = time.monotonic() - 1
        late.recv_into(bytearray(1))
