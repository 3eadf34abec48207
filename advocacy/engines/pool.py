"""The embedded engine: threads in this process, so many for each network."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from advocacy.sharing.delivering import Claim

log = logging.getLogger(__name__)


Deliver = Callable[[Claim, Callable[[], None]], None]
"""Carries one post out, and says as soon as its call to the network is over."""


class _Place:
    """One of so many calls to a network at once; given up when the call is over."""

    def __init__(self, places: threading.Semaphore) -> None:
        places.acquire()
        self._places = places
        self._is_taken = True

    def give_up(self) -> None:
        """Let another call be made, once."""
        if self._is_taken:
            self._is_taken = False
            self._places.release()


class _Lane:
    """One network's threads, and how many claims they have.

    So many calls are made at once; twice the threads, so that others call while some write down what came of theirs.
    """

    def __init__(self, network: str, size: int) -> None:
        self.pool = ThreadPoolExecutor(2 * size, thread_name_prefix=f"deliver-{network}")
        self.places = threading.Semaphore(size)
        self.is_stopping = False
        self.size = size
        self.busy = 0
        self.changed = threading.Condition()

    @property
    def free(self) -> int:
        """Twice as many as are called at once may wait, so that none is idle between two looks."""
        return max(0, 2 * self.size - self.busy)

    def count(self, change: int) -> None:
        """One claim more, or one less."""
        with self.changed:
            self.busy += change
            if self.busy == 0 or self.free >= self.size / 2:
                self.changed.notify_all()

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Wait until it is so, at most so long; says whether it is."""
        with self.changed:
            return self.changed.wait_for(until, seconds)


class PoolEngine:
    """`size` calls at once to each network; a network without a pool of its own goes with the first."""

    def __init__(self, deliver: Deliver, size: int, networks: Sequence[str]) -> None:
        self._deliver = deliver
        self._lanes = {network: _Lane(network, size) for network in networks}
        self._first = self._lanes[networks[0]]

    def ring(self, claim: Claim) -> None:
        """Hand the claim to a thread."""
        lane = self._lane(claim.network)
        lane.count(1)
        lane.pool.submit(self._run, lane, claim)

    def free(self, network: str) -> int:
        """How many more claims of this network are welcome now."""
        return self._lane(network).free

    def await_room(self, network: str, seconds: float) -> None:
        """Wait until half as many claims are welcome as are called at once, at most so long."""
        lane = self._lane(network)
        lane.wait(lambda: lane.free >= lane.size / 2, seconds)

    def await_idle(self, seconds: float) -> bool:
        """Wait until nothing is left to do, at most so long; says whether it is so."""
        ends = time.monotonic() + seconds
        return all(
            lane.wait(lambda lane=lane: lane.busy == 0, ends - time.monotonic())  # type: ignore[misc]
            for lane in self._lanes.values()
        )

    def begin_no_more(self) -> None:
        """Let what is under way end, and pass over what waits."""
        for lane in self._lanes.values():
            lane.is_stopping = True

    def stop(self) -> None:
        """Wait for calls that are under way; what was only reserved is taken up again after its lease."""
        self.begin_no_more()
        for lane in self._lanes.values():
            lane.pool.shutdown(wait=False, cancel_futures=True)
        for lane in self._lanes.values():
            lane.pool.shutdown(wait=True)

    def _lane(self, network: str) -> _Lane:
        return self._lanes.get(network, self._first)

    def _run(self, lane: _Lane, claim: Claim) -> None:
        place = _Place(lane.places)
        try:
            if not lane.is_stopping:
                self._deliver(claim, place.give_up)
        except Exception:
            log.exception("delivery %s broke", claim.id)
        finally:
            place.give_up()
            lane.count(-1)
