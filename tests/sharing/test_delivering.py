"""The gate at sending, and who holds a post."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.content.models import AudienceKind, KitAudience
from advocacy.guidelines import actions as guidelines
from advocacy.mail.models import Letter
from advocacy.sharing import arranging, connecting, delivering, reserving, withdrawing
from advocacy.sharing.delivering import Claim
from advocacy.sharing.models import (
    Attempt,
    ConnectionState,
    Deletion,
    Delivery,
    DeliveryState,
    Revocation,
)
from tests.makers.accounts import make_person
from tests.makers.content import make_kit, make_picture
from tests.makers.guidelines import make_guideline, publish_again
from tests.makers.sharing import (
    WORDING,
    later,
    make_connection,
    make_delivery,
    make_share,
    make_sharer,
)

pytestmark = pytest.mark.usefixtures("unit")
LEASE = timedelta(minutes=2)


def whole(_network: str, text: str, _language: str) -> int:
    """A network that folds nothing away."""
    return len(text)


def reserved(delivery: Delivery, at: datetime) -> Claim:
    """The claim of the one delivery that is due."""
    (claim,) = delivering.reserve_due(most=5, lease=LEASE, at=at)
    assert claim.id == delivery.id
    db.session.refresh(delivery)
    return claim


def begun(delivery: Delivery, at: datetime) -> delivering.Sending | None:
    """What the gate says of it."""
    return delivering.begin(reserved(delivery, at), fold=whole, lease=LEASE, at=at)


def letters() -> list[str]:
    """The states of which owners were told."""
    return [row.values["state"] for row in db.session.scalars(sa.select(Letter).order_by(Letter.id))]


def test_reserve_due_takes_the_longest_waiting_once(at: datetime) -> None:
    ada = make_sharer()
    connection = make_connection(ada)
    late, early = make_share(ada, connection=connection).deliveries[0], None
    early = make_share(ada, connection=connection, at=at - timedelta(minutes=1)).deliveries[0]
    make_share(ada, connection=connection, local_time="2026-11-05T08:30")
    make_share(ada, by_hand=True)
    (claim,) = delivering.reserve_due(most=1, lease=LEASE, at=at)
    assert (claim.id, claim.network) == (early.id, "mastodon")
    (second,) = delivering.reserve_due(most=5, lease=LEASE, at=at)
    assert second.id == late.id and second.token != claim.token
    assert delivering.reserve_due(most=5, lease=LEASE, at=at) == []
    assert len(delivering.reserve_due(most=5, lease=LEASE, at=later(3))) == 2


def test_begin_commits_sending(at: datetime) -> None:
    delivery = make_delivery(make_sharer())
    sending = begun(delivery, at)
    assert sending is not None and sending.text == f"We dig. {WORDING}" and sending.first_tried_at == at
    assert delivery.state is DeliveryState.SENDING and delivery.attempts == 1
    assert delivery.lease_until == at + LEASE and sending.idempotency_key == delivery.idempotency_key
    assert db.session.scalars(sa.select(Attempt)).one().claim_token == sending.claim.token


def test_begin_ignores_a_claim_that_is_no_longer_held(at: datetime) -> None:
    delivery = make_delivery(make_sharer())
    claim = reserved(delivery, at)
    reserved(delivery, later(3))
    assert delivering.begin(claim, fold=whole, lease=LEASE, at=later(3)) is None
    assert delivery.state is DeliveryState.WAITING


def test_the_gate_holds_what_lacks_something_now(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada)
    guideline = make_guideline("conduct", at=at)
    assert begun(delivery, later(1)) is None
    assert delivery.state is DeliveryState.HELD and delivery.missing == ["guideline:conduct"]
    assert letters() == ["held"] and guideline.slug == "conduct"


def test_the_gate_holds_after_a_guideline_was_published_anew(at: datetime) -> None:
    ada = make_sharer()
    guideline = make_guideline("conduct", at=at)
    assert guideline.current is not None
    guidelines.acknowledge(guideline, number=guideline.current.number, language="en", by=ada, at=at)
    first, second = make_delivery(ada), make_delivery(ada, at=later(2))
    assert begun(first, later(1)) is not None
    publish_again(guideline, at=later(1))
    assert begun(second, later(2)) is None
    assert second.state is DeliveryState.HELD and second.missing == ["guideline:conduct"]


def test_the_gate_holds_for_a_paused_owner_without_a_letter(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada)
    withdrawing.pause(by=ada, at=at)
    assert begun(delivery, at) is None
    assert delivery.state is DeliveryState.HELD and letters() == []


def test_the_gate_cancels_for_an_owner_who_is_gone(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada)
    ada.disabled_at = at
    assert begun(delivery, at) is None
    assert delivery.state is DeliveryState.CANCELLED and delivery.ended_at == at


def test_the_gate_cancels_a_story_that_is_over(at: datetime) -> None:
    delivery = make_delivery(make_sharer(), kit=make_kit(expires_at=later(5)))
    assert begun(delivery, later(6)) is None
    assert delivery.state is DeliveryState.CANCELLED and letters() == ["cancelled"]


def test_the_gate_holds_a_story_that_is_being_reworked(at: datetime) -> None:
    delivery = make_delivery(make_sharer())
    delivery.share.kit.state = "draft"
    assert begun(delivery, at) is None
    assert delivery.state is DeliveryState.HELD
    assert "being changed" in (delivery.reason or "")


def test_the_gate_holds_a_story_that_is_for_others_now_and_says_so(at: datetime) -> None:
    delivery = make_delivery(make_sharer())
    delivery.share.kit.audience.append(KitAudience(kind=AudienceKind.COUNTRY, value="FR"))
    assert begun(delivery, at) is None
    assert delivery.state is DeliveryState.HELD and "other colleagues" in (delivery.reason or "")


def test_the_gate_holds_a_picture_that_was_taken_out_of_the_story(at: datetime) -> None:
    kit = make_kit(pictures=(make_picture(),))
    delivery = make_delivery(make_sharer(), kit=kit, asset_ids=[kit.pictures[0].id])
    kit.pictures[0].retired_at = at
    assert begun(delivery, at) is None
    assert delivery.state is DeliveryState.HELD and "picture" in (delivery.reason or "")


def test_the_gate_holds_what_left_the_programme_cannot_send(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada)
    ada.left_at = at
    assert begun(delivery, at) is None
    assert delivery.missing == ["join"]


def test_the_gate_asks_to_reconnect(at: datetime) -> None:
    delivery = make_delivery(make_sharer())
    assert delivery.connection is not None
    delivery.connection.state = ConnectionState.NEEDS_RECONNECTING
    assert begun(delivery, at) is None
    assert delivery.state is DeliveryState.NEEDS_RECONNECTING


def test_the_gate_holds_where_the_network_was_switched_off(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada)
    assert ada.entity is not None
    arranging.switch_network(ada.entity, "mastodon", False, by=None, at=at)
    assert begun(delivery, at) is None
    assert delivery.state is DeliveryState.HELD and delivery.reason_values == {"network": "Mastodon"}


def test_the_gate_holds_what_no_longer_discloses(at: datetime) -> None:
    ada = make_sharer()
    first, second = make_delivery(ada), make_delivery(ada, at=later(1))
    folded = delivering.begin(reserved(first, at), fold=lambda *_: 5, lease=LEASE, at=at)
    assert folded is None and first.state is DeliveryState.HELD
    assert ada.entity is not None
    arranging.keep_disclosures(ada.entity, [("en", "#TeamNordlys")], by=None, at=at)
    assert begun(second, later(1)) is None
    assert second.state is DeliveryState.HELD


def test_the_gate_asks_before_it_sends_late(at: datetime) -> None:
    delivery = make_delivery(make_sharer())
    assert begun(delivery, later(61)) is None
    assert delivery.state is DeliveryState.HELD


def test_what_may_be_out_is_never_held_or_cancelled_but_asked_about(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada)
    delivery.lost_at = delivery.first_tried_at = at
    db.session.flush()
    withdrawing.pause(by=ada, at=at)
    assert begun(delivery, later(1)) is None
    assert delivery.state is DeliveryState.UNKNOWN and delivery.ended_at is None


def test_an_aged_key_is_not_sent_again(at: datetime) -> None:
    """The worker was off while a post whose answer was lost waited for its repeat."""
    delivery = make_delivery(make_sharer())
    delivery.lost_at = delivery.first_tried_at = at
    delivery.due_at, delivery.attempts = later(55), 1
    db.session.flush()
    assert begun(delivery, later(55)) is None
    assert delivery.state is DeliveryState.SENDING and delivery.attempts == 1
    (claim,) = delivering.reserve_lost(most=5, lease=LEASE, at=later(56))
    assert claim.id == delivery.id


def test_a_fresh_key_is_sent_again(at: datetime) -> None:
    delivery = make_delivery(make_sharer())
    delivery.lost_at = delivery.first_tried_at = at
    delivery.idempotency_key = "the-key"
    db.session.flush()
    sending = begun(delivery, later(1))
    assert sending is not None and sending.idempotency_key == "the-key"


def test_reserve_and_put_off_deletions(at: datetime) -> None:
    delivery = make_delivery(make_sharer(), DeliveryState.SENT)
    db.session.add(Deletion(delivery_id=delivery.id, asked_at=at, due_at=at))
    db.session.flush()
    (claim,) = reserving.reserve(Deletion, most=5, lease=LEASE, at=at)
    assert reserving.reserve(Deletion, most=5, lease=LEASE, at=at) == []
    row = db.session.get_one(Deletion, claim.id, populate_existing=True)
    assert reserving.put_off(row, at=at, retry_after=90) and row.due_at == at + timedelta(seconds=90)
    row.attempts = 7
    assert not reserving.put_off(row, at=at) and row.state == "failed" and row.done_at == at


def test_a_token_outlives_its_connection_while_posts_are_to_be_deleted_by_it(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada, DeliveryState.SENT)
    connection = delivery.connection
    assert connection is not None
    db.session.add(Deletion(delivery_id=delivery.id, asked_at=at, due_at=at))
    db.session.flush()
    connecting.disconnect(connection, by=ada, at=at)
    db.session.flush()
    assert connecting.left_over(connection.code)
    assert reserving.reserve(Revocation, most=5, lease=LEASE, at=at) == []
    assert len(reserving.reserve(Revocation, most=5, lease=LEASE, at=later(3))) == 1


def test_a_person_without_an_entity_can_share(at: datetime) -> None:
    olga = make_person(joined_at=at)
    delivery = make_delivery(olga, text="We dig. #Employee", disclosure="#Employee")
    assert begun(delivery, at) is not None
