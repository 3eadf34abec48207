"""The LinkedIn connector against a server that answers oddly: connecting, pictures, deleting."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from advocacy.http import Outbound
from advocacy.sharing.networks.interface import (
    Card,
    Client,
    Figures,
    Identity,
    Image,
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
from tests.odd_server import OddServer, breaks_off, drips, hangs_up, html, says, sleeps
from tests.sharing.networks.conftest import OUT, URN, linkedin_at, refuses

BACK = "https://advocacy.example/connections/callback/linkedin"
SINCE = datetime(2026, 11, 22, 9, tzinfo=UTC)
TOKENS = Tokens(
    "secret-token", extra={"author": "urn:li:person:a-1_Z", "since": "Sun, 22 Nov 2026 09:00:00 GMT"}
)
GRANTED = {"access_token": "at", "expires_in": 5_184_000, "scope": "email,openid,profile,w_member_social"}
TURN = Turn("key-1", SINCE)
ME = "/v2/userinfo"
TOKEN = "/oauth/v2/accessToken"
POSTS = "/rest/posts"


@pytest.fixture
def linkedin(odd: OddServer) -> Network:
    return linkedin_at(odd)


def registration(linkedin: Network) -> Registration:
    return linkedin.register(
        OUT, "https://www.linkedin.com", BACK, "Nordlys speaks", "https://advocacy.example"
    )


# -- connecting


def test_it_is_ready_once_the_operator_has_named_our_application(odd: OddServer) -> None:
    assert linkedin_at(odd).is_ready
    assert not linkedin_at(odd, Client()).is_ready
    assert not linkedin_at(odd, Client("cid")).is_ready
    assert not linkedin_at(odd, Client(secret="cs")).is_ready


def test_there_is_one_server_and_nothing_to_introduce(odd: OddServer, linkedin: Network) -> None:
    assert linkedin.server_address(OUT, "anything") == odd.url
    made = registration(linkedin)
    assert made == Registration(
        "https://www.linkedin.com", BACK, "cid", "csecret", ("openid", "profile", "w_member_social")
    )
    assert "csecret" not in repr(made)
    assert linkedin.issuer(made, "") == f"{odd.url}/oauth"
    assert odd.asked == []


def test_depart_goes_by_state_alone(odd: OddServer, linkedin: Network) -> None:
    departure = linkedin.depart(OUT, registration(linkedin), "st/&", typed="x", again=True, reading=True)
    found = urlsplit(departure.url)
    assert departure.secret == ""
    assert f"{found.scheme}://{found.netloc}{found.path}" == f"{odd.url}/oauth/v2/authorization"
    assert parse_qs(found.query, strict_parsing=True) == {
        "response_type": ["code"],
        "client_id": ["cid"],
        "redirect_uri": [BACK],
        "state": ["st/&"],
        "scope": ["openid profile w_member_social"],
    }
    assert "scope=openid%20profile%20w_member_social" in found.query


@pytest.mark.parametrize(
    "scope", ["email,openid,profile,w_member_social", "email openid profile w_member_social", "email, openid"]
)
def test_exchange(odd: OddServer, linkedin: Network, scope: str) -> None:
    odd.on(TOKEN, says(200, GRANTED | {"scope": scope, "id_token": "x.y.z"}))
    odd.on(ME, says(200, {"sub": "a-1_Z", "name": "Ada"}))
    tokens = linkedin.exchange(OUT, registration(linkedin), "co", "")
    assert (tokens.access, tokens.refresh) == ("at", None)
    assert tokens.scopes == tuple(scope.replace(",", " ").split())
    assert tokens.expires_at is not None
    assert abs(tokens.expires_at - datetime.now(UTC) - timedelta(days=60)) < timedelta(seconds=10)
    assert tokens.extra["author"] == "urn:li:person:a-1_Z"
    assert tokens.extra["since"].endswith("GMT")
    assert dict(parse_qsl(odd.asked[0].body.decode(), strict_parsing=True)) == {
        "grant_type": "authorization_code",
        "client_id": "cid",
        "client_secret": "csecret",
        "redirect_uri": BACK,
        "code": "co",
    }
    assert odd.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in odd.asked[0].headers
    assert odd.asked[1].headers["authorization"] == "Bearer at"


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            says(400, {"error": "invalid_request", "error_description": "code not found"}),
            Permanent,
            "did not accept",
        ),
        (says(401, {"error": "invalid_client"}), Permanent, "did not accept the sign-in"),
        (html(), Permanent, "did not accept the sign-in"),
        (says(200, ["x"]), Permanent, "did not accept the sign-in"),
        (says(200, {"scope": 7}), Permanent, "did not accept the sign-in"),
        (says(200, GRANTED | {"expires_in": 10**400}), Permanent, "did not accept the sign-in"),
        (says(200, GRANTED | {"expires_in": []}), Permanent, "did not accept the sign-in"),
        (says(200, GRANTED | {"expires_in": "soon"}), Permanent, "did not accept the sign-in"),
        (says(302, Location="https://10.0.0.1/"), Permanent, "did not accept the sign-in"),
        (says(503), Temporary, "has trouble"),
        (says(429), Temporary, "slow down"),
        (hangs_up, Temporary, "did not arrive"),
        (drips(0.05), Temporary, "did not arrive"),
        (says(200, b"x" * 2_000_000), Temporary, "too long"),
    ],
)
def test_exchange_gone_wrong(
    odd: OddServer, linkedin: Network, answer: Any, kind: type[Outcome], words: str
) -> None:
    odd.on(TOKEN, answer)
    with pytest.raises(Outcome, match=words) as ended:
        linkedin.exchange(OUT, registration(linkedin), "co", "")
    assert type(ended.value) is kind
    assert len(odd.asked) == 1
    assert "csecret" not in f"{ended.value!r}{ended.value}"


def test_a_fresh_token_that_is_called_revoked_is_tried_again(odd: OddServer, linkedin: Network) -> None:
    odd.on(TOKEN, says(200, GRANTED))
    odd.on(ME, refuses(401, 65601), refuses(401, 65601), says(200, {"sub": "a-1_Z"}))
    assert linkedin.exchange(OUT, registration(linkedin), "co", "").extra["author"] == "urn:li:person:a-1_Z"
    odd.on(ME, refuses(401, 65601))
    with pytest.raises(Temporary, match="does not take your new sign-in yet") as wait:
        linkedin.exchange(OUT, registration(linkedin), "co", "")
    assert wait.value.retry_after == 15
    assert odd.paths("GET").count(ME) == 6


def test_renew(odd: OddServer, linkedin: Network) -> None:
    assert linkedin.renew(OUT, registration(linkedin), TOKENS) is TOKENS
    assert odd.asked == []
    odd.on(
        TOKEN,
        says(200, {"access_token": "new", "expires_in": 5_184_000, "refresh_token_expires_in": 439_200}),
    )
    old = Tokens("old", "rt", scopes=("openid",), extra=TOKENS.extra)
    tokens = linkedin.renew(OUT, registration(linkedin), old)
    assert (tokens.access, tokens.refresh) == ("new", "rt")
    assert tokens.expires_at is not None
    assert tokens.extra["author"] == "urn:li:person:a-1_Z"
    assert tokens.extra["since"] != TOKENS.extra["since"]
    assert dict(parse_qsl(odd.asked[0].body.decode(), strict_parsing=True)) == {
        "grant_type": "refresh_token",
        "refresh_token": "rt",
        "client_id": "cid",
        "client_secret": "csecret",
    }


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (says(400, {"error": "invalid_grant"}), NeedsReconnecting),
        (
            says(
                400,
                {"error": "invalid_request", "error_description": "The refresh token is expired or revoked"},
            ),
            NeedsReconnecting,
        ),
        (
            says(400, {"error": "invalid_request", "error_description": "A required parameter is missing"}),
            Temporary,
        ),
        (says(401, {"error": "invalid_client"}), Temporary),
        (html(), Temporary),
        (html(403), Temporary),
        (says(200, ["x"]), Temporary),
        (says(500), Temporary),
        (says(429), Temporary),
        (hangs_up, Temporary),
        (sleeps(2), Temporary),
    ],
)
def test_renewal_gone_wrong_is_asked_for_once(
    odd: OddServer, linkedin: Network, answer: Any, kind: type[Outcome]
) -> None:
    odd.on(TOKEN, answer)
    with pytest.raises(Outcome) as ended:
        linkedin.renew(OUT, registration(linkedin), Tokens("old", "rt"))
    assert type(ended.value) is kind
    assert len(odd.asked) == 1


def test_what_it_cannot_do_it_does_not_ask_for(odd: OddServer, linkedin: Network) -> None:
    linkedin.revoke(OUT, registration(linkedin), TOKENS)
    assert linkedin.find(OUT, odd.url, TOKENS, Sought("Hi", "abc", SINCE)) is None
    empty: dict[str, Figures] = {}
    assert linkedin.figures(OUT, odd.url, TOKENS, [URN]) == empty
    assert not (linkedin.can.readable or linkedin.can.tells_figures or linkedin.can.renews)
    assert linkedin.can.deletes
    assert odd.asked == []


# -- who it is


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"name": "Ada\n\u202e Nordlys"}, "Ada Nordlys"),
        ({"given_name": "Ada", "family_name": "Nordlys"}, "Ada Nordlys"),
        ({"given_name": "Ada"}, "Ada"),
        ({"name": "A" * 999}, "A" * 300),
        ({"name": ["odd"]}, "['odd']"),
        ({}, "a-1_Z"),
    ],
)
def test_identity(odd: OddServer, linkedin: Network, said: dict[str, Any], name: str) -> None:
    odd.on(ME, says(200, {"sub": "a-1_Z", "locale": {"country": "CH"}} | said))
    assert linkedin.identity(OUT, odd.url, TOKENS) == Identity("urn:li:person:a-1_Z", name, name, "")
    assert odd.asked[0].headers["authorization"] == "Bearer secret-token"
    assert "linkedin-version" not in odd.asked[0].headers


@pytest.mark.parametrize(
    "answer",
    [
        html(),
        says(200, []),
        says(200, {}),
        says(200, {"sub": 7}),
        says(200, {"sub": ""}),
        says(200, {"sub": "a:b"}),
    ],
)
def test_identity_of_nobody(odd: OddServer, linkedin: Network, answer: Any) -> None:
    odd.on(ME, answer)
    with pytest.raises(Temporary, match="form that was expected"):
        linkedin.identity(OUT, odd.url, TOKENS)


def test_limits_promise_a_repeat_only_where_the_operator_trusts_duplicates(odd: OddServer) -> None:
    for trusts, seconds in ((False, 0), (True, 3000)):
        linkedin = linkedin_at(odd, Client("cid", "csecret", trusts_duplicates=trusts))
        assert linkedin.limits(OUT, odd.url) == linkedin.default_limits()
        assert linkedin.default_limits().idempotent_seconds == seconds
        assert linkedin.default_limits().characters == 3000


def test_the_text_is_counted_as_typed(linkedin: Network) -> None:
    limits = linkedin.default_limits()
    assert linkedin.count("(" * 3000, limits).left == 0
    assert linkedin.problems("(" * 3000, [], limits) == []
    assert linkedin.problems("(" * 3001, [], limits)
    assert linkedin.count("👍", limits).used == 2


# -- pictures and cards


IMAGES = "/rest/images"
PNG, GIF = Image(b"\x89PNG\0\xff", "image/png", "A (blue) lake"), Image(b"GIF", "image/gif")


def uploads(odd: OddServer, *names: str) -> None:
    given = [
        says(
            200, {"value": {"uploadUrl": f"{odd.url}/dms-uploads/{one}?ca=1", "image": f"urn:li:image:{one}"}}
        )
        for one in names
    ]
    odd.on(IMAGES, *given)
    for one in names:
        odd.on(f"/dms-uploads/{one}", says(201))
    odd.on(POSTS, says(201, x_restli_id=URN))


def content(odd: OddServer) -> Any:
    return json.loads(odd.asked[-1].body).get("content")


def test_one_picture(odd: OddServer, linkedin: Network) -> None:
    uploads(odd, "A-1")
    linkedin.publish(OUT, odd.url, TOKENS, Post("Hi", "en", [PNG]), TURN)
    asked, put, _post = odd.asked
    assert (asked.method, asked.path) == ("POST", "/rest/images?action=initializeUpload")
    assert json.loads(asked.body) == {"initializeUploadRequest": {"owner": "urn:li:person:a-1_Z"}}
    assert asked.headers["linkedin-version"] == "202607"
    assert asked.headers["x-restli-protocol-version"] == "2.0.0"
    assert asked.headers["content-type"] == "application/json"
    assert (put.method, put.path, put.body) == ("PUT", "/dms-uploads/A-1?ca=1", b"\x89PNG\0\xff")
    assert put.headers["authorization"] == "Bearer secret-token"
    assert put.headers["content-type"] == "application/octet-stream"
    assert put.headers["content-length"] == "6"
    assert content(odd) == {"media": {"id": "urn:li:image:A-1", "altText": "A (blue) lake"}}


def test_several_pictures(odd: OddServer, linkedin: Network) -> None:
    uploads(odd, "A", "B")
    card = Card("https://a.example", "T", thumbnail=PNG)
    linkedin.publish(OUT, odd.url, TOKENS, Post("Hi", "en", [PNG, GIF], card=card), TURN)
    images = [{"id": "urn:li:image:A", "altText": "A (blue) lake"}, {"id": "urn:li:image:B"}]
    assert content(odd) == {"multiImage": {"images": images}}
    assert odd.paths("PUT") == ["/dms-uploads/A?ca=1", "/dms-uploads/B?ca=1"]


@pytest.mark.parametrize(
    ("card", "article"),
    [
        (Card("https://a.example/x", "A (title)"), {"source": "https://a.example/x", "title": "A (title)"}),
        (
            Card("https://a.example/x", "T\n1", "D\n2", PNG),
            {
                "source": "https://a.example/x",
                "title": "T 1",
                "description": "D 2",
                "thumbnail": "urn:li:image:A",
            },
        ),
        (Card("https://a.example/x", " "), {"source": "https://a.example/x", "title": "a.example"}),
        (
            Card("https://a.example/x", "t" * 999, "d" * 9999),
            {"source": "https://a.example/x", "title": "t" * 400, "description": "d" * 4086},
        ),
    ],
)
def test_a_card_with_the_title_that_it_needs(
    odd: OddServer, linkedin: Network, card: Card, article: dict[str, str]
) -> None:
    uploads(odd, "A")
    linkedin.publish(OUT, odd.url, TOKENS, Post("Hi", "en", card=card), TURN)
    assert content(odd) == {"article": article}


def test_passing_on_the_companys_post_takes_nothing_else_along(odd: OddServer, linkedin: Network) -> None:
    uploads(odd, "A")
    post = Post("", "en", [PNG], card=Card("https://a.example", "T"), reshare_of="urn:li:share:7")
    assert linkedin.publish(OUT, odd.url, TOKENS, post, TURN).remote_id == URN
    body = json.loads(odd.asked[0].body)
    assert body["reshareContext"] == {"parent": "urn:li:share:7"}
    assert "content" not in body
    assert len(odd.asked) == 1


GIVEN = {"uploadUrl": "https://10.0.0.1/x", "image": "urn:li:image:A"}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (hangs_up, Temporary),
        (breaks_off, Temporary),
        (says(500), Temporary),
        (says(429), Temporary),
        (html(), Temporary),
        (says(200, {}), Temporary),
        (says(200, {"value": {"uploadUrl": 7, "image": "urn:li:image:A"}}), Temporary),
        (says(200, {"value": {"uploadUrl": "https://a.example", "image": "urn:li:video:A"}}), Temporary),
        (says(200, {"value": GIVEN}), Permanent),
        (says(200, {"value": GIVEN | {"uploadUrl": "ftp://a.example/x"}}), Permanent),
        (says(200, {"value": GIVEN | {"uploadUrl": "http://93.184.216.34/x"}}), Permanent),
        (refuses(400, 100, "Owner entity type is not supported"), Permanent),
        (refuses(401, 65602), NeedsReconnecting),
    ],
)
def test_a_picture_that_fails_means_that_nothing_was_posted(
    odd: OddServer, linkedin: Network, answer: Any, kind: type[Outcome]
) -> None:
    odd.on(IMAGES, answer)
    with pytest.raises(Outcome) as ended:
        linkedin.publish(OUT, odd.url, TOKENS, Post("Hi", "en", [PNG]), TURN)
    assert type(ended.value) is kind
    assert POSTS not in odd.paths("POST")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (hangs_up, Temporary),
        (says(500), Temporary),
        (html(401), Temporary),
        (html(403), Permanent),
        (says(307, Location="https://10.0.0.1/"), Permanent),
    ],
)
def test_bytes_that_do_not_arrive(
    odd: OddServer, linkedin: Network, answer: Any, kind: type[Outcome]
) -> None:
    uploads(odd, "A")
    odd.on("/dms-uploads/A", answer)
    with pytest.raises(Outcome) as ended:
        linkedin.publish(OUT, odd.url, TOKENS, Post("Hi", "en", [PNG]), TURN)
    assert type(ended.value) is kind
    assert POSTS not in odd.paths("POST")


# -- afterwards


def test_delete(odd: OddServer, linkedin: Network) -> None:
    path = "/rest/posts/urn%3Ali%3Ashare%3A7141138937766391808"
    odd.on(
        path,
        says(204),
        refuses(404, 0),
        says(410),
        refuses(401, 65601),
        says(204),
        refuses(403, 100, "no"),
        hangs_up,
    )
    for _ in range(4):
        linkedin.delete(OUT, odd.url, TOKENS, URN)
    asked = odd.asked[0]
    assert (asked.method, asked.path, asked.body) == ("DELETE", path, b"")
    assert asked.headers["x-restli-method"] == "DELETE"
    assert asked.headers["linkedin-version"] == "202607"
    assert asked.headers["authorization"] == "Bearer secret-token"
    with pytest.raises(Permanent, match="refused this: no"):
        linkedin.delete(OUT, odd.url, TOKENS, URN)
    with pytest.raises(Temporary):
        linkedin.delete(OUT, odd.url, TOKENS, URN)
    with pytest.raises(Outcome):
        linkedin.delete(Outbound(), odd.url, TOKENS, URN)


def test_a_post_of_tokens_without_their_author_asks_for_it(odd: OddServer, linkedin: Network) -> None:
    odd.on(ME, says(200, {"sub": "b2"}))
    odd.on(POSTS, says(201, x_restli_id=URN))
    assert linkedin.publish(OUT, odd.url, Tokens("at"), Post("Hi", "en"), TURN) == Posted(
        URN, f"{odd.url}/feed/update/{URN}"
    )
    assert json.loads(odd.asked[-1].body)["author"] == "urn:li:person:b2"
