"""Messages that come again, and answers that come late, while the gate or the database is in the way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from advocacy import clock, db
from advocacy.sharing import allowing, delivering, outcomes
from advocacy.sharing.delivering import Claim
from advocacy.sharing.jobs import sending
from advocacy.sharing.models import Allowance, Delivery, DeliveryState
from advocacy.sharing.outcomes import Sent
from advocacy.sharing.rules import CallKind, Told
from advocacy.stubborn import GONE
from advocacy.together import Together
from tests.makers.sharing import make_delivery, make_sharer

pytestmark = pytest.mark.usefixtures("app")
LEASE = timedelta(minutes=2)


def reserved() -> Claim:
    """The claim of one post that is due."""
    with db.unit_of_work():
        make_delivery(make_sharer(), at=clock.now() - timedelta(seconds=1))
    with db.unit_of_work():
        (claim,) = delivering.reserve_due(most=9, lease=LEASE, at=clock.now())
    return claim


def state(claim: Claim) -> DeliveryState:
    with db.unit_of_work(write=False):
        return db.session.get_one(Delivery, claim.id).state


def gone(_asked: Any) -> Any:
    raise OperationalError("x", {}, Exception("the server closed the connection"))


def test_a_message_that_comes_again_while_the_database_blinks_takes_nothing_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claim = reserved()
    assert sending._begin(claim, lease=LEASE) is not None  # its call is under way
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_gate", Together(gone, most=64, for_all=GONE))
        assert sending._begin(claim, lease=LEASE) is None
    assert state(claim) is DeliveryState.SENDING
    with db.unit_of_work():
        assert not delivering.reserve_due(most=9, lease=LEASE, at=clock.now() + timedelta(minutes=1))
    with db.unit_of_work():
        assert outcomes.record_each_sent([Sent(claim, "r1", "")], at=clock.now()) == [True]


def test_what_a_passing_kept_without_an_answer_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    claim, real = reserved(), sending._begin_each

    def kept_and_gone(asked: Any) -> Any:
        real(asked)
        gone(asked)

    with monkeypatch.context() as patch:
        patch.setattr(sending, "_gate", Together(kept_and_gone, most=64, for_all=GONE))
        assert sending._begin(claim, lease=LEASE) is None
    assert state(claim) is DeliveryState.WAITING


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_late_answer_and_the_gate_of_its_repeat_lock_in_one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    late = reserved()
    heard = [Told(CallKind.POST, 3, now + timedelta(minutes=9))]
    with db.unit_of_work():
        account = db.session.get_one(Delivery, late.id).connection
        assert account is not None
        db.session.add(
            Allowance(
                network="mastodon", server=account.server, whose=account.code, kind=CallKind.POST, remaining=5,
                resets_at=now + timedelta(minutes=9),
            )
        )  # fmt: skip
    first = sending._begin(late, lease=LEASE)
    again = {"repeats": lambda _account: 3000}
    with db.unit_of_work():
        (lost,) = delivering.reserve_lost(most=9, lease=LEASE, at=clock.now() + timedelta(minutes=3))
        outcomes.settle(lost, readable=False, looks=0, at=clock.now(), **again)
    with db.unit_of_work():
        (anew,) = delivering.reserve_due(most=9, lease=LEASE, at=clock.now() + timedelta(seconds=1))
    both = threading.Barrier(2)
    open_of, record_each = allowing.open_of, outcomes.record_each_sent

    def meet_and_open(*given: Any, **more: Any) -> Any:
        both.wait(5)
        return open_of(*given, **more)

    def meet_and_record(*given: Any, **more: Any) -> Any:
        both.wait(5)
        return record_each(*given, **more)

    monkeypatch.setattr(allowing, "open_of", meet_and_open)
    monkeypatch.setattr(outcomes, "record_each_sent", meet_and_record)

    def gate() -> None:
        with db.unit_of_work():
            delivering.begin(anew, fold=lambda _n, text, _l: len(text), lease=LEASE, at=clock.now(), **again)

    def recorder() -> None:
        with db.unit_of_work():
            posted = SimpleNamespace(remote_id="r1", url="")
            sending._note_each_sent([(first, posted, SimpleNamespace(heard=heard))])  # type: ignore[list-item]

    with ThreadPoolExecutor(2) as pool:
        met = [pool.submit(gate), pool.submit(recorder)]
        assert [one.exception() for one in met] == [None, None]
