"""The Mastodon connector against a server that answers oddly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from advocacy.errors import Refused
from advocacy.http import Outbound
from advocacy.sharing import networks
from advocacy.sharing.networks.grant import challenge
from advocacy.sharing.networks.interface import (
    Identity,
    Image,
    Lost,
    NeedsReconnecting,
    Outcome,
    Permanent,
    Post,
    Posted,
    Registration,
    Sought,
    Temporary,
    Tokens,
    Turn,
    Visibility,
)
from tests.odd_server import OddServer, breaks_off, drips, hangs_up, html, odd_server, says, sleeps

OUT = Outbound(["127.0.0.1"], timeout=(1, 1), total=1.6)
TOKENS = Tokens("secret-token", scopes=("profile", "write:statuses"))
READER = Tokens("secret-token", scopes=("profile", "read:statuses"))
POST = Post("Hello\r\nworld", "fr-CH", visibility=Visibility.UNLISTED)
STATUS = {"id": "42", "url": "https://social.example/@ada/42", "uri": "https://social.example/users/ada/42"}
BACK = "https://advocacy.example/connections/callback"
SINCE = datetime(2026, 11, 22, 9, tzinfo=UTC)
mastodon = networks.network("mastodon")


@pytest.fixture
def odd() -> Iterator[OddServer]:
    with odd_server() as server:
        yield server


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(mastodon), "poll_seconds", 0.01)


def registration(odd: OddServer) -> Registration:
    return Registration(odd.url, BACK, "cid", "csecret", ("profile", "write:statuses", "read:statuses"))


# -- the address that a person types


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("mastodon.social", "https://mastodon.social"),
        ("  Mastodon.Social/ ", "https://mastodon.social"),
        ("https://mastodon.social/", "https://mastodon.social"),
        ("http://mastodon.social", "https://mastodon.social"),
        ("https://mastodon.social/@me?x=1#y", "https://mastodon.social"),
        ("@me@mastodon.social", "https://mastodon.social"),
        ("me@mastodon.social", "https://mastodon.social"),
        ("acct:me@mastodon.social", "https://mastodon.social"),
        ("mastodon.social.", "https://mastodon.social"),
        ("mastodon.social:443", "https://mastodon.social"),
        ("https://Mastodon.SOCIAL.:443/@me", "https://mastodon.social"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("BÜCHER.example.:443", "https://xn--bcher-kva.example"),
        ("XN--Bcher-KVA.example", "https://xn--bcher-kva.example"),
        ("bücher\u3002example", "https://xn--bcher-kva.example"),
        ("https://intra.example:443", "https://intra.example"),
        ("http://intra.example:80", "http://intra.example"),
        ("https://allowed@evil.example", "https://evil.example"),
        ("127.0.0.1:8100", "http://127.0.0.1:8100"),
        ("http://127.0.0.1:8100/", "http://127.0.0.1:8100"),
        ("https://127.0.0.1:8100", "https://127.0.0.1:8100"),
        ("@ada@127.0.0.1:8100", "http://127.0.0.1:8100"),
        ("intra.example", "https://intra.example"),
        ("http://intra.example", "http://intra.example"),
        ("[::1]:8100", "http://[::1]:8100"),
    ],
)
def test_address_from_what_people_type(typed: str, address: str) -> None:
    outbound = Outbound(["127.0.0.1", "intra.example", "::1"])
    assert mastodon.server_address(outbound, typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@ada",
        "ada",
        "localhost",
        "10.0.0.1",
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "mastodon.social:8443",
        "mastodon.social:x",
        "a..b",
        "-a.example",
        "a_b.example",
        "[::1]",
        "[",
        "日.." * 30,
        "x" * 300 + ".example",
    ],
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(Permanent, match="not a server's address"):
        mastodon.server_address(Outbound(), typed)


# -- introducing ourselves


def test_register_asks_for_the_least(odd: OddServer) -> None:
    odd.on("/.well-known/oauth-authorization-server", says(200, {"scopes_supported": ["profile", "write"]}))
    odd.on("/api/v1/apps", says(200, {"client_id": "cid", "client_secret": "cs"}))
    made = mastodon.register(OUT, odd.url, BACK, "Nordlys speaks", "https://advocacy.example")
    assert made == Registration(
        odd.url, BACK, "cid", "cs", ("profile", "write:statuses", "write:media", "read:statuses")
    )
    assert "cs" not in repr(made).replace("scopes", "")
    assert dict(parse_qsl(odd.asked[-1].body.decode())) == {
        "client_name": "Nordlys speaks",
        "redirect_uris": BACK,
        "scopes": "profile write:statuses write:media read:statuses",
        "website": "https://advocacy.example",
    }


@pytest.mark.parametrize("answer", [html(404), html(), says(200, {}), says(200, []), says(500), says(418)])
def test_register_with_an_older_server_or_a_cousin(odd: OddServer, answer: Callable[[Any], None]) -> None:
    odd.on("/.well-known/oauth-authorization-server", answer)
    odd.on("/api/v1/apps", says(200, {"client_id": "cid", "client_secret": "cs"}))
    assert mastodon.register(OUT, odd.url, BACK, "A", "https://a.example").scopes[0] == "read:accounts"


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (html(), Permanent, "does not answer like a Mastodon server"),
        (html(404), Permanent, "does not answer like a Mastodon server"),
        (html(401), Permanent, "does not answer like a Mastodon server"),
        (says(200, []), Permanent, "does not answer like a Mastodon server"),
        (says(200, {"client_id": 7}), Permanent, "does not answer like a Mastodon server"),
        (says(418), Permanent, "does not answer like a Mastodon server"),
        (says(422, {"error": "Validation failed: no"}), Permanent, "refused this: Validation failed: no"),
        (says(301, Location="https://10.0.0.1/"), Permanent, "has moved"),
        (says(503), Temporary, "has trouble"),
        (says(429, Retry_After="60"), Temporary, "slow down"),
        (hangs_up, Temporary, "did not arrive"),
        (sleeps(2), Temporary, "did not arrive"),
        (drips(0.05), Temporary, "did not arrive"),
        (says(200, b"x" * 2_000_000), Temporary, "too long"),
    ],
)
def test_register_with_something_else(odd: OddServer, answer: Any, kind: type[Outcome], words: str) -> None:
    odd.on("/.well-known/oauth-authorization-server", html())
    odd.on("/api/v1/apps", answer)
    with pytest.raises(kind, match=words):
        mastodon.register(OUT, odd.url, BACK, "A", "https://a.example")


def test_register_says_what_the_guard_says(odd: OddServer) -> None:
    odd.on("/.well-known/oauth-authorization-server", says(302, Location="https://169.254.169.254/"))
    with pytest.raises(Permanent, match=r"169\.254\.169\.254 leads into a private network"):
        mastodon.register(OUT, odd.url, BACK, "A", "https://a.example")
    with pytest.raises(Permanent, match="private network"):
        mastodon.register(Outbound(), odd.url, BACK, "A", "https://a.example")


# -- the person's consent


def test_depart_binds_by_s256(odd: OddServer) -> None:
    departure = mastodon.depart(OUT, registration(odd), "st")
    found = urlsplit(departure.url)
    asked = {name: values[0] for name, values in parse_qs(found.query).items()}
    assert found.path == "/oauth/authorize"
    assert asked == {
        "response_type": "code",
        "client_id": "cid",
        "redirect_uri": BACK,
        "scope": "profile write:statuses",
        "state": "st",
        "code_challenge": challenge(departure.secret),
        "code_challenge_method": "S256",
    }


def test_challenge_is_the_standards_own() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636, appendix B
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_depart_for_a_second_account_that_may_be_read(odd: OddServer) -> None:
    url = mastodon.depart(OUT, registration(odd), "st", again=True, reading=True).url
    assert "force_login=true" in url
    assert "scope=profile%20write%3Astatuses%20read%3Astatuses" in url


def test_exchange(odd: OddServer) -> None:
    odd.on(
        "/oauth/token",
        says(200, {"access_token": "at", "token_type": "Bearer", "scope": "profile", "created_at": 1}),
        says(200, {"access_token": "at", "refresh_token": "rt", "expires_in": 600}),
    )
    assert mastodon.exchange(OUT, registration(odd), "co", "ver") == Tokens("at", None, None, ("profile",))
    assert dict(parse_qsl(odd.asked[0].body.decode())) == {
        "grant_type": "authorization_code",
        "client_id": "cid",
        "client_secret": "csecret",
        "redirect_uri": BACK,
        "code": "co",
        "code_verifier": "ver",
    }
    tokens = mastodon.exchange(OUT, registration(odd), "co", "ver")
    assert tokens.refresh == "rt"
    assert tokens.expires_at is not None
    assert tokens.scopes == registration(odd).scopes
    assert "at" not in repr(tokens).replace("expires_at", "").replace("datetime", "").replace("statuses", "")


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            says(400, {"error": "invalid_grant", "error_description": "no"}),
            Permanent,
            "did not accept the sign-in",
        ),
        (html(), Permanent, "did not accept the sign-in"),
        (says(200, {"token_type": "Bearer"}), Permanent, "did not accept the sign-in"),
        (says(302, Location="https://10.0.0.1/"), Permanent, "did not accept the sign-in"),
        (says(500), Temporary, "has trouble"),
        (says(429), Temporary, "slow down"),
        (hangs_up, Temporary, "did not arrive"),
    ],
)
def test_exchange_gone_wrong(odd: OddServer, answer: Any, kind: type[Outcome], words: str) -> None:
    odd.on("/oauth/token", answer)
    with pytest.raises(kind, match=words):
        mastodon.exchange(OUT, registration(odd), "co", "ver")


def test_exchange_by_plain_http_only_where_it_is_open(odd: OddServer) -> None:
    with pytest.raises(Permanent, match="did not accept"):
        mastodon.exchange(Outbound(), registration(odd), "co", "ver")
    assert odd.asked == []


def test_revoke_of_a_dead_token_is_no_error(odd: OddServer) -> None:
    odd.on("/oauth/revoke", says(200, {}), says(401, {}), says(403, {"error": "unauthorized_client"}))
    mastodon.revoke(OUT, registration(odd), TOKENS)
    assert dict(parse_qsl(odd.asked[0].body.decode()))["token"] == "secret-token"
    mastodon.revoke(OUT, registration(odd), TOKENS)
    with pytest.raises(Permanent, match="unauthorized_client"):
        mastodon.revoke(OUT, registration(odd), TOKENS)


# -- who it is


ME = "/api/v1/accounts/verify_credentials"


def test_identity(odd: OddServer) -> None:
    odd.on(
        ME,
        says(
            200,
            {
                "id": "7",
                "acct": "ada",
                "display_name": "Ada\n\u202e Nordlys",
                "url": "https://s.example/@ada",
            },
        ),
        says(200, {"id": "7", "username": "ada", "display_name": "", "url": "javascript:alert(1)"}),
        says(200, {"id": "7", "acct": "ada@other.example"}),
        says(200, {"id": "7", "acct": "ada", "display_name": "A" * 5000, "url": "https://s.example/\0"}),
    )
    assert mastodon.identity(OUT, odd.url, TOKENS) == Identity(
        "7", f"@ada@{odd.host}", "Ada Nordlys", "https://s.example/@ada"
    )
    assert odd.asked[0].headers["authorization"] == "Bearer secret-token"
    assert mastodon.identity(OUT, odd.url, TOKENS) == Identity("7", f"@ada@{odd.host}", "ada", "")
    assert mastodon.identity(OUT, odd.url, TOKENS).handle == "@ada@other.example"
    long = mastodon.identity(OUT, odd.url, TOKENS)
    assert (len(long.display_name), long.url) == (300, "")


@pytest.mark.parametrize(
    "answer",
    [
        html(),
        says(200, {}),
        says(200, {"id": 7, "acct": "a"}),
        says(200, {"id": "7"}),
        says(200, {"id": "7" * 400, "acct": "a"}),
        says(200, {"id": "7\0", "acct": "a"}),
    ],
)
def test_identity_of_a_stranger(odd: OddServer, answer: Any) -> None:
    odd.on(ME, answer)
    with pytest.raises(Permanent, match="does not answer like a Mastodon server"):
        mastodon.identity(OUT, odd.url, TOKENS)


# -- what it takes


SAID = {
    "version": "4.4.1",
    "configuration": {
        "statuses": {"max_characters": 5000, "max_media_attachments": 6, "characters_reserved_per_url": 20},
        "media_attachments": {
            "image_size_limit": 99,
            "description_limit": 10,
            "supported_mime_types": ["image/png", "video/mp4"],
        },
    },
}


def test_limits_of_the_server(odd: OddServer) -> None:
    odd.on("/api/v2/instance", says(200, SAID))
    limits = mastodon.limits(OUT, odd.url)
    assert (limits.characters, limits.images, limits.url_length) == (5000, 6, 20)
    assert (limits.image_bytes, limits.alt_characters, limits.media_types) == (99, 10, ("image/png",))
    assert limits.idempotent_seconds == 3000
    assert mastodon.count("x" * 4500, limits).warn


def test_limits_of_older_servers_and_cousins(odd: OddServer) -> None:
    odd.on(
        "/api/v1/instance", says(200, {"version": "2.7.2 (compatible; Pleroma 2.9)", "max_toot_chars": 9000})
    )
    limits = mastodon.limits(OUT, odd.url)
    assert (limits.characters, limits.images, limits.idempotent_seconds) == (9000, 4, 0)


@pytest.mark.parametrize("version", ["0.17.3", "", None, 4, "1.0", "x"])
def test_keys_are_not_relied_on_with_strangers(odd: OddServer, version: Any) -> None:
    odd.on("/api/v2/instance", says(200, {"version": version, "configuration": []}))
    assert mastodon.limits(OUT, odd.url).idempotent_seconds == 0


@pytest.mark.parametrize("version", ["4.4.1", "4.3.0+glitch", "10.0.0", "3.5"])
def test_keys_are_relied_on_with_mastodon(odd: OddServer, version: str) -> None:
    odd.on("/api/v2/instance", says(200, {"version": version}))
    assert mastodon.limits(OUT, odd.url).idempotent_seconds == 3000


@pytest.mark.parametrize("wrong", [0, -1, True, "500", None, 10**15, [], 5.5])
def test_limits_that_make_no_sense_are_not_taken(odd: OddServer, wrong: Any) -> None:
    odd.on("/api/v2/instance", says(200, {"configuration": {"statuses": {"max_characters": wrong}}}))
    assert mastodon.limits(OUT, odd.url).characters == 500


@pytest.mark.parametrize("answer", [html(), says(500), hangs_up, says(200, {})])
def test_limits_without_an_answer(odd: OddServer, answer: Any) -> None:
    odd.on("/api/v2/instance", answer)
    odd.on("/api/v1/instance", answer)
    assert mastodon.limits(OUT, odd.url).characters == 500


# -- posting


def test_publish(odd: OddServer) -> None:
    odd.on("/api/v2/media", says(200, {"id": "m1"}), says(202, {"id": "m/2"}))
    odd.on("/api/v1/media/m%2F2", says(206, {}), says(206, {}), says(200, {}))
    odd.on("/api/v1/statuses", says(200, STATUS))
    images = [Image(b"\x89PNG", "image/png", "A lake"), Image(b"GIF", "image/gif")]
    post = Post(POST.text, POST.language, images, POST.visibility)
    assert mastodon.publish(OUT, odd.url, TOKENS, post, Turn("key-1", SINCE)) == Posted("42", STATUS["url"])
    first, last = odd.asked[0], odd.asked[-1]
    assert b"A lake" in first.body
    assert b"image/png" in first.body
    assert b"\x89PNG" in first.body
    assert last.headers["idempotency-key"] == "key-1"
    assert json.loads(last.body) == {
        "status": "Hello\nworld",
        "media_ids": ["m1", "m/2"],
        "visibility": "unlisted",
        "language": "fr",
    }


def test_publish_without_an_address_takes_the_uri(odd: OddServer) -> None:
    odd.on("/api/v1/statuses", says(200, STATUS | {"url": None}))
    assert mastodon.publish(OUT, odd.url, TOKENS, POST, Turn("k", SINCE)).url == STATUS["uri"]


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (hangs_up, Lost, "did it appear"),
        (breaks_off, Lost, "did it appear"),
        (sleeps(2), Lost, "did it appear"),
        (drips(0.05), Lost, "did it appear"),
        (drips(0.05, headers=True), Lost, "did it appear"),
        (says(500), Lost, "did it appear"),
        (html(502), Lost, "did it appear"),
        (says(503, Retry_After="5"), Lost, "did it appear"),
        (says(200, b"x" * 2_000_000), Lost, "did it appear"),
        (html(), Lost, "makes no sense"),
        (says(202, {}), Lost, "makes no sense"),
        (says(200, {"id": "7" * 400}), Lost, "makes no sense"),
        (says(200, ["x"]), Lost, "makes no sense"),
        (says(429, {"error": "Too many requests"}), Temporary, "slow down"),
        (says(408), Temporary, "slow down"),
        (says(425), Temporary, "slow down"),
        (
            says(422, {"error": "Cannot attach files that have not finished processing."}),
            Temporary,
            "preparing",
        ),
        (
            says(401, {"error": "The access token was revoked"}),
            NeedsReconnecting,
            "connect your account again",
        ),
        (says(403, {"error": "This action is outside the authorized scopes"}), NeedsReconnecting, "again"),
        (
            says(403, {"error": "Your login is currently disabled"}),
            Permanent,
            "Your login is currently disabled",
        ),
        (says(422, {"error": "Validation failed: Text\n can't be blank"}), Permanent, "Text can't be blank"),
        (says(422, {"error": "x", "error_description": "y" * 999}), Permanent, "y{300}$"),
        (says(400, {"error": ["odd"]}), Permanent, r"without saying why \(400\)"),
        (says(404), Permanent, r"without saying why \(404\)"),
        (says(400, ["odd"]), Permanent, r"without saying why \(400\)"),
        (says(307, Location="/elsewhere"), Permanent, "has moved"),
    ],
)
def test_publish_ends_in_one_of_four_ways(
    odd: OddServer, answer: Any, kind: type[Outcome], words: str
) -> None:
    odd.on("/api/v1/statuses", answer)
    with pytest.raises(Outcome, match=words) as ended:
        mastodon.publish(OUT, odd.url, TOKENS, POST, Turn("key-1", SINCE))
    assert type(ended.value) is kind
    assert isinstance(ended.value, Refused)
    assert len(odd.asked) == 1


def test_publish_to_nobody_sends_nothing(odd: OddServer) -> None:
    with pytest.raises(Temporary, match="nothing was sent"):
        mastodon.publish(OUT, "http://127.0.0.1:1", TOKENS, POST, Turn("k", SINCE))
    with pytest.raises(Permanent, match="private network"):
        mastodon.publish(Outbound(), odd.url, TOKENS, POST, Turn("k", SINCE))
    assert odd.asked == []


@pytest.mark.parametrize(
    ("headers", "after", "at"),
    [
        ({"Retry_After": "120"}, 120, None),
        ({"Retry_After": "99999999999"}, 86_400, None),
        ({"Retry_After": "Sun, 22 Nov 2026 10:00:00 GMT"}, None, datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ({"Retry_After": "Sun, 22 Nov 2026 10:00:00 -0000"}, None, datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ({"X_RateLimit_Reset": "2026-11-22T10:05:00.000Z"}, None, datetime(2026, 11, 22, 10, 5, tzinfo=UTC)),
        ({"X_RateLimit_Reset": "2026-11-22T12:05:00+02:00"}, None, datetime(2026, 11, 22, 10, 5, tzinfo=UTC)),
        ({"X_RateLimit_Reset": "2026-11-22T10:05:00"}, None, datetime(2026, 11, 22, 10, 5, tzinfo=UTC)),
        ({"X_RateLimit_Reset": "1795000000"}, None, None),
        ({"Retry_After": "soon", "X_RateLimit_Reset": "later"}, None, None),
        ({}, None, None),
    ],
)
def test_how_long_to_wait(
    odd: OddServer, headers: dict[str, str], after: int | None, at: datetime | None
) -> None:
    odd.on("/api/v1/statuses", says(429, **headers))
    with pytest.raises(Temporary) as wait:
        mastodon.publish(OUT, odd.url, TOKENS, POST, Turn("k", SINCE))
    assert (wait.value.retry_after, wait.value.retry_at, wait.value.status_code) == (after, at, 429)


def test_a_picture_that_fails_means_that_nothing_was_posted(odd: OddServer) -> None:
    post = Post("Hi", "en", [Image(b"x", "image/png")])
    odd.on("/api/v1/media/m", says(206, {}))
    for answer, kind in (
        (hangs_up, Temporary),
        (says(500), Temporary),
        (says(422, {"error": "no"}), Permanent),
        (html(), Permanent),
        (says(202, {"id": "m"}), Temporary),
    ):
        odd.on("/api/v2/media", answer)
        with pytest.raises(Outcome) as ended:
            mastodon.publish(OUT, odd.url, TOKENS, post, Turn("k", SINCE))
        assert type(ended.value) is kind
    assert "/api/v1/statuses" not in odd.paths("POST")
    assert odd.paths("GET").count("/api/v1/media/m") == mastodon.polls


# -- afterwards


def test_delete(odd: OddServer) -> None:
    odd.on(
        "/api/v1/statuses/42", says(200, STATUS), says(404), says(410), says(403, {"error": "no"}), hangs_up
    )
    for _ in range(3):
        mastodon.delete(OUT, odd.url, TOKENS, "42")
    with pytest.raises(Permanent):
        mastodon.delete(OUT, odd.url, TOKENS, "42")
    with pytest.raises(Temporary):
        mastodon.delete(OUT, odd.url, TOKENS, "42")
    mastodon.delete(OUT, odd.url, TOKENS, "../apps")


TEXT = "Hello & good day, @bo@other.example\n\nhttps://go.example/l/abc #WorksAtNordlys"
HTML = (
    '<p>Hello &amp; good day, <span class="h-card"><a href="https://other.example/@bo">@<span>bo</span></a></span></p>'
    '<p><a href="https://go.example/l/abc"><span class="invisible">https://</span><span>go.example/l/abc</span></a> '
    '<a href="/tags/x">#<span>WorksAtNordlys</span></a></p>'
)


SOUGHT = Sought(TEXT, "abc", SINCE)


def test_find_looks_only_if_reading_was_allowed(odd: OddServer) -> None:
    assert mastodon.find(OUT, odd.url, TOKENS, SOUGHT) is None
    assert odd.asked == []


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ({"content": HTML, "created_at": "2026-11-22T09:00:00.000Z"}, True),
        ({"content": HTML, "created_at": "2026-11-22T09:00:00"}, True),
        ({"content": HTML, "created_at": "2026-11-22T08:59:59.999Z"}, False),
        ({"content": HTML, "created_at": "never"}, False),
        ({"content": HTML}, False),
        ({"content": "<p>Hello</p>", "created_at": "2026-11-22T09:00:00.000Z"}, False),
        ({"content": None, "created_at": "2026-11-22T09:00:00.000Z"}, False),
    ],
)
def test_find_own_post(odd: OddServer, status: dict[str, Any], found: bool) -> None:
    odd.on(ME, says(200, {"id": "7", "acct": "ada"}))
    odd.on("/api/v1/accounts/7/statuses", says(200, ["odd", STATUS | status]))
    expected = Posted("42", STATUS["url"]) if found else None
    assert mastodon.find(OUT, odd.url, READER, SOUGHT) == expected
    assert odd.asked[-1].path.endswith("?limit=40&exclude_reblogs=true")


@pytest.mark.parametrize("answer", [html(), says(200, {})])
def test_find_in_an_odd_answer(odd: OddServer, answer: Any) -> None:
    odd.on(ME, says(200, {"id": "7", "acct": "ada"}))
    odd.on("/api/v1/accounts/7/statuses", answer)
    assert mastodon.find(OUT, odd.url, READER, SOUGHT) is None
