"""Bluesky's connector against the reference server, its pages in a real browser (`pytest -m real tests/real`)."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image as Pillow
from playwright.sync_api import Browser

from advocacy.http import Outbound
from advocacy.sharing.networks.bluesky import application, dpop, keys
from advocacy.sharing.networks.bluesky.network import Bluesky
from advocacy.sharing.networks.interface import (
    Card,
    Client,
    Expired,
    Image,
    NeedsReconnecting,
    Permanent,
    Post,
    Posted,
    Registration,
    Sought,
    Temporary,
    Tokens,
    Turn,
)
from tests.real.conftest import WEBSITE
from tests.real.servers import Member, Pds, running_pds, told_by

pytestmark = pytest.mark.real
BACK = f"{WEBSITE}/connections/callback/bluesky"
AT = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)
SECONDS = iter(range(1, 10_000))


def turn(key: str = "k") -> Turn:
    return Turn(key, AT + timedelta(seconds=next(SECONDS)))


class Road:
    """The way of one account there and back."""

    def __init__(self, connector: Bluesky, out: Outbound, browser: Browser) -> None:
        self.connector, self.out, self.browser = connector, out, browser

    def set_out(self, typed: str) -> tuple[Registration, str, str]:
        server = self.connector.server_address(self.out, typed)
        registration = self.connector.register(self.out, server, BACK, "Advocacy", WEBSITE)
        departure = self.connector.depart(self.out, registration, "the-state", typed=typed)
        return registration, departure.url, departure.secret

    def allow(self, url: str, who: Member, *, press: str = "Authorize") -> dict[str, str]:
        """Sign in and press a button on the server's own pages; what it leads back with."""
        context = self.browser.new_context(locale="en-GB")
        page = context.new_page()
        page.goto(url)
        if page.locator("input[type=password]").count() == 0:
            page.get_by_role("button", name="Sign in").first.click()
        name = page.locator("input[name=username]")
        if name.is_editable():
            name.fill(who.handle)
        page.fill("input[type=password]", who.password)
        page.keyboard.press("Enter")
        with page.expect_request(f"{WEBSITE}/**") as back:  # nobody needs to answer there
            page.get_by_role("button", name=press).click()
        context.close()
        return {name: values[0] for name, values in parse_qs(urlsplit(back.value.url).query).items()}

    def tokens(self, who: Member, typed: str = "") -> tuple[Registration, Tokens]:
        registration, url, secret = self.set_out(typed or who.handle)
        answer = self.allow(url, who)
        assert answer["state"] == "the-state" and answer["iss"] == self.connector.issuer(registration, secret)
        return registration, self.connector.exchange(self.out, registration, answer["code"], secret)


@pytest.fixture
def road(bluesky: Bluesky, out: Outbound, browser: Browser) -> Road:
    return Road(bluesky, out, browser)


KEPT: dict[str, Any] = {}


@pytest.fixture
def ada(road: Road, pds: Pds) -> tuple[Member, Registration, Tokens]:
    """An account that was connected once for all tests."""
    if "ada" not in KEPT:
        member = pds.join("ada")
        KEPT["ada"] = (member, *road.tokens(member))
    kept: tuple[Member, Registration, Tokens] = KEPT["ada"]
    return kept


def record_of(pds: Pds, posted: Posted) -> dict[str, Any]:
    did, collection, key = posted.remote_id.removeprefix("at://").split("/")
    found: dict[str, Any] = pds.ask("com.atproto.repo.getRecord", repo=did, collection=collection, rkey=key)
    return found


def count_of(pds: Pds, member: Member) -> int:
    found = pds.ask(
        "com.atproto.repo.listRecords", repo=member.did, collection="app.bsky.feed.post", limit="100"
    )
    return len(found["records"])


def noise(width: int, height: int, seed: int = 1) -> bytes:
    """A picture that does not compress."""
    out = io.BytesIO()
    Pillow.frombytes("RGB", (width, height), random.Random(seed).randbytes(width * height * 3)).save(
        out, "PNG"
    )
    return out.getvalue()


# -- connecting


def test_an_account_is_connected_by_its_handle(bluesky: Bluesky, out: Outbound, pds: Pds, ada: Any) -> None:
    member, _registration, tokens = ada
    assert tokens.refresh and tokens.expires_at and tokens.expires_at > datetime.now(UTC)
    assert tokens.scopes == ("atproto", "transition:generic")
    who = bluesky.identity(out, pds.url, tokens)
    assert (who.remote_id, who.handle, who.server) == (member.did, f"@{member.handle}", pds.url)
    assert who.url == f"https://bsky.app/profile/{member.handle}"
    assert bluesky.limits(out, pds.url).idempotent_seconds > 300_000_000


def test_an_account_is_connected_by_its_did(road: Road, pds: Pds) -> None:
    member = pds.join("dido")
    _registration, tokens = road.tokens(member, member.did)
    assert (tokens.extra["did"], tokens.extra["handle"]) == (member.did, member.handle)


def test_an_account_is_connected_by_its_server_alone(road: Road, pds: Pds) -> None:
    member = pds.join("sue")
    _registration, tokens = road.tokens(member, pds.url)
    assert (tokens.extra["did"], tokens.extra["handle"]) == (member.did, member.handle)


def test_another_account_than_the_one_named_is_refused(road: Road, pds: Pds) -> None:
    named, other = pds.join("named"), pds.join("other")
    registration, url, _secret = road.set_out(named.handle)
    _other_registration, other_url, other_secret = road.set_out(other.handle)
    code = road.allow(other_url, other)["code"]
    assert url != other_url
    mixed = other_secret.replace(other.did, named.did)
    with pytest.raises(Permanent, match="another account than the one you named"):
        road.connector.exchange(road.out, registration, code, mixed)


def test_saying_no_there(road: Road, pds: Pds) -> None:
    member = pds.join("no")
    _registration, url, _secret = road.set_out(member.handle)
    assert road.allow(url, member, press="Deny access")["error"] == "access_denied"


def test_a_code_is_good_once_and_for_its_verifier_alone(road: Road, pds: Pds) -> None:
    member = pds.join("once")
    registration, url, secret = road.set_out(member.handle)
    code = road.allow(url, member)["code"]
    with pytest.raises(Permanent, match="did not accept the sign-in"):
        road.connector.exchange(road.out, registration, "cod-" + "0" * 64, secret)
    road.connector.exchange(road.out, registration, code, secret)
    with pytest.raises(Permanent, match="did not accept the sign-in"):
        road.connector.exchange(road.out, registration, code, secret)


@pytest.mark.parametrize("typed", ["nobody-at-all.test", "did:plc:" + "a" * 24, "http://localhost:1"])
def test_who_is_not_there(bluesky: Bluesky, out: Outbound, typed: str) -> None:
    with pytest.raises((Permanent, Temporary)):
        bluesky.server_address(out, typed)


# -- posting


def test_a_post_with_all_that_a_text_can_hold(bluesky: Bluesky, out: Outbound, pds: Pds, ada: Any) -> None:
    member, _registration, tokens = ada
    friend = pds.join("friend")
    text = f"Grüße 👩‍👩‍👧‍👦 from https://go.example/l/abc?x=1 with @{friend.handle}, @nobody.test #WorksAtNordlys!"
    posted = bluesky.publish(out, pds.url, tokens, Post(text, "de-CH"), turn())
    value = record_of(pds, posted)["value"]
    assert value["text"] == text and value["langs"] == ["de-CH"]
    data = text.encode()
    said = {
        data[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(): one["features"][0]
        for one in value["facets"]
    }
    link, mention, tag = (f"app.bsky.richtext.facet#{kind}" for kind in ("link", "mention", "tag"))
    assert said == {
        "https://go.example/l/abc?x=1": {"$type": link, "uri": "https://go.example/l/abc?x=1"},
        f"@{friend.handle}": {"$type": mention, "did": friend.did},
        "#WorksAtNordlys": {"$type": tag, "tag": "WorksAtNordlys"},
    }
    assert (
        posted.url == f"https://bsky.app/profile/{member.handle}/post/{posted.remote_id.rpartition('/')[2]}"
    )


def test_a_repeat_is_the_same_post_with_pictures_too(
    bluesky: Bluesky, out: Outbound, pds: Pds, ada: Any
) -> None:
    member, _registration, tokens = ada
    before, first = count_of(pds, member), turn()
    pictures = [Image(noise(900, 700), "image/png", "Noise"), Image(noise(40, 20), "image/png", "")]
    assert len(pictures[0].data) > 1_000_000
    post = Post("Two pictures", "en", pictures)
    posted = bluesky.publish(out, pds.url, tokens, post, first)
    kept = record_of(pds, posted)
    again = bluesky.publish(out, pds.url, tokens, post, replace(first, is_repeat=True))
    assert again == posted and record_of(pds, posted) == kept and count_of(pds, member) == before + 1
    shown = kept["value"]["embed"]["images"]
    assert [(one["alt"], one["image"]["mimeType"], one["aspectRatio"]) for one in shown] == [
        ("Noise", "image/jpeg", {"width": 900, "height": 700}),
        ("", "image/png", {"width": 40, "height": 20}),
    ]
    assert all(one["image"]["size"] <= 976_000 for one in shown)


def test_a_card_with_its_picture(bluesky: Bluesky, out: Outbound, pds: Pds, ada: Any) -> None:
    _member, _registration, tokens = ada
    card = Card("https://go.example/l/card", "Open day", "Come and see", Image(noise(60, 40), "image/png"))
    value = record_of(pds, bluesky.publish(out, pds.url, tokens, Post("Look", "en", card=card), turn()))[
        "value"
    ]
    assert value["embed"]["$type"] == "app.bsky.embed.external"
    shown = value["embed"]["external"]
    assert (shown["uri"], shown["title"], shown["description"]) == (card.url, "Open day", "Come and see")
    assert shown["thumb"]["mimeType"] == "image/png"


def test_what_stands_at_the_key_is_ours_by_its_words(
    bluesky: Bluesky, out: Outbound, pds: Pds, ada: Any
) -> None:
    member, _registration, tokens = ada
    before, first = count_of(pds, member), turn()
    posted = bluesky.publish(out, pds.url, tokens, Post("The same words", "en"), first)
    assert bluesky.publish(out, pds.url, tokens, Post("The same words", "fr"), first) == posted
    with pytest.raises(Permanent, match="keeps another post"):
        bluesky.publish(out, pds.url, tokens, Post("Other words", "en"), first)
    assert count_of(pds, member) == before + 1
    assert record_of(pds, posted)["value"]["langs"] == ["en"]


@pytest.mark.parametrize(
    ("text", "taken"),
    [("👨‍👩‍👧‍👦" * 100, True), ("x" * 300, True), ("x" * 301, False), ("👨‍👩‍👧‍👦" * 130, False)],
)
def test_the_server_counts_as_we_do(
    bluesky: Bluesky, out: Outbound, pds: Pds, ada: Any, text: str, taken: bool
) -> None:
    _member, _registration, tokens = ada
    assert (bluesky.problems(text) == []) == taken
    if taken:
        assert bluesky.publish(out, pds.url, tokens, Post(text, "en"), turn()).url
        return
    with pytest.raises(Permanent, match="refused this"):
        bluesky.publish(out, pds.url, tokens, Post(text, "en"), turn())


def test_a_nonce_that_we_do_not_have_is_learnt(bluesky: Bluesky, out: Outbound, pds: Pds, ada: Any) -> None:
    _member, _registration, tokens = ada
    dpop._nonces.clear()
    assert bluesky.publish(out, pds.url, tokens, Post("No nonce", "en"), turn()).url
    dpop._nonces[pds.url] = "stale"
    assert bluesky.publish(out, pds.url, tokens, Post("A stale nonce", "en"), turn()).url


def test_a_post_is_found_and_taken_down_twice(bluesky: Bluesky, out: Outbound, pds: Pds, ada: Any) -> None:
    _member, _registration, tokens = ada
    posted = bluesky.publish(out, pds.url, tokens, Post("Find https://go.example/l/find9 here", "en"), turn())
    assert bluesky.find(out, pds.url, tokens, Sought("Find", "/l/find9", AT)) == posted
    assert (
        bluesky.find(out, pds.url, tokens, Sought("Find https://go.example/l/find9 here", "", AT)) == posted
    )
    assert bluesky.find(out, pds.url, tokens, Sought("Find", "/l/other", AT)) is None
    assert bluesky.find(out, pds.url, tokens, Sought("Find", "/l/find9", AT + timedelta(days=1))) is None
    bluesky.delete(out, pds.url, tokens, posted.remote_id)
    bluesky.delete(out, pds.url, tokens, posted.remote_id)
    assert bluesky.find(out, pds.url, tokens, Sought("Find", "/l/find9", AT)) is None


def test_a_server_without_a_public_view_counts_nothing(
    bluesky: Bluesky, out: Outbound, pds: Pds, ada: Any
) -> None:
    _member, _registration, tokens = ada
    assert bluesky.figures(out, pds.url, tokens, [f"at://{tokens.extra['did']}/app.bsky.feed.post/3a"]) == {}


# -- renewing and ending


def test_tokens_are_renewed_and_a_replay_ends_the_session(
    road: Road, bluesky: Bluesky, out: Outbound, pds: Pds
) -> None:
    registration, first = road.tokens(pds.join("renewed"))
    second = bluesky.renew(out, registration, first)
    assert second.access != first.access and second.refresh != first.refresh and second.extra == first.extra
    third = bluesky.renew(out, registration, second)
    assert bluesky.publish(out, pds.url, third, Post("Renewed", "en"), turn()).url
    for dead in (first, third):  # the replay takes the newest with it
        with pytest.raises(NeedsReconnecting):
            bluesky.renew(out, registration, dead)


def test_an_access_that_is_no_good_is_to_be_renewed(
    bluesky: Bluesky, out: Outbound, pds: Pds, ada: Any
) -> None:
    _member, _registration, tokens = ada
    with pytest.raises(Expired):
        bluesky.publish(
            out, pds.url, replace(tokens, access="x" + tokens.access[1:]), Post("No", "en"), turn()
        )


def test_what_is_given_back_opens_nothing(road: Road, bluesky: Bluesky, out: Outbound, pds: Pds) -> None:
    registration, tokens = road.tokens(pds.join("leaver"))
    bluesky.revoke(out, registration, tokens)
    bluesky.revoke(out, registration, tokens)
    with pytest.raises(NeedsReconnecting):
        bluesky.renew(out, registration, tokens)


# -- app passwords


def app_password(pds: Pds, member: Member) -> str:
    own = pds.ask(
        "com.atproto.server.createSession", {"identifier": member.handle, "password": member.password}
    )
    made = pds.ask("com.atproto.server.createAppPassword", {"name": "Advocacy"}, own["accessJwt"])
    return str(made["password"])


def test_an_app_password_opens_the_account(bluesky: Bluesky, out: Outbound, pds: Pds) -> None:
    member = pds.join("pass")
    tokens = bluesky.by_password(out, member.handle, app_password(pds, member))
    assert tokens.expires_at and tokens.expires_at > datetime.now(UTC) + timedelta(minutes=60)
    assert bluesky.identity(out, pds.url, tokens).remote_id == member.did
    registration = bluesky.register(out, pds.url, BACK, "Advocacy", WEBSITE)
    renewed = bluesky.renew(out, registration, tokens)
    post = Post("By password", "en", [Image(noise(30, 30), "image/png", "Noise")])
    posted = bluesky.publish(out, pds.url, renewed, post, turn())
    bluesky.delete(out, pds.url, renewed, posted.remote_id)
    with pytest.raises(Expired):
        bluesky.publish(out, pds.url, replace(renewed, access="junk"), Post("No", "en"), turn())
    bluesky.revoke(out, registration, renewed)
    bluesky.revoke(out, registration, renewed)
    with pytest.raises(NeedsReconnecting):
        bluesky.renew(out, registration, renewed)


def test_a_wrong_password_and_ones_own_are_refused(bluesky: Bluesky, out: Outbound, pds: Pds) -> None:
    member = pds.join("own")
    with pytest.raises(Permanent, match="does not know this password"):
        bluesky.by_password(out, member.handle, "abcd-efgh-ijkl-mnop")
    with pytest.raises(Permanent, match="account's own password"):
        bluesky.by_password(out, member.handle, member.password)


# -- what servers read of us (a server here cannot: our document has to be on the open internet)


def test_the_reference_implementation_takes_our_document_and_our_signature() -> None:
    client = Client(secret=keys.new_pem() + keys.new_pem(), website="https://advocacy.example.com")
    scopes = ("atproto", "transition:generic")
    document = application.document(client, f"{client.website}/connections/callback/bluesky", scopes)
    credentials = application.credentials(client, document["client_id"], "https://as.example.com")
    told = told_by(
        "client.cjs",
        {
            "document": document,
            "keys": application.key_set(client),
            "credentials": credentials,
            "issuer": "https://as.example.com",
        },
    )
    assert told["kid"] == told["signed"] and told["read"]["token_endpoint_auth_method"] == "private_key_jwt"
    assert told["read"].items() >= document.items()


# -- limits


@pytest.fixture
def limited_pds() -> Iterator[Pds]:
    with running_pds(limits=True) as running:
        yield running


def test_a_limit_says_until_when(limited_pds: Pds, out: Outbound) -> None:
    from advocacy.sharing.networks.bluesky import password
    from advocacy.sharing.networks.bluesky.resolving import Account

    member = limited_pds.join("busy")
    who = Account(member.did, member.handle, limited_pds.url)
    for _time in range(31):
        try:
            password.sign_in(out, who, "abcd-efgh-ijkl-mnop")
        except Temporary as slow:
            assert slow.status_code == 429 and slow.retry_at
            assert timedelta() < slow.retry_at - datetime.now(UTC) <= timedelta(minutes=5)
            return
        except Permanent:
            continue
    raise AssertionError("31 sign-ins were not too many")
