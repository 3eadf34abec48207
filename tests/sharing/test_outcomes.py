"""What came of sending, and what follows when an answer was lost."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.leaderboards.models import Points
from advocacy.mail.models import Letter
from advocacy.sharing import actions, allowing, delivering, outcomes, planning, rules, timing
from advocacy.sharing.delivering import Claim
from advocacy.sharing.models import Attempt, ConnectionState, Delivery, DeliveryState
from advocacy.sharing.rules import AfterLoss
from tests.makers.sharing import later, make_connection, make_delivery, make_sharer

pytestmark = pytest.mark.usefixtures("unit")
LEASE, TICK = timedelta(minutes=2), timedelta(seconds=1)
WHY: tuple[str, dict[str, Any]] = ("The network said %(words)s", {"words": "no"})


def sending(at: datetime, **limits: int) -> tuple[Delivery, Claim]:
    """A post on its way."""
    ada = make_sharer()
    delivery = make_delivery(ada, connection=make_connection(ada, limits=limits))
    return delivery, again(delivery, at)


def again(delivery: Delivery, at: datetime) -> Claim:
    """The next try of a post."""
    (claim,) = delivering.reserve_due(most=1, lease=LEASE, at=at)
    assert delivering.begin(claim, fold=lambda _n, text, _l: len(text), lease=LEASE, at=at) is not None
    db.session.flush()
    return claim


def lost(at: datetime) -> Claim:
    """The post whose sender fell silent."""
    (claim,) = delivering.reserve_lost(most=1, lease=LEASE, at=at)
    return claim


def fresh(delivery: Delivery) -> Delivery:
    """The row as it stands."""
    db.session.flush()
    db.session.refresh(delivery)
    return delivery


def test_sent_thanks_once(at: datetime) -> None:
    delivery, claim = sending(at)
    assert outcomes.record_sent(claim, remote_id="1", url="https://social.example/1", at=later(1))
    assert not outcomes.record_sent(claim, remote_id="2", url="https://social.example/2", at=later(1))
    assert fresh(delivery).state is DeliveryState.SENT and delivery.remote_id == "1"
    assert db.session.scalar(sa.select(sa.func.count()).where(Points.kind == "sent")) == 1
    assert db.session.scalars(sa.select(Attempt)).one().outcome == "sent"


def test_temporary_waits_as_long_as_the_network_asks(at: datetime) -> None:
    delivery, claim = sending(at)
    outcomes.record_temporary(claim, WHY, retry_after=300, retry_at=None, at=at)
    assert fresh(delivery).state is DeliveryState.WAITING and delivery.due_at == at + timedelta(seconds=300)
    assert delivering.reserve_due(most=1, lease=LEASE, at=at + timedelta(seconds=299)) == []
    assert db.session.scalars(sa.select(Attempt)).one().reason_values == {"words": "no"}


def test_trouble_uses_the_hour_and_then_asks_its_owner(at: datetime) -> None:
    delivery, claim = sending(at)
    outcomes.record_temporary(claim, WHY, retry_after=None, retry_at=None, at=at)
    tries = []
    while fresh(delivery).state is DeliveryState.WAITING:
        tries.append(delivery.due_at)
        assert delivery.wanted_at == at
        outcomes.record_temporary(
            again(delivery, delivery.due_at), WHY, retry_after=None, retry_at=None, at=delivery.due_at
        )
    assert timedelta(minutes=45) < tries[-1] - at <= rules.LATE_AFTER and len(tries) == 6
    assert delivery.state is DeliveryState.HELD and delivery.reason == timing.NOT_TAKEN
    assert db.session.scalars(sa.select(Letter)).one().values["reason"][0] == timing.NOT_TAKEN


@pytest.mark.parametrize(
    "waits", [{"retry_after": 7200, "retry_at": None}, {"retry_after": None, "retry_at": later(120)}]
)
def test_a_network_that_wants_hours_is_told_to_its_owner_at_once(at: datetime, waits: dict[str, Any]) -> None:
    delivery, claim = sending(at)
    delivery.share.person.time_zone = "Europe/Dublin"
    outcomes.record_temporary(claim, WHY, **waits, at=at)
    assert fresh(delivery).state is DeliveryState.HELD and delivery.reason == timing.NOT_BEFORE
    assert (
        delivery.reason_values["when"] == f"{later(120).astimezone(ZoneInfo('Europe/Dublin')):%Y-%m-%d %H:%M}"
    )
    assert delivering.reserve_due(most=1, lease=LEASE, at=later(121)) == [], "nothing goes out unasked"


def test_short_waits_do_not_move_the_time_that_she_chose(at: datetime) -> None:
    delivery, claim = sending(at)
    outcomes.record_temporary(claim, WHY, retry_after=3000, retry_at=None, at=at)
    assert fresh(delivery).state is DeliveryState.WAITING and delivery.wanted_at == at
    (late,) = delivering.reserve_due(most=1, lease=LEASE, at=later(61))
    assert delivering.begin(late, fold=lambda _n, text, _l: len(text), lease=LEASE, at=later(61)) is None
    assert fresh(delivery).state is DeliveryState.HELD and delivery.reason == timing.LATE
    actions.send_again(delivery, by=delivery.share.person, at=later(90))
    assert fresh(delivery).wanted_at == later(90) == delivery.due_at
    again(delivery, later(90))


def test_a_known_limit_that_lasts_for_hours_is_told_before_any_call(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada, connection=make_connection(ada))
    assert delivery.connection is not None
    told = [rules.Told(rules.CallKind.POST, 0, later(120))]
    allowing.note(delivery.network, delivery.connection.server, delivery.connection.code, told)
    (claim,) = delivering.reserve_due(most=1, lease=LEASE, at=at)
    assert delivering.begin(claim, fold=lambda _n, text, _l: len(text), lease=LEASE, at=at) is None
    assert fresh(delivery).state is DeliveryState.HELD and delivery.reason == timing.NOT_BEFORE
    assert delivery.attempts == 0


@pytest.mark.parametrize("wanted", ["20:50", "21:10"])
def test_a_late_post_does_not_slip_into_quiet_hours(at: datetime, wanted: str) -> None:
    moment = datetime.fromisoformat(f"2026-11-05 {wanted}+00:00")
    ada = make_sharer()
    planning.keep_rhythm((time(21), time(7)), {}, by=ada, at=at)
    ada.time_zone = "UTC"
    delivery = make_delivery(
        ada, connection=make_connection(ada), local_time=f"2026-11-05T{wanted}", insists=True
    )
    outcomes.record_temporary(again(delivery, moment), WHY, retry_after=1200, retry_at=None, at=moment)
    if wanted == "20:50":
        assert fresh(delivery).state is DeliveryState.HELD and delivery.reason == timing.NOT_BEFORE
    else:
        assert fresh(delivery).state is DeliveryState.WAITING, "it was her wish to post in these hours"
    delivery.state, delivery.due_at = DeliveryState.WAITING, moment
    db.session.flush()
    (claim,) = delivering.reserve_due(most=1, lease=LEASE, at=moment + timedelta(minutes=15))
    delivering.begin(
        claim, fold=lambda _n, text, _l: len(text), lease=LEASE, at=moment + timedelta(minutes=15)
    )
    if wanted == "20:50":
        assert fresh(delivery).state is DeliveryState.HELD and delivery.reason == timing.QUIET_BY_NOW
    else:
        assert fresh(delivery).state is DeliveryState.SENDING


@pytest.mark.parametrize("may_read", [True, False])
def test_answers_lost_for_an_hour_end_in_a_question_although_a_repeat_is_safe(
    at: datetime, may_read: bool
) -> None:
    delivery, claim = sending(at, idempotent_seconds=10**9)
    assert delivery.connection is not None
    delivery.connection.may_read = may_read
    what, moment, seen = AfterLoss.AGAIN, at, 0
    while what is AfterLoss.AGAIN:
        outcomes.record_lost(claim, WHY, at=moment)
        what, moment = (
            outcomes.settle(lost(moment + TICK), readable=True, looks=0, at=moment + TICK),
            moment + TICK,
        )
        if what is AfterLoss.AGAIN:
            moment, seen = fresh(delivery).due_at, seen + 1
            (claim,) = delivering.reserve_due(most=1, lease=LEASE, at=moment)
            begun = delivering.begin(claim, fold=lambda _n, text, _l: len(text), lease=LEASE, at=moment)
            if begun is None:
                break
    what = outcomes.settle(lost(moment + TICK), readable=True, looks=0, at=moment + TICK)
    assert timedelta(minutes=59) < moment - at < timedelta(minutes=62) and seen > 5
    assert what is (AfterLoss.LOOK if may_read else AfterLoss.ASK)
    if not may_read:
        assert fresh(delivery).state is DeliveryState.UNKNOWN and delivery.reason == WHY[0]


def test_permanent_fails_with_its_reason(at: datetime) -> None:
    delivery, claim = sending(at)
    outcomes.record_permanent(claim, WHY, at=at)
    assert fresh(delivery).state is DeliveryState.FAILED and delivery.reason == WHY[0]


def test_needs_reconnecting_marks_the_account(at: datetime) -> None:
    delivery, claim = sending(at)
    outcomes.record_needs_reconnecting(claim, WHY, is_spent=lambda _account: True, at=at)
    assert fresh(delivery).state is DeliveryState.NEEDS_RECONNECTING and delivery.ended_at is None
    assert delivery.connection is not None
    assert delivery.connection.state is ConnectionState.NEEDS_RECONNECTING


def test_needs_reconnecting_leaves_a_disconnected_account_so(at: datetime) -> None:
    delivery, claim = sending(at)
    assert delivery.connection is not None
    delivery.connection.state = ConnectionState.DISCONNECTED
    db.session.flush()
    outcomes.record_needs_reconnecting(claim, WHY, is_spent=lambda _account: True, at=at)
    assert delivery.connection.state is ConnectionState.DISCONNECTED


def test_nothing_is_written_under_a_claim_that_was_lost(at: datetime) -> None:
    delivery, _claim = sending(at)
    stranger = Claim(delivery.id, "stranger", "mastodon")
    outcomes.record_temporary(stranger, WHY, retry_after=None, retry_at=None, at=at)
    outcomes.record_permanent(stranger, WHY, at=at)
    outcomes.record_needs_reconnecting(stranger, WHY, is_spent=lambda _account: True, at=at)
    outcomes.record_lost(stranger, WHY, at=at)
    outcomes.record_looked(stranger, again_in=LEASE, at=at)
    outcomes.record_unknown(stranger, at=at)
    assert outcomes.settle(stranger, readable=True, looks=0, at=at) is None
    assert not outcomes.record_sent(stranger, remote_id="1", url="", at=at)
    assert fresh(delivery).state is DeliveryState.SENDING


def test_a_lost_answer_is_sent_again_under_the_same_key_at_once_then_later(at: datetime) -> None:
    delivery, claim = sending(at)
    outcomes.record_lost(claim, WHY, at=at)
    assert outcomes.settle(lost(later(0.1)), readable=True, looks=0, at=later(0.1)) is AfterLoss.AGAIN
    assert fresh(delivery).state is DeliveryState.WAITING and delivery.due_at == later(0.1)
    key, second = delivery.idempotency_key, again(delivery, later(0.2))
    outcomes.record_lost(second, WHY, at=later(0.2))
    assert outcomes.settle(lost(later(0.3)), readable=True, looks=0, at=later(0.3)) is AfterLoss.AGAIN
    assert fresh(delivery).due_at == later(0.3) + timedelta(minutes=1)
    assert delivery.idempotency_key == key and delivery.lost_at == at
    delivery.attempts, delivery.state = 8, DeliveryState.SENDING
    delivery.claim_token = "worn"
    db.session.flush()
    outcomes.settle(Claim(delivery.id, "worn", "mastodon"), readable=True, looks=0, at=later(1))
    assert fresh(delivery).due_at == later(16)


def test_a_lost_answer_without_keys_is_looked_for_where_that_is_allowed(at: datetime) -> None:
    delivery, claim = sending(at, idempotent_seconds=0)
    assert delivery.connection is not None
    delivery.connection.may_read = True
    outcomes.record_lost(claim, WHY, at=at)
    db.session.flush()
    token = lost(later(0.1))
    assert (
        outcomes.settle(token, readable=True, looks=outcomes.looks_so_far(token), at=later(0.1))
        is AfterLoss.LOOK
    )
    outcomes.record_looked(token, again_in=timedelta(minutes=4), at=later(0.1))
    db.session.flush()
    assert outcomes.looks_so_far(token) == 1
    assert delivering.reserve_lost(most=1, lease=LEASE, at=later(4)) == []
    assert outcomes.settle(lost(later(5)), readable=True, looks=3, at=later(5)) is AfterLoss.ASK
    assert fresh(delivery).state is DeliveryState.UNKNOWN


def test_a_lost_answer_is_asked_about_when_nothing_else_helps(at: datetime) -> None:
    delivery, claim = sending(at, idempotent_seconds=0)
    outcomes.record_lost(claim, WHY, at=at)
    assert outcomes.settle(lost(later(0.1)), readable=True, looks=0, at=later(0.1)) is AfterLoss.ASK
    assert fresh(delivery).state is DeliveryState.UNKNOWN and delivery.ended_at is None
    assert db.session.scalars(sa.select(Letter)).one().values["state"] == "unknown"


@pytest.mark.parametrize("way", ["temporary", "permanent", "reconnect"])
def test_after_a_lost_answer_no_end_of_a_repeat_claims_that_nothing_was_posted(
    at: datetime, way: str
) -> None:
    delivery, claim = sending(at)
    outcomes.record_lost(claim, WHY, at=at)
    outcomes.settle(lost(later(0.1)), readable=False, looks=0, at=later(0.1))
    second = again(delivery, later(0.2))
    delivery.attempts = 8
    db.session.flush()
    if way == "temporary":
        outcomes.record_temporary(second, WHY, retry_after=9000, retry_at=None, at=later(1))
        assert fresh(delivery).state is DeliveryState.WAITING and later(60) < delivery.due_at < later(61)
        (third,) = delivering.reserve_due(most=1, lease=LEASE, at=later(61))
        delivering.begin(third, fold=lambda _n, text, _l: len(text), lease=LEASE, at=later(61))
        outcomes.settle(lost(later(61.1)), readable=False, looks=0, at=later(61.1))
    elif way == "permanent":
        outcomes.record_permanent(second, WHY, at=later(1))
    else:
        outcomes.record_needs_reconnecting(second, WHY, is_spent=lambda _account: True, at=later(1))
    assert fresh(delivery).state is DeliveryState.UNKNOWN and delivery.ended_at is None


def test_an_answer_that_comes_after_the_lease_counts_still(at: datetime) -> None:
    delivery, claim = sending(at, idempotent_seconds=0)
    assert outcomes.settle(lost(later(3)), readable=False, looks=0, at=later(3)) is AfterLoss.ASK
    assert outcomes.record_sent(claim, remote_id="1", url="https://social.example/1", at=later(4))
    assert fresh(delivery).state is DeliveryState.SENT


def test_an_answer_that_comes_after_its_owner_sent_again_does_not(at: datetime) -> None:
    delivery, claim = sending(at, idempotent_seconds=0)
    outcomes.settle(lost(later(3)), readable=False, looks=0, at=later(3))
    ada = delivery.share.person
    actions.send_again(fresh(delivery), by=ada, at=later(4))
    again(delivery, later(4))
    assert not outcomes.record_sent(claim, remote_id="1", url="https://social.example/1", at=later(5))
    assert fresh(delivery).state is DeliveryState.SENDING


def test_a_key_is_good_as_long_as_is_set_now_whatever_was_told_at_connecting(at: datetime) -> None:
    delivery, claim = sending(at, idempotent_seconds=3000)
    outcomes.record_lost(claim, WHY, at=later(0.1))
    asked = lost(later(0.2))
    assert (
        outcomes.settle(asked, readable=False, looks=0, at=later(0.2), repeats=lambda _one: 0)
        is AfterLoss.ASK
    )
    assert fresh(delivery).state is DeliveryState.UNKNOWN

    delivery, claim = sending(at, idempotent_seconds=0)
    outcomes.record_lost(claim, WHY, at=later(0.1))
    asked = lost(later(0.2))
    again = outcomes.settle(asked, readable=False, looks=0, at=later(0.2), repeats=lambda _one: 3000)
    assert again is AfterLoss.AGAIN and fresh(delivery).state is DeliveryState.WAITING


def test_an_earlier_post_with_the_same_words_is_not_taken_for_the_lost_one(at: datetime) -> None:
    delivery, claim = sending(at)
    earlier = make_delivery(delivery.share.person, DeliveryState.SENT, connection=delivery.connection)
    earlier.remote_id = "1"
    outcomes.record_lost(claim, WHY, at=at)
    assert not outcomes.record_sent(claim, remote_id="1", url="https://social.example/1", at=at)
    outcomes.record_permanent(claim, outcomes.EARLIER, at=at)
    assert fresh(delivery).state is DeliveryState.UNKNOWN and delivery.reason == outcomes.EARLIER[0]
    assert db.session.scalars(sa.select(Points)).all() == [] or delivery.sent_at is None
