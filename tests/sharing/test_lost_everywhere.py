"""After an answer was lost: on each network exactly what can be known there, and never a second post."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from advocacy import clock, db
from advocacy.sharing import actions, connected, outcomes
from advocacy.sharing.models import Delivery, DeliveryState
from tests.practice.network import Network
from tests.sharing.anywhere import Anywhere, Watch, anywhere, row
from tests.sharing.networks.test_contract import PUBLISHING


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture
def somewhere(
    request: pytest.FixtureRequest, app: Any, modes: dict[str, Network], watch: Watch
) -> Iterator[Anywhere]:
    with anywhere(request.param, modes, app, watch) as found:
        yield found


def lose(there: Anywhere, one: int) -> None:
    """The post is accepted, and the answer never comes; then as many rounds as there may be looks."""
    there.there.fault(PUBLISHING[there.slug], "accept_then_hang_up")
    for _ in range(5):
        there.work()
        there.watch.ahead += timedelta(minutes=5)
    assert there.made() == 1, "whatever is known, nothing was posted twice"


def again(one: int) -> None:
    """Its owner says that it is not there."""
    with db.unit_of_work():
        delivery = db.session.get_one(Delivery, one)
        actions.send_again(delivery, by=delivery.share.person, at=clock.now())


@pytest.mark.parametrize(
    ("somewhere", "reading", "limits", "state"),
    [
        ("mastodon", False, {}, "sent"),
        ("mastodon", False, {"idempotent_seconds": 0}, "unknown"),
        ("mastodon", True, {"idempotent_seconds": 0}, "sent"),
        ("x", False, {}, "unknown"),
        ("x", True, {}, "sent"),
        ("linkedin", True, {}, "unknown"),
        ("bluesky", False, {}, "sent"),
    ],
    indirect=["somewhere"],
)
def test_what_is_known_after_a_lost_answer(
    somewhere: Anywhere, reading: bool, limits: dict[str, int], state: str
) -> None:
    one = somewhere.share(somewhere.connect(reading=reading, **limits))
    lose(somewhere, one)
    found = row(one)
    assert found.state == state
    if state == "sent":
        assert found.remote_id and found.remote_url
        return
    assert found.reason and found.idempotency_key and not found.sent_at
    assert connected.own_posts(found.connection), "she is shown where to look"
    first = found.idempotency_key
    again(one)
    somewhere.work()
    assert row(one).idempotency_key not in (None, first), "a new attempt, under a key of its own"
    # who takes no text twice says so; as it may be her post that stands there, its owner is asked again
    is_asked = row(one).state is DeliveryState.UNKNOWN and row(one).reason == outcomes.PERHAPS_THERE
    assert row(one).state is DeliveryState.SENT or is_asked
    assert somewhere.made() == (2 if row(one).state is DeliveryState.SENT else 1)


@pytest.mark.parametrize("somewhere", ["linkedin"], indirect=True)
def test_linkedins_refusal_of_a_duplicate_is_trusted_as_is_set_when_it_is_needed(somewhere: Anywhere) -> None:
    connected = somewhere.connect()
    somewhere.settle(trusts=True)  # after the account was connected
    words = f"We dig. {time.time_ns()} #WorksAtNordlys"
    one = somewhere.share(connected, words, link_code=None)
    lose(somewhere, one)
    assert row(one).state is DeliveryState.SENT and (row(one).remote_id or "").startswith("urn:li:")
    two = somewhere.share(connected, words, link_code=None)
    somewhere.work()
    assert row(two).state is DeliveryState.FAILED, "no retry of the very attempt, so nothing is adopted"
    assert row(two).remote_id is None


@pytest.mark.parametrize("somewhere", ["linkedin"], indirect=True)
def test_a_trust_that_was_withdrawn_after_connecting_is_no_trust(somewhere: Anywhere) -> None:
    somewhere.settle(trusts=True)
    connected = somewhere.connect()
    somewhere.settle(trusts=False)
    one = somewhere.share(connected)
    lose(somewhere, one)
    assert row(one).state is DeliveryState.UNKNOWN
    assert len(somewhere.there.ledger("posts")) == 1


@pytest.mark.parametrize("somewhere", ["mastodon"], indirect=True)
def test_an_earlier_post_with_the_same_words_does_not_settle_a_doubt(somewhere: Anywhere) -> None:
    connected = somewhere.connect(reading=True, idempotent_seconds=0)
    words = f"We dig. {time.time_ns()} #WorksAtNordlys"
    one = somewhere.share(connected, words)
    somewhere.work()
    two = somewhere.share(connected, words)
    somewhere.there.fault(PUBLISHING["mastodon"], "status", status=500)
    for _ in range(5):
        somewhere.work()
        somewhere.watch.ahead += timedelta(minutes=1, seconds=30)
    assert row(one).state is DeliveryState.SENT and row(two).state is not DeliveryState.SENT


@pytest.mark.parametrize("somewhere", ["x", "linkedin"], indirect=True)
def test_a_duplicate_of_a_try_that_was_never_answered_is_a_question_again(somewhere: Anywhere) -> None:
    account = somewhere.connect()
    somewhere.there.fault("posts", "accept_then_hang_up")
    one = somewhere.share(account, f"We dig. {time.time_ns()} #WorksAtNordlys", link_code=None)
    somewhere.work()
    somewhere.work()
    assert row(one).state is DeliveryState.UNKNOWN and somewhere.made() == 1
    first = row(one).first_tried_at
    with db.unit_of_work():
        found = db.session.get_one(Delivery, one)
        actions.send_again(found, by=found.share.person, at=clock.now())
    somewhere.work()
    assert row(one).state is DeliveryState.UNKNOWN and row(one).reason == outcomes.PERHAPS_THERE
    assert row(one).first_tried_at == first and somewhere.made() == 1
    another = somewhere.share(account, row(one).text, link_code=None)
    somewhere.work()
    assert row(another).state in (DeliveryState.FAILED, DeliveryState.HELD), (
        "of another post it is a plain no"
    )
