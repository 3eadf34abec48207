"""The Mastodon connector's whole road, over HTTP, against the practice network."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from PIL import Image as Picture
from werkzeug.serving import make_server

from advocacy.http import Outbound
from advocacy.practice.app import create_practice
from advocacy.sharing import networks
from advocacy.sharing.networks.interface import (
    Image,
    Lost,
    NeedsReconnecting,
    Outcome,
    Permanent,
    Post,
    Registration,
    Sought,
    Temporary,
    Tokens,
    Turn,
)

BACK = "http://127.0.0.1:9/connections/callback"
OUT = Outbound(["127.0.0.1"], timeout=(2, 1.5), total=4)
mastodon = networks.network("mastodon")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("practice")
    listening = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    url = f"http://127.0.0.1:{listening.server_port}"
    people = [("ada", "Ada Lindqvist", "secret")]
    listening.app = create_practice(str(folder / "practice.sqlite"), {"mastodon": url}, people)["mastodon"]
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield url
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture(scope="module")
def registration(server: str) -> Registration:
    return mastodon.register(OUT, server, BACK, "Nordlys speaks", "https://advocacy.example")


def walk(url: str, *, answer: str = "authorise") -> dict[str, str]:
    """A person's way through sign-in and consent, as her browser goes; the callback's parameters."""
    with requests.Session() as browser:
        page = browser.get(url)
        if 'name="password"' in page.text:
            page = _send(browser, page, username="ada", password="secret")
        last = _send(browser, page, follow=False, decision=answer)
        return {
            name: values[0] for name, values in parse_qs(urlsplit(last.headers["Location"]).query).items()
        }


def _send(browser: requests.Session, page: requests.Response, *, follow: bool = True, **typed: str) -> Any:
    form = next(one for one in re.findall(r"<form.*?</form>", page.text, re.S) if next(iter(typed)) in one)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return browser.post(
        page.url,
        data={name: unescape(value) for name, value in hidden.items()} | typed,
        allow_redirects=follow,
    )


@pytest.fixture
def tokens(server: str, registration: Registration) -> Tokens:
    departure = mastodon.depart(OUT, registration, "the-state", again=True, reading=True)
    answer = walk(departure.url)
    assert answer["state"] == "the-state"
    return mastodon.exchange(OUT, registration, answer["code"], departure.secret)


@pytest.fixture(autouse=True)
def calm(server: str) -> Iterator[None]:
    yield
    requests.delete(f"{server}/faults", timeout=5)
    requests.delete(f"{server}/ledger.json", timeout=5)


def fault(server: str, **what: Any) -> None:
    assert requests.post(f"{server}/faults", json=what, timeout=5).status_code == 201


def ledger(server: str, kind: str) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = requests.get(
        f"{server}/ledger.json", params={"kind": kind}, timeout=5
    ).json()["calls"]
    return calls


def turn(key: str) -> Turn:
    return Turn(key, datetime.now(UTC))


def picture() -> Image:
    file = io.BytesIO()
    Picture.new("RGB", (64, 48), "teal").save(file, "PNG")
    return Image(file.getvalue(), "image/png", "A teal lake")


def test_the_whole_road(server: str, registration: Registration, tokens: Tokens) -> None:
    assert set(tokens.scopes) == {"profile", "write:statuses", "write:media", "read:statuses"}
    identity = mastodon.identity(OUT, server, tokens)
    assert (identity.handle, identity.display_name) == (f"@ada@{urlsplit(server).netloc}", "Ada Lindqvist")
    assert mastodon.limits(OUT, server).idempotent_seconds == 3000

    post = Post("Hello from the road & back #WorksAtNordlys", "en", [picture()])
    posted = mastodon.publish(OUT, server, tokens, post, turn("road-1"))
    assert mastodon.publish(OUT, server, tokens, post, turn("road-1")) == posted
    page = requests.get(posted.url, timeout=5)
    assert page.status_code == 200
    assert "Hello from the road" in page.text
    assert len([one for one in ledger(server, "statuses") if one["created"]]) == 1

    mastodon.delete(OUT, server, tokens, posted.remote_id)
    mastodon.delete(OUT, server, tokens, posted.remote_id)
    assert requests.get(posted.url, timeout=5).status_code in (404, 410)

    mastodon.revoke(OUT, registration, tokens)
    mastodon.revoke(OUT, registration, tokens)
    with pytest.raises(NeedsReconnecting, match="connect your account again"):
        mastodon.publish(OUT, server, tokens, post, turn("road-2"))


def test_a_wrong_verifier_gives_no_token(registration: Registration) -> None:
    departure = mastodon.depart(OUT, registration, "s")
    answer = walk(departure.url)
    with pytest.raises(Permanent, match="did not accept the sign-in"):
        mastodon.exchange(OUT, registration, answer["code"], departure.secret[::-1])


def test_a_code_works_once(registration: Registration) -> None:
    departure = mastodon.depart(OUT, registration, "s")
    answer = walk(departure.url)
    mastodon.exchange(OUT, registration, answer["code"], departure.secret)
    with pytest.raises(Permanent):
        mastodon.exchange(OUT, registration, answer["code"], departure.secret)


def test_a_refusal_comes_back_as_one(registration: Registration) -> None:
    assert walk(mastodon.depart(OUT, registration, "s").url, answer="deny")["error"] == "access_denied"


def test_too_long_is_refused_here_as_there(server: str, tokens: Tokens) -> None:
    limits = mastodon.limits(OUT, server)
    for text in (
        "x" * 501,
        f"https://example.com/{'y' * 300} " + "x" * 477,
        "@bo@other.example " + "x" * 497,
    ):
        assert mastodon.problems(text, [], limits)
        with pytest.raises(Permanent):
            mastodon.publish(OUT, server, tokens, Post(text, "en"), turn(f"long-{len(text)}"))
        fits = text[: -(mastodon.count(text, limits).used - 500)]
        assert not mastodon.problems(fits, [], limits)
        mastodon.publish(OUT, server, tokens, Post(fits, "en"), turn(f"fits-{len(fits)}"))


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ({"fault": "status", "status": 429, "retry_after": 7}, Temporary),
        ({"fault": "status", "status": 503}, Lost),
        ({"fault": "status", "status": 422}, Permanent),
        ({"fault": "status", "status": 401}, NeedsReconnecting),
        ({"fault": "expired_token"}, NeedsReconnecting),
        ({"fault": "reset"}, Lost),
        ({"fault": "accept_then_hang_up"}, Lost),
        ({"fault": "delay", "seconds": 3}, Lost),
        ({"fault": "hold", "seconds": 3}, Lost),
    ],
)
def test_faults(server: str, tokens: Tokens, what: dict[str, Any], kind: type[Outcome]) -> None:
    fault(server, kind="statuses", **what)
    with pytest.raises(Outcome) as ended:
        mastodon.publish(OUT, server, tokens, Post("Trouble", "en"), turn(f"fault-{sorted(what.items())}"))
    assert type(ended.value) is kind
    assert ended.value.retry_after == what.get("retry_after")


def test_after_a_lost_answer_the_same_key_finds_the_post_and_so_does_reading(
    server: str, tokens: Tokens
) -> None:
    fault(server, kind="statuses", fault="accept_then_hang_up")
    post = Post("Lost & found @bo@other.example https://go.example/l/a?b=1&c=2\n\n#WorksAtNordlys", "en")
    with pytest.raises(Lost):
        mastodon.publish(OUT, server, tokens, post, turn("lost-1"))
    repeated = mastodon.publish(OUT, server, tokens, post, turn("lost-1"))
    calls = ledger(server, "statuses")
    assert [one["created"] for one in calls] == [True, False]
    since = networks.mastodon.when(calls[0]["asked_at"])
    assert since is not None
    found = mastodon.find(OUT, server, tokens, Sought(post.text, "a", since.replace(microsecond=0)))
    assert found == repeated
    assert (
        mastodon.find(OUT, server, tokens, Sought("Something else", "a", since.replace(microsecond=0)))
        is None
    )


def test_a_picture_that_takes_its_time(server: str, tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(mastodon), "poll_seconds", 0.2)
    fault(server, kind="media", fault="processing", seconds=0.5)
    assert mastodon.publish(OUT, server, tokens, Post("Slow picture", "en", [picture()]), turn("slow-1")).url
