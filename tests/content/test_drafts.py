"""Drafts: sent back with a remark, thrown away, and kept while they are typed."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.audit.models import AuditLine
from advocacy.content import actions
from advocacy.content.models import Kit, KitAsset, KitText, Review
from advocacy.permissions import Role
from tests.makers.accounts import make_entity, make_person
from tests.makers.content import make_data, make_kit, make_picture, picture_bytes

HOUR = timedelta(hours=1)


@pytest.fixture
def carl(client: Any) -> Person:
    with db.unit_of_work():
        person = make_person("Carl", roles=[Role.COMMS])
    client.sign_in(person)
    return person


def kit_of(slug: str) -> Kit:
    return db.session.scalars(sa.select(Kit).where(Kit.slug == slug)).one()


def sent_back(by: Person, remark: str = "Name the ferry.") -> str:
    with db.unit_of_work():
        cora = make_person("Cora", roles=[Role.COMMS])
        kit = actions.create(
            make_data(pictures=(make_picture(alt={"en": "A ferry"}),)), by=by, at=clock.now() - 3 * HOUR
        )
        actions.send_to_review(kit, by=by, at=clock.now() - 2 * HOUR)
        actions.send_back(kit, remark, by=cora, at=clock.now() - HOUR)
        return kit.slug


def head_of(page: str) -> str:
    return page.partition("<main")[2].partition('class="with-aside"')[0]


def test_a_remark_stands_at_the_top_until_something_changes(client: Any, carl: Person) -> None:
    slug = sent_back(carl)
    page = client.get(f"/studio/kits/{slug}").text
    assert "Cora sent it back on " in head_of(page) and "Name the ferry." in head_of(page)
    assert re.search(
        r'btn-primary"[^>]*>.*?Edit', head_of(page), re.DOTALL
    ) and "Send to review" not in head_of(page)
    assert "It is ready" not in page and "Send it as it is" in page
    with db.unit_of_work():
        kit = kit_of(slug)
        actions.save(
            kit,
            make_data(link_url="https://n.example/new"),
            edition=kit.edition,
            by=db.session.merge(carl),
            at=clock.now(),
        )
    page = client.get(f"/studio/kits/{slug}").text
    assert "Name the ferry." in head_of(page) and "Send to review" in head_of(page)
    assert "It is ready" not in page and "It was changed since" in page
    assert client.post(f"/studio/kits/{slug}/review").status_code == 303
    assert "Name the ferry." not in head_of(client.get(f"/studio/kits/{slug}").text)


def test_the_reviewers_page_says_what_pictures_show(client: Any, carl: Person) -> None:
    slug = sent_back(carl)
    assert "What it shows: A ferry" in client.get(f"/studio/kits/{slug}").text


def test_a_draft_is_thrown_away_by_naming_what_goes(client: Any, carl: Person) -> None:
    slug = sent_back(carl)
    page = client.get(f"/studio/kits/{slug}").text
    assert f'href="/studio/kits/{slug}/removal"' in page
    asked = client.get(f"/studio/kits/{slug}/removal").text
    assert "the story in English" in asked and "1 picture" in asked and "what reviewers remarked" in asked
    answer = client.post(f"/studio/kits/{slug}/removal")
    assert answer.location == "/studio/" and "is thrown away" in client.get("/studio/").text
    with db.unit_of_work(write=False):
        for model in (Kit, KitText, KitAsset, Review):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0
        line = db.session.scalars(sa.select(AuditLine).where(AuditLine.verb == "kit.discard")).one()
        assert line.about == f"kit:{slug}" and line.details["title"]
    assert client.get(f"/studio/kits/{slug}").status_code == 404


def test_what_was_approved_or_waits_for_review_is_not_thrown_away(client: Any, carl: Person) -> None:
    with db.unit_of_work():
        make_kit("open-day")
    assert "/removal" not in client.get("/studio/kits/open-day").text
    for method in (client.get, client.post):
        answer = method("/studio/kits/open-day/removal")
        assert answer.status_code == 422 and "Recall a story that was out" in answer.text


def test_nobody_throws_away_what_is_another_companys(client: Any, carl: Person) -> None:
    slug = sent_back(carl)
    with db.unit_of_work():
        local = make_person("Local", roles=[Role.COMMS])
        local.grants[0].entity = make_entity()
    assert client.sign_in(local).post(f"/studio/kits/{slug}/removal").status_code == 404


def test_an_added_picture_leads_back_to_its_words(client: Any, carl: Person) -> None:
    page = client.get("/studio/kits/new").text
    assert 'formaction="/studio/kits/new#part-pictures"' in page
    assert f'data-draft="kit:{carl.code}:/new:0:' in page and 'id="kept-offer"' in page
    answer = client.post(
        "/studio/kits/new",
        data={"texts-0-language": "en", "texts-0-title": "Typed", "add": "picture", "edition": "0",
              "upload": (io.BytesIO(picture_bytes()), "ferry.png")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 200 and 'value="Typed"' in answer.text
    (focused,) = re.findall(r"<input[^>]*autofocus[^>]*>", answer.text)
    assert "-alt" in focused


def test_an_added_caption_leads_to_it(client: Any, carl: Person) -> None:
    answer = client.post("/studio/kits/new", data={"add": "caption", "edition": "0"})
    assert len(re.findall(r"<textarea[^>]*autofocus", answer.text)) == 1
    assert "(optional)" not in client.get("/studio/kits/new").text.split("What it shows")[1][:80]
