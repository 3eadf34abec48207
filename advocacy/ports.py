"""Open a port for one server alone, or find out beforehand whether it is free."""

import errno
import socket
from collections.abc import Iterable


class PortInUse(Exception):
    """A port that a server wants cannot be opened, also for its host; the text says what to do."""


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
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError):
        raise PortInUse(_no_address(host, setting)) from None
    # Without SO_REUSEADDR, connections of a server that has just stopped would block its port for a minute.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(address)
        made.listen(backlog)
    except OSError as error:
        made.close()
        raise PortInUse(_trouble(error, host, port, setting)) from None
    return made


def _trouble(error: OSError, host: str, port: int, setting: str) -> str:
    if isinstance(error, PermissionError):
        return f"Port {port} on {host} is not open to this user. Set {setting} to one above 1023."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use. Stop what uses it, or set {setting} to another."
    return _no_address(host, setting)


def _no_address(host: str, setting: str) -> str:
    """Of `ADVOCACY_WEB__PORT`, what is wrong with `web.host`."""
    table = setting.partition("__")[0]
    name = f"{table.removeprefix('ADVOCACY_').lower()}.host ({table}__HOST)"
    said = f"is “{host}”, which is no address of this machine" if host else "is empty"
    return f"{name} {said}; set it to one, such as 127.0.0.1, or 0.0.0.0 for all of them."
