"""Choosing a time on the pages: quiet hours, full days, good slots, and one's own hours."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.sharing import planning, slots
from advocacy.sharing.models import Connection, Delivery, Rhythm
from advocacy.sharing.queries import pace
from advocacy.sharing.slots import Pace
from tests.makers.content import make_kit
from tests.makers.sharing import make_connection, make_share, make_sharer
from tests.sharing.roads import fields

COMPOSE = "/kits/open-day/shares/new"
SHARE = "/kits/open-day/shares"


@pytest.fixture
def ada(app: Any, client: Any) -> Person:
    """A champion, signed in, with one account and a story."""
    with db.unit_of_work():
        ada = make_sharer()
        make_connection(ada, at=clock.now())
        make_kit("open-day", publish_at=clock.now() - timedelta(days=1))
    client.sign_in(ada)
    return ada


@pytest.fixture
def quiet_now(ada: Person) -> None:
    """It is in the middle of her quiet hours, and any hour of tomorrow suits her else."""
    now = slots.local(clock.now(), ada.time_zone)
    start, end = ((now + timedelta(hours=hours)).time().replace(second=0, microsecond=0) for hours in (-2, 2))
    with db.unit_of_work():
        preferred = {day: (time(0, 0), time(23, 55)) for day in range(7)}
        planning.keep_rhythm((start, end), preferred, by=db.session.get_one(Person, ada.id), at=clock.now())


def typed(client: Any, **more: str) -> dict[str, Any]:
    sent = fields(client.get(COMPOSE).text)
    return sent | {"words": ["We open the doors."]} | {name: [value] for name, value in more.items()}


def rows() -> list[Delivery]:
    with db.unit_of_work(write=False):
        return list(db.session.scalars(sa.select(Delivery).order_by(Delivery.id)))


@pytest.mark.usefixtures("quiet_now")
def test_share_in_quiet_hours_asks_and_offers(client: Any, ada: Person) -> None:
    answer = client.post(SHARE, data=typed(client, when="now"))
    assert answer.status_code == 422 and rows() == []
    assert "lies within your quiet hours" in answer.text and "We open the doors." in answer.text
    assert 'value="now-quiet"' in answer.text and "Share now all the same" in answer.text
    offered = answer.text.split('name="when" value="2')[1].split('"')[0]
    taken = client.post(SHARE, data=typed(client, when="2" + offered))
    assert taken.status_code == 303 and rows()[0].local_time == "2" + offered
    assert client.post(SHARE, data=typed(client, when="now-quiet")).status_code == 303
    assert rows()[1].local_time is None


@pytest.mark.usefixtures("quiet_now")
def test_share_in_the_next_good_slot(client: Any, ada: Person) -> None:
    page = client.get(COMPOSE).text
    assert "Next good slot" in page
    answer = client.post(SHARE, data=typed(client, when="good"))
    (row,) = rows()
    assert answer.status_code == 303 and row.local_time == fields(page)["slot"][0]
    with client.session_transaction() as session:
        assert "_flashes" not in session
    again = client.post(SHARE, data=typed(client, when="good", slot="2026-01-01T09:00"))
    assert "had been taken meanwhile" in client.get(again.headers["Location"]).text


def test_share_without_a_good_slot_asks_for_a_time(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        planning.keep_rhythm(None, {}, by=db.session.get_one(Person, ada.id), at=clock.now())
    assert "Next good slot" not in client.get(COMPOSE).text
    answer = client.post(SHARE, data=typed(client, when="good"))
    assert answer.status_code == 422 and "no good slot" in answer.text and rows() == []


def test_share_on_a_full_day_offers_another_day(client: Any, ada: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(pace, "_pace", [Pace(daily=1)])
    with db.unit_of_work():
        me = db.session.get_one(Person, ada.id)
        account = db.session.scalars(sa.select(Connection)).one()
        make_share(me, kit=make_kit(), connection=account, at=clock.now())
    answer = client.post(SHARE, data=typed(client, when="now"))
    assert answer.status_code == 422 and "as many of your shares" in answer.text
    assert "Schedule it for" in answer.text and "-quiet" not in answer.text


def test_a_time_after_the_account_ends_is_spoken_of(client: Any, ada: Person) -> None:
    assert "renew it before" not in client.get(COMPOSE).text
    with db.unit_of_work():
        db.session.execute(sa.update(Connection).values(expires_at=clock.now() + timedelta(days=9)))
    assert "renew it before" in client.get(COMPOSE).text


def hours_in(page: str) -> dict[str, list[str]]:
    """The times that the page of one's hours shows."""
    return {name: [value] for name, value in re.findall(r'name="(\w+)" value="([\d:]*)" placeholder', page)}


def rhythm() -> Rhythm:
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Rhythm)).one()


def test_hours_are_the_usual_ones_until_she_chooses(client: Any, ada: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(pace, "_pace", [Pace(daily=3, quiet=(time(21), time(7)))])
    page = client.get("/me/hours").text
    sent = hours_in(page)
    assert " checked" in page and sent["quiet_from"] == ["21:00"] and sent["from_0"] == ["08:30"]
    sent["quiet"] = ["y"]
    assert sent["from_5"] == [""] and "at most 3 of your stories" in page
    assert "Quiet from 21:00 to 07:00" in client.get("/me").text
    sent |= {
        "quiet_from": ["20:30"],
        "from_0": ["12:00"],
        "until_0": ["13:00"],
        "from_1": [""],
        "until_1": [""],
    }
    assert client.post("/me/hours", data=sent).status_code == 303
    row = rhythm()
    assert (row.quiet_from, row.quiet_until) == ("20:30", "07:00")
    assert row.preferred["0"] == ["12:00", "13:00"] and "1" not in row.preferred
    assert client.post("/me/hours", data=sent | {"quiet": []}).status_code == 303
    assert rhythm().quiet_from is None and "No quiet hours" in client.get("/me").text
    assert hours_in(client.get("/me/hours").text)["from_0"] == ["12:00"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"quiet": "y", "quiet_from": "late", "quiet_until": "07:00"}, "two different times"),
        ({"quiet": "y", "quiet_from": "07:00", "quiet_until": "07:00"}, "two different times"),
        ({"from_2": "10:00", "until_2": "09:00"}, "Wednesday: the hours have to end"),
        ({"from_2": "10:00"}, "Wednesday: the hours have to end"),
    ],
)
def test_hours_that_make_no_sense_come_back(
    client: Any, ada: Person, change: dict[str, str], words: str
) -> None:
    answer = client.post("/me/hours", data=change)
    assert answer.status_code == 422 and words in answer.text
