"""The embedded engine: threads for each network, so that one that hangs keeps no other waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from advocacy.engines.pool import PATIENCE, PoolEngine
from advocacy.sharing.delivering import Claim, Place


class Carrier:
    """Delivers, but for networks that hang until they are let go."""

    def __init__(self) -> None:
        self.hung, self.done = threading.Event(), threading.Event()
        self.came: list[int] = []

    def __call__(self, claim: Claim, place: Place) -> None:
        if not place.await_turn(ahead=False):
            return
        if claim.network == "mastodon":
            self.hung.wait(30)
        if claim.id == 13:
            raise ValueError("our own mistake")
        self.came.append(claim.id)
        if claim.network == "x":
            self.done.set()


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@pytest.fixture
def engine(carrier: Carrier) -> Iterator[PoolEngine]:
    engine = PoolEngine(carrier, 2, ["mastodon", "x"])
    yield engine
    carrier.hung.set()
    engine.stop()


def test_a_network_that_hangs_fills_its_own_room_alone(engine: PoolEngine, carrier: Carrier) -> None:
    for number in range(6):
        engine.ring(Claim(number, "t", "mastodon"))
    assert engine.free("mastodon") == 0 and engine.free("x") == 6
    engine.await_room("mastodon", 0.01)
    assert engine.free("mastodon") == 0
    engine.ring(Claim(9, "t", "x"))
    assert carrier.done.wait(10) and carrier.came == [9]
    assert not engine.await_idle(0.01)
    carrier.hung.set()
    engine.await_room("mastodon", 10)
    assert engine.free("mastodon") >= 1
    assert engine.await_idle(10) and sorted(carrier.came) == [0, 1, 2, 3, 4, 5, 9]


def test_what_breaks_breaks_alone_and_strangers_go_with_the_first(
    engine: PoolEngine, carrier: Carrier, caplog: pytest.LogCaptureFixture
) -> None:
    carrier.hung.set()
    engine.ring(Claim(13, "t", "myspace"))
    engine.ring(Claim(14, "t", "myspace"))
    assert engine.await_idle(10) and carrier.came == [14] and engine.free("myspace") == 6
    assert "delivery 13 broke" in caplog.text


def test_none_begins_once_it_is_to_stop(engine: PoolEngine, carrier: Carrier) -> None:
    for number in range(4):
        engine.ring(Claim(number, "t", "mastodon"))
    threading.Timer(0.2, carrier.hung.set).start()
    engine.stop()
    assert sorted(carrier.came) == [0, 1]


def test_another_is_called_while_one_is_written_down() -> None:
    written, second = threading.Event(), threading.Event()

    def deliver(claim: Claim, place: Place) -> None:
        assert place.await_turn(ahead=False) and place.take()
        if claim.id == 1:
            place.give_up()
            assert written.wait(10)
        else:
            second.set()

    engine = PoolEngine(deliver, 1, ["mastodon"])
    engine.ring(Claim(1, "t", "mastodon"))
    engine.ring(Claim(2, "t", "mastodon"))
    assert second.wait(10)
    written.set()
    engine.stop()


class Gate:
    """Passes the gate, then calls; every call lasts until it is let go on."""

    def __init__(self) -> None:
        self.passed: list[int] = []
        self.calling: list[int] = []
        self.came_to_nothing: list[int] = []
        self.changed = threading.Condition()
        self.allowed = 0

    def __call__(self, claim: Claim, place: Place) -> None:
        if place.await_turn(ahead=claim.network == "mastodon"):
            self.note(self.passed, claim.id)
            if not place.take():
                self.note(self.came_to_nothing, claim.id)
                return
            self.note(self.calling, claim.id)
            with self.changed:
                assert self.changed.wait_for(lambda: claim.id < self.allowed, 20)
            place.give_up()

    def note(self, where: list[int], number: int) -> None:
        with self.changed:
            where.append(number)
            self.changed.notify_all()

    def go_on(self, below: int) -> None:
        """Let the calls with these numbers end."""
        with self.changed:
            self.allowed = below
            self.changed.notify_all()

    def comes(self, where: list[int], many: int, seconds: float = 10) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: len(where) >= many, seconds)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def guarded(gate: Gate) -> Iterator[PoolEngine]:
    engine = PoolEngine(gate, 2, ["mastodon", "x"])
    yield engine
    gate.go_on(99)
    engine.stop()


def test_while_calls_end_the_next_passes_the_gate_ahead_of_its_place(guarded: PoolEngine, gate: Gate) -> None:
    for number in range(4):
        guarded.ring(Claim(number, "t", "mastodon"))
    assert gate.comes(gate.calling, 2) and not gate.comes(gate.passed, 3, 0.3), "nobody knows how slow it is"
    gate.go_on(1)
    assert gate.comes(gate.passed, 4), "one has the place that came free, and one is ahead of the next"
    assert len(gate.calling) == 3
    gate.go_on(99)
    assert guarded.await_idle(10) and len(gate.calling) == 4 and gate.came_to_nothing == []


def test_who_is_ahead_when_the_network_begins_to_hang_gives_back_in_time(
    guarded: PoolEngine, gate: Gate
) -> None:
    for number in range(4):
        guarded.ring(Claim(number, "t", "mastodon"))
    assert gate.comes(gate.calling, 2)
    gate.go_on(1)
    began = time.monotonic()
    assert gate.comes(gate.came_to_nothing, 1) and time.monotonic() - began < PATIENCE + 2
    gate.go_on(99)
    assert guarded.await_idle(10) and len(gate.calling) == 3


def test_where_a_repeat_would_harm_nobody_passes_the_gate_without_a_place(
    guarded: PoolEngine, gate: Gate
) -> None:
    for number in range(4):
        guarded.ring(Claim(number, "t", "x"))
    for ended in range(1, 4):
        gate.go_on(ended)
        assert gate.comes(gate.calling, min(4, ended + 2))
        assert len(gate.passed) == len(gate.calling)


def test_who_waits_for_its_turn_when_all_is_to_stop_begins_nothing(gate: Gate) -> None:
    engine = PoolEngine(gate, 2, ["x"])
    for number in range(4):
        engine.ring(Claim(number, "t", "x"))
    assert gate.comes(gate.calling, 2)
    engine.begin_no_more()
    gate.go_on(99)
    assert engine.await_idle(10)
    engine.stop()
    assert sorted(gate.passed) == [0, 1]
