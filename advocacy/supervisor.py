"""Keep several child processes running together, and stop them together.

Every child leads its own session and process group, so that Ctrl-C reaches the supervisor alone, which then asks each
child to stop. `advocacy.tether` ends them when the supervisor itself is killed.
"""

import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO
from urllib.parse import urlsplit

from advocacy.ports import PortInUse, probe_all
from advocacy.tether import SIGNALS, Guard, signal_group, tied

TOO_MANY_DEATHS = 5
WITHIN = 30.0
FIRST_DELAY = 0.5
SLOW_START = 30.0
LONGEST_LINE = 65_536


@dataclass(frozen=True)
class Child:
    """A process to keep running; `env` is added to the supervisor's own.

    `port`, and `ports` by the variables that set them, are probed before every start.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    ready_url: str | None = None
    host: str = "127.0.0.1"
    ports: Mapping[str, int] = field(default_factory=dict)

    def every_port(self) -> list[tuple[str, int]]:
        """Its ports, each behind the variable that sets it."""
        own = [(f"ADVOCACY_{self.name.upper()}__PORT", self.port)] if self.port else []
        return [*own, *self.ports.items()]


def supervise(
    children: Sequence[Child],
    on_ready: Callable[[], None] = lambda: None,
    out: TextIO | None = None,
    grace: float = 10.0,
) -> int:
    """Run the children until a signal asks to stop (0) or one keeps dying (1); call from the main thread.

    `on_ready` is called once, when every `ready_url` has answered; `grace` is in seconds.
    """
    out = out or sys.stdout
    try:
        check_ports(children)
    except PortInUse as trouble:
        print(trouble, file=out, flush=True)
        return 1
    return _Supervisor(children, on_ready, out, grace).run()


def check_ports(children: Sequence[Child]) -> None:
    """Raise PortInUse for the first port of a child that is not free, or that two want."""
    probe_all((child.host, port, setting) for child in children for setting, port in child.every_port())


class _Process:
    """One child with its present process and the times at which earlier ones died."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.popen: subprocess.Popen[bytes] | None = None
        self.deaths: deque[float] = deque(maxlen=TOO_MANY_DEATHS)
        self.start_at: float | None = None
        self.unfinished = b""

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the child, tied to us."""
        self.start_at = None
        self.popen = subprocess.Popen(
            tied(self.child.argv),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.child.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        return self.popen

    def died(self, now: float) -> float | None:
        """Return the seconds to wait before the next start, or None when it has died too often."""
        self.deaths.append(now)
        recent = sum(now - death < WITHIN for death in self.deaths)
        return None if recent >= TOO_MANY_DEATHS else FIRST_DELAY * 2.0 ** (recent - 1)

    def lines(self, data: bytes) -> list[str]:
        """Return the lines that `data` completes; no data means the end, which completes the last one."""
        *whole, self.unfinished = (self.unfinished + data).split(b"\n")
        if self.unfinished and (not data or len(self.unfinished) > LONGEST_LINE):
            whole.append(self.unfinished)
            self.unfinished = b""
        return [line.decode(errors="replace").rstrip() for line in whole]


class _Supervisor:
    """The loop: one thread reads output, notices deaths and starts again; a second one waits for readiness."""

    def __init__(
        self, children: Sequence[Child], on_ready: Callable[[], None], out: TextIO, grace: float
    ) -> None:
        self.processes = [_Process(child) for child in children]
        self.on_ready: Callable[[], None] | None = on_ready
        self.out = out
        self.grace = grace
        self.width = max(len("advocacy"), *(len(child.name) for child in children))
        self.selector = selectors.DefaultSelector()
        self.all_ready = threading.Event()
        self.stops = 0
        self.status = 0

    def run(self) -> int:
        """Start all, keep all, stop all."""
        with self._waking():
            self.guard = Guard(self.grace)
            try:
                for process in self.processes:
                    self._start(process)
                threading.Thread(target=self._await_ready, daemon=True).start()
                while not self.stops:
                    self._turn(0.25)
                    self._start_due()
                    self._announce()
            finally:
                self.stops = self.stops or 1
                self._stop()
                self.guard.dismiss()
        return self.status

    @contextmanager
    def _waking(self) -> Iterator[None]:
        """Let signals, also a child's death, end the wait for output at once."""
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setblocking(False)
        self.selector.register(ours, selectors.EVENT_READ)
        before = {number: signal.signal(number, self._asked) for number in SIGNALS}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
        wakeup = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)
            self.selector.close()
            ours.close()
            theirs.close()

    def _asked(self, number: int, frame: object) -> None:
        self.stops += 1

    def _say(self, name: str, text: str) -> None:
        try:
            self.out.write(f"{name:>{self.width}} | {text}\n")
            self.out.flush()
        except (BrokenPipeError, ValueError):  # whoever read our output has gone: so do we
            self.stops = self.stops or 1

    def _start(self, process: _Process) -> None:
        popen = process.spawn()
        assert popen.stdout
        self.guard.begun(popen.pid)
        os.set_blocking(popen.stdout.fileno(), False)
        self.selector.register(popen.stdout, selectors.EVENT_READ, process)

    def _start_due(self) -> None:
        now = time.monotonic()
        for process in self.processes:
            if process.start_at and process.start_at <= now:
                try:
                    check_ports([process.child])
                except PortInUse as trouble:
                    self._start_later(process, str(trouble))
                else:
                    self._start(process)

    def _start_later(self, process: _Process, reason: str) -> None:
        delay = process.died(time.monotonic())
        if delay is None:
            process.start_at = None
            self.status, self.stops = 1, self.stops or 1
            often = f"{TOO_MANY_DEATHS} times within {WITHIN:.0f} s"
            self._say("advocacy", f"{process.child.name}: {reason} That is {often}: giving up, stopping all.")
        else:
            process.start_at = time.monotonic() + delay
            self._say("advocacy", f"{process.child.name}: {reason} It is started again in {delay:g} s.")

    def _turn(self, seconds: float) -> None:
        """Wait for output or a signal, pass the output on, and notice who has died."""
        for key, _ in self.selector.select(seconds):
            if isinstance(key.data, _Process):
                self._pass_on(key)
            else:
                key.fileobj.recv(1024)  # type: ignore[union-attr]
        for process in self.processes:
            if process.popen and process.popen.poll() is not None:
                self._bury(process, process.popen)

    def _pass_on(self, key: selectors.SelectorKey) -> None:
        process = key.data
        try:
            data = os.read(key.fd, LONGEST_LINE)
        except OSError:
            data = b""
        for line in process.lines(data):
            self._say(process.child.name, line)
        if not data:
            self.selector.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]

    def _bury(self, process: _Process, popen: subprocess.Popen[bytes]) -> None:
        """End what the dead child left behind in its group: it could still hold the port."""
        process.popen = None
        signal_group(popen.pid, signal.SIGKILL)
        self.guard.gone(popen.pid)
        if not self.stops:
            self._start_later(process, _cause(popen.returncode))

    def _await_ready(self) -> None:
        began = time.monotonic()
        waiting = [process.child for process in self.processes if process.child.ready_url]
        patient = True
        while waiting and not self.stops:
            waiting = [child for child in waiting if not _answers(child.ready_url or "")]
            if waiting and patient and time.monotonic() - began > SLOW_START:
                patient = False
                self._say(
                    "advocacy", f"{waiting[0].name} is slow: {waiting[0].ready_url} gives no answer yet."
                )
            time.sleep(0.05 if waiting else 0)
        self.all_ready.set()

    def _announce(self) -> None:
        if self.on_ready and self.all_ready.is_set():
            announce, self.on_ready = self.on_ready, None
            announce()

    def _stop(self) -> None:
        """SIGTERM to all; after `grace` seconds, or at a second signal, SIGKILL to their groups."""
        for process in self.processes:
            if process.popen:
                process.popen.terminate()
        deadline, asked = time.monotonic() + self.grace, self.stops
        while any(process.popen for process in self.processes):
            self._turn(0.05)
            if time.monotonic() > deadline or self.stops > asked:
                self._kill()
        self._drain()

    def _drain(self) -> None:
        """Pass on the last words; half a second at most, since a process that left its group may hold a pipe open."""
        deadline = time.monotonic() + 0.5
        while len(self.selector.get_map()) > 1 and time.monotonic() < deadline:
            self._turn(0.02)

    def _kill(self) -> None:
        for process in self.processes:
            if process.popen:
                self._say("advocacy", f"{process.child.name} did not stop when asked and was ended.")
                signal_group(process.popen.pid, signal.SIGKILL)
                process.popen.wait()


def _answers(url: str) -> bool:
    """Say whether a plain GET is answered below 400; http.client, since it looks at no proxy settings."""
    from http.client import HTTPConnection, HTTPException

    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=2)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < 400
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _cause(status: int) -> str:
    return f"ended by {signal.Signals(-status).name}." if status < 0 else f"ended with status {status}."
