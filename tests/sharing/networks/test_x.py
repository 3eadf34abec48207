"""The X connector against a server that answers oddly: every request to the letter, every documented refusal."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from advocacy import places
from advocacy.http import Outbound
from advocacy.sharing import networks
from advocacy.sharing.networks.grant import challenge
from advocacy.sharing.networks.interface import (
    Client,
    Expired,
    Figures,
    Identity,
    Image,
    Lost,
    NeedsReconnecting,
    Network,
    Outcome,
    Permanent,
    Post,
    Posted,
    Registration,
    Sought,
    Temporary,
    Tokens,
    Turn,
)
from tests.odd_server import OddServer, breaks_off, drips, hangs_up, html, odd_server, says, sleeps

OUT = Outbound(["127.0.0.1"], timeout=(1, 1), total=1.6)
SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")
TOKENS = Tokens("secret-token", "secret-refresh", scopes=SCOPES)
READER = replace(TOKENS, extra={"reads": "yes"})
POST = Post("Hello\r\nworld", "fr-CH")
MADE = says(201, {"data": {"id": "1445880548472328192", "text": "Hello\nworld"}})
BACK = "https://advocacy.example/connections/callback/x"
SINCE = datetime(2026, 11, 22, 9, 0, 0, 700_000, tzinfo=UTC)
TURN, AGAIN = Turn("k", SINCE), Turn("k", SINCE, is_repeat=True)
BASIC = "Basic " + base64.b64encode(b"cid:csecret").decode()
DUPLICATE = {
    "detail": "You are not allowed to create a Tweet with duplicate content.",
    "type": "about:blank",
    "title": "Forbidden",
    "status": 403,
}
SPENT = {
    "account_id": "1",
    "product_name": "standard-basic",
    "title": "UsageCapExceeded",
    "period": "Monthly",
    "scope": "Product",
    "detail": "Usage cap exceeded: Monthly product cap",
    "type": "https://api.twitter.com/2/problems/usage-capped",
}
WRONG_KIND = {
    "title": "Unsupported Authentication",
    "detail": "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.",
    "type": "https://api.twitter.com/2/problems/unsupported-authentication",
    "status": 403,
}


@pytest.fixture
def odd() -> Iterator[OddServer]:
    with odd_server() as server:
        yield server


@pytest.fixture
def x(odd: OddServer) -> Iterator[Any]:
    """The connector, with X's addresses moved to the odd server."""
    networks.configure(clients={"x": Client("cid", "csecret")}, practice={"x": odd.url})
    yield networks.network("x")
    networks.configure(places.config() / "networks.toml")


@pytest.fixture
def registration(x: Network) -> Registration:
    return x.register(OUT, x.server_address(OUT, "x.com"), BACK, "Nordlys speaks", "https://advocacy.example")


# -- what the operator sets


def test_ready_only_with_the_operators_application(tmp_path: Path) -> None:
    for client in (Client(), Client("cid"), Client(secret="s")):
        networks.configure(clients={"x": client})
        assert not networks.network("x").is_ready
        assert "x" not in [one.slug for one in networks.connected()]
    networks.configure(clients={"x": Client("cid", "s")})
    assert networks.network("x").is_ready
    file = tmp_path / "networks.toml"
    file.write_text('[x]\nname = "X"\nicon = "brand-x"\nrule = "weighted"\ncharacters = 280\n')
    networks.configure(file, clients={"x": Client("cid", "s")})
    assert not networks.network("x").is_ready
    networks.configure()


def test_real_addresses() -> None:
    networks.configure(clients={"x": Client("cid", "s")})
    x = networks.network("x")
    server = x.server_address(OUT, "whatever she typed")
    assert server == "https://x.com"
    made = x.register(OUT, server, BACK, "A", "https://a.example")
    assert made == Registration("https://x.com", BACK, "cid", "s", SCOPES)
    assert x.depart(OUT, made, "st").url.startswith(
        "https://x.com/i/oauth2/authorize?response_type=code&client_id=cid&"
    )
    assert x.issuer(made, "") == "https://x.com"
    assert x.limits(OUT, server) == x.default_limits()
    assert (x.default_limits().characters, x.default_limits().url_length) == (280, 23)
    assert x.can.costs
    assert x.can.near_identical_refused
    networks.configure()


# -- the person's consent


@pytest.mark.parametrize("reading", [False, True])
def test_depart_binds_by_s256(x: Network, registration: Registration, reading: bool) -> None:
    departure = x.depart(OUT, registration, "st", again=True, reading=reading)
    found = urlsplit(departure.url)
    verifier = departure.secret.partition(" ")[0]
    assert found.path == "/i/oauth2/authorize"
    assert "scope=tweet.read%20tweet.write%20users.read%20media.write%20offline.access&" in found.query
    assert {name: values[0] for name, values in parse_qs(found.query).items()} == {
        "response_type": "code",
        "client_id": "cid",
        "redirect_uri": BACK,
        "scope": " ".join(SCOPES),
        "state": "st",
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    assert 43 <= len(verifier) <= 128
    assert departure.secret not in repr(departure)


GIVEN = {
    "token_type": "bearer",
    "expires_in": 7200,
    "access_token": "at",
    "scope": " ".join(SCOPES),
    "refresh_token": "rt",
}


@pytest.mark.parametrize(("secret", "extra"), [("ver", {}), ("ver reads", {"reads": "yes"})])
def test_exchange(
    odd: OddServer, x: Network, registration: Registration, secret: str, extra: dict[str, str]
) -> None:
    odd.on("/2/oauth2/token", says(200, GIVEN))
    before = datetime.now(UTC)
    tokens = x.exchange(OUT, registration, "co", secret)
    asked = odd.asked[0]
    assert (asked.method, asked.headers["authorization"]) == ("POST", BASIC)
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert dict(parse_qsl(asked.body.decode())) == {
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "code": "co",
        "code_verifier": "ver",
    }
    assert tokens.expires_at is not None
    assert abs(tokens.expires_at - before - timedelta(hours=2)) < timedelta(seconds=30)
    assert (tokens.access, tokens.refresh, tokens.scopes, tokens.extra) == ("at", "rt", SCOPES, extra)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            says(
                400,
                {"error": "invalid_request", "error_description": "Value passed for the code was invalid."},
            ),
            Permanent,
            "did not accept the sign-in",
        ),
        (says(401, {"error": "unauthorized_client"}), Permanent, "did not accept the sign-in"),
        (html(), Permanent, "did not accept the sign-in"),
        (says(302, Location="https://10.0.0.1/"), Permanent, "did not accept the sign-in"),
        (says(503), Temporary, "has trouble"),
        (says(429), Temporary, "slow down"),
        (hangs_up, Temporary, "did not arrive"),
    ],
)
def test_exchange_gone_wrong(
    odd: OddServer, x: Network, registration: Registration, answer: Any, kind: type[Outcome], words: str
) -> None:
    odd.on("/2/oauth2/token", answer)
    with pytest.raises(kind, match=words):
        x.exchange(OUT, registration, "co", "ver")
    assert len(odd.asked) == 1


ODD_TOKENS = [
    [],
    7,
    None,
    {},
    {"access_token": 7},
    {"access_token": "a", "refresh_token": {"b": 1}},
    {"access_token": "a", "scope": 7},
    {"access_token": "a", "expires_in": "soon"},
    {"access_token": "a", "expires_in": 10**30},
    {"access_token": "a", "expires_in": -(10**30)},
    {"access_token": "a", "expires_in": float("nan")},
    {"error": ["invalid_grant"]},
    {"error": {}},
    b"[" * 100_000,
    b"\xff\xfe",
]


@pytest.mark.parametrize("body", ODD_TOKENS)
def test_tokens_of_another_shape_are_not_taken(
    odd: OddServer, x: Network, registration: Registration, body: Any
) -> None:
    odd.on("/2/oauth2/token", says(200, body))
    with pytest.raises(Permanent, match="did not accept the sign-in"):
        x.exchange(OUT, registration, "co", "ver")
    with pytest.raises(Temporary, match=r"did not renew|in the form that was expected"):
        x.renew(OUT, registration, TOKENS)


# -- renewing


def test_renew(odd: OddServer, x: Network, registration: Registration) -> None:
    odd.on("/2/oauth2/token", says(200, GIVEN))
    tokens = x.renew(OUT, registration, READER)
    asked = odd.asked[0]
    assert (asked.method, asked.headers["authorization"]) == ("POST", BASIC)
    assert dict(parse_qsl(asked.body.decode())) == {
        "grant_type": "refresh_token",
        "refresh_token": "secret-refresh",
    }
    assert (tokens.access, tokens.refresh, tokens.extra) == ("at", "rt", {"reads": "yes"})
    assert tokens.expires_at is not None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (says(400, {"error": "invalid_grant"}), NeedsReconnecting),
        (
            says(
                400,
                {"error": "invalid_request", "error_description": "Value passed for the token was invalid."},
            ),
            NeedsReconnecting,
        ),
        (says(400, {"error": "invalid_client"}), Temporary),
        (says(400, {"error": "temporarily_unavailable"}), Temporary),
        (says(400), Temporary),
        (
            says(
                401,
                {"error": "unauthorized_client", "error_description": "Missing valid authorization header"},
            ),
            Temporary,
        ),
        (says(401, {"error": "invalid_grant"}), Temporary),
        (says(403, {"error": "insufficient_scope"}), Temporary),
        (says(404), Temporary),
        (says(429, Retry_After="60"), Temporary),
        (says(500, {"error": "invalid_grant"}), Temporary),
        (says(302, Location="https://10.0.0.1/"), Temporary),
        (html(), Temporary),
        (html(400), Temporary),
        (says(200, []), Temporary),
        (says(200, {"token_type": "bearer"}), Temporary),
        (hangs_up, Temporary),
        (breaks_off, Temporary),
        (sleeps(2), Temporary),
        (says(200, b"x" * 2_000_000), Temporary),
    ],
)
def test_a_renewal_is_asked_for_once_and_only_a_clear_no_ends_the_connection(
    odd: OddServer, x: Network, registration: Registration, answer: Any, kind: type[Outcome]
) -> None:
    odd.on("/2/oauth2/token", answer)
    with pytest.raises(Outcome) as ended:
        x.renew(OUT, registration, TOKENS)
    assert type(ended.value) is kind
    assert "secret" not in str(ended.value)
    assert len(odd.asked) == 1


def test_renewal_without_a_refresh_token_or_a_server(
    odd: OddServer, x: Network, registration: Registration
) -> None:
    with pytest.raises(NeedsReconnecting):
        x.renew(OUT, registration, replace(TOKENS, refresh=None))
    with pytest.raises(Temporary):
        x.renew(Outbound(), registration, TOKENS)
    assert odd.asked == []


def test_revoke(odd: OddServer, x: Network, registration: Registration) -> None:
    odd.on("/2/oauth2/revoke", says(200, {"revoked": True}), says(400, {"error": "invalid_request"}))
    x.revoke(OUT, registration, TOKENS)
    assert [dict(parse_qsl(one.body.decode())) for one in odd.asked] == [
        {"token": "secret-refresh", "token_type_hint": "refresh_token"},
        {"token": "secret-token", "token_type_hint": "access_token"},
    ]
    assert {one.headers["authorization"] for one in odd.asked} == {BASIC}
    odd.asked.clear()
    x.revoke(OUT, registration, replace(TOKENS, refresh=None))
    assert len(odd.asked) == 1
    for answer, kind in ((says(401), Permanent), (says(503), Temporary), (hangs_up, Temporary)):
        odd.on("/2/oauth2/revoke", answer)
        with pytest.raises(kind):
            x.revoke(OUT, registration, TOKENS)


# -- who it is


def test_identity(odd: OddServer, x: Network) -> None:
    odd.on(
        "/2/users/me", says(200, {"data": {"id": "2244994945", "name": "Ada\n\u202e N", "username": "ada_n"}})
    )
    assert x.identity(OUT, "", TOKENS) == Identity("2244994945", "@ada_n", "Ada N", f"{odd.url}/ada_n")
    asked = odd.asked[0]
    assert (asked.path, asked.headers["authorization"]) == ("/2/users/me", "Bearer secret-token")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (html(), Temporary),
        (says(200, {"data": []}), Temporary),
        (says(200, {"data": {"id": 7, "username": "ada"}}), Temporary),
        (says(200, {"data": {"id": "7", "username": "../../evil"}}), Temporary),
        (says(200, {"data": {"id": "7", "username": ["x"]}}), Temporary),
        (says(401, {"title": "Unauthorized", "status": 401, "detail": "Unauthorized"}), Expired),
        (says(403, WRONG_KIND), Permanent),
        (says(500), Temporary),
        (says(402, {"title": "CreditsDepleted"}), Permanent),
    ],
)
def test_identity_gone_wrong(odd: OddServer, x: Network, answer: Any, kind: type[Outcome]) -> None:
    odd.on("/2/users/me", answer)
    with pytest.raises(Outcome) as ended:
        x.identity(OUT, "", TOKENS)
    assert type(ended.value) is kind


def test_a_refused_access_without_a_refresh_token_asks_to_reconnect(odd: OddServer, x: Network) -> None:
    odd.on("/2/users/me", says(401, {"title": "Unauthorized", "status": 401, "detail": "Unauthorized"}))
    with pytest.raises(NeedsReconnecting):
        x.identity(OUT, "", Tokens("secret-token", None, scopes=SCOPES))


def test_identity_without_a_name(odd: OddServer, x: Network) -> None:
    odd.on("/2/users/me", says(200, {"data": {"id": "7", "username": "ada", "name": None}}))
    assert x.identity(OUT, "", TOKENS).display_name == "ada"


# -- posting


def test_publish(odd: OddServer, x: Network) -> None:
    odd.on("/2/tweets", MADE)
    made = x.publish(OUT, "", TOKENS, POST, TURN)
    assert made == Posted("1445880548472328192", f"{odd.url}/i/web/status/1445880548472328192")
    asked = odd.asked[0]
    assert (asked.method, asked.path) == ("POST", "/2/tweets")
    assert asked.headers["authorization"] == "Bearer secret-token"
    assert asked.headers["content-type"] == "application/json"
    assert asked.body == b'{"text": "Hello\\nworld"}'


@pytest.mark.parametrize(
    ("post", "sent"),
    [
        (Post("Hi", "en", is_paid=True), {"text": "Hi", "paid_partnership": True}),
        (Post("Hi", "en", reshare_of="123"), {"text": "Hi", "quote_tweet_id": "123"}),
        (Post("  ", "en", reshare_of="123"), {"quote_tweet_id": "123"}),
        (Post("é 👍 \u202e", "en"), {"text": "é 👍 \u202e"}),
    ],
)
def test_publish_sends_the_documented_fields_alone(
    odd: OddServer, x: Network, post: Post, sent: dict[str, Any]
) -> None:
    odd.on("/2/tweets", MADE)
    x.publish(OUT, "", TOKENS, post, TURN)
    assert json.loads(odd.asked[0].body) == sent


def test_publish_with_pictures(odd: OddServer, x: Network) -> None:
    odd.on("/2/media/upload", says(200, {"data": {"id": "11"}}), says(200, {"data": {"id": "12"}}))
    odd.on("/2/media/metadata", says(200, {"data": {"id": "11"}}))
    odd.on("/2/tweets", MADE)
    images = [Image(b"\x89PNG\r\n\0", "image/png", 'A "lake"'), Image(b"JPEG", "image/jpeg")]
    x.publish(OUT, "", TOKENS, Post("", "en", images), TURN)
    assert odd.paths() == ["/2/media/upload", "/2/media/metadata", "/2/media/upload", "/2/tweets"]
    upload, told, _, post = odd.asked
    boundary = upload.headers["content-type"].removeprefix("multipart/form-data; boundary=").encode()
    assert upload.body == (
        b'--%(b)s\r\nContent-Disposition: form-data; name="media_category"\r\n\r\ntweet_image\r\n'
        b'--%(b)s\r\nContent-Disposition: form-data; name="media_type"\r\n\r\nimage/png\r\n'
        b'--%(b)s\r\nContent-Disposition: form-data; name="media"; filename="picture"\r\n'
        b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\0\r\n--%(b)s--\r\n"
    ) % {b"b": boundary}
    assert json.loads(told.body) == {"id": "11", "metadata": {"alt_text": {"text": 'A "lake"'}}}
    assert json.loads(post.body) == {"media": {"media_ids": ["11", "12"]}}
    assert {one.headers["authorization"] for one in odd.asked} == {"Bearer secret-token"}


@pytest.mark.parametrize(
    "post",
    [
        Post("Hi", "en", [Image(b"x", "image/png")], reshare_of="123"),
        Post("Hi", "en", reshare_of="https://x.com/a/status/123"),
        Post("Hi", "en", reshare_of="1" * 20),
    ],
)
def test_publish_refuses_beforehand_what_x_would_refuse(odd: OddServer, x: Network, post: Post) -> None:
    with pytest.raises(Permanent):
        x.publish(OUT, "", TOKENS, post, TURN)
    assert odd.asked == []


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
        (says(503, {"title": "Service Unavailable"}, Retry_After="5"), Lost, "did it appear"),
        (says(201, b"x" * 2_000_000), Lost, "did it appear"),
        (html(), Lost, "makes no sense"),
        (says(201, {}), Lost, "makes no sense"),
        (says(201, {"data": {"id": 1445880548472328192}}), Lost, "makes no sense"),
        (says(201, {"data": {"id": "../x"}}), Lost, "makes no sense"),
        (says(200, {"errors": [{"title": "Odd"}]}), Lost, "makes no sense"),
        (says(429, {"title": "Too Many Requests", "type": "about:blank"}), Temporary, "slow down"),
        (says(429, SPENT), Permanent, "credits at .* are used up.* administrator"),
        (says(403, SPENT), Permanent, "credits at .* are used up.* administrator"),
        (
            says(402, {"title": "CreditsDepleted", "type": "https://api.twitter.com/2/problems/credits"}),
            Permanent,
            "credits at .* are used up.* administrator",
        ),
        (says(402), Permanent, "credits at .* are used up.* administrator"),
        (says(403, DUPLICATE), Permanent, "says the same already"),
        (
            says(403, WRONG_KIND),
            Permanent,
            r"does not let our application do this \(Authenticating with .*administrator",
        ),
        (
            says(
                403, {"type": "https://api.twitter.com/2/problems/client-forbidden", "detail": "Not enrolled"}
            ),
            Permanent,
            r"does not let our application do this \(Not enrolled",
        ),
        (
            says(
                401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
            ),
            Expired,
            "is being renewed",
        ),
        (
            says(
                400,
                {
                    "title": "Invalid Request",
                    "errors": [{"message": "text\n too long"}],
                    "detail": "One or more",
                },
            ),
            Permanent,
            "refused this: text too long",
        ),
        (
            says(400, {"errors": [{"detail": "your media IDs are invalid."}]}),
            Permanent,
            "media IDs are invalid",
        ),
        (says(403, {"title": "Forbidden", "detail": "Your account is suspended"}), Permanent, "is suspended"),
        (says(400, {"detail": "y" * 999}), Permanent, "y{300}$"),
        (says(400, {"detail": ["odd"], "errors": ["odd"]}), Permanent, r"without saying why \(400\)"),
        (says(404), Permanent, r"without saying why \(404\)"),
        (says(400, ["odd"]), Permanent, r"without saying why \(400\)"),
        (says(307, Location="/elsewhere"), Permanent, "has moved"),
    ],
)
def test_publish_ends_in_one_of_four_ways(
    odd: OddServer, x: Network, answer: Any, kind: type[Outcome], words: str
) -> None:
    odd.on("/2/tweets", answer)
    with pytest.raises(Outcome, match=words) as ended:
        x.publish(OUT, "", TOKENS, POST, TURN)
    assert type(ended.value) is kind
    assert "secret" not in str(ended.value)
    assert len(odd.asked) == 1


def test_a_duplicate_may_be_our_own_only_after_an_answer_was_lost(odd: OddServer, x: Network) -> None:
    odd.on("/2/tweets", says(403, DUPLICATE))
    with pytest.raises(Lost, match="it may be this one"):
        x.publish(OUT, "", TOKENS, POST, AGAIN)
    odd.on("/2/tweets", says(403, {"detail": "Your account is suspended"}))
    with pytest.raises(Permanent, match="suspended"):
        x.publish(OUT, "", TOKENS, POST, AGAIN)


def test_publish_to_nobody_sends_nothing(odd: OddServer, x: Network) -> None:
    with pytest.raises(Permanent, match="private network"):
        x.publish(Outbound(), "", TOKENS, POST, TURN)
    networks.configure(clients={"x": Client("cid", "csecret")}, practice={"x": "http://127.0.0.1:1"})
    with pytest.raises(Temporary, match="nothing was sent"):
        networks.network("x").publish(OUT, "", TOKENS, POST, TURN)
    assert odd.asked == []


def limit(name: str, remaining: str, reset: str) -> dict[str, str]:
    return {f"{name}_limit": "100", f"{name}_remaining": remaining, f"{name}_reset": reset}


QUARTER, PERSON, APP = "x_rate_limit", "x_user_limit_24hour", "x_app_limit_24hour"


@pytest.mark.parametrize(
    ("headers", "after", "at"),
    [
        (limit(QUARTER, "0", "1795342500"), None, 1795342500),
        (limit(QUARTER, "0", "1795342500") | {"Retry_After": "120"}, 120, 1795342500),
        (limit(QUARTER, "0", "1795342500") | limit(PERSON, "0", "1795400000"), None, 1795400000),
        (limit(QUARTER, "99", "1795342500") | limit(APP, "0", "1795410000"), None, 1795410000),
        (limit(QUARTER, "0", "1795342500") | limit(PERSON, "7", "1795400000"), None, 1795342500),
        ({"x_rate_limit_reset": "1795342500"}, None, 1795342500),
        (limit(QUARTER, "0", "soon"), None, None),
        (limit(QUARTER, "0", "-1"), None, None),
        (limit(QUARTER, "0", "1795342500000"), None, None),
        (limit(QUARTER, "0", "٣"), None, None),
        ({"Retry_After": "60"}, 60, None),
        ({}, None, None),
    ],
)
def test_how_long_to_wait(
    odd: OddServer, x: Network, headers: dict[str, str], after: int | None, at: int | None
) -> None:
    if any(not value.isascii() for value in headers.values()):
        headers = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    odd.on("/2/tweets", says(429, {"title": "Too Many Requests"}, **headers))
    with pytest.raises(Temporary) as wait:
        x.publish(OUT, "", TOKENS, POST, TURN)
    expected = datetime.fromtimestamp(at, UTC) if at else None
    assert (wait.value.retry_after, wait.value.retry_at, wait.value.status_code) == (after, expected, 429)


@pytest.mark.parametrize("path", ["/2/media/upload", "/2/media/metadata"])
def test_a_picture_that_fails_means_that_nothing_was_posted(odd: OddServer, x: Network, path: str) -> None:
    post = Post("Hi", "en", [Image(b"x", "image/png", "A lake")])
    for answer, kind in (
        (hangs_up, Temporary),
        (says(500), Temporary),
        (says(503), Temporary),
        (says(429), Temporary),
        (says(400, {"detail": "no"}), Permanent),
        (says(401), Expired),
        (says(429, SPENT), Permanent),
    ):
        odd.on("/2/media/upload", says(200, {"data": {"id": "11"}}))
        odd.on("/2/media/metadata", says(200, {}))
        odd.on(path, answer)
        with pytest.raises(Outcome) as ended:
            x.publish(OUT, "", TOKENS, post, TURN)
        assert type(ended.value) is kind
    for answer in (html(), says(200, {"data": {"id": 11}}), says(200, [])):
        odd.on("/2/media/upload", answer)
        with pytest.raises(Temporary, match="form that was expected"):
            x.publish(OUT, "", TOKENS, post, TURN)
    assert "/2/tweets" not in odd.paths("POST")


# -- afterwards


def test_delete(odd: OddServer, x: Network) -> None:
    odd.on("/2/tweets/42", says(200, {"data": {"deleted": True}}), says(404), html(), hangs_up)
    for _ in range(3):
        x.delete(OUT, "", TOKENS, "42")
    assert odd.asked[0].method == "DELETE"
    with pytest.raises(Temporary):
        x.delete(OUT, "", TOKENS, "42")
    odd.on("/2/tweets/42", says(200, {"data": {"deleted": False}}))
    with pytest.raises(Permanent, match="delete it there"):
        x.delete(OUT, "", TOKENS, "42")
    odd.on("/2/tweets/42", says(403, {"detail": "You are not authorized to delete this Tweet."}))
    with pytest.raises(Permanent, match="not authorized"):
        x.delete(OUT, "", TOKENS, "42")
    x.delete(OUT, "", TOKENS, "../users/me")
    assert odd.asked[-1].path == "/2/tweets/..%2Fusers%2Fme"


SOUGHT = Sought("Rain & <sun>!\n\nhttps://go.example/l/AbC2 #Nordlys", "AbC2", SINCE)
LINK = {"url": "https://t.co/aaa", "expanded_url": "https://go.example/l/AbC2"}
PICTURE = {
    "url": "https://t.co/ppp",
    "expanded_url": "https://x.com/ada/status/42/photo/1",
    "media_key": "3_1",
}
OTHER = {"url": "https://t.co/bbb", "expanded_url": "https://go.example/l/abc2"}
AT = {"created_at": "2026-11-22T09:00:00.000Z"}


def test_find_looks_only_if_reading_was_allowed(odd: OddServer, x: Network) -> None:
    assert x.find(OUT, "", TOKENS, SOUGHT) is None
    assert odd.asked == []


@pytest.mark.parametrize(
    ("post", "found"),
    [
        (AT | {"text": "anything https://t.co/aaa", "entities": {"urls": [OTHER, LINK]}}, True),
        (
            AT
            | {
                "text": "x",
                "entities": {"urls": [LINK | {"expanded_url": LINK["expanded_url"] + "/?s=1#f"}]},
            },
            True,
        ),
        (AT | {"text": "x https://t.co/bbb", "entities": {"urls": [OTHER]}}, False),
        (AT | {"text": "x", "entities": {"urls": [LINK | {"expanded_url": "javascript:/l/AbC2"}]}}, False),
        (AT | {"text": SOUGHT.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}, True),
        (AT | {"text": "Rain and sun"}, False),
        (AT | {"text": "x", "entities": {"urls": "odd"}}, False),
        (
            AT
            | {
                "text": "x",
                "entities": {"urls": [7, {"url": 7}, {"expanded_url": "https://go.example/l/AbC2"}]},
            },
            False,
        ),
        ({"created_at": "2026-11-22T08:59:59.000Z", "entities": {"urls": [LINK]}}, False),
        ({"created_at": "never", "entities": {"urls": [LINK]}}, False),
        ({"entities": {"urls": [LINK]}}, False),
        (AT | {"id": "x/1", "entities": {"urls": [LINK]}}, False),
    ],
)
def test_find_own_post(odd: OddServer, x: Network, post: dict[str, Any], found: bool) -> None:
    odd.on("/2/users/me", says(200, {"data": {"id": "7", "username": "ada"}}))
    odd.on("/2/users/7/tweets", says(200, {"data": ["odd", {"id": "41"}, {"id": "42"} | post]}))
    expected = Posted("42", f"{odd.url}/i/web/status/42") if found else None
    assert x.find(OUT, "", READER, SOUGHT) == expected
    asked = urlsplit(odd.asked[-1].path)
    assert asked.path == "/2/users/7/tweets"
    assert dict(parse_qsl(asked.query)) == {
        "max_results": "10",
        "start_time": "2026-11-22T09:00:00Z",
        "tweet.fields": "created_at,entities",
    }


@pytest.mark.parametrize(
    ("text", "shown", "urls", "found"),
    [
        (
            "Look example.com/a",
            "Look https://t.co/c",
            [{"url": "https://t.co/c", "expanded_url": "http://example.com/a"}],
            True,
        ),
        ("With a picture", "With a picture https://t.co/ppp", [PICTURE], True),
        ("", "https://t.co/ppp", [PICTURE], True),
        ("Look https://a.example/1", "Look https://t.co/bbb", [OTHER], False),
    ],
)
def test_find_by_words_alone(
    odd: OddServer, x: Network, text: str, shown: str, urls: list[dict[str, str]], found: bool
) -> None:
    odd.on("/2/users/me", says(200, {"data": {"id": "7", "username": "ada"}}))
    odd.on(
        "/2/users/7/tweets",
        says(200, {"data": [AT | {"id": "42", "text": shown, "entities": {"urls": urls}}]}),
    )
    assert (x.find(OUT, "", READER, Sought(text, "", SINCE)) is not None) is found


@pytest.mark.parametrize(
    "answer", [html(), says(200, {}), says(200, {"meta": {"result_count": 0}}), says(200, [])]
)
def test_find_in_an_odd_answer(odd: OddServer, x: Network, answer: Any) -> None:
    odd.on("/2/users/me", says(200, {"data": {"id": "7", "username": "ada"}}))
    odd.on("/2/users/7/tweets", answer)
    assert x.find(OUT, "", READER, SOUGHT) is None


def test_figures(odd: OddServer, x: Network) -> None:
    metrics = {
        "retweet_count": 2,
        "reply_count": 3,
        "like_count": 5,
        "quote_count": 1,
        "bookmark_count": 9,
        "impression_count": 700,
    }
    some = [
        {"id": "1", "public_metrics": metrics},
        {"id": "2", "public_metrics": {"like_count": "many", "quote_count": 4}},
        {"id": "3"},
        {"id": "999", "public_metrics": metrics},
        "odd",
    ]
    gone = [{"resource_id": "4", "title": "Not Found Error"}]
    odd.on("/2/tweets", says(200, {"data": some, "errors": gone}))
    found = x.figures(OUT, "", TOKENS, ["1", "2", "3", "4", "not-one"])
    assert found == {
        "1": Figures(views=700, reactions=5, replies=3, reshares=3),
        "2": Figures(reshares=4),
        "3": Figures(),
    }
    assert dict(parse_qsl(urlsplit(odd.asked[0].path).query)) == {
        "ids": "1,2,3,4",
        "tweet.fields": "public_metrics",
    }


def test_figures_a_hundred_at_a_time(odd: OddServer, x: Network) -> None:
    odd.on("/2/tweets", says(200, {}))
    assert x.figures(OUT, "", TOKENS, [str(number) for number in range(1, 202)]) == {}
    asked = [dict(parse_qsl(urlsplit(one.path).query))["ids"].split(",") for one in odd.asked]
    assert [len(ids) for ids in asked] == [100, 100, 1]
    assert x.figures(OUT, "", TOKENS, []) == {}
    assert len(odd.asked) == 3
    odd.on("/2/tweets", says(429, x_rate_limit_remaining="0", x_rate_limit_reset="1795342500"))
    with pytest.raises(Temporary):
        x.figures(OUT, "", TOKENS, ["1"])
