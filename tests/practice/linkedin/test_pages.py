"""The pages that people see."""

from __future__ import annotations

import requests

from advocacy.practice.linkedin.rules import COMPANY
from tests.practice.linkedin.wayfarer import Caller, Wayfarer
from tests.practice.network import Network


def _get(network: Network, path: str) -> requests.Response:
    return requests.get(network.url + path, headers={"Accept": "text/html"}, timeout=5)


def test_the_feed_shows_texts_links_tags_and_mentions(ada: Caller) -> None:
    words = r"Read \<script\> https://a.example/a_b {hashtag|\#|Heat} @[Nordlys Group]("
    ada.urn_of(f"{words}{COMPANY.urn}) @[Ada]({ada.urn}) @[Nordlys]({COMPANY.urn})\n\nBye #News")
    page = _get(ada.network, "/")
    assert "nothing here leaves this computer" in page.text
    assert '<a href="https://a.example/a_b"' in page.text and "&lt;script&gt;" in page.text
    assert '<span class="hashtag">#Heat</span>' in page.text and "#News</span>" in page.text
    assert '<a class="mention" href="/company/nordlys-group">Nordlys Group</a>' in page.text
    assert '<a class="mention" href="/in/ada">Ada</a> Nordlys</p>' in page.text
    assert "<script" not in page.text and " style=" not in page.text
    assert "via Advocacy" in page.text and "script-src" not in page.headers["Content-Security-Policy"]


def test_every_page_answers(ada: Caller) -> None:
    urn = ada.urn_of("Here")
    ada.urn_of("There", reshareContext={"parent": urn})
    ada.at_post("DELETE", urn)
    companys = f"urn:li:share:{COMPANY.posts[1][0]}"
    pages = ("/", "/feed/", "/in/ada", "/in/ada/", "/company/nordlys-group/", "/sign-in", "/faults")
    for path in (*pages, f"/feed/update/{companys}", f"/feed/update/{companys}/"):
        assert _get(ada.network, path).status_code == 200, path
    assert "This post cannot be shown" in _get(ada.network, "/in/ada").text
    assert "many)." in _get(ada.network, "/company/nordlys-group").text
    for path in (
        "/in/nobody",
        "/company/none",
        "/feed/update/urn:li:share:1",
        f"/feed/update/{urn}",
        "/media/x/small",
    ):
        assert _get(ada.network, path).status_code == 404, path


def test_a_post_for_some_is_shown_to_members_only(ada: Caller) -> None:
    urn = ada.urn_of("For us", visibility="CONNECTIONS")
    assert ada.page(urn).status_code == 404
    way = Wayfarer(ada.network, "carl")
    way.returned()
    assert way.browser.get(f"{ada.network.url}/feed/update/{urn}", timeout=5).status_code == 200


def test_long_feeds_have_older_posts(carl: Caller) -> None:
    for n in range(21):
        carl.urn_of(f"Long feed, post {n}")
    page = _get(carl.network, "/in/carl")
    older = page.text.split('href="?max_id=')[1].split('"')[0]
    assert "post 20" in page.text and _get(carl.network, f"/in/carl?max_id={older}").status_code == 200


def test_a_person_deletes_an_own_post_by_hand(ada: Caller) -> None:
    urn = ada.urn_of("Oops")
    way = Wayfarer(ada.network)
    way.returned()
    other = Wayfarer(ada.network, "carl")
    other.returned()
    url = f"{ada.network.url}/feed/update/{urn}"
    assert "Delete this post" not in other.browser.get(url, timeout=5).text
    assert way.form(way.browser.get(url, timeout=5)).headers["Location"] == "/in/ada"
    assert ada.page(urn).status_code == 404
    assert ada.at_post("DELETE", urn).status_code == 204


def test_the_faults_page_marks_a_text_that_was_cut_short(ada: Caller) -> None:
    ada.urn_of("Cut (off)")
    assert "text cut short" in _get(ada.network, "/faults").text
