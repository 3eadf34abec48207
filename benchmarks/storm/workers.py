"""Workers of either engine, started from the warm process and killed with SIGKILL."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from benchmarks.storm.warm import Warm, is_alive, kill

BROKER = "amqp://guest:guest@127.0.0.1:5672//"
PARTS = ("dispatcher", "mastodon", "linkedin", "x", "bluesky")


@dataclass
class Engine:
    """How workers are started: threads of one process, or Celery's parts on a broker."""

    name: str
    warm: Warm
    environment: dict[str, str]
    prefix: str = field(default_factory=lambda: f"chaos-{secrets.token_hex(4)}")
    broker: str = BROKER

    def commands(self) -> list[list[str]]:
        """What one worker is made of."""
        if self.name == "pool":
            return [["worker", "--engine", "pool"]]
        return [["worker", "--engine", "celery", "--part", part] for part in PARTS]

    def start(self) -> Worker:
        """A worker that begins at once."""
        own = {"ADVOCACY_WORKER__BROKER": self.broker, "ADVOCACY_WORKER__QUEUE_PREFIX": self.prefix}
        told = self.environment | (own if self.name == "celery" else {})
        return Worker(lambda argv: self.warm.start(argv, told), self.commands())

    def clear(self) -> None:
        """Throw our queues away."""
        if self.name == "pool":
            return
        from kombu import Connection

        with Connection(self.broker) as connection, connection.channel() as channel:
            for network in PARTS[1:]:
                with suppress(*connection.channel_errors):
                    channel.queue_delete(f"{self.prefix}.{network}")


class Worker:
    """One worker: a process, or several that belong together."""

    def __init__(self, start: Callable[[list[str]], int], commands: list[list[str]]) -> None:
        self._start, self._commands = start, commands
        self.pids = [start(command) for command in commands]

    def kill(self) -> None:
        """SIGKILL for all of it."""
        for pid in self.pids:
            if is_alive(pid):
                kill(pid)

    def kill_one(self, chance: random.Random) -> None:
        """SIGKILL for one of its processes, which is started anew at once."""
        place = chance.randrange(len(self.pids))
        if not is_alive(self.pids[place]):
            raise SystemExit("a worker ended by itself, so this run is void")
        kill(self.pids[place])
        self.pids[place] = self._start(self._commands[place])

    def check(self) -> None:
        """Raise SystemExit where a process has ended by itself."""
        if not all(is_alive(pid) for pid in self.pids):
            raise SystemExit("a worker ended by itself, so this run is void")
