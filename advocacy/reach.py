"""Which addresses may be reached from here, and connections that go to those and to no other."""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, SSLError
from urllib3.util.url import parse_url

from advocacy.errors import N_, Refused

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
RESOLVE_SECONDS = 5.0
LOOPBACK = ipaddress.IPv4Address("127.0.0.1")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
CLOSED = tuple(map(ipaddress.ip_network, ("64:ff9b:1::/48", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24")))
"""What older Pythons take for the open internet: one's own NAT64, documentation, protocols, old relays."""


class OutboundError(Refused):
    """A request that was not made, or whose answer cannot be used."""


class OutboundRefused(OutboundError):
    """The guard does not let this address be reached; nothing was sent and trying again will not help."""


class NotSent(OutboundError):
    """The server was not reached; nothing was sent."""


class NotFound(NotSent):
    """No server has this name, so nobody was asked."""


@dataclass(frozen=True)
class Rule:
    """One entry of the operator's list of open addresses: a name or a network, with or without a port."""

    name: str = ""
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
    port: int | None = None

    @classmethod
    def parse(cls, entry: str) -> Rule:
        """Read `host`, `host:port`, an address, `address:port` or a network; raises ValueError."""
        try:
            return cls(network=ipaddress.ip_network(entry.strip(), strict=False))
        except ValueError:
            address = parse_url(f"//{entry.strip()}")
        if not address.host or address.path or address.auth:
            raise ValueError(f"{entry!r} is not a host, host:port, address or network")
        try:
            return cls(network=ipaddress.ip_network(address.host.strip("[]")), port=address.port)
        except ValueError:
            return cls(name=bare(address.host), port=address.port)

    def opens(self, host: str, port: int, ip: IP | None) -> bool:
        """Whether this entry names the host, or the address that it leads to."""
        if self.port not in (None, port):
            return False
        return ip is not None and ip in self.network if self.network is not None else bare(host) == self.name


def bare(host: str) -> str:
    """A host's name without brackets, last dot and capitals."""
    return host.strip("[]").rstrip(".").lower()


def inner(ip: IP) -> IP:
    """The IPv4 address that an IPv6 address carries inside, if it does."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)


def is_public(ip: IP) -> bool:
    """Whether an address belongs to the open internet: not private, shared, local or reserved."""
    ip = inner(ip)
    if isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local:
        return False
    if any(ip in one for one in CLOSED):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class Guard:
    """Decides which addresses may be reached."""

    def __init__(self, allow: Sequence[str] = ()) -> None:
        self.rules = [Rule.parse(entry) for entry in allow]

    def opens(self, host: str, port: int, ip: IP | None = None) -> bool:
        """Whether the operator's list names this host or address."""
        return any(rule.opens(host, port, ip) for rule in self.rules)

    def leads_open(self, host: str, port: int, *, seconds: float) -> bool:
        """Whether the operator's list names this host, by its name or by every address that it leads to."""
        if self.opens(host, port):
            return True
        if not any(rule.network for rule in self.rules):
            return False
        try:
            return all(self.opens(host, port, ip_of(found)) for found in resolve(host, port, seconds))
        except NotSent:
            return False

    def sockets(self, host: str, port: int, *, secure: bool, seconds: float) -> list[tuple[Any, ...]]:
        """Resolve a name once and return where to connect; raises OutboundRefused if any of it is closed."""
        if bare(host).rpartition(".")[2] == "localhost":  # which not every resolver knows
            self.check(host, port, LOOPBACK, secure)
        found = resolve(host, port, seconds)
        for one in found:
            self.check(host, port, ip_of(one), secure)
        return found

    def check(self, host: str, port: int, ip: IP, secure: bool) -> None:
        """Raise OutboundRefused unless this very address may be reached in this way."""
        if self.opens(host, port, ip) or self.opens(host, port, inner(ip)):
            return
        if not is_public(ip):
            raise OutboundRefused(
                N_("%(host)s leads into a private network, which is closed. An administrator can open it."),
                host=host,
            )
        if not secure or port != 443:
            raise OutboundRefused(N_("%(host)s can only be reached by https, on its usual port."), host=host)


def ip_of(found: tuple[Any, ...]) -> IP:
    """The address in one of the resolver's answers."""
    return ipaddress.ip_address(found[4][0].partition("%")[0])


def resolve(host: str, port: int, seconds: float) -> list[tuple[Any, ...]]:
    """The addresses of a name, within so many seconds; raises NotSent."""
    answers: queue.SimpleQueue[list[tuple[Any, ...]]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError):
            answers.put([])

    threading.Thread(target=ask, daemon=True).start()
    try:
        found = answers.get(timeout=max(seconds, 0.01))
    except queue.Empty:
        found = []
    if not found:
        raise NotFound(N_("No server called %(host)s was found. Please check the address."), host=host)
    return found


class Timed:
    """A socket whose every read and write ends at one moment, however slowly the other side drips."""

    deadline = float("inf")

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("out of time")
        return left

    def recv_into(self: Any, *args: Any, **kwargs: Any) -> int:
        self.settimeout(min(self._left(), self.gettimeout() or self.deadline))
        return super().recv_into(*args, **kwargs)  # type: ignore[misc,no-any-return]

    def sendall(self: Any, *args: Any, **kwargs: Any) -> None:
        self.settimeout(self._left())  # a large picture takes longer than connecting may
        super().sendall(*args, **kwargs)  # type: ignore[misc]


class TimedSocket(Timed, socket.socket):
    """A plain socket with a deadline."""


class TimedTLS(Timed, ssl.SSLSocket):
    """An encrypted socket with a deadline."""


@contextmanager
def nothing_sent(host: str) -> Iterator[None]:
    """Turn whatever goes wrong before a connection stands into NotSent."""
    try:
        yield
    except (ssl.SSLError, SSLError) as wrong:
        raise NotSent(N_("%(host)s has no valid certificate, so nothing was sent."), host=host) from wrong
    except (OSError, HTTPError) as wrong:
        raise NotSent(N_("%(host)s could not be reached, so nothing was sent."), host=host) from wrong


class Pinned:
    """Connects to an address that was checked, and to no other: the name is not looked up again."""

    guard: Guard
    deadline: float
    secure = False

    def __init__(self: Any, *args: Any, guard: Guard, deadline: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guard, self.deadline = guard, deadline

    def connect(self: Any) -> None:
        with nothing_sent(self.host):
            super().connect()  # type: ignore[misc]
        self.sock.deadline = self.deadline

    def _new_conn(self: Any) -> Any:
        seconds = min(RESOLVE_SECONDS, self.deadline - time.monotonic())
        failed: OSError = OSError("no address")
        for found in self.guard.sockets(self._dns_host, self.port, secure=self.secure, seconds=seconds):
            try:
                return self._open(*found)
            except OSError as wrong:
                failed = wrong
        raise failed

    def _open(self: Any, family: int, kind: int, protocol: int, _name: str, address: Any) -> socket.socket:
        sock = TimedSocket(family, kind, protocol)
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(max(0.01, min(self.timeout, self.deadline - time.monotonic())))
            sock.connect(address)
        except BaseException:
            sock.close()
            raise
        return sock


class PlainConnection(Pinned, HTTPConnection):
    """A guarded connection by plain http."""


class SecureConnection(Pinned, HTTPSConnection):
    """A guarded connection by https; the certificate is checked against the name, not the address."""

    secure = True
