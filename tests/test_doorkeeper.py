"""Who is asked for at the door, and who is not."""

from __future__ import annotations

import pytest

from advocacy import db
from tests.makers.accounts import make_person


def test_an_address_that_leads_nowhere_says_so_to_who_is_signed_in(client):
    """It reads no database, so it asks nobody's name."""
    with db.unit_of_work():
        person = make_person("Ada")
    client.sign_in(person)
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_an_address_that_leads_nowhere_speaks_french_to_a_french_browser(client):
    assert "Il n’y a rien ici" in client.get("/nowhere", headers={"Accept-Language": "fr-CA, en;q=0.5"}).text


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
