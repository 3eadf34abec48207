"""What people of ill will try at the pages and through the texts of posts, each tried here."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from advocacy import db, web
from advocacy.accounts import passwords
from advocacy.sharing.networks.interface import Card, Image, Outcome, Permanent, Post, Visibility
from tests.makers.sharing import make_sharer
from tests.practice.network import picture
from tests.sharing.networks.test_contract import OUT, Road, allow, new_turn, road  # noqa: F401 - gives its fixture

BREAK = "Words\r\nX-Injected: 1\r\n\r\nmore\nX-Injected: 2\x0bX-Injected: 3\u2028X-Injected: 4"

ELSEWHERE = [
    "https://evil.example/", "http://evil.example", "//evil.example", "///evil.example", "////evil.example/x",
    "\\\\evil.example", "/\\evil.example", "/\\/evil.example", "\\/evil.example", "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)", "data:text/html,x", "evil.example", "@evil.example", "./evil.example", "../evil.example",
    " //evil.example", "\t//evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example",
    "\n//evil.example",
    "/\x00/evil.example", "?next=//evil.example", "#//evil.example", "",
]  # fmt: skip
ENCODED = ["/%2f%2fevil.example", "/%5cevil.example", "/%09/evil.example", "/%2e%2e//evil.example"]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_a_return_path_leads_nowhere_else(wanted: str) -> None:
    assert not web.is_local(wanted)


def test_signing_in_leads_to_our_pages_alone(app: Any, new_client: Any) -> None:
    with db.unit_of_work():
        ada = make_sharer(email="ada@demo.example")
        ada.password_hash = passwords.hash("wonderland-and-back")
    typed = {"email": "ada@demo.example", "password": "wonderland-and-back"}
    for wanted in [*ELSEWHERE, *ENCODED]:
        answer = new_client().post("/sign-in", data={**typed, "next": wanted})
        if has_control(wanted):
            assert answer.status_code in (303, 400, 422)
            continue
        assert answer.status_code == 303, wanted
        assert on_our_server(answer.headers["Location"]), wanted


def test_every_way_back_stays_here(app: Any, client: Any) -> None:
    with db.unit_of_work():
        ada = make_sharer()
    client.sign_in(ada)
    for wanted in [*ELSEWHERE, *ENCODED]:
        for path, name in (("/connections/", "back_to"), ("/join", "next"), ("/", "next")):
            page = client.get(path, query_string={name: wanted})
            assert page.status_code in (200, 303, 404) or has_control(wanted), (path, wanted)
            assert all(on_our_server(one) for one in hrefs(page.text) if "evil" in one), (path, wanted)


def has_control(wanted: str) -> bool:
    """Whether it is refused for a letter that no page sends."""
    return any(ord(letter) < 32 for letter in wanted)


def on_our_server(address: str) -> bool:
    """Whether a browser that stands at our address would stay there."""
    seen = address.replace("\\", "/").translate({9: None, 10: None, 13: None}).strip()
    parts = urlsplit(seen)
    return not parts.scheme and not parts.netloc and not seen.startswith("//")


def hrefs(page: str) -> list[str]:
    return re.findall(r'(?:href|action|value)="([^"]*)"', page)


def test_texts_put_nothing_into_a_head(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    _, tokens = road.connect()
    assert road.there.app is not None
    inner, heads = road.there.app.wsgi_app, []

    def listens(environ: Any, start: Any) -> Any:
        heads.append({name for name in environ if name.startswith("HTTP_")})
        return inner(environ, start)

    monkeypatch.setattr(road.there.app, "wsgi_app", listens)
    image = Image(picture(), "image/png", BREAK)
    posts = [
        Post(BREAK, "en"),
        Post(f"{BREAK} two", "en\r\nX-Injected: 5", [image]),
        Post(f"{BREAK} three", "en", card=Card("https://go.example/l/abc", BREAK, BREAK, image)),
        Post(f"{BREAK} four", "en", [replace(image, media_type="image/png\r\nX-Injected: 6")]),
    ]
    for post in posts:
        try:
            road.publish(
                tokens,
                replace(post, visibility=Visibility.PUBLIC),
                replace(new_turn(), key="k\r\nX-Injected: 7"),
            )
        except Outcome:
            continue
    assert len(heads) > len(posts)
    assert not [head for head in heads if "HTTP_X_INJECTED" in head]


def test_a_challenge_always_goes_out_and_its_verifier_is_asked_for(road: Road) -> None:  # noqa: F811
    ours = road.registration()
    departure = road.module.depart(OUT, ours, "the-state", typed=road.typed)
    asked = parse_qs(urlsplit(departure.url).query)
    if road.slug == "linkedin":  # it knows no PKCE for applications that have a secret
        assert "code_challenge_method" not in asked or asked["code_challenge_method"] == ["S256"]
        return
    if road.slug != "bluesky":  # there it is pushed, where nobody can change it on the way
        assert asked["code_challenge_method"] == ["S256"] and len(asked["code_challenge"][0]) == 43
        plain = departure.url.replace("code_challenge_method=S256", "code_challenge_method=plain")
        bare = departure.url.replace("code_challenge", "no_challenge")
        for url in (plain, bare):
            code = code_from(url)
            if code:  # X takes "plain" too, but then our verifier is not what was announced
                with pytest.raises(Permanent):
                    road.module.exchange(OUT, ours, code, departure.secret)
    other = road.module.depart(OUT, ours, "the-state", typed=road.typed)
    code = allow(departure.url, "ada")["code"][0]
    with pytest.raises(Permanent):
        road.module.exchange(OUT, ours, code, other.secret)


def code_from(url: str) -> str:
    """The code with which a person who follows this address comes back, "" where she does not."""
    try:
        return allow(url, "ada").get("code", [""])[0]
    except AssertionError:  # a page says no
        return ""
    except requests.ConnectionError as back:  # nobody listens at our address in this test
        assert "error=" in str(back) and "code=" not in str(back)
        return ""
