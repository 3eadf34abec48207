"""The pages that people see."""

from __future__ import annotations

import time

import requests

from advocacy.practice.x.rules import COMPANY
from tests.practice.network import Network
from tests.practice.x.test_api import COMPANYS
from tests.practice.x.wayfarer import Caller, Wayfarer


def _page(network: Network, path: str) -> requests.Response:
    return requests.get(network.url + path, headers={"Accept": "text/html"}, timeout=5)


def test_a_post_stands_at_both_addresses(ada: Caller) -> None:
    one = ada.id_of(f"Here {time.time_ns()}")
    for path in (f"/i/web/status/{one}", f"/ada/status/{one}"):
        assert "Here" in _page(ada.network, path).text
    assert _page(ada.network, f"/carl/status/{one}").url.endswith(f"/ada/status/{one}")
    for path in ("/i/web/status/5", "/ada/status/x", "/i/web/status/" + "9" * 30, "/ada/status/5", "/nobody"):
        assert _page(ada.network, path).status_code == 404, path


def test_the_timeline_shows_links_tags_and_mentions(ada: Caller) -> None:
    words = "Read <script> & #Heat by @carl: https://www.a.example/a-very-long-way/to-go\n\n#1 test.com"
    ada.id_of(words)
    page = _page(ada.network, "/")
    assert "nothing here leaves this computer" in page.text and _page(ada.network, "/home").status_code == 200
    link = '<a href="https://www.a.example/a-very-long-way/to-go" rel="nofollow noopener" target="_blank">'
    assert link + "a.example/a-very-long-wa…</a>" in page.text and "&lt;script&gt; &amp;" in page.text
    assert (
        '<span class="hashtag">#Heat</span>' in page.text
        and '<span class="hashtag">@carl</span>' in page.text
    )
    assert 'href="http://test.com"' in page.text and '<span class="headline">To go</span>' in page.text
    assert "<script" not in page.text and " style=" not in page.text and "#1</span>" not in page.text
    assert "via Advocacy" in page.text and "script-src" not in page.headers["Content-Security-Policy"]


def test_a_quote_shows_what_it_quotes(ada: Caller) -> None:
    words = f"Our company {time.time_ns()}"
    one = ada.id_of(words, quote_tweet_id=COMPANYS, paid_partnership=True, made_with_ai=True)
    page = ada.page(one).text
    assert "Our new office in Tromsø" in page and "Nordlys Group" in page
    assert "Paid partnership" in page and "Made with AI" in page
    two = ada.id_of(words + "!", quote_tweet_id=one)
    ada.call("DELETE", f"/2/tweets/{one}")
    assert "This post is unavailable" in ada.page(two).text


def test_every_page_answers(ada: Caller) -> None:
    for path in (
        "/",
        "/ada",
        "/ada/",
        "/nordlysgroup",
        f"/nordlysgroup/status/{COMPANYS}",
        "/sign-in",
        "/faults",
    ):
        assert _page(ada.network, path).status_code == 200, path
    assert COMPANY.id in _page(ada.network, "/nordlysgroup").text
    assert "early risers" in _page(ada.network, "/nordlysgroup").text


def test_long_timelines_have_older_posts(carl: Caller) -> None:
    for n in range(21):
        carl.id_of(f"Long timeline, post {n}, {time.time_ns()}")
    page = _page(carl.network, "/carl")
    older = page.text.split('href="?max_id=')[1].split('"')[0]
    assert "post 20" in page.text and _page(carl.network, f"/carl?max_id={older}").status_code == 200
    assert _page(carl.network, "/carl?max_id=" + "9" * 30).status_code == 200


def test_a_person_deletes_an_own_post_by_hand(ada: Caller) -> None:
    one = ada.id_of(f"Oops {time.time_ns()}")
    way, other = Wayfarer(ada.network), Wayfarer(ada.network, "carl")
    way.returned()
    other.returned()
    url = f"{ada.network.url}/ada/status/{one}"
    assert "Delete this post" not in other.browser.get(url, timeout=5).text
    page = way.browser.get(url, timeout=5)
    assert way.form(page).headers["Location"] == "/ada"
    assert ada.page(one).status_code == 404 and way.form(page).status_code == 404


def test_own_pages_are_ones_own(network: Network) -> None:
    assert _page(network, "/apps").url.endswith("/sign-in?next=/apps")
    stranger = Wayfarer(network)
    page = stranger.browser.get(f"{network.url}/sign-in", timeout=5)
    token = page.text.split('name="form_token" value="')[1].split('"')[0]
    for path in ("/i/web/status/5/deletion", "/apps/client-1/revocation"):
        sent = stranger.browser.post(network.url + path, data={"form_token": token}, timeout=5)
        assert sent.status_code == 403
        assert stranger.browser.post(network.url + path, timeout=5).status_code == 400
