"""Who is asked for at the door, and who is not."""

from __future__ import annotations

import io

import pytest

from advocacy import db
from advocacy.permissions import Role
from tests.makers.accounts import make_person


def test_an_address_that_leads_nowhere_says_so_to_who_is_signed_in(client):
    """It reads no database, so it asks nobody's name."""
    with db.unit_of_work():
        person = make_person("Ada")
    client.sign_in(person)
    client.get("/kits/")
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "This page is not here, or not for you</h1>" in answer.text
    assert 'href="/people/administrators"' in answer.text, "whom to ask"
    assert 'class="btn btn-primary" href="/"' in answer.text, "a way on"


def test_a_page_about_a_thing_that_is_gone_says_so_too(client):
    """Its own reason stands beneath; a form that finds nothing left says that nothing was done."""
    with db.unit_of_work():
        person = make_person("Hana", roles=[Role.HR])
    client.sign_in(person)
    page = client.get("/people/guidelines/gone").text
    assert "This page is not here, or not for you</h1>" in page
    assert "There is no guideline at this address." in page and 'href="/people/administrators"' in page
    assert "That could not be done</h1>" in client.post("/people/guidelines/gone/retirement").text


def test_an_address_that_leads_nowhere_speaks_french_to_a_french_browser(client):
    page = client.get("/nowhere", headers={"Accept-Language": "fr-CA, en;q=0.5"}).text
    assert "Cette page n’existe pas, ou ne vous est pas destinée" in page


def test_an_address_that_only_a_form_leads_to_is_a_page_too(client):
    answer = client.get("/sign-out")
    assert answer.status_code == 405 and "POST" in answer.headers["Allow"]
    assert "No page stands here" in answer.text and "405" in answer.text


@pytest.mark.parametrize(
    ("before", "onward"),
    [
        ("http://localhost/kits/open-day/shares/new?language=fr", "/kits/open-day/shares/new?language%3Dfr"),
        ("http://127.0.0.1:8000/me/settings", "/me/settings"),
        ("http://localhost", "/"),
        ("https://evil.example/me/settings", "/"),
        ("http://localhost//evil.example", None),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_who_was_signed_out_meanwhile_comes_back_to_the_page_of_her_form(client, before, onward):
    answer = client.post("/me/pause", headers={"Referer": before})
    assert answer.status_code == 303
    expected = "/sign-in" + (f"?next={onward}" if onward else "")
    assert answer.headers["Location"] == expected


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ("/kits/open-day/shares", "words"),
        ("/kits/open-day/shares", "alt-0123456789abcdef"),
        ("/kits/open-day/draft", "words-mastodon"),
        ("/kits/open-day/shares/preview", "words"),
        ("/connections/", "server"),
        ("/connections/bluesky/password", "word"),
        ("/studio/holds/", "reason"),
        ("/shares/0123456789abcdef/help", "message"),
        ("/sign-in", "email"),
        ("/sign-in", "a\0name"),
    ],
)
def test_what_no_keyboard_writes_is_refused_in_words(client, place, field):
    """PostgreSQL cannot keep it, so that every page would fail in its own way, and later."""
    with db.unit_of_work():
        person = make_person("Ada", roles=[Role.ADMIN, Role.COMMS])
    client.sign_in(person)
    answer = client.post(place, data={field: "We\0dig"})
    assert answer.status_code == 400 and "a character in it that cannot be kept" in answer.text


@pytest.mark.parametrize(
    "place",
    [
        "/kits/?topic=%00",
        "/kits/%00",
        "/people/?q=a%00b",
        "/studio/?%00=1",
        "/l/a%00",
        "/connections/callback/mastodon?state=%00",
    ],
)
def test_so_it_is_in_an_address(client, place):
    with db.unit_of_work():
        person = make_person("Ada", roles=[Role.ADMIN, Role.COMMS])
    client.sign_in(person)
    answer = client.get(place)
    assert answer.status_code == 400 and "a character in it that cannot be kept" in answer.text


def test_so_it_is_in_the_name_of_a_file(client):
    with db.unit_of_work():
        person = make_person("Ada", roles=[Role.ADMIN, Role.COMMS])
    client.sign_in(person)
    answer = client.post("/studio/", data={"file": (io.BytesIO(b"x"), "a\0.png")})
    assert answer.status_code == 400
