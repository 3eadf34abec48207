"""The random part: faults for a fifth of all calls, and workers killed while posts fall due."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

from benchmarks.storm import reckoning
from benchmarks.storm.practice import MODES, PUBLISHING, Networks
from benchmarks.storm.workers import Engine

SHARE = 0.2
PATIENCE = 120.0
SHAPES: tuple[dict[str, float | str], ...] = (
    {"fault": "status", "status": 500},
    {"fault": "status", "status": 503},
    {"fault": "status", "status": 429, "retry_after": 2},
    {"fault": "reset"},
    {"fault": "accept_then_hang_up"},
    {"fault": "accept_then_hang_up"},
    {"fault": "delay", "seconds": 3},
    {"fault": "hold", "seconds": 4},
    {"fault": "hold_before", "seconds": 4},
)


class Weather(threading.Thread):
    """Keeps faults at a fifth of the calls that each network gets, until it is told to stop."""

    def __init__(self, there: Networks, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self._there, self._chance, self._stopping = there, chance, threading.Event()
        self._before = there.calls()
        self._given: Counter[str] = Counter()

    def run(self) -> None:
        """Look at the ledger, and send the faults that are wanting."""
        while not self._stopping.wait(0.1):
            calls = self._there.calls()
            for slug in MODES:
                seen = calls.get(slug, 0) - self._before.get(slug, 0)
                while self._given[slug] < SHARE * (seen + 2):
                    self._given[slug] += 1
                    kind = PUBLISHING[slug] if self._chance.random() < 0.8 else "any"
                    self._there.fault(slug, kind, **self._chance.choice(SHAPES))  # type: ignore[arg-type]

    def end(self) -> None:
        """Calm."""
        self._stopping.set()
        self.join(30)
        self._there.clear()


def rage(
    engine: Engine, there: Networks, chance: random.Random, *, kills: int, seconds: float, workers: int = 2
) -> dict[str, int]:
    """Two workers carry out what falls due within so many seconds, and are killed so often at random moments."""
    weather = Weather(there, chance)
    before, faulty = sum(there.calls().values()), there.faulty_calls()
    weather.start()
    running = [engine.start() for _ in range(workers)]
    began = time.monotonic()
    try:
        for moment in sorted(chance.uniform(4, seconds + 4) for _ in range(kills)):
            time.sleep(max(0.0, began + moment - time.monotonic()))
            chance.choice(running).kill_one(chance)
        while reckoning.how_many_untried() and time.monotonic() < began + seconds + PATIENCE:
            time.sleep(0.5)
        for worker in running:
            worker.check()
    finally:
        weather.end()
        for worker in running:
            worker.kill()
    calls = sum(there.calls().values()) - before
    return {"kills": kills, "calls": calls, "faulty_calls": there.faulty_calls() - faulty}
