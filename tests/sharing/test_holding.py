"""Holds: nothing in their scope goes out, nobody is flooded afterwards, and every step stands in the trail."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Entity, Grant, Person
from advocacy.audit.models import AuditLine
from advocacy.errors import Conflict, Forbidden, Refused, Several
from advocacy.mail.models import Letter
from advocacy.permissions import Role
from advocacy.sharing import actions, delivering, holding, queries
from advocacy.sharing.holding import Extent
from advocacy.sharing.models import Delivery, DeliveryState, Hold, HoldScope
from advocacy.sharing.rules import AppealAnswer
from tests.makers.accounts import make_entity, make_person, make_topic
from tests.makers.content import make_kit
from tests.makers.sharing import later, make_connection, make_delivery, make_sharer, make_wish

pytestmark = pytest.mark.usefixtures("unit")
LEASE = timedelta(minutes=2)
ALL = Extent(HoldScope.EVERYTHING)


def carl() -> Person:
    """May hold everything."""
    return make_person("Carl", roles=[Role.COMMS])


def place(extent: Extent = ALL, *, at: datetime, **more: Any) -> Hold:
    return holding.hold_back(extent, reason="The results come out", by=carl(), at=at, **more)


def tried(delivery: Delivery, at: datetime) -> DeliveryState:
    """What becomes of a post that is due."""
    for claim in delivering.reserve_due(most=9, lease=LEASE, at=at):
        delivering.begin(claim, fold=lambda _network, text, _tag: len(text), lease=LEASE, at=at)
    db.session.flush()
    db.session.refresh(delivery)
    return delivery.state


def post(person: Person | None = None, **values: Any) -> Delivery:
    person = person or make_sharer()
    return make_delivery(person, connection=make_connection(person), **values)


def letters(kind: str) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind)))


def verbs() -> list[str]:
    lines = sa.select(AuditLine.verb).where(AuditLine.verb.startswith("hold.")).order_by(AuditLine.id)
    return list(db.session.scalars(lines))


def test_what_is_due_during_a_hold_waits_for_its_owner(at: datetime) -> None:
    delivery = post()
    hold = place(at=at)
    assert tried(delivery, at) is DeliveryState.HELD
    assert delivery.reason == queries.ON_HOLD and delivery.reason_values == {"reason": "The results come out"}
    assert delivery.hold_code == hold.code and letters("post_needs_you")


def test_a_hold_that_lands_while_the_post_waits_in_the_pool_still_stops_it(at: datetime) -> None:
    delivery = post()
    (claim,) = delivering.reserve_due(most=1, lease=LEASE, at=at)
    place(at=at)
    assert delivering.begin(claim, fold=lambda _n, text, _t: len(text), lease=LEASE, at=at) is None
    db.session.refresh(delivery)
    assert delivery.state is DeliveryState.HELD


def scopes(person: Person, delivery: Delivery, topic: Any) -> dict[HoldScope, tuple[Extent, Extent]]:
    """For each scope an extent in which the post lies, and one in which it does not."""
    kit = delivery.share.kit
    return {
        HoldScope.NETWORK: (
            Extent(HoldScope.NETWORK, network="mastodon"),
            Extent(HoldScope.NETWORK, network="linkedin"),
        ),
        HoldScope.ENTITY: (
            Extent(HoldScope.ENTITY, entity=person.entity),
            Extent(HoldScope.ENTITY, entity=make_entity()),
        ),
        HoldScope.COUNTRY: (
            Extent(HoldScope.COUNTRY, country=person.country),
            Extent(HoldScope.COUNTRY, country="ZZ"),
        ),
        HoldScope.KIT: (Extent(HoldScope.KIT, kit=kit), Extent(HoldScope.KIT, kit=make_kit())),
        HoldScope.TOPIC: (
            Extent(HoldScope.TOPIC, topic=topic),
            Extent(HoldScope.TOPIC, topic=make_topic("elsewhere")),
        ),
    }


@pytest.mark.parametrize("scope", [one for one in HoldScope if one is not HoldScope.EVERYTHING])
@pytest.mark.parametrize("within", [True, False])
def test_a_hold_holds_what_lies_in_its_scope_and_nothing_else(
    at: datetime, scope: HoldScope, within: bool
) -> None:
    person, topic = make_sharer(), make_topic("network")
    person.country = "NO"
    delivery = post(person, kit=make_kit(topics=[topic]))
    inside, outside = scopes(person, delivery, topic)[scope]
    hold = place(inside if within else outside, at=at)
    assert queries.waiting_in(hold) == (1 if within else 0)
    assert tried(delivery, at) is (DeliveryState.HELD if within else DeliveryState.SENDING)


def test_a_planned_hold_begins_and_ends_by_itself(at: datetime) -> None:
    hold = place(at=at, starts_at=later(60), ends_at=later(120))
    assert [hold.is_on(later(minutes)) for minutes in (59, 60, 119, 120)] == [False, True, True, False]
    first, second = post(), post()
    first.due_at, second.due_at = later(30), later(90)
    assert tried(first, later(30)) is DeliveryState.SENDING
    assert tried(second, later(90)) is DeliveryState.HELD
    assert queries.hold_to_end(later(119)) is None and queries.hold_to_end(later(120)) is hold


@pytest.mark.parametrize("ends", [-1, 0, 30])
def test_an_end_before_the_beginning_is_refused(at: datetime, ends: int) -> None:
    with pytest.raises(Refused, match="after the beginning"):
        place(at=at, starts_at=later(30), ends_at=later(ends))


def test_lifting_floods_nobody(at: datetime) -> None:
    delivery = post()
    hold = place(at=at)
    tried(delivery, at)
    holding.lift(hold, by=carl(), at=later(5))
    assert tried(delivery, later(5)) is DeliveryState.HELD
    assert holding.return_held(hold, most=5, at=later(6)) == 1
    assert delivery.state is DeliveryState.HELD and delivery.reason == holding.RETURNED
    assert [letter.values["share"] for letter in letters("publishing_goes_on")] == [delivery.share.code]
    assert hold.returned_at is None and holding.return_held(hold, most=5, at=later(7)) == 0
    assert hold.returned_at == later(7) and queries.hold_to_end(later(8)) is None
    actions.send_again(delivery, by=delivery.share.person, at=later(9))
    assert tried(delivery, later(9)) is DeliveryState.SENDING
    assert verbs() == ["hold.place", "hold.lift"]


def test_a_hold_is_lifted_once(at: datetime) -> None:
    hold = place(at=at)
    holding.lift(hold, by=carl(), at=later(1))
    with pytest.raises(Conflict, match="over already"):
        holding.lift(hold, by=carl(), at=later(2))
    ended = place(at=at, ends_at=later(1))
    with pytest.raises(Conflict):
        holding.lift(ended, by=carl(), at=later(1))


def test_nothing_is_shared_now_during_a_hold_by_hand_neither(at: datetime) -> None:
    ada = make_sharer()
    place(at=at)
    for connection in (make_connection(ada), None):
        with pytest.raises(Several) as refused:
            actions.share(make_kit(), [make_wish(connection)], form_key="k", by=ada, at=at)
        assert refused.value.reasons == [(queries.ON_HOLD, {"reason": "The results come out"})]


def test_a_later_time_is_taken_unless_the_hold_is_known_to_be_on_then(at: datetime) -> None:
    ada = make_sharer()
    ada.time_zone = "UTC"
    wish = make_wish(make_connection(ada), local_time=f"{later(90):%Y-%m-%dT%H:%M}")
    hold = place(at=at, ends_at=later(120))
    with pytest.raises(Several):
        actions.share(make_kit(), [wish], form_key="one", by=ada, at=at)
    hold.ends_at = None
    assert actions.share(make_kit(), [wish], form_key="two", by=ada, at=at)


def test_what_was_held_is_not_sent_again_while_the_hold_is_on(at: datetime) -> None:
    delivery = post()
    place(at=at)
    tried(delivery, at)
    with pytest.raises(Refused, match="Publishing is paused"):
        actions.send_again(delivery, by=delivery.share.person, at=later(1))


def local(entity: Entity) -> Person:
    """May hold what one company publishes."""
    person = make_person()
    person.grants.append(Grant(role=Role.COMMS, entity_id=entity.id, granted_at=person.created_at))
    db.session.flush()
    return person


def test_who_speaks_for_one_company_holds_that_company_alone(at: datetime) -> None:
    norge, ireland = make_entity(), make_entity()
    bo = local(norge)
    for extent in (ALL, Extent(HoldScope.ENTITY, entity=ireland), Extent(HoldScope.NETWORK, network="x")):
        with pytest.raises(Forbidden, match="your own company"):
            holding.hold_back(extent, reason="Why", by=bo, at=at)
    held = holding.hold_back(Extent(HoldScope.ENTITY, entity=norge), reason="Why", by=bo, at=at)
    assert db.session.scalars(queries.holds(bo.entities_for("hold.place"))).all() == [held]


def test_the_message_reaches_every_champion_concerned_once(at: datetime) -> None:
    hold = place(at=at, message="Please wait")
    people = {make_sharer().email for _ in range(3)}
    make_person("Not a champion")
    assert queries.hold_to_tell(at) is hold
    told = [holding.tell_some(hold, most=2, at=later(1)) for _ in range(3)]
    assert told == [2, 1, 0] and hold.told_at == later(1) and queries.hold_to_tell(later(2)) is None
    assert {letter.address for letter in letters("publishing_paused")} == people


def test_a_narrow_hold_writes_to_those_who_planned_something_in_it(at: datetime) -> None:
    delivery = post()
    make_sharer()
    hold = place(Extent(HoldScope.KIT, kit=delivery.share.kit), at=at, message="Wait")
    assert queries.concerned(hold, after=0, most=9) == [delivery.share.person]


def test_a_planned_hold_tells_each_champion_once_when_it_begins(at: datetime) -> None:
    ada = make_sharer()
    hold = holding.hold_back(
        Extent(HoldScope.EVERYTHING),
        reason="Results",
        message="We are silent until the results are out.",
        starts_at=at + timedelta(days=1),
        by=make_person("Carl", roles=[Role.COMMS]),
        at=at,
    )
    begins = at + timedelta(days=1)
    assert queries.hold_to_tell(at) is None, "nobody is told of what may be called off yet"
    assert queries.hold_to_tell(begins) is hold
    while queries.hold_to_tell(begins) is not None:
        holding.tell_some(hold, most=10, at=begins)
    told = db.session.scalars(sa.select(Letter).where(Letter.kind == "publishing_paused")).all()
    assert [one.person_id for one in told] == [ada.id]
    assert queries.hold_to_tell(begins + timedelta(hours=1)) is None


def test_a_hold_without_a_message_writes_to_nobody(at: datetime) -> None:
    make_sharer()
    hold = place(at=at)
    assert holding.tell_some(hold, most=5, at=at) == 0 and hold.told_at == at


def test_owners_are_asked_once_with_the_words_to_use(at: datetime) -> None:
    out, elsewhere = post(), post()
    for one in (out, elsewhere):
        one.state, one.sent_at = DeliveryState.SENT, at
    hold = place(Extent(HoldScope.KIT, kit=out.share.kit), at=later(1))
    codes = [out.code, elsewhere.code]
    assert holding.ask_owners(hold, codes, words="Say Tuesday", by=carl(), at=later(2)) == 1
    assert holding.ask_owners(hold, codes, words="Say Tuesday", by=carl(), at=later(3)) == 0
    appeal = queries.appeal_for(out)
    assert appeal is not None and appeal.words == "Say Tuesday" and queries.appeal_for(elsewhere) is None
    assert {key: one.asked_at for key, one in queries.appeals_of(hold).items()} == {out.id: later(2)}
    holding.answer_appeal(out, AppealAnswer.KEPT, at=later(3))
    holding.answer_appeal(out, AppealAnswer.CHANGED, at=later(4))
    assert queries.appeal_for(out) is None
    assert (appeal.answer, appeal.answered_at) == (AppealAnswer.KEPT, later(3)), "once is enough"
    (letter,) = letters("post_appeal")
    assert letter.values["words"] == "Say Tuesday" and letter.address == out.share.person.email
    holding.look_at_published(hold, by=carl(), at=later(4))
    assert verbs() == ["hold.place", "hold.ask", "hold.look"]
