from __future__ import annotations

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.guidelines import queries
from advocacy.guidelines.models import Acknowledgement
from tests.makers.accounts import make_champion
from tests.makers.guidelines import AT, make_guideline, publish_again


@pytest.fixture
def ada(database) -> Person:
    with db.unit_of_work():
        make_guideline("kind", "Kindness")
        return make_champion("Ada")


def test_index_is_for_everyone(client, ada):
    page = client.get("/guidelines/")
    assert page.status_code == 200
    assert "Kindness" in page.text and "Read and accepted" not in page.text


def test_index_when_there_is_none(client, database):
    assert "No guidelines yet" in client.get("/guidelines/").text


def test_show_in_the_language_of_the_reader(client, ada):
    assert "Text of Kindness." in client.get("/guidelines/kind").text
    assert "Texte de Kindness." in client.get("/guidelines/kind", headers={"Accept-Language": "fr"}).text
    assert "Texte de Kindness." in client.get("/guidelines/kind?lang=fr").text
    assert "sign in to accept" in client.get("/guidelines/kind?lang=en").text


def test_show_what_is_not_there(client, ada):
    assert client.get("/guidelines/other").status_code == 404
    assert client.get("/guidelines/kind?version=9").status_code == 404


def test_show_an_earlier_version(client, ada):
    with db.unit_of_work():
        publish_again(queries.with_slug("kind"), at=AT)
    assert "New text." in client.get("/guidelines/kind").text
    earlier = client.get("/guidelines/kind?version=1").text
    assert "Text of Kindness." in earlier and "earlier version" in earlier


def test_acknowledge_is_told_on_the_page(client, ada):
    client.sign_in(ada)
    assert "I have read and accept this" in client.get("/guidelines/kind").text
    answer = client.post("/guidelines/kind/acknowledgement", data={"version": 1, "language": "en"})
    assert (answer.status_code, answer.location) == (303, "/guidelines/kind")
    page = client.get("/guidelines/kind").text
    assert "You read and accepted this on" in page and "I have read and accept this" not in page
    assert page.count("circle-check") == 1, "one green note, not two"
    assert "Read and accepted" in client.get("/guidelines/").text


def test_acknowledge_leads_on_to_the_next_missing_thing_and_then_back(client, ada):
    back = "/kits/open-day/shares/new"
    with db.unit_of_work():
        second = make_guideline("honest", "Honesty", at=AT)
        for slug in ("kind", "honest"):
            queries.with_slug(slug).unlocks_sharing = True
        db.session.get_one(Person, ada.id).joined_at = AT
    client.sign_in(ada)
    page = client.get(f"/guidelines/kind?next={back}").text
    assert f'action="/guidelines/kind/acknowledgement?next={back}"' in page
    answer = client.post(f"/guidelines/kind/acknowledgement?next={back}", data={"version": 1})
    assert answer.location == f"/guidelines/kind?next={back}"
    assert f'href="/guidelines/{second.slug}?next={back}"' in client.get(answer.location).text
    answer = client.post(f"/guidelines/honest/acknowledgement?next={back}", data={"version": 1})
    page = client.get(answer.location).text
    assert f'class="btn btn-primary" href="{back}"' in page and "Back to the story" in page
    assert "Go on" in client.get("/guidelines/kind?next=/me").text
    assert "Back to my post" in client.get("/guidelines/kind?next=/shares/abc").text


def test_acknowledge_of_a_replaced_version_shows_the_new_one(client, ada):
    client.sign_in(ada)
    with db.unit_of_work():
        publish_again(queries.with_slug("kind"), at=clock.now())
    answer = client.post("/guidelines/kind/acknowledgement", data={"version": 1})
    assert answer.status_code == 409
    assert "A new version was published while you were reading" in answer.text and "New text." in answer.text
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(Acknowledgement.id)) is None


def test_acknowledge_wants_a_sign_in(client, ada):
    assert client.post("/guidelines/kind/acknowledgement", data={"version": 1}).location.startswith(
        "/sign-in"
    )
