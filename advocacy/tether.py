"""Tie processes to the one that started them, so that they end even when it dies by SIGKILL.

Two things see to it: Linux's parent-death signal, set by a small shim that then becomes the process, and on every
platform a guard process, which notices that the pipe from the starter has closed and ends whole process groups, also
the grandchildren. Both are this file, run by path and without site-packages: it imports the standard library only.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

THIS_FILE = (sys.executable, "-I", "-S", str(Path(__file__).resolve()))
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def tied(argv: Sequence[str]) -> list[str]:
    """Return the command that runs `argv` tied to the present process."""
    return [*THIS_FILE, "--become", str(os.getpid()), *argv]


def signal_group(group: int, number: int) -> bool:
    """Signal a process group and return False when nobody is left in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


class Guard:
    """The starter's end of a guard process, which gives the groups `grace` seconds between SIGTERM and SIGKILL."""

    def __init__(self, grace: float) -> None:
        command = [*THIS_FILE, "--guard", str(grace)]
        self.popen = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def begun(self, group: int) -> None:
        """Say that a process group has begun."""
        self._tell(f"+{group}\n")

    def gone(self, group: int) -> None:
        """Say that a process group is gone."""
        self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        assert self.popen.stdin
        with suppress(BrokenPipeError):  # a guard that somebody killed leaves the parent-death signal
            self.popen.stdin.write(line.encode())
            self.popen.stdin.flush()

    def dismiss(self) -> None:
        """End the guard, when no group is left."""
        assert self.popen.stdin
        with suppress(BrokenPipeError):
            self.popen.stdin.close()
        self.popen.wait()


def _become(parent: int, argv: list[str]) -> NoReturn:  # pragma: no cover - no coverage without site-packages
    """Ask Linux for a SIGTERM when the parent dies, then become the process."""
    if sys.platform == "linux":
        import ctypes

        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != parent:  # it died before the request took effect
        sys.exit(1)
    try:
        os.execvp(argv[0], argv)
    except OSError as trouble:
        sys.exit(f"cannot start {argv[0]}: {trouble.strerror}")


def _keep_guard(grace: float) -> None:  # pragma: no cover - see _become
    """Remember the groups that the starter names; when it is gone, end those that are left."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line.startswith("+") else groups.discard)(int(line[1:]))
    for group in groups:
        _ask_leader(group, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while groups and time.monotonic() < deadline:
        for group in groups:
            if not _ask_leader(group, 0):  # nobody is left to end the others in good order
                signal_group(group, signal.SIGKILL)
        groups = {group for group in groups if signal_group(group, 0)}
        time.sleep(0.05)
    for group in groups:
        signal_group(group, signal.SIGKILL)


def _ask_leader(group: int, number: int) -> bool:  # pragma: no cover - see _become
    try:
        os.kill(group, number)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":  # pragma: no cover - see _become
    if sys.argv[1] == "--become":
        _become(int(sys.argv[2]), sys.argv[3:])
    else:
        _keep_guard(float(sys.argv[2]))
