"""What a champion does with her posts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.errors import Conflict, Refused, Several
from advocacy.leaderboards.models import Points
from advocacy.links.models import Link
from advocacy.mail.models import Letter
from advocacy.sharing import actions, arranging, drafting, helping, queries, withdrawing
from advocacy.sharing.models import ConnectionState, Deletion, DeliveryState, HelpKind
from tests.makers.accounts import make_person
from tests.makers.content import make_kit
from tests.makers.sharing import (
    later,
    make_connection,
    make_delivery,
    make_share,
    make_sharer,
    make_wish,
)

pytestmark = pytest.mark.usefixtures("unit")


def test_share_makes_a_delivery_with_a_link_of_its_own(at: datetime) -> None:
    ada = make_sharer()
    kit = make_kit("open-day")
    one, two = make_connection(ada), make_connection(ada)
    drafting.save_draft(kit, "any", "So far", by=ada, at=at)
    share = actions.share(kit, [make_wish(one), make_wish(two)], form_key="k", by=ada, at=at)
    assert [delivery.state for delivery in share.deliveries] == [DeliveryState.WAITING] * 2
    assert {delivery.due_at for delivery in share.deliveries} == {at}
    links = [delivery.link for delivery in share.deliveries]
    assert links[0].code != links[1].code and "utm_source=mastodon" in links[0].url
    assert queries.drafts_of(ada, kit) == {}
    assert queries.shared_kit_ids(ada) == {kit.id}


def test_the_same_form_key_is_the_same_share(at: datetime) -> None:
    ada = make_sharer()
    first = make_share(ada, form_key="once")
    again = actions.share(first.kit, [], form_key="once", by=ada, at=later(1))
    assert again is first
    assert make_share(make_sharer(), form_key="once") is not first


def test_share_by_hand_is_opened_and_needs_no_link(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_share(ada, by_hand=True, kit=make_kit(link_url="")).deliveries[0]
    assert delivery.state is DeliveryState.OPENED and delivery.is_by_hand
    assert delivery.link is None and db.session.scalar(sa.select(sa.func.count(Link.id))) == 0
    assert make_share(ada, by_hand=True, link_code=None).deliveries[0].link is None


def test_share_later_keeps_the_local_time(at: datetime) -> None:
    delivery = make_delivery(make_sharer(), local_time="2026-11-05T08:30:59")
    assert (delivery.local_time, delivery.time_zone) == ("2026-11-05T08:30", "Europe/Dublin")
    assert delivery.due_at.isoformat() == "2026-11-05T08:30:00+00:00"


def test_share_is_refused_before_joining(at: datetime) -> None:
    with pytest.raises(actions.NotReady) as refusal:
        actions.share(make_kit(), [], form_key="k", by=make_person(), at=at)
    assert refusal.value.missing.joining and refusal.value.missing.keys() == ["join"]
    assert refusal.value.status == 403


def test_share_needs_an_account(at: datetime) -> None:
    with pytest.raises(Refused, match="at least one account"):
        actions.share(make_kit(), [], form_key="k", by=make_sharer(), at=at)


def test_share_names_every_reason_against_it(at: datetime) -> None:
    ada = make_sharer()
    connection = make_connection(ada)
    connection.state = ConnectionState.NEEDS_RECONNECTING
    assert ada.entity is not None
    arranging.switch_network(ada.entity, "mastodon", False, by=None, at=at)
    kit = make_kit(expires_at=at)
    with pytest.raises(Several) as refusal:
        actions.share(kit, [make_wish(connection)], form_key="k", by=ada, at=at)
    said = [msgid % values for msgid, values in refusal.value.reasons]
    assert len(said) == 3 and "expired" in said[0] and "switched off" in said[1] and "Reconnect" in said[2]


def test_share_after_the_story_has_expired_is_refused_and_makes_nothing(at: datetime) -> None:
    ada = make_sharer()
    kit = make_kit(expires_at=at + timedelta(days=1))
    wish = make_wish(make_connection(ada), local_time="2026-11-05T08:30")
    with pytest.raises(Refused, match="expires before then"):
        actions.share(kit, [wish], form_key="k", by=ada, at=at)
    assert db.session.scalar(sa.select(sa.func.count(Link.id))) == 0
    assert actions.share(kit, [make_wish(wish.connection)], form_key="k", by=ada, at=at).deliveries


def test_save_draft_keeps_one_per_network(at: datetime) -> None:
    ada, kit = make_sharer(), make_kit()
    drafting.save_draft(kit, "any", "One", by=ada, at=at)
    drafting.save_draft(kit, "any", "Two", by=ada, at=at)
    drafting.save_draft(kit, "mastodon", "x" * 30_000, by=ada, at=at)
    db.session.flush()
    drafts = queries.drafts_of(ada, kit)
    assert drafts["any"] == "Two" and len(drafts["mastodon"]) == 20_000


@pytest.mark.parametrize(
    "state",
    [DeliveryState.WAITING, DeliveryState.HELD, DeliveryState.NEEDS_RECONNECTING, DeliveryState.FAILED],
)
def test_cancel(at: datetime, state: DeliveryState) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada, state)
    actions.cancel(delivery, by=ada, at=later(1))
    assert delivery.state is DeliveryState.CANCELLED and delivery.ended_at == later(1)


@pytest.mark.parametrize(
    "state", [DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.CANCELLED]
)
def test_cancel_comes_too_late(at: datetime, state: DeliveryState) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada, state)
    with pytest.raises(Conflict):
        actions.cancel(delivery, by=ada, at=at)
    assert delivery.state is state


def test_cancel_asks_where_the_post_may_be_out(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada)
    delivery.lost_at = at
    db.session.flush()
    actions.cancel(delivery, by=ada, at=at)
    assert delivery.state is DeliveryState.UNKNOWN and delivery.ended_at is None


@pytest.mark.parametrize("state", actions.AGAIN)
def test_send_again_is_a_new_try_under_a_new_key(at: datetime, state: DeliveryState) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada, state)
    delivery.idempotency_key, delivery.attempts, delivery.lost_at = "old", 3, at
    delivery.first_tried_at, delivery.reason, delivery.missing = at, "No", ["join"]
    db.session.flush()
    actions.send_again(delivery, by=ada, at=later(5))
    assert delivery.state is DeliveryState.WAITING and delivery.due_at == later(5) and delivery.attempts == 0
    assert delivery.idempotency_key is None and delivery.lost_at is None and delivery.missing == []


def test_send_again_needs_a_post_that_waits_for_a_word(at: datetime) -> None:
    ada = make_sharer()
    for delivery in (make_delivery(ada, DeliveryState.SENT), make_delivery(ada, by_hand=True)):
        with pytest.raises(Conflict):
            actions.send_again(delivery, by=ada, at=at)


def test_send_again_passes_the_gate_first(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada, DeliveryState.HELD)
    assert delivery.connection is not None
    delivery.connection.state = ConnectionState.NEEDS_RECONNECTING
    with pytest.raises(Refused, match="Reconnect"):
        actions.send_again(delivery, by=ada, at=at)
    delivery.share.kit.expires_at = at
    db.session.flush()
    with pytest.raises(Refused, match="has expired"):
        actions.send_again(delivery, by=ada, at=at)
    ada.left_at = at
    with pytest.raises(actions.NotReady):
        actions.send_again(delivery, by=ada, at=at)


def test_send_again_says_why_a_story_was_recalled(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada, DeliveryState.HELD)
    delivery.share.kit.recalled_at, delivery.share.kit.recall_reason = at, "A figure is wrong: 100 %"
    delivery.share.kit.state = "recalled"
    db.session.flush()
    with pytest.raises(Refused) as refusal:
        actions.send_again(delivery, by=ada, at=at)
    assert refusal.value.reason == (
        "This story was recalled: %(reason)s",
        {"reason": "A figure is wrong: 100 %"},
    )


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (DeliveryState.OPENED, DeliveryState.POSTED, "by_hand"),
        (DeliveryState.UNKNOWN, DeliveryState.SENT, "sent"),
    ],
)
def test_confirm_posted(at: datetime, before: DeliveryState, after: DeliveryState, kind: str) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada, before, by_hand=before is DeliveryState.OPENED)
    actions.confirm_posted(delivery, url="https://social.example/@ada/1", by=ada, at=later(1))
    assert delivery.state is after and delivery.remote_url == "https://social.example/@ada/1"
    points = db.session.scalars(sa.select(Points).where(Points.source == f"delivery:{delivery.id}")).one()
    assert points.kind == kind and queries.points_for([delivery]) == {delivery.id: points.amount}
    with pytest.raises(Conflict):
        actions.confirm_posted(delivery, url="", by=ada, at=later(1))


@pytest.mark.parametrize(
    ("url", "remote_id", "same_account"),
    [("https://social.example/@ada/1", "", False), ("https://social.example/web/@ada/1", "1", True)],
)
def test_confirm_posted_takes_no_other_post_for_it(
    at: datetime, url: str, remote_id: str, same_account: bool
) -> None:
    ada = make_sharer()
    known = make_delivery(ada, DeliveryState.SENT)
    known.remote_id, known.remote_url = "1", "https://social.example/@ada/1"
    account = known.connection if same_account else None
    delivery = make_delivery(ada, DeliveryState.UNKNOWN, connection=account)
    with pytest.raises(Refused, match="another post that you shared"):
        actions.confirm_posted(delivery, url=url, remote_id=remote_id, by=ada, at=at)
    assert delivery.state is DeliveryState.UNKNOWN


@pytest.mark.parametrize("url", ["javascript:alert(1)", "my post", "https://", "ftp://x.example/1"])
def test_confirm_posted_takes_web_addresses_only(at: datetime, url: str) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada, by_hand=True)
    with pytest.raises(Refused, match="whole address"):
        actions.confirm_posted(delivery, url=url, by=ada, at=at)
    assert delivery.state is DeliveryState.OPENED


def test_drop_by_hand(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada, by_hand=True)
    actions.drop_by_hand(delivery, by=ada, at=at)
    assert delivery.state is DeliveryState.CANCELLED and queries.shared_kit_ids(ada) == set()
    with pytest.raises(Conflict):
        actions.drop_by_hand(delivery, by=ada, at=at)


def test_ask_deletion_once_and_take_the_points_back(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada, DeliveryState.UNKNOWN)
    with pytest.raises(Refused, match="Paste the address"):
        actions.confirm_posted(delivery, url="", by=ada, at=at)
    actions.confirm_posted(delivery, url="https://social.example/@ada/1", remote_id="1", by=ada, at=at)
    actions.ask_deletion(delivery, by=ada, at=at)
    actions.ask_deletion(delivery, by=ada, at=at)
    waiting = db.session.scalars(sa.select(Deletion)).one()
    assert queries.deletions_asked([delivery]) == {delivery.id: waiting}
    assert delivery.connection is not None and queries.deletions_waiting(delivery.connection)
    actions.mark_deleted(delivery, at=at)
    assert db.session.scalar(sa.select(sa.func.sum(Points.amount)).where(Points.kind == "sent")) == 0


def test_ask_deletion_of_a_post_by_hand_strikes_it_off(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada, by_hand=True)
    actions.confirm_posted(delivery, url="", by=ada, at=at)
    actions.ask_deletion(delivery, by=ada, at=at)
    assert delivery.state is DeliveryState.DELETED


def test_ask_deletion_where_we_cannot_reach(at: datetime) -> None:
    ada = make_sharer()
    for delivery in (make_delivery(ada), make_delivery(ada, DeliveryState.SENT)):
        with pytest.raises(Conflict, match="on the network itself"):
            actions.ask_deletion(delivery, by=ada, at=at)


def test_ask_for_help_writes_to_the_named_person_once(at: datetime) -> None:
    ada = make_sharer()
    share = make_share(ada)
    request = helping.ask_for_help(share, kind=HelpKind.PRESS, message="They call me", by=ada, at=at)
    assert (
        helping.ask_for_help(share, kind=HelpKind.PRESS, message=" They call me\r\n", by=ada, at=later(5))
        is request
    )
    assert helping.ask_for_help(share, kind=HelpKind.PRESS, message="", by=ada, at=later(5)) is request
    assert request.message == "They call me"
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "help")).one()
    assert letter.address == "carl@demo.example" and letter.values["asker"] == ada.name
    assert queries.open_help(share) is request
    helping.close_help(request, by=ada, at=later(6))
    assert request.closed_by == ada.id and queries.open_help(share) is None
    assert helping.ask_for_help(share, kind=HelpKind.PRESS, message="", by=ada, at=later(7)) is not request


def test_ask_for_help_with_other_words_adds_them_to_the_call(at: datetime) -> None:
    ada = make_sharer()
    share = make_share(ada)
    words = ["", "They call me", "They know\n\nwhere I live", "They", "They call me"]
    calls = [
        helping.ask_for_help(share, kind=HelpKind.PRESS, message=one, by=ada, at=later(minute))
        for minute, one in enumerate(words)
    ]
    assert len(set(calls)) == 1
    assert calls[0].message == "They call me\n\nThey know\n\nwhere I live\n\nThey"
    letters = db.session.scalars(sa.select(Letter).where(Letter.kind == "help").order_by(Letter.id)).all()
    assert [one.values["message"] for one in letters] == words[:-1]
    assert [one.values["is_more"] for one in letters] == [False, True, True, True]


def test_ask_for_help_without_anyone_named(at: datetime) -> None:
    ada = make_sharer(entity=None)
    request = helping.ask_for_help(make_share(ada), kind=HelpKind.ATTACKED, message="", by=ada, at=at)
    assert request.closed_at is None
    assert db.session.scalar(sa.select(sa.func.count(Letter.id)).where(Letter.kind == "help")) == 0


def test_ask_for_help_where_the_named_person_has_a_telephone_only(at: datetime) -> None:
    ada = make_sharer()
    assert ada.entity is not None
    arranging.keep_help_contact(ada.entity, HelpKind.PRESS, "Hana", "", "+1", "", by=None, at=at)
    helping.ask_for_help(make_share(ada), kind=HelpKind.PRESS, message="", by=ada, at=at)
    assert db.session.scalar(sa.select(sa.func.count(Letter.id)).where(Letter.kind == "help")) == 0


def test_pausing_holds_no_hand_back_from_cancelling(at: datetime) -> None:
    ada = make_sharer()
    withdrawing.pause(by=ada, at=at)
    delivery = make_delivery(ada)
    actions.cancel(delivery, by=ada, at=at)
    assert delivery.state is DeliveryState.CANCELLED
