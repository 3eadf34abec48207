"""The pages that people see in Bluesky's mode."""

from __future__ import annotations

import re

import pytest
import requests

from advocacy.practice.bluesky import rules
from advocacy.practice.bluesky.pages import rich
from tests.practice.bluesky.test_oauth import SESSION
from tests.practice.bluesky.wayfarer import Caller, Wayfarer, text, tid
from tests.practice.network import Network

LINK = "app.bsky.richtext.facet#link"


def page(network: Network, path: str) -> requests.Response:
    return requests.get(network.url + path, timeout=10, headers={"Accept": "text/html"})


def facet(start: int, end: int, **feature: str) -> dict[str, object]:
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def test_only_facets_make_links() -> None:
    words = "Grüße <b> https://a.example #x @ada"
    assert rich(words, []) == "<p>Grüße &lt;b&gt; https://a.example #x @ada</p>"
    facets = [
        facet(34, 38, did="did:plc:abc"),
        facet(12, 29, uri="https://b.example/?a=1&b=2"),
        facet(30, 32, tag="x"),
        facet(14, 20, uri="https://inside.example"),
    ]
    html = rich(words, facets)
    assert (
        '<a href="https://b.example/?a=1&amp;b=2" rel="nofollow noopener" target="_blank">https://a' in html
    )
    assert '<span class="hashtag">#x</span>' in html and '<a href="/profile/did:plc:abc">' in html
    assert "inside" not in html
    assert "<a" not in rich("run", [facet(0, 3, uri="javascript:alert(1)")])
    assert rich("one\ntwo", []) == "<p>one<br>two</p>"


def test_a_post_has_its_real_address_card_and_pictures(ada: Caller) -> None:
    blob, rkey = ada.upload().json()["blob"], tid()
    card = {"uri": "https://e.example/a", "title": "A title", "description": "About it", "thumb": blob}
    ada.put(text("With a card", embed={"$type": "app.bsky.embed.external", "external": card}), rkey)
    address = f"/profile/ada.practice.test/post/{rkey}"
    shown = page(ada.network, address)
    assert shown.status_code == 200 and 'href="https://e.example/a"' in shown.text
    assert (
        "@ada.practice.test</span>" in shown.text
        and "A title" in shown.text
        and "About it" in shown.text
        and "style=" not in shown.text
    )
    (thumb,) = re.findall(r'class="card".*?src="([^"]+)"', shown.text, re.DOTALL)
    assert page(ada.network, thumb).headers["Content-Type"] == "image/jpeg"
    assert f'href="{address}"' in page(ada.network, "/").text
    by_did = requests.get(f"{ada.network.url}/profile/{ada.did}/post/{rkey}", timeout=5)
    assert by_did.url == ada.network.url + address
    one = {"alt": "A violet square", "image": blob}
    ada.put(text("Look", embed={"$type": "app.bsky.embed.images", "images": [one] * 2}))
    timeline = page(ada.network, "/").text
    assert timeline.count('alt="A violet square"') >= 2 and "media-2" in timeline
    assert "style-src 'self'" in page(ada.network, "/").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/profile/eve.practice.test",
        "/profile/did:plc:abc",
        "/profile/ada.practice.test/post/3n33vhlveee22",
        "/profile/ada.elsewhere.test",
        "/img/feed_fullsize/plain/did:plc:abc/x",
        f"/img/feed_fullsize/plain/{rules.did_of('ada')}/x",
    ],
)
def test_what_is_not_there_is_a_page_for_people(network: Network, path: str) -> None:
    answer = page(network, path)
    assert answer.status_code == 404 and answer.headers["Content-Type"].startswith("text/html")


def test_older_posts_are_a_page_further(ada: Caller) -> None:
    for number in range(21):
        ada.put(text(f"Number {number}"))
    first = page(ada.network, "/profile/ada.practice.test").text
    assert "Number 20" in first and ">Number 0<" not in first
    (older,) = re.findall(r'href="(\?max_id=\d+)"', first)
    assert "Number 0<" in page(ada.network, f"/profile/ada.practice.test{older}").text


def test_an_author_deletes_her_post_by_hand(ada: Caller) -> None:
    rkey = tid()
    ada.put(text("Gone soon"), rkey)
    way = Wayfarer(ada.network)
    way.visit(way.address())
    url = f"{ada.network.url}/profile/ada.practice.test/post/{rkey}"
    shown = way.browser.get(url, timeout=5)
    assert requests.post(f"{url}/deletion", timeout=5).status_code == 400
    assert way.form(shown).status_code == 303
    assert way.browser.get(url, timeout=5).status_code == 404
    assert way.form(shown).status_code == 404
    ada.put(text("Carl looks"), rkey)
    carl = Wayfarer(ada.network, "carl")
    carl.visit(carl.address())
    assert "/deletion" not in carl.browser.get(url, timeout=5).text


def test_an_app_is_taken_back_by_hand(network: Network) -> None:
    caller = Wayfarer(network).connected()
    shown = caller.way.browser.get(f"{network.url}/apps", timeout=5)
    assert (
        "App at 127.0.0.1:9" in shown.text
        and "/sign-in" in requests.get(f"{network.url}/apps", timeout=5).url
    )
    number = str(max(map(int, re.findall(r"/apps/(\d+)/revocation", shown.text))))  # the newest is this one's
    last = shown.text.replace("/apps/", "/other/").replace(f"/other/{number}/", f"/apps/{number}/")
    shown._content = last.replace('action="/other', 'data-x="').encode()
    assert caller.way.form(shown).status_code == 303
    assert caller.call("GET", SESSION).status_code == 401


def test_app_passwords_stand_on_the_persons_own_page(network: Network) -> None:
    way = Wayfarer(network)
    assert rules.app_password_of("ada") not in page(network, "/profile/ada.practice.test").text
    way.visit(way.address())
    own = f"{network.url}/profile/ada.practice.test"
    shown = way.browser.get(own, timeout=5).text
    assert rules.app_password_of("ada") in shown and rules.did_of("ada") in shown
    token = re.findall(r'name="form_token" value="([^"]+)"', shown)[0]
    made = way.browser.post(
        f"{network.url}/settings/app-passwords", data={"form_token": token, "name": "Phone"}, timeout=5
    )
    assert "<strong>Phone</strong>" in made.text
    secret = re.findall(r'<code class="password">([^<]+)</code>', made.text)[-1]
    sent = {"identifier": "ada.practice.test", "password": secret}
    begin = f"{network.url}/xrpc/com.atproto.server.createSession"
    session = requests.post(begin, json=sent, timeout=5).json()
    number = re.findall(r"/settings/app-passwords/(\d+)/revocation", made.text)[-1]
    way.browser.post(
        f"{network.url}/settings/app-passwords/{number}/revocation", data={"form_token": token}, timeout=5
    )
    assert requests.post(begin, json=sent, timeout=5).status_code == 401
    headers = {"Authorization": f"Bearer {session['accessJwt']}"}
    ended = requests.get(network.url + SESSION, headers=headers, timeout=5)
    assert (ended.status_code, ended.json()["error"]) == (400, "ExpiredToken")
