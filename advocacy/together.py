"""Threads that want the same at one moment have it done in one go: the first does it for all who came meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Waiting(Generic[Item, Result]):
    """One thread's wish: it wakes when that is done, or when it is its turn to do it for others."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.woken = threading.Event()
        self.done = False
        self.results: list[Result] = []
        self.error: BaseException | None = None

    def end(self, results: Sequence[Result], error: BaseException | None = None) -> None:
        """Give the thread what came of it."""
        self.results, self.error, self.done = list(results), error, True
        self.woken.set()


class Together(Generic[Item, Result]):
    """Does `what` for up to `most` items at once; it gives one result for each, in their order.

    What it begins is at least `apart` seconds apart: while many come, each time costs more than the wait.
    Where it fails for several, it is done for each alone, so that one that breaks takes no other along; save for errors
    of the kinds `for_all`, after which nobody knows what of it was done, and which all of them are told.
    """

    def __init__(
        self,
        what: Callable[[list[Item]], Sequence[Result]],
        *,
        most: int,
        apart: float = 0.0,
        for_all: tuple[type[BaseException], ...] = (),
    ) -> None:
        self._what = what
        self._most = most
        self._apart = apart
        self._next_at = 0.0
        self._for_all = for_all
        self._lock = threading.Lock()
        self._queue: list[_Waiting[Item, Result]] = []
        self._is_led = False

    def do(self, item: Item) -> Result:
        """The result for this item; raises what `what` raised for it."""
        mine: _Waiting[Item, Result] = _Waiting(item)
        with self._lock:
            self._queue.append(mine)
            leads, self._is_led = not self._is_led, True
        if not leads:
            mine.woken.wait()
        if not mine.done:
            self._lead()
        if mine.error is not None:
            raise mine.error
        return mine.results[0]

    def _lead(self) -> None:
        """Do it for those who wait, oneself among them, then hand the lead on."""
        batch: list[_Waiting[Item, Result]] = []
        try:
            self._let_others_come()
            with self._lock:
                batch, self._queue = self._queue[: self._most], self._queue[self._most :]
            self._do(batch)
        finally:
            for one in batch:
                if not one.done:
                    one.end([], RuntimeError("what was to be done together gave no result for this"))
            with self._lock:
                following = self._queue[0] if self._queue else None
                self._is_led = following is not None
            if following is not None:
                following.woken.set()

    def _let_others_come(self) -> None:
        """Begin so long after the last at the earliest, unless enough are here."""
        wait = self._next_at - time.monotonic()
        if wait > 0 and len(self._queue) < self._most:
            time.sleep(wait)
        self._next_at = time.monotonic() + self._apart

    def _do(self, batch: list[_Waiting[Item, Result]]) -> None:
        try:
            results = self._what([one.item for one in batch])
        except BaseException as error:
            for one in batch:
                if len(batch) == 1 or isinstance(error, self._for_all):
                    one.end([], error)
                else:
                    self._do([one])
            return
        for one, result in zip(batch, results, strict=True):
            one.end([result])
