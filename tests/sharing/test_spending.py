"""What posts cost: reserved at the gate, settled by the outcome, held when a budget is spent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.audit.models import AuditLine
from advocacy.errors import Conflict, Forbidden, Several
from advocacy.mail.models import Letter
from advocacy.permissions import Role
from advocacy.sharing import actions, by_hand, costing, delivering, outcomes, queries, spending
from advocacy.sharing.delivering import Claim
from advocacy.sharing.models import Delivery, DeliveryState, Outlay
from advocacy.sharing.money import Cost, Entry, Use
from advocacy.sharing.networks import network
from tests.makers.accounts import make_entity, make_person
from tests.makers.content import make_kit
from tests.makers.sharing import later, make_connection, make_delivery, make_sharer, make_wish

pytestmark = pytest.mark.usefixtures("unit")
LEASE = timedelta(minutes=2)
NEXT_MONTH = datetime.fromisoformat("2026-12-01T08:00:00+00:00")
PRICE = 15_000
WHY: tuple[str, dict[str, Any]] = ("No", {})


@pytest.fixture(autouse=True)
def no_usual_budget() -> Any:
    queries.go_by(None)
    yield
    queries.go_by(None)


@pytest.fixture
def ada() -> Person:
    return make_sharer()


def allow(ada: Person, posts: int, at: datetime) -> None:
    """Let Ada's company spend so much that this many posts go out."""
    root = make_person("Root", roles=[Role.ADMIN])
    spending.set_budget(ada.entity, posts * PRICE, "USD", by=root, at=at)


def on_x(ada: Person, **values: Any) -> Delivery:
    """A post on X."""
    connection = make_connection(ada, limits={"idempotent_seconds": 0})
    connection.network = "x"
    return make_delivery(ada, connection=connection, **values)


def gate(delivery: Delivery, at: datetime) -> Claim | None:
    """The claim that went through the gate; None where it was not let through."""
    claim = Claim(delivery.id, "t" * 32, delivery.network)
    delivery.claim_token, delivery.lease_until = claim.token, at + LEASE
    db.session.flush()
    begun = delivering.begin(
        claim, fold=lambda _n, text, _l: len(text), price=costing.cost_of_post, lease=LEASE, at=at
    )
    db.session.flush()
    return claim if begun else None


def lines() -> list[tuple[str, int, int]]:
    """The ledger: state, amount, balance."""
    return [
        (row.state.value, row.amount, row.balance)
        for row in db.session.scalars(sa.select(Outlay).order_by(Outlay.id))
    ]


def letters(kind: str) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind)))


def test_a_post_is_reserved_at_the_gate_and_spent_when_it_is_sent(ada: Person, at: datetime) -> None:
    allow(ada, 1, at)
    claim = gate(on_x(ada), at)
    assert claim and lines() == [("reserved", PRICE, PRICE)]
    outcomes.record_sent(claim, remote_id="1", url="https://x.com/1", at=later(1))
    outcomes.record_sent(claim, remote_id="1", url="https://x.com/1", at=later(1))
    assert lines() == [("reserved", PRICE, PRICE), ("spent", PRICE, PRICE)]
    (line, _) = db.session.scalars(queries.ledger(None, "2026-11"))
    assert line.entity is ada.entity and line.use is Use.POST and line.network == "x"


def test_a_link_costs_more(ada: Person, at: datetime) -> None:
    assert gate(on_x(ada, text="See https://go.example/l/1 #WorksAtNordlys"), at)
    assert lines() == [("reserved", 200_000, 200_000)]


def test_networks_that_charge_nothing_write_no_line(ada: Person, at: datetime) -> None:
    assert gate(make_delivery(ada), at)
    assert lines() == []
    assert costing.cost_of_post("nowhere", "Hello") is None and costing.cost_of_reading("nowhere", 3) is None


@pytest.mark.parametrize("how", ["temporary", "permanent", "needs_reconnecting"])
def test_what_was_not_posted_costs_nothing(ada: Person, at: datetime, how: str) -> None:
    claim = gate(on_x(ada), at)
    assert claim
    if how == "temporary":
        outcomes.record_temporary(claim, WHY, retry_after=None, retry_at=None, at=at)
    elif how == "permanent":
        outcomes.record_permanent(claim, WHY, at=at)
    else:
        outcomes.record_needs_reconnecting(claim, WHY, is_spent=lambda _account: True, at=at)
    assert lines()[-1] == ("returned", PRICE, 0)


def test_a_second_try_reserves_anew(ada: Person, at: datetime) -> None:
    delivery = on_x(ada)
    claim = gate(delivery, at)
    assert claim
    outcomes.record_temporary(claim, WHY, retry_after=None, retry_at=None, at=at)
    assert gate(delivery, later(5))
    assert [one[0] for one in lines()] == ["reserved", "returned", "reserved"]


def unknown(ada: Person, at: datetime) -> Delivery:
    """A post of which nobody knows whether it is there."""
    delivery = on_x(ada)
    claim = gate(delivery, at)
    assert claim
    outcomes.record_lost(claim, WHY, at=at)
    outcomes.settle(claim, readable=False, looks=0, at=at)
    assert delivery.state is DeliveryState.UNKNOWN and lines() == [("reserved", PRICE, PRICE)]
    return delivery


def test_a_lost_answer_counts_until_its_owner_has_looked(ada: Person, at: datetime) -> None:
    actions.confirm_posted(unknown(ada, at), url="https://x.com/ada/status/1", by=ada, at=later(1))
    assert lines()[-1] == ("spent", PRICE, PRICE)


def test_what_she_did_not_find_comes_back_and_is_paid_anew(ada: Person, at: datetime) -> None:
    delivery = unknown(ada, at)
    actions.send_again(delivery, by=ada, at=later(1))
    assert lines()[-1] == ("returned", PRICE, 0)
    assert gate(delivery, later(2)) and lines()[-1] == ("reserved", PRICE, PRICE)


def test_a_repeat_under_the_same_key_is_paid_once(ada: Person, at: datetime) -> None:
    delivery = on_x(ada)
    delivery.connection.limits = {**delivery.connection.limits, "idempotent_seconds": 3000}
    claim = gate(delivery, at)
    assert claim
    outcomes.record_lost(claim, WHY, at=at)
    (lost,) = delivering.reserve_lost(most=1, lease=LEASE, at=later(1))
    outcomes.settle(lost, readable=False, looks=0, at=later(1))
    db.session.flush()
    again = gate(delivery, later(6))
    assert again and len(lines()) == 1
    outcomes.record_temporary(again, WHY, retry_after=None, retry_at=None, at=later(6))
    assert len(lines()) == 1, "the first try may be out still"


def test_a_spent_budget_holds_the_post_and_says_why(ada: Person, at: datetime) -> None:
    allow(ada, 1, at)
    first, second = on_x(ada), on_x(ada, kit=make_kit())
    assert gate(first, at) and not gate(second, at)
    assert second.state is DeliveryState.HELD and second.reason == queries.SPENT
    assert second.reason_values == {"network": "X"} and len(letters("post_needs_you")) == 1
    assert queries.left(ada.entity_id, "USD", at=at) == 0


def test_nothing_set_aside_is_said_in_its_own_words(ada: Person, at: datetime) -> None:
    queries.go_by(0)
    delivery = on_x(ada)
    assert not gate(delivery, at) and delivery.reason == queries.NOTHING


def test_the_last_money_is_gone_between_the_look_and_the_lock(
    ada: Person, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(ada, 0, at)
    monkeypatch.setattr(queries.Standing, "_money", lambda _self, _delivery: None)
    delivery = on_x(ada)
    assert not gate(delivery, at) and delivery.reason == queries.NOTHING and lines() == []


def test_the_usual_budget_counts_where_none_is_set(ada: Person, at: datetime) -> None:
    queries.go_by(2 * PRICE)
    assert queries.left(ada.entity_id, "USD", at=at) == 2 * PRICE
    allow(ada, 7, at)
    assert queries.left(ada.entity_id, "USD", at=at) == 7 * PRICE
    delivery, ada.entity = on_x(ada), None
    db.session.flush()
    assert spending.reserve(delivery, Cost(PRICE, "USD", Use.POST), at=at)
    assert queries.left(None, "USD", at=at) == PRICE


def test_a_budget_counts_from_its_month_on(ada: Person, at: datetime) -> None:
    allow(ada, 3, at)
    allow(ada, 4, at)
    allow(ada, 5, NEXT_MONTH)
    limits = {
        month: queries.limit_of(ada.entity_id, "USD", month) for month in ("2026-10", "2026-11", "2027-02")
    }
    assert limits == {"2026-10": None, "2026-11": 4 * PRICE, "2027-02": 5 * PRICE}
    told = db.session.scalars(sa.select(AuditLine).where(AuditLine.verb == "budget.set")).all()
    assert [line.details["amount"] for line in told] == ["0.045 USD", "0.06 USD", "0.075 USD"]


def test_a_budget_is_set_by_those_who_may(ada: Person, at: datetime) -> None:
    other = make_entity(name="Other")
    theirs = make_person("Otto", roles=[Role.ADMIN])
    theirs.grants[0].entity_id = other.id
    with pytest.raises(Forbidden):
        spending.set_budget(ada.entity, 1, "USD", by=theirs, at=at)


def test_a_raised_budget_tells_as_many_as_it_is_enough_for(ada: Person, at: datetime) -> None:
    queries.go_by(0)
    posts = [on_x(ada, kit=make_kit()) for _ in range(3)]
    for post in posts:
        assert not gate(post, at)
    assert spending.return_held(costing.cost_of_post, most=9, at=later(1)) == 0
    allow(ada, 2, later(2))
    assert spending.return_held(costing.cost_of_post, most=9, at=later(2)) == 2
    assert spending.return_held(costing.cost_of_post, most=9, at=later(3)) == 0
    assert [post.reason for post in posts] == [queries.MONEY_AGAIN, queries.MONEY_AGAIN, queries.NOTHING]
    assert all(post.state is DeliveryState.HELD for post in posts), "nothing goes out by itself"
    assert len(letters("money_again")) == 2
    actions.send_again(posts[0], by=ada, at=later(4))
    assert gate(posts[0], later(4))


def test_the_month_turns_and_what_was_held_goes_back(ada: Person, at: datetime) -> None:
    allow(ada, 1, at)
    first, second = on_x(ada), on_x(ada, kit=make_kit())
    assert gate(first, at) and not gate(second, at)
    assert spending.return_held(costing.cost_of_post, most=9, at=later(1)) == 0
    assert spending.return_held(costing.cost_of_post, most=9, at=NEXT_MONTH) == 1


def test_without_a_limit_or_a_price_any_more_everything_goes_back(ada: Person, at: datetime) -> None:
    queries.go_by(0)
    posts = [on_x(ada, kit=make_kit()) for _ in range(2)]
    assert not any(gate(post, at) for post in posts)
    queries.go_by(None)
    assert spending.return_held(costing.cost_of_post, most=1, at=later(1)) == 1
    assert spending.return_held(lambda _n, _t: None, most=5, at=later(1)) == 1


def test_a_share_is_refused_when_there_is_no_money_for_all_of_it(ada: Person, at: datetime) -> None:
    allow(ada, 1, at)
    connection = make_connection(ada)
    connection.network = "x"
    cost = Cost(PRICE, "USD", Use.POST)
    wishes = [make_wish(connection, cost=cost) for _ in range(2)]
    with pytest.raises(Several) as refused:
        actions.share(make_kit(), wishes, form_key="k", by=ada, at=at)
    assert refused.value.reasons == [(queries.SPENT, {"network": "X"})]
    planned = make_wish(connection, cost=cost, local_time="2026-12-05T09:00")
    assert actions.share(make_kit(), [wishes[0], planned], form_key="k", by=ada, at=at)


def test_looking_for_a_post_is_paid_too(ada: Person, at: datetime) -> None:
    allow(ada, 4, at)
    cost = costing.cost_of_look(network("x"))
    assert cost == Cost(50_000, "USD", Use.READ) and costing.cost_of_look(network("mastodon")) is None
    delivery = on_x(ada)
    line = spending.reserve_reading(delivery, cost, at=at)
    assert line is not None and spending.reserve_reading(delivery, cost, at=at) is None
    spending.end(line, Entry.RETURNED, at=later(1))
    assert queries.counted(ada.entity_id, "USD", "2026-11") == 0


def test_who_dies_while_looking_leaves_no_money_reserved_for_ever(ada: Person, at: datetime) -> None:
    allow(ada, 10, at)
    cost = costing.cost_of_look(network("x"))
    assert cost is not None
    delivery, other = on_x(ada), on_x(ada, kit=make_kit())
    first = spending.reserve_reading(delivery, cost, at=at)
    assert first is not None and spending.reserve_reading(other, cost, at=later(2)) is not None
    assert spending.end_looks(before=later(1), at=later(3), about=other.code) == 0
    assert spending.end_looks(before=later(1), at=later(3)) == 1
    assert spending.end_looks(before=later(1), at=later(3)) == 0, "once"
    spending.end(first, Entry.RETURNED, at=later(4))  # it was slow, not dead: too late
    assert [state for state, _amount, _balance in lines()] == ["reserved", "reserved", "spent"]
    assert queries.counted(ada.entity_id, "USD", "2026-11") == 2 * cost.amount
    again = spending.reserve_reading(delivery, cost, at=later(5))
    assert again is not None
    spending.end(again, Entry.RETURNED, at=later(6))
    assert queries.counted(ada.entity_id, "USD", "2026-11") == 2 * cost.amount


def test_she_posts_by_hand_what_there_is_no_money_for(ada: Person, at: datetime) -> None:
    queries.go_by(0)
    delivery = on_x(ada)
    assert not gate(delivery, at)
    by_hand.take_in_hand(delivery, by=ada, at=later(1))
    assert delivery.state is DeliveryState.OPENED and delivery.is_by_hand and delivery.reason is None
    actions.confirm_posted(delivery, url="", by=ada, at=later(2))
    assert delivery.state is DeliveryState.POSTED and lines() == []
    with pytest.raises(Conflict):
        by_hand.take_in_hand(delivery, by=ada, at=later(3))


def test_what_stands_in_its_way_is_told_before_its_time(ada: Person, at: datetime) -> None:
    queries.go_by(0)
    planned = on_x(ada, local_time="2026-11-05T09:00")
    standing = queries.Standing(ada, lambda _n, text, _l: len(text), at, costing.cost_of_post)
    found = standing.against(planned)
    assert found is not None and found.kind == "money"
    queries.go_by(PRICE)
    assert standing.against(planned) is None
    assert gate(planned, planned.due_at)
    assert standing.against(planned) is None, "its own money is set aside"


def test_the_sums_of_a_month(ada: Person, at: datetime) -> None:
    allow(ada, 3, at)
    sent, _waits = gate(on_x(ada), at), gate(on_x(ada, kit=make_kit()), at)
    assert sent
    outcomes.record_sent(sent, remote_id="1", url="https://x.com/1", at=later(1))
    mine, none = queries.month_sums([ada.entity, None], ["USD"], "2026-11")
    assert (mine.spent, mine.reserved, mine.left) == (PRICE, PRICE, PRICE)
    assert (none.spent, none.reserved, none.left) == (0, 0, None)
    assert queries.ledger_months(None) == queries.ledger_months([ada.entity_id]) == ["2026-11"]
    assert queries.ledger_months([]) == []
