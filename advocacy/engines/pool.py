"""The embedded engine: threads in this process, so many for each network."""

from __future__ import annotations

import enum
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from advocacy.sharing.reserving import Claim, Place

log = logging.getLogger(__name__)


THREADS = 3
"""For each call that is made at once."""
WHILE = 0.25
"""As many posts may pass the gate ahead of their place as calls ended within these seconds: so soon one is free."""
PATIENCE = 1.0
"""So many seconds after the gate a post is given back when no place came free: its network has begun to hang."""

Deliver = Callable[[Claim, Place], None]
"""Carries one post out, in its place among the calls to its network."""


class Turn(enum.Enum):
    """How a post may begin."""

    PLACE = enum.auto()
    AHEAD = enum.auto()
    NONE = enum.auto()


class _Place:
    """One of so many calls to a network at once; given up when the call is over."""

    def __init__(self, lane: _Lane) -> None:
        self._lane = lane
        self._is_ahead = self._is_taken = False

    def await_turn(self, *, ahead: bool) -> bool:
        """Wait for a free place, or to be let through the gate ahead of it; False when nothing is begun any more."""
        turn = self._lane.begin(ahead=ahead)
        self._is_ahead, self._is_taken = turn is Turn.AHEAD, turn is Turn.PLACE
        return turn is not Turn.NONE

    def take(self) -> bool:
        """Have the place now at the latest; False where none came free in time."""
        if self._is_ahead:
            self._is_taken = self._lane.places.acquire(timeout=PATIENCE)
            self._come_back()
        return self._is_taken

    def give_up(self) -> None:
        """Let another call be made, once."""
        if self._is_ahead:
            self._come_back()
        if self._is_taken:
            self._is_taken = False
            self._lane.end()

    def _come_back(self) -> None:
        self._is_ahead = False
        self._lane.come_back()


class _Lane:
    """One network's threads, and how many claims they have.

    So many calls are made at once; further threads pass the gate for the places that are free next, and write down
    what came of their calls.
    """

    def __init__(self, network: str, size: int) -> None:
        self.pool = ThreadPoolExecutor(THREADS * size, thread_name_prefix=f"deliver-{network}")
        self.places = threading.Semaphore(size)
        self.is_stopping = False
        self.size = size
        self.busy = 0
        self.changed = threading.Condition()
        self._turns = threading.Condition()
        self._ahead = 0
        self._ended: deque[float] = deque(maxlen=size)

    def begin(self, *, ahead: bool) -> Turn:
        """Wait for one's turn: with a place, or `ahead` of it where that is allowed; none once all is to stop."""
        with self._turns:
            while not self.is_stopping:
                if ahead and self._ahead < self._soon_free():
                    self._ahead += 1
                    return Turn.AHEAD
                if not (ahead and self._ahead) and self.places.acquire(blocking=False):
                    return Turn.PLACE
                self._turns.wait(WHILE / 2)
        return Turn.NONE

    def _soon_free(self) -> int:
        """How many places come free in a moment, at the rate of the last."""
        since = time.monotonic() - WHILE
        return min(sum(1 for ended in self._ended if ended > since), self.size)

    def come_back(self) -> None:
        """One less is ahead of its place."""
        with self._turns:
            self._ahead -= 1
            self._turns.notify()

    def end(self) -> None:
        """A call is over, and its place free."""
        self.places.release()
        with self._turns:
            self._ended.append(time.monotonic())
            self._turns.notify()

    @property
    def free(self) -> int:
        """As many as there are threads for, so that none is idle between two looks."""
        return max(0, THREADS * self.size - self.busy)

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
        place = _Place(lane)
        try:
            self._deliver(claim, place)
        except Exception:
            log.exception("delivery %s broke", claim.id)
        finally:
            place.give_up()
            lane.count(-1)
