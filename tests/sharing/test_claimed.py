"""Several posts in one transaction: at the gate, and when what came of them is written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.audit.models import AuditLine
from advocacy.guidelines import actions as guidelines
from advocacy.leaderboards.models import Points
from advocacy.sharing import claimed, costing, delivering, outcomes, withdrawing
from advocacy.sharing.delivering import Claim
from advocacy.sharing.models import Allowance, Attempt, Delivery, DeliveryState
from advocacy.sharing.outcomes import Sent
from advocacy.sharing.queries import pace
from advocacy.sharing.rules import CallKind
from advocacy.sharing.slots import Pace
from tests.makers.guidelines import make_guideline
from tests.makers.sharing import later, make_connection, make_delivery, make_sharer

pytestmark = pytest.mark.usefixtures("unit")
LEASE = timedelta(minutes=2)


def whole(_network: str, text: str, _language: str) -> int:
    return len(text)


@pytest.fixture
def no_pace() -> Iterator[None]:
    yield
    pace.keep_pace(Pace())


def reserved(at: datetime) -> list[Claim]:
    return sorted(delivering.reserve_due(most=50, lease=LEASE, at=at), key=lambda claim: claim.id)


def begun(claims: list[Claim], at: datetime) -> list[int | None]:
    """Which go out, in the order of their claims."""
    given = delivering.begin_each(claims, fold=whole, lease=LEASE, at=at)
    return [one.claim.id if one else None for one in given]


def test_each_gets_its_own_answer_in_the_order_of_the_claims(at: datetime) -> None:
    ada, bo, cem = make_sharer("Ada"), make_sharer("Bo"), make_sharer("Cem")
    first, second, third = make_delivery(cem), make_delivery(bo), make_delivery(ada)
    withdrawing.pause(by=bo, at=at)
    claims = reserved(at)
    db.session.execute(
        sa.update(Delivery).where(Delivery.id == third.id).values(claim_token="another worker's")
    )
    assert begun(claims[::-1], at) == [None, None, first.id]
    assert [first.state, second.state] == [DeliveryState.SENDING, DeliveryState.HELD]
    db.session.refresh(third)
    assert third.state is DeliveryState.WAITING and third.attempts == 0
    assert db.session.scalars(sa.select(Attempt.delivery_id)).all() == [first.id]


def test_what_one_lacks_is_not_what_another_lacks(at: datetime) -> None:
    ada, bo = make_sharer("Ada"), make_sharer("Bo")
    hers, his = make_delivery(ada), make_delivery(bo)
    guideline = make_guideline("conduct", at=at)
    guidelines.acknowledge(guideline, number=1, language="en", by=ada, at=at)
    assert begun(reserved(later(1)), later(1)) == [hers.id, None]
    assert his.missing == ["guideline:conduct"]


def test_a_message_that_comes_twice_goes_once(at: datetime) -> None:
    delivery = make_delivery(make_sharer())
    (claim,) = reserved(at)
    assert begun([claim, claim], at) == [delivery.id, None]


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_spent_token_gets_nothing_beside_the_one_that_counts(at: datetime, newest_first: bool) -> None:
    delivery = make_delivery(make_sharer())
    (spent,), (good,) = reserved(at), reserved(later(3))
    assert spent.token != good.token
    claims, wanted = [spent, good], [None, delivery.id]
    if newest_first:
        claims, wanted = claims[::-1], wanted[::-1]
    assert begun(claims, later(3)) == wanted
    sent = [Sent(claim, "r1", "") for claim in (spent, good)]
    assert outcomes.record_each_sent(sent, at=later(4)) == [False, True]


@pytest.mark.usefixtures("no_pace")
def test_two_of_one_person_count_for_one_another(at: datetime) -> None:
    pace.keep_pace(Pace())
    ada = make_sharer()
    account = make_connection(ada)
    first, second = make_delivery(ada, connection=account), make_delivery(ada, connection=account)
    pace.keep_pace(Pace(per_network=1))
    assert begun(reserved(at), at) == [first.id, None]
    assert second.state is DeliveryState.HELD and "full on" in (second.reason or "")


@pytest.mark.usefixtures("no_pace")
def test_one_that_is_put_off_takes_no_place_in_her_day(at: datetime) -> None:
    pace.keep_pace(Pace())
    ada = make_sharer()
    here, there = make_connection(ada), make_connection(ada, server="https://other.example")
    first, second = make_delivery(ada, connection=here), make_delivery(ada, connection=there)
    db.session.add(
        Allowance(
            network="mastodon", server=here.server, whose=here.code, kind=CallKind.POST, remaining=0,
            resets_at=later(3),
        )
    )  # fmt: skip
    pace.keep_pace(Pace(per_network=1))
    assert begun(reserved(at), at) == [None, second.id]
    assert first.state is DeliveryState.WAITING


@pytest.mark.usefixtures("no_pace")
def test_the_day_is_that_of_the_sending(at: datetime) -> None:
    pace.keep_pace(Pace())
    ada = make_sharer()
    account = make_connection(ada)
    midnight = at.replace(hour=23, minute=59)
    for _ in range(2):
        make_delivery(ada, connection=account).put_to(midnight)
    db.session.flush()
    pace.keep_pace(Pace(per_network=1))
    now = midnight + timedelta(minutes=2)
    assert sum(one is not None for one in begun(reserved(now), now)) == 1


@pytest.mark.usefixtures("no_pace")
def test_a_post_first_tried_yesterday_takes_no_place_today(at: datetime) -> None:
    pace.keep_pace(Pace())
    ada = make_sharer()
    account = make_connection(ada)
    again, fresh = make_delivery(ada, connection=account), make_delivery(ada, connection=account)
    again.first_tried_at = at - timedelta(days=1)
    db.session.flush()
    pace.keep_pace(Pace(per_network=1))
    assert begun(reserved(at), at) == [again.id, fresh.id]


def test_a_doubted_post_does_not_take_the_place_of_one_beside_it(at: datetime) -> None:
    ada = make_sharer()
    account = make_connection(ada)
    for _ in range(2):
        make_delivery(ada, connection=account)
    plain, doubted = reserved(at)
    begun([plain, doubted], at)
    db.session.execute(sa.update(Delivery).where(Delivery.id == doubted.id).values(lost_at=at))
    sent = [Sent(doubted, "r1", ""), Sent(plain, "r1", "")]
    assert outcomes.record_each_sent(sent, at=later(1)) == [False, True]


def test_calls_that_are_left_are_given_out_once_each(at: datetime) -> None:
    ada, bo = make_sharer("Ada"), make_sharer("Bo")
    first, second = make_delivery(ada), make_delivery(bo)
    assert first.connection is not None and second.connection is not None
    assert first.connection.server == second.connection.server
    db.session.add(
        Allowance(
            network="mastodon", server=first.connection.server, whose="", kind=CallKind.POST, remaining=1,
            resets_at=later(10),
        )
    )  # fmt: skip
    own = Allowance(
        network="mastodon", server=first.connection.server, whose=first.connection.code, kind=CallKind.POST,
        remaining=0, resets_at=later(5),
    )  # fmt: skip
    db.session.add(own)
    assert begun(reserved(at), at) == [None, second.id]
    assert first.state is DeliveryState.WAITING and first.due_at == later(5) and first.attempts == 0
    third = make_delivery(bo, connection=second.connection)
    assert begun([claim for claim in reserved(at) if claim.id == third.id], at) == [None]
    assert third.due_at == later(10)


def test_what_was_sent_is_thanked_for_once_each(at: datetime) -> None:
    ada, bo = make_sharer("Ada"), make_sharer("Bo")
    account = make_connection(ada)
    many = [make_delivery(ada, connection=account) for _ in range(4)] + [make_delivery(bo)]
    claims = reserved(at)
    begun(claims, at)
    lost = many[1]
    lost.state, lost.claim_token = DeliveryState.CANCELLED, None
    sent = [Sent(claim, f"r{claim.id}", f"https://there.example/{claim.id}") for claim in claims]
    assert outcomes.record_each_sent(sent, at=later(1)) == [True, False, True, True, True]
    assert outcomes.record_each_sent(sent[2:], at=later(2)) == [False, False, False]
    earned = db.session.execute(sa.select(Points.person_id, Points.source).where(Points.kind == "sent")).all()
    went = [one for one in many if one is not lost]
    assert sorted(source for _person, source in earned) == sorted(f"delivery:{one.id}" for one in went)
    lines = db.session.scalars(sa.select(AuditLine.about).where(AuditLine.verb == "delivery.sent")).all()
    assert sorted(lines) == sorted(f"delivery:{one.code}" for one in went)
    for one in went:
        db.session.refresh(one)
        assert one.state is DeliveryState.SENT and one.remote_url == f"https://there.example/{one.id}"
    ended = db.session.scalars(sa.select(Attempt.delivery_id).where(Attempt.outcome == "sent")).all()
    assert sorted(ended) == sorted(one.id for one in went)


def test_more_in_one_go_than_a_day_thanks_for_earn_no_more(at: datetime) -> None:
    ada = make_sharer()
    account = make_connection(ada)
    for _ in range(5):
        make_delivery(ada, connection=account)
    claims = reserved(at)
    begun(claims, at)
    assert all(outcomes.record_each_sent([Sent(one, f"r{one.id}", "") for one in claims], at=later(1)))
    assert len(db.session.scalars(sa.select(Points).where(Points.kind == "sent")).all()) == 3


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_more_are_reserved_than_asked_for_whatever_the_plan(at: datetime) -> None:
    """Joined row by row, a plain subquery would be asked again, skip what it locked before, and choose others."""
    for number in range(6):
        make_delivery(make_sharer(f"Person {number}"))
    for plan in ("hashjoin", "mergejoin", "hashagg", "material", "sort"):
        db.session.execute(sa.text(f"SET LOCAL enable_{plan} = off"))
    assert len(delivering.reserve_due(most=2, lease=LEASE, at=at)) == 2


def test_rows_are_locked_by_their_owners_order(at: datetime) -> None:
    ada, bo = make_sharer("Ada"), make_sharer("Bo")
    late, early = make_delivery(bo), make_delivery(ada)
    held = claimed.held_by_each(reserved(at), DeliveryState.WAITING, for_the_gate=True)
    assert [one.id for one in held] == [early.id, late.id]


def test_networks_that_charge_pass_one_by_one() -> None:
    assert delivering.goes_alone("x", costing.cost_of_post)
    assert not delivering.goes_alone("mastodon", costing.cost_of_post)


@pytest.mark.usefixtures("no_pace")
@pytest.mark.parametrize("caps", [0, 9])
def test_many_posts_ask_the_database_as_often_as_two(at: datetime, caps: int) -> None:
    pace.keep_pace(Pace(daily=caps, per_network=caps))
    asked = [_statements(at, many) for many in (2, 3, 9)]  # the first also asks what is kept from then on
    assert asked[1] == asked[2] <= asked[0]


def _statements(at: datetime, many: int) -> int:
    """How many statements it takes to reserve so many people's posts, to let them go and to write them down."""
    for number in range(many):
        make_delivery(make_sharer(f"One of {many}: {number}"))
    asked: list[str] = []
    db.session.flush()
    db.session.expire_all()

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    sa.event.listen(db.engine(), "before_cursor_execute", note)
    try:
        claims = reserved(at)
        assert begun(claims, at) == [claim.id for claim in claims] and len(claims) == many
        outcomes.record_each_sent([Sent(claim, f"r{claim.id}", "") for claim in claims], at=later(1))
        db.session.flush()
    finally:
        sa.event.remove(db.engine(), "before_cursor_execute", note)
    return len(asked)
