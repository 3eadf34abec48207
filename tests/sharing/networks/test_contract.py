"""The law that every network's module is held to, over HTTP, against its mode of the practice network."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from advocacy.http import Outbound
from advocacy.practice_modes import NAMES
from advocacy.sharing import networks
from advocacy.sharing.networks.interface import (
    Card,
    Client,
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
from advocacy.sharing.networks.interface import Network as Module
from advocacy.sharing.networks.rarer import Recognises
from tests.practice.conftest import modes  # noqa: F401 - this import gives its fixture
from tests.practice.network import CALLBACK, PASSWORD, Network, picture

OUT = Outbound(["127.0.0.1"], timeout=(2, 1.5), total=4)
WORDS = "Our cable came ashore (at last) & we cheered 👩‍👩‍👧 https://go.example/l/abcdefghj #WorksAtNordlys"
PUBLISHING = {"mastodon": "statuses", "linkedin": "posts", "bluesky": "publish", "x": "posts"}


@dataclass(frozen=True)
class Road:
    """A module, the practice network that it speaks to, and how a person says where she is."""

    slug: str
    module: Module
    there: Network
    typed: str

    def server(self) -> str:
        return self.module.server_address(OUT, self.typed)

    def registration(self) -> Registration:
        return self.module.register(OUT, self.server(), CALLBACK, "Advocacy", "http://127.0.0.1:9")

    def connect(self, *, reading: bool = True, person: str = "ada") -> tuple[Registration, Tokens]:
        """The whole way to the network and back."""
        ours = self.registration()
        departure = self.module.depart(OUT, ours, "the-state", typed=self.typed, reading=reading)
        back = allow(departure.url, person)
        assert back["state"] == ["the-state"]
        expected = self.module.issuer(ours, departure.secret).rstrip("/")
        assert all(one.rstrip("/") == expected for one in back.get("iss", []))
        return ours, self.module.exchange(OUT, ours, back["code"][0], departure.secret)

    def publish(self, tokens: Tokens, post: Post, turn: Turn | None = None) -> Any:
        server = self.module.identity(OUT, self.server(), tokens).server or self.server()
        return self.module.publish(OUT, server, tokens, post, turn or new_turn())

    def made(self) -> int:
        """How many posts the practice network's ledger says were made."""
        return sum(bool(call["created"]) for call in self.there.ledger())


def new_turn() -> Turn:
    """The first turn of a post of its own."""
    return Turn(secrets.token_hex(16), datetime.now(UTC))


@pytest.fixture(params=[slug for slug in NAMES if slug in networks.CONNECTORS])
def road(request: pytest.FixtureRequest, modes: dict[str, Network]) -> Iterator[Road]:  # noqa: F811
    """Every network that there is a module and a mode for."""
    slug = request.param
    there = modes[slug]
    there.fresh()
    networks.configure(
        clients={name: Client("client-1", "secret-1") for name in ("linkedin", "x")},
        practice={name: one.url for name, one in modes.items() if name != "mastodon"},
        base_url="http://127.0.0.1:9",
    )
    typed = {"mastodon": there.url, "bluesky": "ada.practice.test"}.get(slug, "")
    yield Road(slug, networks.network(slug), there, typed)
    there.fresh()
    networks.configure()


def allow(url: str, person: str, decision: str = "authorise") -> dict[str, list[str]]:
    """A person's way through sign-in and consent, as her browser goes; what the answer carries back."""
    with requests.Session() as browser:
        page = browser.get(url, allow_redirects=True, timeout=10)
        for _step in range(3):
            if 'name="password"' in page.text:
                page = _send(browser, page, "password", username=person, password=PASSWORD)
            if 'name="decision"' in page.text:
                page = _send(browser, page, "decision", decision=decision)
            onward = page.headers.get("Location", "")
            if onward.startswith(CALLBACK):
                return parse_qs(urlsplit(onward).query)
            if onward:
                page = browser.get(
                    requests.compat.urljoin(page.url, onward), allow_redirects=False, timeout=10
                )
    raise AssertionError(page.text)


def _send(
    browser: requests.Session, page: requests.Response, holding: str, **typed: str
) -> requests.Response:
    form = next(one for one in re.findall(r"<form.*?</form>", page.text, re.S) if f'name="{holding}"' in one)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    action = re.search(r'action="([^"]*)"', form.split(">", 1)[0])
    target = requests.compat.urljoin(page.url, unescape(action[1])) if action and action[1] else page.url
    data = {name: unescape(value) for name, value in hidden.items()} | typed
    return browser.post(target, data=data, allow_redirects=False, timeout=10)


def test_a_post_with_a_picture_stands_once_and_is_taken_down(road: Road) -> None:
    ours, tokens = road.connect()
    who = road.module.identity(OUT, road.server(), tokens)
    assert who.remote_id and who.handle and "ada" in who.display_name.lower()
    assert road.module.problems(WORDS, [], road.module.default_limits()) == []
    posted = road.publish(tokens, Post(WORDS, "en", [Image(picture(), "image/png", "A cable ship")]))
    assert posted.remote_id and road.made() == 1
    page = requests.get(posted.url, timeout=10)
    assert page.status_code == 200 and "(at last)" in page.text and "A cable ship" in page.text
    assert "we cheered" in page.text and "WorksAtNordlys" in page.text
    server = who.server or road.server()
    assert isinstance(road.module, Recognises)
    found = road.module.recognise(server, who.remote_id, who.handle, posted.url)
    assert found == posted.remote_id, "the address of an own post is known to be that"
    assert road.module.recognise(server, who.remote_id, who.handle, "https://else.example/1") is None
    if road.module.can.deletes:
        road.module.delete(OUT, server, tokens, posted.remote_id)
        road.module.delete(OUT, server, tokens, posted.remote_id)
        assert requests.get(posted.url, timeout=10).status_code in (404, 410)
    road.module.revoke(OUT, ours, tokens)
    road.module.revoke(OUT, ours, tokens)


def test_a_card_shows_the_link(road: Road) -> None:
    if not road.module.can.cards:
        assert road.slug in ("mastodon", "x"), "whoever makes no cards has a network that does"
        return
    _, tokens = road.connect()
    card = Card(
        "https://go.example/l/abc", "The cable came ashore", "What happened", Image(picture(), "image/png")
    )
    posted = road.publish(tokens, Post("Look at this #WorksAtNordlys", "en", card=card))
    assert "The cable came ashore" in requests.get(posted.url, timeout=10).text


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ({"fault": "status", "status": 429, "retry_after": 7}, Temporary),
        ({"fault": "status", "status": 503}, Lost),
        ({"fault": "reset"}, Lost),
        ({"fault": "accept_then_hang_up"}, Lost),
        ({"fault": "delay", "seconds": 3}, Lost),
    ],
)
def test_whether_anything_can_have_been_posted_is_said_truly(
    road: Road, what: dict[str, Any], kind: type
) -> None:
    _, tokens = road.connect()
    road.there.fault(PUBLISHING[road.slug], **what)
    with pytest.raises(Outcome) as ended:
        road.publish(tokens, Post(f"Trouble {sorted(what.items())} #WorksAtNordlys", "en"))
    assert isinstance(ended.value, kind)
    while what["fault"] == "delay" and not road.made():
        time.sleep(0.1)  # it is made in the end, and must not be counted to the next test
    if "retry_after" in what:
        assert ended.value.retry_after == 7 or ended.value.retry_at is not None


def test_after_a_lost_answer_nothing_is_made_twice(road: Road) -> None:
    _, tokens = road.connect()
    post, turn = Post(f"{WORDS} again", "en"), new_turn()
    road.there.fault(PUBLISHING[road.slug], "accept_then_hang_up")
    with pytest.raises(Lost):
        road.publish(tokens, post, turn)
    again = replace(turn, is_repeat=True)
    limits = road.module.limits(OUT, road.server())
    if limits.idempotent_seconds:
        assert road.publish(tokens, post, again).remote_id
    elif not road.module.can.readable:
        with pytest.raises((Lost, Permanent)):
            road.publish(tokens, post, again)
    assert road.made() == 1


def test_an_own_post_is_found_by_its_link_where_reading_was_allowed(road: Road) -> None:
    if not road.module.can.readable:
        return
    _, tokens = road.connect()
    turn = new_turn()
    posted = road.publish(tokens, Post(f"{WORDS} found", "en"), turn)
    server = road.module.identity(OUT, road.server(), tokens).server or road.server()
    sought = Sought(f"{WORDS} found", "abcdefghj", turn.first_at.replace(microsecond=0))
    assert road.module.find(OUT, server, tokens, sought) == posted
    other = Sought("Something else entirely", "zzzzzzzzz", sought.since)
    assert road.module.find(OUT, server, tokens, other) is None


def test_tokens_are_renewed_where_they_end_and_die_by_a_second_use(road: Road) -> None:
    ours, tokens = road.connect()
    if not road.module.can.renews:
        return
    new = road.module.renew(OUT, ours, tokens)
    assert new.access != tokens.access and new.refresh
    assert road.publish(new, Post("Renewed #WorksAtNordlys", "en")).remote_id
    with pytest.raises(NeedsReconnecting):
        road.module.renew(OUT, ours, tokens)


def test_a_dead_token_asks_to_reconnect_or_to_renew(road: Road) -> None:
    _, tokens = road.connect()
    road.there.fault(PUBLISHING[road.slug], "expired_token")
    # a token that is seconds old may be refused for a moment at LinkedIn, where nothing is renewed
    with pytest.raises((NeedsReconnecting, Temporary)):
        road.publish(tokens, Post("Dead #WorksAtNordlys", "en"))
    assert road.made() == 0


def test_a_code_works_once_and_a_no_is_a_no(road: Road) -> None:
    ours = road.registration()
    departure = road.module.depart(OUT, ours, "s", typed=road.typed)
    code = allow(departure.url, "ada")["code"][0]
    road.module.exchange(OUT, ours, code, departure.secret)
    with pytest.raises(Permanent):
        road.module.exchange(OUT, ours, code, departure.secret)


def test_nothing_of_tokens_shows_in_their_words(road: Road) -> None:
    _, tokens = road.connect()
    assert tokens.access not in repr(tokens) and (not tokens.refresh or tokens.refresh not in repr(tokens))
    assert not any(value in repr(tokens) for value in tokens.extra.values() if len(value) > 12)


def test_a_post_is_passed_on_with_words_of_ones_own(road: Road) -> None:
    if not road.module.can.reshares:
        assert road.slug in ("mastodon", "bluesky"), "whoever passes nothing on has it linked instead"
        return
    _, theirs = road.connect(person="carl")
    _, tokens = road.connect()
    first = road.publish(theirs, Post("The cable came ashore", "en"))
    posted = road.publish(tokens, Post("I was there #WorksAtNordlys", "en", reshare_of=first.remote_id))
    page = requests.get(posted.url, timeout=10).text
    assert "I was there" in page and "The cable came ashore" in page
