"""A process that has loaded the whole program and forks from itself: new workers are real ones, at once.

    python -m benchmarks.storm.warm CONFIG

Orders come by stdin as JSON lines, and the number of each new process goes back by stdout.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

SET_PARENT_DEATH_SIGNAL = 1


class Warm:
    """The benchmark's side of that process."""

    def __init__(self, config: Path, log: Path) -> None:
        self.log = log
        command = [sys.executable, "-m", "benchmarks.storm.warm", str(config)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, argv: list[str], environment: dict[str, str]) -> int:
        """Fork a process that runs these arguments; its number."""
        assert self._child.stdin and self._child.stdout
        order = {"argv": argv, "environment": environment, "log": str(self.log)}
        self._child.stdin.write(json.dumps(order) + "\n")
        self._child.stdin.flush()
        return int(self._child.stdout.readline())

    def end(self) -> None:
        """End it and all that it started."""
        self._child.kill()
        self._child.wait(10)


def kill(pid: int) -> None:
    """SIGKILL, and wait until the process is gone."""
    os.kill(pid, signal.SIGKILL)
    while is_alive(pid):
        time.sleep(0.005)


def is_alive(pid: int) -> bool:
    """Whether a process is there still."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _serve(config: str) -> None:
    from advocacy import places

    places.config = lambda: Path(config)
    from advocacy import app, worker  # noqa: F401 - loaded once, for all that are forked
    from advocacy.engines import queues  # noqa: F401
    from advocacy.practice import app as practice  # noqa: F401
    from advocacy.sharing import networks

    networks.every()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended is gone at once
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(json.loads(line))
        print(pid, flush=True)


def _become(order: dict[str, Any]) -> NoReturn:
    ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, standard in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(ours, standard)
    os.environ.update(order["environment"])
    try:
        if order["argv"][0] == "practice":
            from benchmarks.storm import practice

            practice.serve(*order["argv"][1:])
        else:
            from advocacy.cli import main

            main(order["argv"])
    finally:
        os._exit(1)


if __name__ == "__main__":
    _serve(sys.argv[1])
