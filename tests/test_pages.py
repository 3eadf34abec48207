"""A first page that is asked for again within seconds is the same, hers alone, and never behind what happened here."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from advocacy import clock, db, keep
from advocacy.accounts import sessions
from advocacy.accounts.models import Grant, Person, SignedIn, Theme
from advocacy.home.views import SEEN
from advocacy.permissions import Role
from tests.makers.accounts import AT, make_champion, make_entity, make_topic
from tests.makers.content import make_kit
from tests.makers.guidelines import make_guideline
from tests.makers.sharing import make_connection
from tests.makers.training import make_certificate, make_course

NONCE = re.compile(r'nonce="([^"]+)"')
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Time:
    """A clock that stands until it is told to go on."""

    now = AT

    def go_on(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def time(monkeypatch):
    time = Time()
    monkeypatch.setattr(clock, "now", lambda: time.now)
    return time


@pytest.fixture
def statements(database):
    """What is asked of the database."""
    asked = []

    def note(connection, cursor, statement, *more):
        asked.append(statement)

    sa.event.listen(db.engine(), "before_cursor_execute", note)
    yield asked
    sa.event.remove(db.engine(), "before_cursor_execute", note)


@pytest.fixture
def ada(database):
    with db.unit_of_work():
        make_guideline("conduct")
        make_course("confidence", unlocks_sharing=True)
        make_kit(title="An app you can hear", topics=[make_topic("product", "Product")])
        make_topic("people", "People")
        return make_champion("Ada Nyström", entity=make_entity(name="Nordlys", accent="#005f73"))


@pytest.fixture
def home(client, ada):
    """Ada's first page, seen once."""
    client.sign_in(ada)
    client.get("/")
    return client


def plain(page):
    """A page without what every answer has of its own."""
    return TOKEN.sub("", NONCE.sub("", page.text))


def elsewhere(statement):
    """Write as another process does: this one is told nothing."""
    with db.engine().begin() as another:
        another.execute(statement)


def within(test):
    """Do something to Ada's row, or beside it, in this process."""
    with db.unit_of_work():
        test(db.session.scalars(sa.select(Person).where(Person.name.startswith("Ada"))).one())


def test_the_page_that_is_shown_again_is_the_same_and_asks_the_database_nothing(home, statements):
    first = home.get("/")
    statements.clear()
    again = home.get("/")
    assert plain(again) == plain(first) and "An app you can hear" in again.text
    assert statements == []
    told = dict(first.headers) | {"Content-Security-Policy": "", "Content-Length": ""}
    assert dict(again.headers) | {"Content-Security-Policy": "", "Content-Length": ""} == told
    assert again.headers["Cache-Control"] == "no-store"


def test_nonces_and_form_tokens_are_of_each_answer_alone(home, time):
    pages = []
    for _ in range(3):
        pages.append(home.get("/"))
        time.go_on(1)
    nonces = [set(NONCE.findall(page.text)) for page in pages]
    assert all(len(each) == 1 for each in nonces) and len(set.union(*nonces)) == 3
    for page, [nonce] in zip(pages, nonces, strict=True):
        assert f"'nonce-{nonce}'" in page.headers["Content-Security-Policy"]
        assert len(set(TOKEN.findall(page.text))) == 1
    *_, kept = SEEN._kept.values()
    whole = b"".join(part for piece in kept.value for part in piece)
    assert not NONCE.search(whole.decode()) and not TOKEN.search(whole.decode())


def test_a_form_on_a_page_shown_again_is_accepted_and_anothers_token_is_not(
    home, app, new_client, ada, monkeypatch
):
    other = new_client().sign_in(ada)
    other.get("/")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    token, foreign = (TOKEN.findall(each.get("/").text)[0] for each in (home, other))
    assert home.post("/sign-out", data={"csrf_token": foreign}).status_code == 400
    assert home.post("/sign-out", data={"csrf_token": token}).status_code == 303
    assert "Hello Ada" not in home.get("/").text


def test_two_people_never_see_each_others_page(home, new_client):
    with db.unit_of_work():
        bea = make_champion("Bea Ek", language="fr")
    other = new_client().sign_in(bea)
    for _ in range(2):
        assert "Hello Ada" in home.get("/").text and "#005f73" in home.get("/").text
        page = other.get("/").text
        assert "Bonjour" in page and "Bea" in page and "Ada" not in page and "#005f73" not in page
    stranger = new_client().get("/").text
    assert "Hello" not in stranger and "Ada" not in stranger and "Bea" not in stranger
    forged = new_client()
    forged.set_cookie(sessions.COOKIE, "made up")
    assert "Hello" not in forged.get("/").text


def test_two_people_at_one_browser_see_their_own(home, ada):
    with db.unit_of_work():
        bea = make_champion("Bea Ek")
    home.sign_in(bea)
    assert "Hello Bea" in home.get("/").text and "Hello Bea" in home.get("/").text
    home.sign_in(ada)
    assert "Hello Ada" in home.get("/").text


def test_whoever_signs_out_sees_her_page_no_more(home):
    kept = home.get_cookie(sessions.COOKIE).value
    home.post("/sign-out")
    assert "Hello Ada" not in home.get("/").text
    home.set_cookie(sessions.COOKIE, kept)
    assert "Hello Ada" not in home.get("/").text


def test_a_session_that_is_ended_from_another_device_sees_it_no_more(home, new_client, ada):
    other = new_client().sign_in(ada)
    with db.unit_of_work(write=False):
        code = db.session.scalars(sa.select(SignedIn.code).order_by(SignedIn.id)).first()
    assert other.post(f"/me/devices/{code}/closure").status_code == 303
    assert "Hello Ada" not in home.get("/").text and "Hello Ada" in other.get("/").text


def test_a_session_that_is_over_sees_it_no_more(home, time):
    assert "Hello Ada" in home.get("/").text
    time.go_on(60 * 60 * 24 * 40)
    assert "Hello Ada" not in home.get("/").text


def test_use_is_noted_on_a_page_that_is_shown_again(home, time, ada):
    for _ in range(4):
        time.go_on(100)
        home.get("/")
        home.get("/")
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(SignedIn.touched_at)).one() > AT


CHANGES = {
    "disabled": (lambda ada: setattr(ada, "disabled_at", AT), "Hello Ada"),
    "erased": (lambda ada: setattr(ada, "erased_at", AT), "Hello Ada"),
    "left": (lambda ada: setattr(ada, "left_at", AT), "Next:"),
    "paused": (lambda ada: setattr(ada, "paused_at", AT), "You are paused"),
    "theme": (lambda ada: setattr(ada, "theme", Theme.DARK), 'data-theme="dark"'),
    "language": (lambda ada: setattr(ada, "language", "fr"), "Bonjour"),
    "role": (
        lambda ada: db.session.add(Grant(person_id=ada.id, role=Role.COMMS, granted_at=AT)),
        "Content kits",
    ),
    "company": (lambda ada: setattr(ada.entity, "accent", "#9b2226"), "#9b2226"),
    "story": (lambda _ada: make_kit(title="One more"), "One more"),
    "account": (make_connection, None),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_done_here_shows_at_once(home, name):
    change, words = CHANGES[name]
    before = home.get("/").text
    within(change)
    after = home.get("/").text
    assert words is None or (words in before) != (words in after)


def test_each_step_of_the_road_shows_at_once(home, ada):
    assert "one guideline and one course" in home.get("/").text
    home.post("/guidelines/conduct/acknowledgement", data={"version": 1})
    assert "Before you can share: one course" in home.get("/").text

    def certify(person):
        from advocacy.training.models import Course

        make_certificate(db.session.scalars(sa.select(Course)).one(), person, at=AT)

    within(certify)
    assert "connect an account" in home.get("/").text
    within(make_connection)
    assert "make a story yours" in home.get("/").text


def test_what_another_process_did_shows_within_five_seconds(home, time):
    elsewhere(sa.update(Person).values(paused_at=AT))
    time.go_on(5)
    assert "You are paused" not in home.get("/").text
    time.go_on(1)
    assert "You are paused" in home.get("/").text


def test_who_was_disabled_in_another_process_is_let_in_for_five_seconds_at_most(home, time):
    elsewhere(sa.update(Person).values(disabled_at=AT))
    time.go_on(6)
    assert "Hello Ada" not in home.get("/").text


def test_a_page_is_never_made_of_what_is_older_than_five_seconds(home, new_client, time):
    elsewhere(sa.text("UPDATE kit_texts SET title = 'Told anew'"))
    time.go_on(4)
    with db.unit_of_work():
        bea = make_champion("Bea Ek")
    other = new_client().sign_in(bea)
    assert "An app you can hear" in other.get("/").text  # of stories that were read four seconds ago
    time.go_on(2)
    assert "Told anew" in other.get("/").text


def test_whoever_wrote_sees_it_in_every_process(home, time):
    """Her write went to this process; the next answer must not be an old page of another's."""
    home.post("/me/pause")
    home.get("/")
    elsewhere(sa.update(Person).values(paused_at=None, theme=Theme.DARK))
    assert 'data-theme="dark"' in home.get("/").text
    time.go_on(7)
    assert 'data-theme="dark"' in home.get("/").text
    elsewhere(sa.update(Person).values(theme=Theme.LIGHT))
    assert 'data-theme="dark"' in home.get("/").text


def test_messages_are_shown_once(home, app):
    with home.session_transaction() as session:
        session["_flashes"] = [("success", "It is done.")]
    assert "It is done." in home.get("/").text
    assert "It is done." not in home.get("/").text


def test_a_page_with_words_behind_its_address_is_made_each_time(home, statements):
    home.get("/?lang=fr")
    assert statements
    assert home.head("/").status_code == 200 and home.head("/").data == b""


def test_every_table_that_the_page_reads_is_named_as_its_source(client, ada, statements):
    client.sign_in(ada)
    keep.forget()
    statements.clear()
    client.get("/")
    read = {table for asked in statements for table in re.findall(r"(?:FROM|JOIN) (\w+)", asked)}
    assert read - {"sessions"} <= {*SEEN.of, *SEEN.own}
