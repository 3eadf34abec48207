"""The pages of one's shares, of a bad day, and the desk behind them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit, KitState
from advocacy.guidelines.models import Guideline
from advocacy.mail.jobs import rendered
from advocacy.mail.models import Letter
from advocacy.permissions import Role
from advocacy.sharing import actions, arranging, helping
from advocacy.sharing.models import (
    Attempt,
    Connection,
    ConnectionState,
    Deletion,
    Delivery,
    DeliveryState,
    HelpKind,
    HelpRequest,
    Share,
)
from advocacy.training.models import Course
from tests.makers.accounts import make_person
from tests.makers.analytics import make_posts
from tests.makers.content import make_kit, make_picture
from tests.makers.guidelines import make_guideline
from tests.makers.sharing import make_connection, make_share, make_sharer, make_wish
from tests.makers.training import make_course


@pytest.fixture
def ada(app: Any, client: Any) -> Person:
    """A champion, signed in, who shared a story on one account."""
    at = clock.now()
    with db.unit_of_work():
        ada = make_sharer()
        kit = make_kit("open-day", title="Open day", publish_at=at - timedelta(days=1))
        make_share(ada, kit=kit, connection=make_connection(ada, at=at), at=at)
    client.sign_in(ada)
    return ada


def put(**values: Any) -> str:
    """Put the delivery into a state; returns the address of its share."""
    with db.unit_of_work():
        if values:
            db.session.execute(sa.update(Delivery).values(**values))
        return f"/shares/{db.session.scalars(sa.select(Share)).first().code}"  # type: ignore[union-attr]


def delivery() -> Delivery:
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Delivery)).one()


def account() -> str:
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Connection)).one().account


def post(client: Any, noun: str, **data: str) -> Any:
    """Act on the delivery."""
    with db.unit_of_work(write=False):
        row = db.session.scalars(sa.select(Delivery)).one()
        place = f"/shares/{row.share.code}/deliveries/{row.code}/{noun}"
    return client.post(place, data=data)


def test_index_is_empty_then_groups(app: Any, client: Any) -> None:
    at = clock.now()
    with db.unit_of_work():
        ada = make_sharer()
    client.sign_in(ada)
    assert "No shares yet" in client.get("/shares/").text
    with db.unit_of_work():
        ada = db.session.get_one(Person, ada.id)
        kit, connection = make_kit(publish_at=at - timedelta(days=1)), make_connection(ada, at=at)
        for _ in range(22):
            make_share(ada, kit=kit, connection=connection, at=at).deliveries[0].state = DeliveryState.SENT
        make_share(ada, kit=kit, connection=connection, at=at)
        make_share(ada, kit=kit, by_hand=True, at=at)
    page = client.get("/shares/").text
    assert all(words in page for words in ("Needs you", "Scheduled", "Earlier", "Page 1 of 2"))
    second = client.get("/shares/?page=2").text
    assert "Needs you" not in second and "Earlier" in second


@pytest.mark.parametrize(
    ("values", "words", "is_done"),
    [
        ({"state": "waiting"}, "On its way", False),
        ({"state": "sending"}, "You may close this page", False),
        ({"state": "sending", "lost_at": "now"}, "has not answered, so", False),
        ({"state": "waiting", "attempts": 1, "reason": "It asks us to slow down."}, "We try again", False),
        ({"state": "sent", "remote_url": "https://social.example/1", "sent_at": "now"}, "See my post", True),
        ({"state": "unknown", "reason": "No answer."}, "did it appear?", True),
        ({"state": "held", "reason": "We were late."}, "Send now", True),
        ({"state": "failed", "reason": "Refused: %(words)s", "reason_values": {"words": "too loud"}},
         "Refused: too loud", True),
        ({"state": "cancelled", "reason": "You cancelled it."}, "You cancelled it.", True),
        ({"state": "deleted", "ended_at": "now"}, "Deleted", True),
        ({"state": "posted", "connection_id": None, "sent_at": "now"}, "Thank you for posting it", True),
        ({"state": "opened", "connection_id": None, "network": "linkedin"}, "Open LinkedIn", True),
    ],
)  # fmt: skip
def test_show_says_where_it_stands(
    client: Any, ada: Person, values: dict[str, Any], words: str, is_done: bool
) -> None:
    known = {name: clock.now() if value == "now" else value for name, value in values.items()}
    place = put(**known)
    page = client.get(place)
    assert page.status_code == 200 and words in page.text and "I need help" in page.text
    part = client.get(f"{place}/state").text
    assert words in part and "<html" not in part and ("data-done" in part) is is_done


def test_show_is_its_owners_alone(client: Any, new_client: Any, ada: Person) -> None:
    place = put()
    with db.unit_of_work():
        olga = make_sharer()
    stranger = new_client().sign_in(olga)
    for path in (place, f"{place}/state", f"{place}/help"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"{place}/deliveries/{delivery().code}/cancellation").status_code == 404
    assert delivery().state is DeliveryState.WAITING


def test_show_asks_to_reconnect(client: Any, ada: Person) -> None:
    place = put(state="needs_reconnecting", reason="Reconnect this account.")
    with db.unit_of_work():
        db.session.execute(sa.update(Connection).values(state=ConnectionState.NEEDS_RECONNECTING))
    page = client.get(place).text
    assert f"/connections/?back_to={place}" in page and "Send now" not in page


def test_cancel(client: Any, ada: Person) -> None:
    assert post(client, "cancellation").status_code == 303
    assert delivery().state is DeliveryState.CANCELLED
    again = post(client, "cancellation")
    assert again.status_code == 409 and "on its way already" in again.text


def test_confirm_and_refuse_a_wrong_address(client: Any, ada: Person) -> None:
    put(state="unknown")
    wrong = post(client, "confirmation", url="my post")
    assert wrong.status_code == 422 and 'value="my post"' in wrong.text and "whole address" in wrong.text
    assert post(client, "confirmation").status_code == 422, "without its address it might be any post"
    elsewhere = post(client, "confirmation", url="https://social.example/@olga/1")
    assert elsewhere.status_code == 422 and f"not the address of a post of {account()}" in elsewhere.text
    name = account().split("@")[1]
    assert post(client, "confirmation", url=f"https://social.example/@{name}/17").status_code == 303
    assert delivery().state is DeliveryState.SENT and delivery().remote_id == "17"
    assert post(client, "confirmation").status_code == 409


def test_what_may_be_there_is_sent_again_on_its_owners_word_alone(client: Any, ada: Person) -> None:
    place = put(state="unknown", reason="No answer.", lost_at=clock.now(), idempotency_key="first")
    page = client.get(place).text
    assert "Look on Mastodon" in page and "I have looked, and it is not there" in page
    assert page.count("btn-primary") == 1
    answer = post(client, "retry")
    assert answer.status_code == 422 and "Please look first" in answer.text
    assert delivery().state is DeliveryState.UNKNOWN
    assert post(client, "retry", looked="y").status_code == 303
    again = delivery()
    assert again.state is DeliveryState.WAITING and again.lost_at is None and again.idempotency_key is None


def test_what_was_refused_after_a_lost_answer_may_be_there_after_all(client: Any, ada: Person) -> None:
    place = put(state="failed", reason="Twice.")
    assert "It is there after all" not in client.get(place).text
    name = account().split("@")[1]
    url = f"https://social.example/@{name}/17"
    assert post(client, "confirmation", url=url).status_code == 409
    with db.unit_of_work():
        row = db.session.scalars(sa.select(Delivery)).one()
        lost = {"claim_token": "t", "started_at": clock.now(), "outcome": "lost"}
        db.session.add(Attempt(delivery_id=row.id, **lost))
    assert "It is there after all" in client.get(place).text
    assert post(client, "confirmation", url=url).status_code == 303
    assert delivery().state is DeliveryState.SENT


def test_by_hand_is_confirmed_or_dropped(client: Any, ada: Person) -> None:
    put(state="opened", connection_id=None, network="linkedin")
    assert post(client, "cancellation").status_code == 303
    assert delivery().state is DeliveryState.CANCELLED
    put(state="opened")
    assert post(client, "confirmation").status_code == 303
    assert delivery().state is DeliveryState.POSTED


def test_the_address_of_a_post_by_hand_is_on_its_network(client: Any, ada: Person) -> None:
    put(state="opened", connection_id=None, network="linkedin")
    wrong = post(client, "confirmation", url="http://evil.example/x")
    assert wrong.status_code == 422 and "This is no address on LinkedIn" in wrong.text
    assert 'value="http://evil.example/x"' in wrong.text
    assert delivery().state is DeliveryState.OPENED
    assert post(client, "confirmation", url="https://www.linkedin.com/posts/ada_1").status_code == 303
    assert delivery().remote_url == "https://www.linkedin.com/posts/ada_1"


def test_send_again_or_say_what_is_missing(client: Any, ada: Person) -> None:
    put(state="held")
    with db.unit_of_work():
        db.session.get_one(Person, ada.id).joined_at = None
    answer = post(client, "retry")
    assert answer.status_code == 403 and "Join the programme" in answer.text
    assert delivery().state is DeliveryState.HELD
    with db.unit_of_work():
        db.session.get_one(Person, ada.id).joined_at = clock.now()
    assert post(client, "retry").status_code == 303
    assert delivery().state is DeliveryState.WAITING


def test_delete_my_post(client: Any, ada: Person) -> None:
    place = put(state="sent", remote_id="1", remote_url="https://social.example/1", sent_at=clock.now())
    assert post(client, "deletion").status_code == 303
    part = client.get(f"{place}/state").text
    assert "is being deleted" in part and "data-done" not in part
    with db.unit_of_work():
        db.session.execute(sa.update(Deletion).values(state="failed", reason="It refused."))
    assert "It refused." in client.get(place).text
    put(state="waiting")
    assert post(client, "deletion").status_code == 409


def action_in(part: str) -> str:
    """Where a form in this part of a page leads."""
    found = re.search(r'action="([^"]+/deletion)"', part)
    assert found
    return found[1]


def brake(client: Any, place: str) -> str:
    """What the help page offers to delete a post by."""
    page = client.get(f"{place}/help").text
    brakes = page[page.index('id="brakes"') :]
    return brakes[brakes.index("Delete my post on") : brakes.index("Disconnect everything")]


def test_help_promises_of_a_deletion_what_is_true(client: Any, ada: Person) -> None:
    place = put(state="sent", remote_id="1", remote_url="https://social.example/1", sent_at=clock.now())
    offered = brake(client, place)
    assert "We ask Mastodon to delete it" in offered and "gone from your profile" not in offered
    assert ">Delete my post</button>" in offered.replace("</svg>", ">")
    sent = client.post(action_in(offered), follow_redirects=True).text
    assert "We ask Mastodon to delete your post. Here you see when it is gone." in sent
    waiting = brake(client, place)
    assert "is being deleted" in waiting and "/deletion" not in waiting and "not worked yet" not in waiting
    with db.unit_of_work():
        db.session.execute(sa.update(Deletion).values(reason="It is busy."))
    assert "It has not worked yet: It is busy. We try again" in brake(client, place)
    with db.unit_of_work():
        db.session.execute(sa.update(Deletion).values(state="failed", reason="It refused."))
    failed = brake(client, place)
    assert "It could not be deleted: It refused." in failed and "Try again to delete it" in failed
    assert "/deletion" in failed


def test_help_says_that_a_post_by_hand_is_deleted_by_hand_first(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        db.session.execute(
            sa.update(Delivery).values(connection_id=None, network="linkedin", sent_at=clock.now())
        )
    place = put(state="posted", remote_url="https://social.example/1")
    offered = brake(client, place)
    for page in (offered, client.get(place).text):
        assert page.count('href="https://social.example/1"') == 1
    assert (
        "Delete it on LinkedIn first; here it is struck off" in offered and "Delete my post<" not in offered
    )
    assert "Strike it off here" in offered and "Strike it off here" in client.get(place).text
    after = client.post(action_in(offered), follow_redirects=True).text
    assert "Struck off here. If your post still stands on LinkedIn, delete it there now." in after
    assert delivery().state is DeliveryState.DELETED


@pytest.mark.parametrize(
    ("account", "post_there", "told"),
    [
        (
            {"state": ConnectionState.DISCONNECTED, "sealed_tokens": None},
            {},
            "Reconnect this account to delete",
        ),
        ({"state": ConnectionState.NEEDS_RECONNECTING}, {}, "Reconnect this account to delete the post"),
        ({}, {"remote_id": None}, "cannot be deleted from here"),
        ({}, {"network": "gone"}, "cannot be deleted from here"),
        ({}, {"connection_id": None}, "cannot be deleted from here"),
    ],
)
def test_a_post_that_we_cannot_delete_is_not_offered_to_be(
    client: Any, ada: Person, account: dict[str, Any], post_there: dict[str, Any], told: str
) -> None:
    out = {
        "state": "sent",
        "remote_id": "1",
        "remote_url": "https://social.example/1",
        "sent_at": clock.now(),
    }
    place = put(**out | post_there)
    if account:
        with db.unit_of_work():
            db.session.execute(sa.update(Connection).values(**account))
    for path in (place, f"{place}/help"):
        page = client.get(path).text
        assert told in page and "/deletion" not in page and 'href="https://social.example/1"' in page
    assert post(client, "deletion").status_code == 303
    assert client.get(place).text.count(told) == 2 and delivery().state is DeliveryState.SENT
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(sa.func.count(Deletion.id))) == 0


def test_two_networks_stand_side_by_side(client: Any, ada: Person) -> None:
    at = clock.now()
    with db.unit_of_work():
        person = db.session.get_one(Person, ada.id)
        wishes = [make_wish(make_connection(person, at=at)), make_wish(None)]
        kit = db.session.scalars(sa.select(Kit)).one()
        share = actions.share(kit, wishes, form_key="two", by=person, at=at)
        place = f"/shares/{share.code}"
    page = client.get(place).text
    assert "Mastodon" in page and "LinkedIn" in page and page.count("btn-primary") == 1


def test_help_says_what_to_do_and_reaches_someone(client: Any, ada: Person) -> None:
    place = put(state="sent", remote_id="1", remote_url="https://social.example/1", sent_at=clock.now())
    page = client.get(f"{place}/help").text
    assert "Carl Brandt" in page and "tel:+35315550100" in page and "Pause me" in page
    assert page.index("Carl Brandt") < page.index("What to do first"), "the named person stands at the top"
    assert "Delete my post" in page and "Disconnect everything" in page
    wrong = client.post(f"{place}/help", data={"message": "It hurts"})
    assert wrong.status_code == 422 and "It hurts" in wrong.text
    sent = client.post(f"{place}/help", data={"kind": "press", "message": "They call"}, follow_redirects=True)
    assert "on its way" in sent.text and "You asked for help" in sent.text
    assert "Carl Brandt answers you." in sent.text


def test_what_is_written_after_a_call_for_help_reaches_the_desk_and_the_named_person(
    app: Any, client: Any, new_client: Any, ada: Person
) -> None:
    place = put()
    for words in ("They call", "They call", "They stand at my door"):
        sent = client.post(f"{place}/help", data={"kind": "press", "message": words}, follow_redirects=True)
        assert "on its way" in sent.text
    with db.unit_of_work():
        hana = make_person(roles=[Role.HR], created_at=clock.now())
        letters = db.session.scalars(sa.select(Letter).where(Letter.kind == "help").order_by(Letter.id)).all()
        with app.app_context():
            first, more = [str(rendered(one)) for one in letters]
    page = new_client().sign_in(hana).get("/admin/help").text
    assert '<blockquote class="post-text" dir="auto">They call\n\nThey stand at my door</blockquote>' in page
    assert "asks for help" in first and "They call" in first
    assert "adds to a call for help" in more and "They stand at my door" in more and "They call" not in more


def test_a_scheduled_post_that_would_be_held_says_so_now(client: Any, ada: Person) -> None:
    place = put(local_time="2026-11-30T10:00", due_at=clock.now() + timedelta(days=1))
    assert "It goes out on" in client.get(place).text
    client.post("/me/pause")
    page = client.get(place).text
    assert "You paused, so nothing goes out" in page and "It goes out on" not in page
    client.post("/me/return")
    with db.unit_of_work():
        kit = db.session.scalars(sa.select(Kit)).one()
        kit.state = KitState.DRAFT
    assert "being changed" in client.get(place).text
    with db.unit_of_work():
        db.session.scalars(sa.select(Kit)).one().state = KitState.APPROVED
        make_guideline(required=True)
    page = client.get(place).text
    assert "Before this can go out, a little is missing." in page
    assert re.search(rf'class="btn btn-primary" href="/guidelines/[\w-]+\?next={place}"', page)
    listed = client.get("/shares/").text
    assert "Needs you" in listed and "On hold" in listed and "a little is missing" in listed


MISSING = "Before this can go out, a little is missing."


def test_a_held_post_names_and_links_what_is_missing_as_things_are_now(client: Any, ada: Person) -> None:
    place = put(state="held", reason=MISSING, missing=["guideline:gone"])
    with db.unit_of_work():
        make_guideline("conduct", "Conduct", required=True)
        make_course("first-steps", "First steps", at=clock.now())
    page = client.get(place).text
    assert page.count("Read and accept: Conduct") == page.count("Take the course: First steps") == 1
    assert (
        page.count(MISSING) == 1
        and page.count("btn-primary") == 1
        and f'btn-primary" href="/guidelines/conduct?next={place}' in page
    )
    assert "Send now" not in page and "gone" not in page
    with db.unit_of_work():
        for guideline in db.session.scalars(sa.select(Guideline)):
            guideline.retired_at = clock.now()
        db.session.scalars(sa.select(Course)).one().retired_at = clock.now()
    page = client.get(place).text
    assert "What held it back is put right" in page and "Send now" in page


def test_what_will_stand_against_a_scheduled_post_is_said_before_its_time(client: Any, ada: Person) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    place = put(local_time="2026-11-30T10:00", due_at=tomorrow)
    with db.unit_of_work():
        person = db.session.get_one(Person, ada.id)
        arranging.switch_network(person.entity, "mastodon", False, by=None, at=clock.now())
    page = client.get(place).text
    assert "Mastodon is switched off in your company." in page and "It goes out on" not in page
    assert "Mastodon is switched off" in client.get("/shares/").text
    with db.unit_of_work():
        person = db.session.get_one(Person, ada.id)
        arranging.switch_network(person.entity, "mastodon", True, by=None, at=clock.now())
        db.session.scalars(sa.select(Kit)).one().expires_at = tomorrow - timedelta(hours=1)
    page = client.get(place).text
    assert "The story ends before then" in page and "On hold" in page


def test_a_paused_post_says_so_and_is_not_on_its_way(client: Any, ada: Person) -> None:
    place = put()
    client.post("/me/pause")
    page = client.get(place).text
    assert "On its way" not in page and "On hold" in page and "Go on again" in page
    assert "Scheduled</h2>" in client.get("/shares/").text
    put(state="held", reason="You paused, so nothing goes out until you say so.")
    assert client.post("/me/return", data={"next": place}).location == place
    page = client.get(place).text
    assert "You paused" not in page and "held while you were paused" in page and "Send now" in page


def test_a_post_that_waited_for_its_account_can_be_sent_once_it_is_connected(
    client: Any, ada: Person
) -> None:
    place = put(state="needs_reconnecting", reason="It no longer takes our key.")
    page = client.get(place).text
    assert "connected again" in page and "Send now" in page and "no longer takes" not in page
    assert "One post waited for this account. Send it now?" in client.get("/connections/").text


def test_a_cancelled_post_of_a_story_that_is_over_leads_to_another_story(client: Any, ada: Person) -> None:
    place = put(
        state="cancelled", reason="This story was recalled: %(reason)s", reason_values={"reason": "No"}
    )
    assert "Make it mine again" in client.get(place).text
    with db.unit_of_work():
        kit = db.session.scalars(sa.select(Kit)).one()
        kit.state, kit.recalled_at, kit.recall_reason = KitState.RECALLED, clock.now(), "No"
    page = client.get(place).text
    assert "Find another story" in page and "Make it mine again" not in page


def test_a_failed_post_says_the_reason_of_the_network_and_what_else_stands_against_it(
    client: Any, ada: Person
) -> None:
    place = put(state="failed", reason="It is too loud.")
    page = client.get(place).text
    assert "It is too loud." in page and "Try again" in page
    with db.unit_of_work():
        make_guideline("conduct", "Conduct", required=True)
    page = client.get(place).text
    assert "It is too loud." in page and MISSING in page and "Try again" not in page


def test_advice_for_replies_stands_under_posts_that_are_out_alone(client: Any, ada: Person) -> None:
    assert "If someone replies" not in client.get(put()).text
    assert "If someone replies" in client.get(put(state="sent", sent_at=clock.now())).text


def test_the_pictures_of_a_post_are_shown_while_they_may_be_seen(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        kit = make_kit("fair", pictures=(make_picture(),), publish_at=clock.now() - timedelta(days=1))
        picture = kit.pictures[0]
        person = db.session.get_one(Person, ada.id)
        share = make_share(person, kit=kit, by_hand=True, asset_ids=[picture.id], at=clock.now())
    place = f"/shares/{share.code}"
    assert f"/pictures/{picture.code}" in client.get(place).text
    with db.unit_of_work():
        db.session.get_one(Kit, kit.id).state = KitState.RECALLED
    assert f"/pictures/{picture.code}" not in client.get(place).text


def test_by_hand_of_one_who_left_leads_to_joining(client: Any, ada: Person) -> None:
    place = put(state="opened", connection_id=None, network="linkedin")
    with db.unit_of_work():
        db.session.get_one(Person, ada.id).left_at = clock.now()
    page = client.get(place).text
    assert f'btn-primary" href="/join?next={place}"' in page and "Copy your words" not in page


def test_by_hand_nothing_is_handed_over_of_a_story_that_was_recalled(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        person, kit = db.session.get_one(Person, ada.id), db.session.scalars(sa.select(Kit)).one()
        share = make_share(person, kit=kit, by_hand=True, at=clock.now())
    assert "Copy your words" in client.get(f"/shares/{share.code}").text
    with db.unit_of_work():
        kit = db.session.scalars(sa.select(Kit)).one()
        kit.state, kit.recalled_at, kit.recall_reason = KitState.RECALLED, clock.now(), "A wrong figure"
    page = client.get(f"/shares/{share.code}").text
    assert "A wrong figure" in page and "Copy your words" not in page and "I have posted it" in page


def test_pause_resume_and_leave(client: Any, ada: Person) -> None:
    assert "You are paused" in client.post("/me/pause", follow_redirects=True).text
    assert "Welcome back" in client.post("/me/return", follow_redirects=True).text
    assert client.get("/me/departure").location == "/me#leave", "the button stands on Me"
    page = client.get("/me").text
    assert "One post that is scheduled or held is cancelled" in page and "stay yours" in page
    assert 'action="/me/departure"' in page and account() in page
    left = client.post("/me/departure", follow_redirects=True).text
    assert "One scheduled post was cancelled, and one account was disconnected." in left
    assert delivery().state is DeliveryState.CANCELLED
    again = client.post("/join", data={"answer": "join"}, follow_redirects=True)
    assert again.status_code == 200 and delivery().state is DeliveryState.CANCELLED
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(Connection)).one().sealed_tokens is None
    assert "Nothing was scheduled, and no account" in client.post("/me/departure", follow_redirects=True).text


def test_leaving_says_what_was_there_to_end(client: Any, ada: Person) -> None:
    put(state="sent", sent_at=clock.now())
    assert "One account was disconnected." in client.post("/me/departure", follow_redirects=True).text
    client.post("/join", data={"answer": "join"})
    put(state="held")
    assert "One scheduled post was cancelled." in client.post("/me/departure", follow_redirects=True).text


def test_recall_asks_by_naming_what_will_happen(client: Any, new_client: Any, ada: Person) -> None:
    with db.unit_of_work():
        carl = make_person(roles=[Role.COMMS], created_at=clock.now())
        make_kit("draft", state="draft", created_at=clock.now())
    desk = new_client().sign_in(carl)
    page = desk.get("/studio/kits/open-day/recall").text
    assert "Recall “Open day”" in page and "What is scheduled of it will be cancelled" in page
    assert "Keep the story" in page
    assert desk.post("/studio/kits/open-day/recall", data={}).status_code == 422
    assert desk.post("/studio/kits/draft/recall", data={"reason": "No"}).status_code == 422
    assert desk.get("/studio/kits/unknown/recall").status_code == 404
    assert client.get("/studio/kits/open-day/recall").status_code == 403
    sent = desk.post("/studio/kits/open-day/recall", data={"reason": "A figure is wrong."})
    assert sent.status_code == 303 and delivery().state is DeliveryState.CANCELLED
    assert "A figure is wrong." in client.get(put()).text


def test_recall_counts_what_five_people_planned(new_client: Any, ada: Person) -> None:
    with db.unit_of_work():
        carl, kit = (
            make_person(roles=[Role.COMMS], created_at=clock.now()),
            db.session.scalars(sa.select(Kit)).one(),
        )
        make_posts(kit, 5, state=DeliveryState.WAITING)
    desk = new_client().sign_in(carl)
    assert "6 scheduled posts will be cancelled" in desk.get("/studio/kits/open-day/recall").text
    assert "6 scheduled posts of it are held then" in desk.get("/studio/kits/open-day/editor").text
    desk.post("/studio/kits/open-day/recall", data={"reason": "A figure is wrong."})
    assert "6 scheduled posts were cancelled" in desk.get("/studio/").text


def test_who_recalls_without_the_studio_is_led_where_she_may_go(new_client: Any, ada: Person) -> None:
    with db.unit_of_work():
        root, bo = make_person(roles=[Role.ADMIN]), make_person(roles=[Role.ADMIN, Role.COMMS])
        bo.grants[1].entity_id = make_sharer().entity_id
        make_kit("fair", publish_at=clock.now() - timedelta(days=1))
    for person, slug, onward in ((root, "open-day", "/admin/"), (bo, "fair", "/studio/")):
        desk = new_client().sign_in(person)
        assert f'/studio/kits/{slug}"' not in desk.get(f"/studio/kits/{slug}/recall").text
        answer = desk.post(f"/studio/kits/{slug}/recall", data={"reason": "A figure is wrong."})
        assert answer.headers["Location"] == onward
        page = desk.get(onward)
        assert page.status_code == 200 and "The story is recalled" in page.text


def test_the_desk_sees_calls_of_its_own_entity_and_closes_them(new_client: Any, ada: Person) -> None:
    with db.unit_of_work():
        share = db.session.scalars(sa.select(Share)).one()
        request = helping.ask_for_help(
            share, kind=HelpKind.PRESS, message="They call", by=share.person, at=clock.now()
        )
        hana, other = make_person(roles=[Role.HR], created_at=clock.now()), make_person(roles=[Role.HR])
        other.grants[0].entity_id = make_sharer().entity_id
        code = request.code
    desk, elsewhere = new_client().sign_in(hana), new_client().sign_in(other)
    assert "They call" in desk.get("/admin/help").text
    assert "Nobody waits for help" in elsewhere.get("/admin/help").text
    assert elsewhere.post(f"/admin/help/{code}/closure").status_code == 404
    assert desk.post(f"/admin/help/{code}/closure").status_code == 303
    page = desk.get("/admin/help").text
    assert "Nobody waits for help" in page and "The press asks me" in page
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(HelpRequest)).one().closed_by == hana.id


@pytest.mark.parametrize("state", ["waiting", "sending"])
@pytest.mark.parametrize("planned", [None, "2026-11-25T09:00"])
def test_a_post_whose_answer_was_lost_says_one_thing(
    client: Any, ada: Person, state: str, planned: str | None
) -> None:
    at = clock.now()
    later = at + timedelta(minutes=1)
    place = put(
        state=state, lost_at=at, first_tried_at=at, attempts=1, due_at=later, local_time=planned,
        lease_until=later if state == "sending" else None, reason="Please check: did it appear?",
    )  # fmt: skip
    page = client.get(place).text
    assert "Mastodon has not answered, so your post may be there or not." in page and "On its way" in page
    for other in (
        "It is on its way",
        "We try again",
        "Please check",
        "It goes out on",
        "On hold",
        "Scheduled",
    ):
        assert other not in page
