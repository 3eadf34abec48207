"""A short link: a redirect to the stored address and nothing else, ever."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from advocacy import clock, db
from advocacy.links import actions, queries
from tests.links.test_rules import HUMANS, ROBOTS
from tests.makers.accounts import make_champion
from tests.makers.content import make_kit

URL = "https://n.example/a?b=1;c&q=a%20b+c&utm_source=x#part"
HUMAN = {"User-Agent": HUMANS["Chrome"]}


@pytest.fixture
def link(app: Any) -> Any:
    with db.unit_of_work():
        return actions.shorten(URL, kit_id=None, person_id=None, at=clock.now())


def clicks(link: Any) -> int:
    with db.unit_of_work(write=False):
        return queries.clicks([link.id])[link.id]


def test_follow_leads_to_the_stored_address(client: Any, link: Any) -> None:
    answer = client.get(f"/l/{link.code}?to=https://evil.example", headers=HUMAN)
    assert (answer.status_code, answer.headers["Location"]) == (302, URL)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert clicks(link) == 1


@pytest.mark.parametrize("path", ["", "?lang=fr"])
def test_follow_sets_no_cookie_and_varies_with_none(client: Any, link: Any, path: str) -> None:
    with db.unit_of_work():
        ada = make_champion()
    client.sign_in(ada)
    client.set_cookie("language", "fr")
    answer = client.get(f"/l/{link.code}{path}", headers=HUMAN)
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers


def test_follow_counts_no_head(client: Any, link: Any) -> None:
    answer = client.head(f"/l/{link.code}", headers=HUMAN)
    assert (answer.status_code, answer.headers["Location"]) == (302, URL)
    assert clicks(link) == 0


@pytest.mark.parametrize(
    "headers",
    [{"User-Agent": agent} for agent in (ROBOTS["nothing"], ROBOTS["Mastodon"])]
    + [{**HUMAN, "Sec-Purpose": "prefetch"}, {**HUMAN, "Purpose": "preview"}],
)
def test_follow_leads_robots_on_and_does_not_count_them(
    client: Any, link: Any, headers: dict[str, str]
) -> None:
    assert client.get(f"/l/{link.code}", headers=headers).status_code == 302
    assert clicks(link) == 0


def test_follow_an_unknown_code_is_a_public_page(client: Any) -> None:
    answer = client.get("/l/nosuchone?lang=fr", headers={**HUMAN, "Accept-Language": "en"})
    assert answer.status_code == 404
    assert b"<h1" in answer.data
    assert "Set-Cookie" not in answer.headers


def test_follow_of_a_recalled_story_leads_on(client: Any) -> None:
    with db.unit_of_work():
        kit = make_kit()
        kit.recalled_at = clock.now()
        link = actions.shorten(URL, kit_id=kit.id, person_id=None, at=clock.now())
    assert client.get(f"/l/{link.code}", headers=HUMAN).headers["Location"] == URL


def test_a_link_leads_on_when_nothing_can_be_written(
    client: Any, link: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any, **_values: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    monkeypatch.setattr(actions, "count_click", full)
    assert client.get(f"/l/{link.code}", headers=HUMAN).headers["Location"] == URL


def test_a_foreign_address_with_other_letters_is_kept(client: Any) -> None:
    with db.unit_of_work():
        link = actions.shorten(
            "https://n.example/%C3%A9t%C3%A9?x=%E2%82%AC", kit_id=None, person_id=None, at=clock.now()
        )
        assert db.session.scalar(sa.text("SELECT 1")) == 1
    assert (
        client.get(f"/l/{link.code}", headers=HUMAN).headers["Location"]
        == "https://n.example/%C3%A9t%C3%A9?x=%E2%82%AC"
    )
