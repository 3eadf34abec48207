"""The web server's process: granian, at a port that is its own."""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

from granian import _signals
from granian._granian import SocketHolder, WorkerSignal
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from advocacy import ports

BACKLOG = 1024
ASKING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
STOPPING_SECONDS = 8  # for a worker; the supervisor grants ten to us all


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

    def _spawn_workers(self, *begun_with: Any) -> None:
        """Start the workers, each with a thread of ours that waits for its end and hears no signal.

        Of two signals in one moment, another thread than the main one can take both, which then goes on waiting.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ASKING)
        try:
            super()._spawn_workers(*begun_with)  # type: ignore[no-untyped-call]
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def signal_handler_interrupt(self, *told: Any, **more: Any) -> None:
        """Take note of the first signal; a second one in its midst would wait for the lock that the first one holds."""
        if not self.interrupt_signal:
            super().signal_handler_interrupt(*told, **more)  # type: ignore[no-untyped-call]

    @staticmethod
    def _spawn_wsgi_worker(*begun_with: Any) -> None:
        _signals.set_sync_signals = _asked_once  # it is looked up in the worker's own process
        MPServer._spawn_wsgi_worker(*begun_with)


def _asked_once() -> WorkerSignal:
    """What asks a worker to stop, set by its first signal alone: a second one in its midst would wait for it for ever.

    They come in pairs where whatever stops us asks each of our processes, as systemd does, and our parent asks as well.
    """
    event, asked = WorkerSignal(), False

    def ask(_number: int, _frame: object) -> None:
        nonlocal asked
        if not asked:
            asked = True
            event.set()

    _signals.set_main_signals(ask)  # type: ignore[no-untyped-call]
    return event


def _in_worker() -> None:
    """Hear SIGTERM alone, which our parent sends: Ctrl-C reaches both, and two signals at once can be lost.

    A worker is born with our way of being asked to stop, which does nothing in it: until it has its own, it ends.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, {signal.SIGINT})


def serve(host: str, port: int, *, threads: int) -> None:
    """Serve until a signal asks to stop. Raises PortInUse."""
    opened = ports.opened(host, port, "ADVOCACY_WEB__PORT", backlog=BACKLOG)
    os.register_at_fork(after_in_child=_in_worker)
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
        workers_kill_timeout=STOPPING_SECONDS,
    ).serve()
