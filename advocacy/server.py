"""The web server's process: granian, at a port that is its own."""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

from granian._granian import SocketHolder
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from advocacy import ports

BACKLOG = 1024


class _Alone(MPServer):
    """Granian on one socket, which its processes share.

    Left to itself it opens one for each of them by SO_REUSEPORT, so that a second server that starts in the same moment
    gets the port as well, and both answer. What is overridden is how it does where there is no SO_REUSEPORT.
    """

    def __init__(self, opened: socket.socket, **options: Any) -> None:
        super().__init__(**options)
        self._opened = opened

    def _init_shared_socket(self) -> None:
        shared = SocketHolder(self._opened.fileno(), False, BACKLOG)  # type: ignore[call-arg]  # its stub is silent
        vars(self).update(_sso=self._opened, _sfd=self._opened.fileno(), _shd=shared)


def serve(host: str, port: int, *, threads: int) -> None:
    """Serve until a signal asks to stop. Raises PortInUse."""
    opened = ports.opened(host, port, "ADVOCACY_WEB__PORT", backlog=BACKLOG)
    # A worker is born with our way of being asked to stop, which does nothing in it: until it has its own, it ends.
    os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
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
