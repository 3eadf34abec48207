"""Doing the same for several threads in one go."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from advocacy.together import Together


class Kitchen:
    """Doubles numbers, in batches; the first batch waits until it is told to go on."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def double(self, numbers: list[int]) -> list[int]:
        self.batches.append(numbers)
        self.begun.set()
        assert self.may_go_on.wait(10)
        if 13 in numbers:
            raise ValueError(f"no {numbers}")
        return [2 * number for number in numbers]


def queued(together: Together[int, int], many: int) -> None:
    """Wait until so many wait behind the one that is under way."""
    for _ in range(1000):
        if len(together._queue) >= many:
            return
        threading.Event().wait(0.005)
    raise AssertionError("nobody queued")


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen()


def test_who_comes_meanwhile_is_done_in_one_go_in_order(kitchen: Kitchen) -> None:
    together = Together(kitchen.double, most=3)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(together.do, 1)
        assert kitchen.begun.wait(10)
        others = []
        for number in range(2, 7):
            others.append(pool.submit(together.do, number))
            queued(together, number - 1)
        kitchen.may_go_on.set()
        assert first.result(10) == 2
        assert [one.result(10) for one in others] == [4, 6, 8, 10, 12]
    assert kitchen.batches == [[1], [2, 3, 4], [5, 6]]
    assert together.do(9) == 18  # the lead was given up


def test_one_that_breaks_takes_no_other_along(kitchen: Kitchen) -> None:
    together = Together(kitchen.double, most=9)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(together.do, 1)
        assert kitchen.begun.wait(10)
        good, bad, last = (pool.submit(together.do, number) for number in (2, 13, 4))
        queued(together, 3)
        kitchen.may_go_on.set()
        assert (first.result(10), good.result(10), last.result(10)) == (2, 4, 8)
        with pytest.raises(ValueError, match=r"no \[13\]"):
            bad.result(10)
    assert together.do(5) == 10


def test_what_nobody_knows_of_is_told_to_all(kitchen: Kitchen) -> None:
    together = Together(kitchen.double, most=9, for_all=(ValueError,))
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(together.do, 1)
        assert kitchen.begun.wait(10)
        good, bad = (pool.submit(together.do, number) for number in (2, 13))
        queued(together, 2)
        kitchen.may_go_on.set()
        assert first.result(10) == 2
        for one in (good, bad):
            with pytest.raises(ValueError, match=r"no \[2, 13\]"):
                one.result(10)
    assert kitchen.batches == [[1], [2, 13]]


def test_no_wish_is_lost_among_many_threads(kitchen: Kitchen) -> None:
    kitchen.may_go_on.set()
    together = Together(kitchen.double, most=7)
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(together.do, range(20, 520))) == [2 * number for number in range(20, 520)]
    assert sum(len(batch) for batch in kitchen.batches) == 500


def test_what_begins_apart_lets_others_come_and_keeps_nobody_who_is_alone() -> None:
    batches: list[list[int]] = []

    def double(numbers: list[int]) -> list[int]:
        batches.append(numbers)
        return [2 * number for number in numbers]

    together = Together(double, most=4, apart=0.5)
    began = time.monotonic()
    assert together.do(1) == 2 and time.monotonic() - began < 0.4
    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(together.do, [2, 3, 4])) == [4, 6, 8]
    assert time.monotonic() - began >= 0.5
    assert [sorted(batch) for batch in batches] == [[1], [2, 3, 4]]
    time.sleep(0.5)
    began = time.monotonic()
    assert together.do(5) == 10 and time.monotonic() - began < 0.4
