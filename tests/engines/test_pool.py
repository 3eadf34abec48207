"""The embedded engine: threads for each network, so that one that hangs keeps no other waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from advocacy.engines.pool import PoolEngine
from advocacy.sharing.delivering import Claim


class Carrier:
    """Delivers, but for networks that hang until they are let go."""

    def __init__(self) -> None:
        self.hung, self.done = threading.Event(), threading.Event()
        self.came: list[int] = []

    def __call__(self, claim: Claim, called: Callable[[], None]) -> None:
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
    for number in range(4):
        engine.ring(Claim(number, "t", "mastodon"))
    assert engine.free("mastodon") == 0 and engine.free("x") == 4
    engine.await_room("mastodon", 0.01)
    assert engine.free("mastodon") == 0
    engine.ring(Claim(9, "t", "x"))
    assert carrier.done.wait(10) and carrier.came == [9]
    assert not engine.await_idle(0.01)
    carrier.hung.set()
    engine.await_room("mastodon", 10)
    assert engine.free("mastodon") >= 1
    assert engine.await_idle(10) and sorted(carrier.came) == [0, 1, 2, 3, 9]


def test_what_breaks_breaks_alone_and_strangers_go_with_the_first(
    engine: PoolEngine, carrier: Carrier, caplog: pytest.LogCaptureFixture
) -> None:
    carrier.hung.set()
    engine.ring(Claim(13, "t", "myspace"))
    engine.ring(Claim(14, "t", "myspace"))
    assert engine.await_idle(10) and carrier.came == [14] and engine.free("myspace") == 4
    assert "delivery 13 broke" in caplog.text


def test_none_begins_once_it_is_to_stop(engine: PoolEngine, carrier: Carrier) -> None:
    for number in range(4):
        engine.ring(Claim(number, "t", "mastodon"))
    threading.Timer(0.2, carrier.hung.set).start()
    engine.stop()
    assert sorted(carrier.came) == [0, 1]


def test_another_is_called_while_one_is_written_down() -> None:
    written, second = threading.Event(), threading.Event()

    def deliver(claim: Claim, called: Callable[[], None]) -> None:
        if claim.id == 1:
            called()
            assert written.wait(10)
        else:
            second.set()

    engine = PoolEngine(deliver, 1, ["mastodon"])
    engine.ring(Claim(1, "t", "mastodon"))
    engine.ring(Claim(2, "t", "mastodon"))
    assert second.wait(10)
    written.set()
    engine.stop()
