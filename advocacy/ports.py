"""Open a port for one server alone, or find out beforehand whether it is free."""

import socket
from collections.abc import Iterable


class PortInUse(Exception):
    """A port that a server wants cannot be opened; the text says what to do."""


def probe_all(wanted: Iterable[tuple[str, int, str]]) -> None:
    """Raise PortInUse for the first (host, port, setting) that is not free, or that another setting wants too."""
    taken: dict[int, str] = {}
    for host, port, setting in wanted:
        if port in taken:
            both = f"{taken[port]} and {setting}"
            raise PortInUse(f"Port {port} is wanted twice, by {both}. Set one of them to another.")
        taken[port] = setting
        probe(host, port, setting)


def probe(host: str, port: int, setting: str) -> None:
    """Raise PortInUse unless the port can be opened now."""
    opened(host, port, setting).close()


def opened(host: str, port: int, setting: str, backlog: int = 1) -> socket.socket:
    """A socket that listens at the port, which is nobody else's while it is open. Raises PortInUse.

    It binds without SO_REUSEPORT, since with it a second server binds silently and both answer.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    made = socket.socket(family, kind, protocol)
    # Without SO_REUSEADDR, connections of a server that has just stopped would block its port for a minute.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(address)
        made.listen(backlog)
    except OSError as error:
        made.close()
        if isinstance(error, PermissionError):
            said = f"is not open to this user. Set {setting} to one above 1023."
        else:
            said = f"is in use. Stop what uses it, or set {setting} to another."
        raise PortInUse(f"Port {port} on {host} {said}") from None
    return made
