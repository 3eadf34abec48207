"""The calendar, and the pages on which a planned post gets another time or other words."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.sharing import planning, queries, slots
from advocacy.sharing.models import Connection, Delivery, DeliveryState
from advocacy.sharing.queries import Terms
from tests.makers.content import make_kit
from tests.makers.sharing import make_connection, make_share, make_sharer


def in_days(days: int) -> str:
    """Half past eight in so many days, by the clock in Dublin."""
    there = slots.local(clock.now(), "Europe/Dublin") + timedelta(days=days)
    return f"{there:%Y-%m-%d}T08:30"


@pytest.fixture
def ada(app: Any, client: Any) -> Person:
    """A champion, signed in, with a post planned for the day after tomorrow."""
    at = clock.now()
    with db.unit_of_work():
        ada = make_sharer()
        kit = make_kit("open-day", title="Open day", publish_at=at - timedelta(days=1))
        make_share(ada, kit=kit, connection=make_connection(ada, at=at), at=at, local_time=in_days(2))
    client.sign_in(ada)
    return ada


def post() -> Delivery:
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Delivery).order_by(Delivery.id)).all()[0]


def place(noun: str) -> str:
    with db.unit_of_work(write=False):
        row = db.session.scalars(sa.select(Delivery).order_by(Delivery.id)).all()[0]
        return f"/shares/{row.share.code}/deliveries/{row.code}/{noun}"


def put(**values: Any) -> None:
    with db.unit_of_work():
        db.session.execute(sa.update(Delivery).values(**values))


def test_calendar_shows_what_is_planned_and_leads_to_changing_it(client: Any, ada: Person) -> None:
    on = in_days(2)[:10]
    for by in ("week", "month"):
        page = client.get(f"/shares/calendar?by={by}&on={on}").text
        assert "Open day" in page and "08:30" in page and place("schedule") in page and place("words") in page
        assert "Scheduled" in page and place("cancellation") in page
    assert "/shares/calendar" in client.get("/shares/").text
    assert "Your next post goes out on" in client.get("/").text
    answer = client.post(place("cancellation"), data={"next": "/shares/calendar?by=week"})
    assert answer.headers["Location"] == "/shares/calendar?by=week"
    assert "Nothing is planned" in client.get(f"/shares/calendar?on={on}").text


def test_calendar_of_another_time_leads_to_the_next_post(client: Any, ada: Person) -> None:
    page = client.get("/shares/calendar?by=week&on=2031-01-01").text
    assert "Nothing here" in page and f"on={in_days(2)[:10]}" in page and "Open day" not in page
    assert "January 2031" in client.get("/shares/calendar?on=2031-01-31").text
    assert "means nothing here" not in page
    for odd in ("on=soon", "on=1000-01-01", "on=2031-02-30", "by=year"):
        answer = client.get(f"/shares/calendar?{odd}")
        assert answer.status_code == 200 and f"asks for {odd}, which means nothing here" in answer.text


@pytest.mark.parametrize("by", ["week", "month"])
@pytest.mark.parametrize(
    ("on", "arrow", "none"), [("2000-01-01", "next", "prev"), ("2100-12-31", "prev", "next")]
)
def test_calendar_has_no_arrow_out_of_itself(
    client: Any, ada: Person, by: str, on: str, arrow: str, none: str
) -> None:
    page = client.get(f"/shares/calendar?by={by}&on={on}").text
    bar = page[page.index('class="calendar-bar"') : page.index('class="calendar-label"')]
    assert f'rel="{none}"' not in bar
    there = re.search(rf'href="([^"]+)" rel="{arrow}"', bar)
    assert there and "means nothing here" not in client.get(html.unescape(there[1])).text


def test_calendar_of_a_full_day_leads_to_its_week(client: Any, ada: Person) -> None:
    at, on = clock.now(), in_days(2)
    with db.unit_of_work():
        me, account = db.session.get_one(Person, ada.id), db.session.scalars(sa.select(Connection)).one()
        for _ in range(5):
            make_share(me, kit=make_kit(), connection=account, at=at, local_time=on)
    assert "and 2 more" in client.get(f"/shares/calendar?on={on[:10]}").text
    week = client.get(f"/shares/calendar?by=week&on={on[:10]}").text
    assert week.count("calendar-link") == 6 and "more</a>" not in week


def test_calendar_shows_what_went_out_without_changes(client: Any, ada: Person) -> None:
    put(state=DeliveryState.SENT, sent_at=clock.now())
    page = client.get("/shares/calendar").text
    assert "Posted" in page and "/schedule" not in page
    assert "Your next post" not in client.get("/").text


def test_schedule_and_move(client: Any, ada: Person) -> None:
    page = client.get(place("schedule") + "?next=/shares/calendar").text
    assert in_days(2) in page and "Next good slot" in page and 'name="next" value="/shares/calendar"' in page
    answer = client.post(place("schedule"), data={"when": "later", "local_time": in_days(3)})
    assert answer.status_code == 303 and post().local_time == in_days(3)
    assert "It goes out on" in client.get(answer.headers["Location"]).text
    client.post(place("schedule"), data={"when": "good"})
    assert post().local_time != in_days(3)
    client.post(place("schedule"), data={"when": "now", "next": "/shares/calendar"})
    assert post().local_time is None and post().due_at <= clock.now()


def test_move_is_refused_with_its_reason(client: Any, ada: Person) -> None:
    answer = client.post(place("schedule"), data={"when": "later", "local_time": "2020-01-01T10:00"})
    assert answer.status_code == 422 and "passed already" in answer.text
    with db.unit_of_work():
        me = db.session.get_one(Person, ada.id)
        hours = slots.local(clock.now(), me.time_zone)
        quiet = ((hours - timedelta(hours=1)).time(), (hours + timedelta(hours=1)).time())
        planning.keep_rhythm(quiet, {}, by=me, at=clock.now())
    answer = client.post(place("schedule"), data={"when": "now"})
    assert answer.status_code == 422 and "now-quiet" in answer.text and "Schedule it for" in answer.text
    with db.unit_of_work():
        db.session.execute(sa.update(Connection).values(state="needs_reconnecting"))
    answer = client.post(place("schedule"), data={"when": "now-quiet"})
    assert answer.status_code == 422 and "Reconnect" in answer.text
    with db.unit_of_work():
        db.session.execute(sa.update(Person).values(joined_at=None))
    assert client.post(place("schedule"), data={"when": "now-quiet"}).status_code == 403


def test_too_late_is_said_in_words(client: Any, ada: Person) -> None:
    put(state=DeliveryState.SENDING)
    for noun in ("schedule", "words"):
        answer = client.get(place(noun))
        assert answer.status_code == 409 and "Too late" in answer.text
        assert client.post(place(noun), data={"when": "now", "words": "x"}).status_code == 409


def test_words_are_changed_with_disclosure_and_count(client: Any, ada: Person) -> None:
    assert "We dig." in client.get(place("words")).text
    seen = client.post(place("words/preview"), data={"words": "We dig deep."}).text
    assert "We dig deep." in seen and "#WorksAtNordlys" in seen and "<html" not in seen
    answer = client.post(place("words"), data={"words": "Come and see."})
    assert answer.status_code == 303
    row = post()
    assert row.text.startswith("Come and see.\n\n#WorksAtNordlys http") and row.link_id
    assert row.text.count("/l/") == 1 and row.state is DeliveryState.WAITING
    for words in ("long " * 200, " ", "x" * 20_001):
        answer = client.post(place("words"), data={"words": words})
        assert answer.status_code == 422 and 'id="words-error"' in answer.text
    assert post().text == row.text


def test_an_account_that_ends_first_is_spoken_of(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        db.session.execute(sa.update(Connection).values(expires_at=clock.now() + timedelta(days=1)))
    row = post()
    with db.unit_of_work(write=False):
        code = db.session.get_one(Delivery, row.id).share.code
    assert "before this post is due" in client.get(f"/shares/{code}").text
    assert "before a post that you planned" in client.get("/").text
    assert "Renew it" in client.get("/connections/").text
    assert "The account ends before" in client.get(f"/shares/calendar?on={in_days(2)[:10]}").text


def test_a_time_that_comes_twice_is_said(client: Any, ada: Person) -> None:
    put(local_time="2027-10-31T01:30", time_zone="Europe/Dublin", due_at=clock.now() + timedelta(days=2))
    assert "01:30 comes twice that night" in client.get(place("schedule")).text
    with db.unit_of_work():
        db.session.execute(sa.update(Person).values(time_zone="Europe/Paris"))
    with db.unit_of_work(write=False):
        code = db.session.scalars(sa.select(Delivery)).one().share.code
    page = client.get(f"/shares/{code}").text
    assert "You planned it for 01:30 in Europe/Dublin" in page and "comes twice" in page


@pytest.fixture
def autumn(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is October 2027, when the clocks go back on the last Sunday."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 10, 20, 12, 0, tzinfo=UTC))


def test_moving_to_a_time_that_comes_twice_says_which_is_meant(
    autumn: None, client: Any, ada: Person
) -> None:
    answer = client.post(place("schedule"), data={"when": "later", "local_time": "2027-10-31T01:30"})
    assert post().due_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert "01:30 comes twice that night" in client.get(answer.headers["Location"]).text


def test_words_that_others_had_are_refused_where_the_network_does(client: Any, ada: Person) -> None:
    words = "We open our doors on Saturday, come and see what we do all day."
    with db.unit_of_work():
        hana, at = make_sharer("Hana"), clock.now()
        hers = make_share(hana, kit=make_kit(), connection=make_connection(hana, at=at), at=at, text=words)
        hers.deliveries[0].state, hers.deliveries[0].sent_at = DeliveryState.SENT, at
    queries.configure_likeness(Terms(refuses=lambda _network: True))
    try:
        answer = client.post(place("words"), data={"words": words})
    finally:
        queries.configure_likeness()
    assert answer.status_code == 422 and "the same as another recent post" in answer.text
    assert "We open our doors" not in post().text


def test_an_account_on_a_network_that_is_gone_ends_too(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        soon = clock.now() + timedelta(days=1)
        db.session.execute(sa.update(Connection).values(expires_at=soon, network="gone"))
    assert "renew it before" in client.get(place("schedule")).text


def test_a_held_post_offers_another_time_now_or_never(client: Any, ada: Person) -> None:
    put(state=DeliveryState.HELD, reason="We were late.")
    with db.unit_of_work(write=False):
        code = db.session.scalars(sa.select(Delivery)).one().share.code
    page = client.get(f"/shares/{code}").text
    assert all(
        words in page for words in ("Another time", "Send now", "Cancel this post", "Change the words")
    )
    client.post(place("schedule"), data={"when": "later", "local_time": in_days(4)})
    assert post().state is DeliveryState.WAITING and post().reason is None


def test_the_preview_of_changed_words_says_what_is_wrong_and_shows_what_is_passed_on(
    client: Any, ada: Person
) -> None:
    put(reshare_of="urn:li:share:71")
    page = client.post(place("words/preview"), data={"words": "Come and see #ad @carl"}).text
    assert "makes it look paid for" in page and "<mark>#ad</mark>" in page
    assert "Mastodon makes no link of @carl" in page
    assert "The company's own post" in page and "urn:li:share:71" in page
    assert client.post(place("words"), data={"words": "Come and see #ad"}).status_code == 422
