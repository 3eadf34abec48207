"""The web server's process: granian, at a port that is its own."""

from __future__ import annotations

import socket

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.net import SocketHolder

from advocacy import ports

BACKLOG = 1024


class _Alone(Granian):  # type: ignore[misc]
    """Granian on one socket, which its processes share.

    Left to itself it opens one for each of them by SO_REUSEPORT, so that a second server that starts in the same moment
    gets the port as well, and both answer. What is overridden is how it does where there is no SO_REUSEPORT.
    """

    def __init__(self, opened: socket.socket, **options: object) -> None:
        super().__init__(**options)
        self._opened = opened

    def _init_shared_socket(self) -> None:
        self._sso = self._opened
        self._sfd = self._opened.fileno()
        self._shd = SocketHolder(self._sfd, False, BACKLOG)


def serve(host: str, port: int, *, threads: int) -> None:
    """Serve until a signal asks to stop. Raises PortInUse."""
    opened = ports.opened(host, port, "ADVOCACY_WEB__PORT", backlog=BACKLOG)
    opened.setblocking(False)
    opened.set_inheritable(True)
    _Alone(
        opened,
        target="advocacy.serving:web",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=threads,
        log_access=False,
        log_level=LogLevels.error,
        websockets=False,
    ).serve()
