"""The pages that people see."""

from __future__ import annotations

import requests

from tests.practice.mastodon.wayfarer import Caller, Wayfarer
from tests.practice.network import Network


def _get(network: Network, path: str) -> requests.Response:
    return requests.get(network.url + path, headers={"Accept": "text/html"}, timeout=5)


def test_the_timeline_shows_posts_with_alt_texts(ada: Caller) -> None:
    media = ada.upload(description='A "blue" square').json()["id"]
    ada.post("Look <script>alert(1)</script> https://a.example/new-office", media_ids=[media])
    ada.post("Read https://a.example/new-office")
    page = _get(ada.network, "/")
    assert "nothing here leaves this computer" in page.text
    assert 'alt="A &#34;blue&#34; square"' in page.text and "<script" not in page.text
    assert "New office" in page.text and "via Advocacy" in page.text
    assert " style=" not in page.text and "script-src" not in page.headers["Content-Security-Policy"]


def test_every_page_answers(ada: Caller) -> None:
    post = ada.post("Here").json()["id"]
    for path in ("/", "/@ada", "/users/ada", f"/@ada/{post}", "/sign-in", "/faults", "/avatars/ada.svg"):
        assert _get(ada.network, path).status_code == 200, path
    for path in ("/@nobody", "/@ada/1", f"/@carl/{post}", "/media/1/small", "/avatars/no.svg", "/nothing"):
        assert _get(ada.network, path).status_code == 404, path


def test_long_timelines_have_older_posts(ada: Caller) -> None:
    for n in range(21):
        ada.post(f"Post number {n}")
    page = _get(ada.network, "/@ada")
    older = page.text.split('href="?max_id=')[1].split('"')[0]
    assert "Post number 20" in page.text and _get(ada.network, f"/@ada?max_id={older}").status_code == 200


def test_a_person_deletes_an_own_post_by_hand(ada: Caller) -> None:
    post = ada.post("Oops").json()
    way = Wayfarer(ada.network)
    way.returned()
    page = way.browser.get(post["url"], timeout=5)
    assert way.form(page).headers["Location"] == "/@ada"
    assert requests.get(post["url"], timeout=5).status_code == 404


def test_signing_out_forgets(network: Network) -> None:
    way = Wayfarer(network)
    way.returned()
    way.form(way.browser.get(f"{network.url}/@ada", timeout=5))
    assert "Sign in" in way.browser.get(network.url, timeout=5).text


def test_faults_are_added_by_the_page_too(network: Network) -> None:
    way = Wayfarer(network)
    page = way.browser.get(f"{network.url}/faults", headers={"Accept": "text/html"}, timeout=5)
    assert way.form(page, kind="media", fault="delay", seconds="1", calls="3").status_code == 303
    waiting = requests.get(f"{network.url}/faults", timeout=5).json()["faults"]
    assert [(f["kind"], f["fault"], f["calls_left"]) for f in waiting] == [("media", "delay", 3)]
    sent = {"kind": "media", "fault": "delay"}
    assert requests.post(f"{network.url}/faults", data=sent, timeout=5).status_code == 400
