"""Signing in and out, by password and by link; everything under Me; joining."""

from __future__ import annotations

import dataclasses
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from advocacy import clock, db, web
from advocacy.accounts import actions, passwords, queries, sessions
from advocacy.accounts.jobs import answer_requests
from advocacy.accounts.models import LinkRequest, Person, SignedIn, SignInLink, Theme
from advocacy.mail import jobs, post
from advocacy.mail.models import Letter
from advocacy.permissions import Role
from tests.makers.accounts import make_champion, make_person, make_topic

PASSWORD = "correct horse battery"
HASH = passwords.hash(PASSWORD)


def ada(**values):
    with db.unit_of_work():
        known = {"email": "ada@demo.example", "password_hash": HASH}
        return make_person("Ada Nyström", **known | values)


def boss():
    with db.unit_of_work():
        return make_person("Root", roles=[Role.ADMIN])


def words(answer):
    """What a page says between its head and foot, without what is new each time."""
    return re.sub(r'value="[^"]*"', "", answer.text[answer.text.index("<main") : answer.text.index("</main")])


def again(person):
    return db.session.get_one(Person, person.id)


class Outbox:
    """Takes letters in the place of a server."""

    def __init__(self):
        self.letters = []

    def send(self, message):
        self.letters.append(message)

    def kept(self):
        return iter(())

    def close(self):
        pass


@pytest.fixture
def outbox(app, monkeypatch):
    monkeypatch.setattr(post, "_post", Outbox())
    return post.chosen()


def link_in(app, outbox):
    """The path of the link in the next letter."""
    answer_requests(most=9)
    with app.app_context():
        jobs.send_due(clock.now())
    return re.search(r"http://127\.0\.0\.1:8000(\S+)", outbox.letters[-1].get_content())[1]


# ---- password


def test_sign_in_with_the_right_password_leads_on(client):
    ada()
    assert client.get("/me").headers["Location"] == "/sign-in?next=/me"
    assert 'value="/me"' in client.get("/sign-in?next=/me").text
    answer = client.post("/sign-in", data={"email": " Ada@demo.example", "password": PASSWORD, "next": "/me"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Ada Nyström" in client.get("/me").text
    assert client.get("/sign-in").headers["Location"] == "/"


@pytest.mark.parametrize("values", [{}, {"disabled_at": clock.now()}, {"password_hash": None}])
def test_sign_in_says_the_same_whatever_is_wrong(client, values):
    ada(**values)
    password = PASSWORD if values else "wrong"
    known = client.post("/sign-in", data={"email": "ada@demo.example", "password": password})
    unknown = client.post("/sign-in", data={"email": "eve@demo.example", "password": password})
    assert known.status_code == unknown.status_code == 422
    assert "do not belong together" in known.text
    assert 'value="ada@demo.example"' in known.text
    assert known.text.replace("ada@", "eve@") == unknown.text or "nonce" in known.text
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(SignedIn.id)) is None


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_sign_in_leads_to_no_other_site(client, place):
    ada()
    answer = client.post("/sign-in", data={"email": "ada@demo.example", "password": PASSWORD, "next": place})
    assert answer.headers["Location"] == "/"


def test_sign_in_names_what_is_missing(client):
    answer = client.post("/sign-in", data={"email": "", "password": ""})
    assert answer.status_code == 422 and "Enter your e-mail address." in answer.text


def test_sign_in_needs_the_forms_token(app, new_client):
    ada()
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = new_client().post("/sign-in", data={"email": "ada@demo.example", "password": PASSWORD})
        assert answer.status_code == 400
        other = new_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', other.get("/sign-in").text)[1]
        kept = {"email": "ada@demo.example", "password": PASSWORD, "csrf_token": token}
        assert other.post("/sign-in", data=kept).status_code == 303
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def strict(app, monkeypatch):
    """The application with low limits."""

    def limit(**limits):
        settings = app.config["ADVOCACY"]
        changed = dataclasses.replace(settings, limits=dataclasses.replace(settings.limits, **limits))
        monkeypatch.setitem(app.config, "ADVOCACY", changed)
        web.limiter.reset()

    yield limit
    web.limiter.reset()


def test_sign_in_is_limited_per_account_known_or_not(client, strict):
    ada()
    strict(sign_in_per_account="2/minute")
    for email in ("ada@demo.example", "eve@demo.example"):
        codes = [
            client.post("/sign-in", data={"email": email, "password": "wrong"}).status_code for _ in range(3)
        ]
        assert codes == [422, 422, 429]
    right = client.post("/sign-in", data={"email": "ADA@demo.example ", "password": PASSWORD})
    assert right.status_code == 429
    assert re.search(r"Try again in \d+ (seconds|minutes?)", right.text) and "ADA@demo.example" in right.text
    # the link by mail stays open to the one whose account someone else hammers
    assert client.post("/sign-in/link", data={"email": "ada@demo.example"}).status_code == 303


def signs_in(client, password, place="127.0.0.1"):
    """Try to sign in as Ada from a place, in a browser that knows nothing; returns the status."""
    given = {"email": "ada@demo.example", "password": password}
    return client.post("/sign-in", data=given, environ_base={"REMOTE_ADDR": place}).status_code


def test_signing_in_rightly_counts_as_no_try(new_client, strict):
    ada()
    strict(sign_in_per_account="2/minute")
    assert [signs_in(new_client(), PASSWORD) for _ in range(4)] == [303] * 4


def test_a_stranger_elsewhere_locks_nobody_out(new_client, strict):
    ada()
    strict(sign_in_per_account="2/minute")
    assert [signs_in(new_client(), "wrong", "192.0.2.7") for _ in range(3)] == [422, 422, 429]
    assert signs_in(new_client(), PASSWORD, "192.0.2.7") == 429
    assert signs_in(new_client(), PASSWORD, "10.0.0.9") == 303


def test_tries_from_many_places_are_limited_too(new_client, strict):
    ada()
    strict(sign_in_per_account_everywhere="2/minute")
    places = ("192.0.2.7", "10.0.0.9", "10.0.0.10")
    assert [signs_in(new_client(), "wrong", place) for place in places] == [422, 422, 429]


def test_sign_in_is_limited_per_address(client, strict):
    ada()
    strict(sign_in_per_address="2/minute")
    codes = [
        client.post("/sign-in", data={"email": f"{n}@x.example", "password": "?"}).status_code
        for n in range(3)
    ]
    assert codes == [422, 422, 429]
    assert client.get("/sign-in").status_code == 200
    assert client.post("/sign-in/link", data={"email": "a@x.example"}).status_code == 303
    elsewhere = client.post(
        "/sign-in", data={"email": "9@x.example", "password": "?"}, environ_base={"REMOTE_ADDR": "10.0.0.9"}
    )
    assert elsewhere.status_code == 422


def test_address_counts_a_household_as_one(app):
    for told, counted in (("2001:db8::1:2", "2001:db8::/64"), ("192.0.2.7", "192.0.2.7"), ("unix", "unix")):
        with app.test_request_context(environ_base={"REMOTE_ADDR": told}):
            assert web.address() == counted


def test_addresses_in_letters_keep_the_path_of_the_base(app, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", "https://nordlys.example/advocacy")
    with app.app_context():
        assert web.absolute_url_for("accounts.sign_in") == "https://nordlys.example/advocacy/sign-in"


def test_sign_in_offers_the_sample_people_in_the_demo_only(app, client, monkeypatch):
    ada()
    assert "Try it as" not in client.get("/sign-in").text
    monkeypatch.setitem(app.config, "ADVOCACY", dataclasses.replace(app.config["ADVOCACY"], mode="demo"))
    page = client.get("/sign-in", base_url="http://127.0.0.1:8000").text
    assert "Try it as" in page and "Sign in as Ada Nyström" in page


def test_the_demo_has_one_address_since_cookies_have(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "ADVOCACY", dataclasses.replace(app.config["ADVOCACY"], mode="demo"))
    answer = client.get("/sign-in?next=/me", base_url="http://localhost:8000")
    assert answer.headers["Location"] == "http://127.0.0.1:8000/sign-in?next=/me"


def test_sign_out_ends_the_session_itself(client, new_client):
    ada()
    client.post("/sign-in", data={"email": "ada@demo.example", "password": PASSWORD})
    stolen = client.get_cookie(sessions.COOKIE).value
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    thief = new_client()
    thief.set_cookie(sessions.COOKIE, stolen)
    assert thief.get("/me").status_code == 303


# ---- one-time link


def test_send_link_answers_the_same_for_unknown_addresses(client):
    ada()
    answers = [client.post("/sign-in/link", data={"email": f"{n}@demo.example"}) for n in ("ada", "eve")]
    assert [a.headers["Location"] for a in answers] == ["/sign-in/link", "/sign-in/link"]
    assert "on its way" in client.get("/sign-in/link").text
    assert answer_requests(most=9) == 2 and answer_requests(most=9) == 0
    with db.unit_of_work(write=False):
        assert [letter.address for letter in db.session.scalars(sa.select(Letter))] == ["ada@demo.example"]


@pytest.fixture
def statements(app):
    """What is asked of the database from here on, each statement without its values."""
    said = []

    def note(_connection, _cursor, statement, *_more):
        said.append(" ".join(statement.split()))

    event.listen(db.engine(), "before_cursor_execute", note)
    yield said
    event.remove(db.engine(), "before_cursor_execute", note)


def test_send_link_does_the_same_work_for_every_address(client, statements):
    ada()
    with db.unit_of_work():
        make_person("Old", email="old@demo.example", disabled_at=clock.now())
    done = {}
    for name in ("warm", "eve", "ada", "old"):
        statements.clear()
        client.post("/sign-in/link", data={"email": f"{name}@demo.example"})
        done[name] = list(statements)
    assert any("INSERT INTO link_requests" in one for one in done["eve"])
    assert done["ada"] == done["eve"] == done["old"]
    assert not any("people" in one or "letters" in one for one in done["ada"]), (
        "nobody is looked up meanwhile"
    )


def test_a_request_that_waited_too_long_is_dropped(client):
    ada()
    client.post("/sign-in/link", data={"email": "ada@demo.example"})
    with db.unit_of_work():
        db.session.scalars(sa.select(LinkRequest)).one().asked_at -= timedelta(minutes=15)
    assert answer_requests(most=9) == 1
    with db.unit_of_work():
        assert not actions.answer_next_request(at=clock.now())
        assert not db.session.scalars(sa.select(Letter)).all()
        assert not db.session.scalars(sa.select(LinkRequest)).all()


def test_send_link_asks_for_an_address(client):
    assert client.post("/sign-in/link", data={"email": " "}).status_code == 422


def test_link_signs_in_by_its_button_and_once(app, client, new_client, outbox):
    ada()
    client.post("/sign-in/link", data={"email": "ada@demo.example", "next": "/kits/open-day?via=1"})
    path = link_in(app, outbox)
    scanner = new_client()
    assert scanner.get(path).status_code == 200
    assert scanner.get("/me").status_code == 303  # looking at the link signs nobody in
    assert 'value="/kits/open-day?via=1"' in client.get(path).text
    answer = client.post(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kits/open-day?via=1")
    assert client.get("/me").status_code == 200
    for late in (new_client().get(path), new_client().post(path)):
        assert (
            late.status_code == 410 and "ask for a new one here" in late.text and "account" not in words(late)
        )


def test_link_is_over_after_a_quarter_of_an_hour(app, client, outbox):
    ada()
    client.post("/sign-in/link", data={"email": "ada@demo.example"})
    path = link_in(app, outbox)
    with db.unit_of_work():
        link = db.session.scalars(sa.select(SignInLink)).one()
        assert link.expires_at - link.created_at == timedelta(minutes=15)
        link.expires_at = clock.now()
    assert client.get(path).status_code == client.post(path).status_code == 410
    assert client.get("/sign-in/link/nonsense").status_code == 410


def test_link_of_someone_disabled_is_over(app, client, outbox):
    person = ada()
    client.post("/sign-in/link", data={"email": "ada@demo.example"})
    path = link_in(app, outbox)
    with db.unit_of_work():
        again(person).disabled_at = clock.now()
    assert client.post(path).status_code == 410


def test_a_suspension_ends_the_links_that_wait(app, client, outbox):
    person, root = ada(), boss()
    client.post("/sign-in/link", data={"email": "ada@demo.example"})
    path = link_in(app, outbox)
    with db.unit_of_work():
        actions.invite("ada@demo.example", by=None, name="", at=clock.now())
    invitation = link_in(app, outbox)
    assert path != invitation and client.get(path).status_code == client.get(invitation).status_code == 200
    with db.unit_of_work():
        actions.disable(again(person), by=again(root), at=clock.now())
    shut = words(client.get(path))
    with db.unit_of_work():
        actions.enable(again(person), by=again(root), at=clock.now())
    for one in (path, invitation):
        assert client.get(one).status_code == client.post(one).status_code == 410
    assert words(client.get(path)) == shut == words(client.get("/sign-in/link/nonsense")), "it tells nothing"
    client.post("/sign-in/link", data={"email": "ada@demo.example"})
    assert client.post(link_in(app, outbox)).status_code == 303


@pytest.mark.parametrize("invited", [False, True])
def test_a_link_of_someone_else_says_who_is_signed_in_and_what_its_button_does(
    app, client, new_client, outbox, invited
):
    ada()
    with db.unit_of_work():
        bea = make_person("Bea Olsen")
        if invited:
            actions.invite("ada@demo.example", by=None, name="", at=clock.now())
    if not invited:
        client.post("/sign-in/link", data={"email": "ada@demo.example"})
    path, told = link_in(app, outbox), "Bea Olsen is signed in here now."
    client.sign_in(bea)
    page = client.get(path).text
    assert told in page and "signs Bea Olsen out on this device, and signs you in as Ada Nyström" in page
    assert told not in new_client().get(path).text
    typed = {"password": "four words are plenty"} if invited else {}
    assert client.post(path, data=typed).status_code == 303
    assert "Ada Nyström" in client.get("/me").text
    with db.unit_of_work(write=False):
        ended = db.session.scalars(sa.select(SignedIn).where(SignedIn.person_id == bea.id)).one()
        assert ended.ended_at is not None


def test_her_own_link_speaks_of_nobody_else(app, client, outbox):
    person = ada()
    client.post("/sign-in/link", data={"email": "ada@demo.example"})
    path = link_in(app, outbox)
    assert "is signed in here now" not in client.sign_in(person).get(path).text


def test_invitation_asks_for_a_password(app, client, outbox):
    with db.unit_of_work():
        actions.invite("Nia@demo.example", "Nia", by=None, at=clock.now())
    path = link_in(app, outbox)
    assert outbox.letters[-1]["To"] == "Nia <nia@demo.example>"
    assert "Choose your password" in client.get(path).text
    short = client.post(path, data={"password": "short"})
    assert short.status_code == 422 and "at least 12 characters" in short.text
    assert client.post(path, data={"password": PASSWORD}).status_code == 303
    assert client.get("/me").status_code == 200
    client.post("/sign-out")
    assert (
        client.post("/sign-in", data={"email": "nia@demo.example", "password": PASSWORD}).status_code == 303
    )


@pytest.mark.parametrize("kind", ["link", "invitation"])
def test_of_several_clicks_at_once_one_signs_in_and_the_others_see_the_links_own_page(
    app, client, new_client, outbox, kind
):
    if kind == "invitation":
        with db.unit_of_work():
            actions.invite("nia@demo.example", "Nia", by=None, at=clock.now())
    else:
        ada()
        client.post("/sign-in/link", data={"email": "ada@demo.example"})
    path = link_in(app, outbox)
    clients, together = [new_client() for _ in range(8)], threading.Barrier(8)

    def click(one):
        together.wait()
        return one.post(path, data={"password": PASSWORD})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(click, clients))
    assert sorted(one.status_code for one in answers) == [303] + [410] * 7
    assert all("ask for a new one here" in one.text for one in answers if one.status_code == 410)


@pytest.fixture
def hashed_apart(monkeypatch):
    """Hashes passwords only where no transaction is open: a hash waits for its turn, and others want to write."""
    real = passwords.hash

    def apart(password):
        assert not db.current().session.in_transaction()
        return real(password)

    monkeypatch.setattr(passwords, "hash", apart)


@pytest.mark.usefixtures("hashed_apart")
def test_a_new_password_holds_nobody_up(app, client, new_client, outbox):
    with db.unit_of_work():
        secret = actions.make_setup_link(at=clock.now())
        actions.invite("Nia@demo.example", "Nia", by=None, at=clock.now())
    assert client.post(link_in(app, outbox), data={"password": PASSWORD}).status_code == 303
    good = {"name": "Root", "email": "root@demo.example", "password": PASSWORD}
    assert new_client().post(f"/setup/{secret}", data=good).status_code == 303


# ---- me


def test_me_shows_links_and_settings(client):
    with db.unit_of_work():
        topic = make_topic("product", "Product", "Produit")
        person = make_champion("Ada", follows=[topic])
    page = client.sign_in(person).get("/me").text
    for part in (
        "/me/export",
        "/me/departure",
        "/connections/",
        "/me/seen",
        "/shares/",
        "Product",
        "Find a story",
    ):
        assert part in page
    with db.unit_of_work():
        again(person).joined_at, again(person).paused_at = None, clock.now()
    page = client.get("/me").text
    assert "Leave the programme" not in page and "weekly letter" not in page, "who gets none is told of none"
    with db.unit_of_work():
        again(person).joined_at = clock.now()
    assert "You are paused" in client.get("/me").text


def test_settings_are_kept_and_speak_at_once(client):
    person = ada(language="en-GB", time_zone="Etc/GMT+3")
    page = client.sign_in(person).get("/me/settings").text
    assert re.search(r'value="en"[^>]*checked|checked[^>]*value="en"', page) and "Etc/GMT+3" in page
    kept = {"language": "fr", "theme": "dark", "time_zone": "Europe/Paris"}
    assert client.post("/me/settings", data=kept).status_code == 303
    with db.unit_of_work(write=False):
        now = again(person)
        assert (now.language, now.theme, now.time_zone, now.weekly_letter) == (
            "fr",
            Theme.DARK,
            "Europe/Paris",
            False,
        )
    assert 'lang="fr"' in client.get("/me").text
    assert client.post("/me/settings", data=kept | {"time_zone": "Mars/Olympus"}).status_code == 422


def test_topics_are_followed(client):
    assert "No topics yet" in client.sign_in(ada()).get("/me/topics").text
    with db.unit_of_work():
        product, people = make_topic("product"), make_topic("people")
    assert "Product" in client.get("/me/topics").text
    client.post("/me/topics", data={"topics": [product.id, people.id]})
    assert client.post("/me/topics", data={"topics": [people.id]}).status_code == 303
    with db.unit_of_work(write=False):
        me = db.session.scalars(sa.select(Person)).one()
        assert queries.followed(me) == {people.id}
    assert client.post("/me/topics", data={"topics": [999]}).status_code == 422


def test_devices_are_listed_and_ended_at_once(client, new_client):
    person = ada()
    other = new_client().sign_in(person)
    other.get("/me")
    client.sign_in(person)
    page = client.get("/me/devices").text
    assert "This device" in page and "Sign out everywhere but here" in page
    code = re.search(r"/me/devices/(\w+)/closure", page)[1]
    assert client.post(f"/me/devices/{code}/closure").status_code == 303
    assert other.get("/me").status_code == 303  # although it was remembered a moment ago
    assert client.get("/me").status_code == 200
    third = new_client().sign_in(person)
    client.post("/me/devices/closure")
    assert third.get("/me").status_code == 303 and client.get("/me/devices").status_code == 200


def test_devices_of_others_are_not_there(client, new_client):
    with db.unit_of_work():
        other = make_person("Eve")
    new_client().sign_in(other)
    with db.unit_of_work(write=False):
        code = db.session.scalars(sa.select(SignedIn.code)).one()
    assert client.sign_in(ada()).post(f"/me/devices/{code}/closure").status_code == 404


def test_password_is_changed_and_ends_other_sessions(client, new_client):
    person = ada()
    other = new_client().sign_in(person)
    client.sign_in(person)
    assert "Present password" not in client.get("/me/password").text  # she signed in a moment ago
    assert client.post("/me/password", data={"password": "ada@demo.example"}).status_code == 422
    assert client.post("/me/password", data={"password": "another horse battery"}).status_code == 303
    assert other.get("/me").status_code == 303 and client.get("/me").status_code == 200
    with db.unit_of_work():
        db.session.execute(sa.update(SignedIn).values(created_at=clock.now() - timedelta(hours=1)))
    assert "Present password" in client.get("/me/password").text
    new = {"password": "a third horse battery", "present": "not this one"}
    wrong = client.post("/me/password", data=new)
    assert wrong.status_code == 422 and "not your present password" in wrong.text
    assert client.post("/me/password", data=new | {"present": "another horse battery"}).status_code == 303


# ---- the programme


def test_join_or_not_now(client):
    person = ada()
    page = client.sign_in(person).get("/join").text
    assert "You have read and learnt all" in page and "What a post looks like" in page
    assert "Join" in page and "Not now" in page and "never recorded" in page
    client.post("/join", data={"answer": "not-now"})
    with db.unit_of_work(write=False):
        assert again(person).not_now_at and not again(person).is_champion
    assert client.post("/join", data={"answer": "join"}).headers["Location"] == "/"
    with db.unit_of_work(write=False):
        assert again(person).is_champion and again(person).not_now_at is None
    assert "You have joined" in client.get("/join").text


def test_setup_creates_the_first_administrator_once(client, new_client):
    with db.unit_of_work():
        assert queries.is_empty()
        actions.make_setup_link(at=clock.now())
        secret = actions.make_setup_link(at=clock.now())
    assert client.get(f"/setup/{secret}").status_code == 200
    wrong = client.post(f"/setup/{secret}", data={"name": "Root", "email": "root", "password": PASSWORD})
    assert wrong.status_code == 422 and "name@company.example" in wrong.text
    good = {"name": "Root", "email": "root@demo.example", "password": PASSWORD}
    assert client.post(f"/setup/{secret}", data=good).status_code == 303
    assert client.get("/people/").status_code == 200
    assert new_client().get(f"/setup/{secret}").status_code == 404
    assert new_client().post(f"/setup/{secret}", data=good).status_code == 404
    with db.unit_of_work(write=False):
        root = db.session.scalars(sa.select(Person)).one()
        assert root.may("role.grant") and root.grants[0].role == Role.ADMIN
        assert not queries.is_empty()
