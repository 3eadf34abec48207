"""Bluesky's connector, once an account is connected, against a server that answers oddly."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image as Pillow

from advocacy.http import Outbound
from advocacy.sharing import networks
from advocacy.sharing.networks.bluesky import dpop, keys
from advocacy.sharing.networks.bluesky.network import Bluesky
from advocacy.sharing.networks.bluesky.tid import tid
from advocacy.sharing.networks.interface import (
    Card,
    Expired,
    Figures,
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
)
from tests.odd_server import OddServer, breaks_off, drips, hangs_up, html, odd_server, says, sleeps
from tests.sharing.networks.bluesky_server import (
    BACK,
    BLOB,
    DID,
    KEPT,
    OTHER,
    PEM,
    PUT,
    RESOLVER,
    SESSION,
    connector,
    proof_of,
    settle,
    tokens,
)

OUT = Outbound(["127.0.0.1"], timeout=(1, 1), total=1.6)
AT = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)
TURN = Turn("turn-1", AT)
KEY = tid(AT, "turn-1")
URI = f"at://{DID}/app.bsky.feed.post/{KEY}"
POST = Post("Hello\r\nworld", "fr-CH")
RECORD = {
    "$type": "app.bsky.feed.post",
    "text": "Hello\nworld",
    "createdAt": "2026-11-22T09:00:00.123Z",
    "langs": ["fr-CH"],
}
WRITTEN = says(200, {"uri": URI, "cid": "bafy", "validationStatus": "valid"})
FIGURES = "/xrpc/app.bsky.feed.getPosts"
LISTED = "/xrpc/com.atproto.repo.listRecords"
DELETE = "/xrpc/com.atproto.repo.deleteRecord"
CREATE, REFRESH, END = (f"/xrpc/com.atproto.server.{one}Session" for one in ("create", "refresh", "delete"))


@pytest.fixture
def odd() -> Iterator[OddServer]:
    with odd_server() as server:
        settle(server)
        server.on(PUT, WRITTEN)
        yield server


@pytest.fixture
def bluesky(odd: OddServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bluesky]:
    dpop._nonces.clear()
    monkeypatch.setattr("advocacy.sharing.networks.bluesky.network.UPLOAD_SECONDS", 0.8)
    yield connector(odd)
    networks.configure()


def png(width: int = 8, height: int = 4) -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


def publish(bluesky: Bluesky, odd: OddServer, post: Post = POST, turn: Turn = TURN) -> Posted:
    return bluesky.publish(OUT, odd.url, tokens(odd, PEM), post, turn)


def sent_to(odd: OddServer, path: str) -> list[Any]:
    return [json.loads(one.body) for one in odd.asked if one.path == path]


# -- what it can do


def test_what_it_declares(bluesky: Bluesky) -> None:
    can = bluesky.can
    assert can.readable and can.deletes and can.renews and can.tells_figures and can.many_servers
    assert can.passwords and can.cards and can.names_issuer
    assert not (can.registers or can.own_way_back or can.costs or can.near_identical_refused)
    limits = bluesky.limits(OUT, "https://pds.example")
    assert (limits.characters, limits.text_bytes, limits.images) == (300, 3000, 4)
    assert limits.image_bytes < 1_000_000 and limits.idempotent_seconds >= 10 * 365 * 86_400


def test_a_large_picture_is_no_problem_beforehand(bluesky: Bluesky) -> None:
    assert bluesky.problems("Hi", [Image(b"x" * 2_000_000, "image/png", "Alt")]) == []
    assert [msgid for msgid, _ in bluesky.problems("x" * 301)] == [
        "This is too long for %(network)s: %(used)d of %(allowed)d characters."
    ]
    assert len(bluesky.problems("Hi", [Image(b"", "image/png")] * 5)) == 1


# -- whose account it is


def test_identity(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on(KEPT, says(200, {"value": {"displayName": "Ada\n\u202eLovelace"}}))
    who = bluesky.identity(OUT, "https://entrance.example", tokens(odd, PEM))
    assert who == Identity(DID, "@ada.example", "Ada Lovelace", f"{odd.url}/profile/ada.example", odd.url)
    session, profile = odd.asked
    assert session.headers["authorization"] == "DPoP a-token"
    claims = proof_of(session)
    assert (claims["htm"], claims["htu"]) == ("GET", odd.url + SESSION)
    assert claims["ath"] == keys.digest("a-token")
    assert "authorization" not in profile.headers, "what is public is read without a token"
    assert parse_qs(urlsplit(profile.path).query) == {
        "repo": [DID], "collection": ["app.bsky.actor.profile"], "rkey": ["self"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "answer", [html(404), says(400), says(200, {"value": {"displayName": 7}}), says(503), hangs_up]
)
def test_identity_without_a_profile(bluesky: Bluesky, odd: OddServer, answer: Any) -> None:
    odd.on(KEPT, answer)
    assert bluesky.identity(OUT, odd.url, tokens(odd, PEM)).display_name == "ada.example"
    nameless = bluesky.identity(OUT, odd.url, tokens(odd, PEM, handle=""))
    assert (nameless.handle, nameless.url) == (DID, f"{odd.url}/profile/{DID}")


@pytest.mark.parametrize("said", [{"did": OTHER}, {}, []])
def test_identity_of_another_is_refused(bluesky: Bluesky, odd: OddServer, said: Any) -> None:
    odd.on(SESSION, says(200, said))
    with pytest.raises(Permanent, match="does not answer like a Bluesky server"):
        bluesky.identity(OUT, odd.url, tokens(odd, PEM))


# -- posting


def test_a_post_byte_for_byte(bluesky: Bluesky, odd: OddServer) -> None:
    posted = publish(bluesky, odd)
    assert posted == Posted(URI, f"{odd.url}/profile/ada.example/post/{KEY}")
    (asked,) = odd.asked
    assert json.loads(asked.body) == {
        "repo": DID,
        "collection": "app.bsky.feed.post",
        "rkey": KEY,
        "record": RECORD,
        "swapRecord": None,
    }
    assert asked.headers["content-type"] == "application/json"
    assert proof_of(asked)["htu"] == odd.url + PUT


def test_every_turn_of_a_post_sends_the_very_same(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on(PUT, hangs_up, says(500), WRITTEN)
    odd.on(RESOLVER, says(200, {"did": OTHER}))
    text = "Hi @bob.example #Tag https://x.example 👩‍👩‍👧"
    post = Post(text, "en", [Image(png(), "image/png", "A lake")])
    for turn in (TURN, replace(TURN, is_repeat=True)):
        with pytest.raises(Lost, match="may have got your post"):
            publish(bluesky, odd, post, turn)
    assert publish(bluesky, odd, post, replace(TURN, is_repeat=True)).remote_id == URI
    bodies = {one.body for one in odd.asked if one.path == PUT}
    assert len(bodies) == 1 and odd.paths().count(PUT) == 3


def test_a_mention_is_the_account_itself(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on(RESOLVER, says(200, {"did": OTHER}), says(400, {"error": "InvalidRequest"}))
    publish(bluesky, odd, Post("@bob.example @nobody.example", "en"))
    (facet,) = sent_to(odd, PUT)[0]["record"]["facets"]
    assert facet["features"] == [{"$type": "app.bsky.richtext.facet#mention", "did": OTHER}]
    assert facet["index"] == {"byteStart": 0, "byteEnd": 12}


def test_pictures_go_first_and_unchanged(bluesky: Bluesky, odd: OddServer) -> None:
    first, second = Image(png(), "image/png", "A lake"), Image(png(4, 4), "image/png")
    publish(bluesky, odd, Post("Hi", "en", [first, second]))
    assert odd.paths() == [BLOB, BLOB, PUT]
    assert [one.body for one in odd.asked[:2]] == [first.data, second.data]
    assert {one.headers["content-type"] for one in odd.asked[:2]} == {"image/png"}
    blob = {"$type": "blob", "ref": {"$link": "bafy"}, "mimeType": "image/png", "size": 9}
    assert sent_to(odd, PUT)[0]["record"]["embed"]["images"] == [
        {"image": blob, "alt": "A lake", "aspectRatio": {"width": 8, "height": 4}},
        {"image": blob, "alt": "", "aspectRatio": {"width": 4, "height": 4}},
    ]


def test_a_card_with_and_without_its_picture(bluesky: Bluesky, odd: OddServer) -> None:
    card = Card("https://go.example/l/a", "Open day", "Come", Image(png(), "image/png"))
    publish(bluesky, odd, replace(POST, card=card))
    publish(bluesky, odd, replace(POST, card=replace(card, thumbnail=None)))
    assert odd.paths() == [BLOB, PUT, PUT]
    first, second = (one["record"]["embed"]["external"] for one in sent_to(odd, PUT))
    assert first.pop("thumb")["ref"] == {"$link": "bafy"} and first == second
    assert second == {"uri": card.url, "title": "Open day", "description": "Come"}


def test_the_resource_servers_nonce_is_its_own(bluesky: Bluesky, odd: OddServer) -> None:
    asks = says(
        401,
        {"error": "use_dpop_nonce", "message": "…"},
        WWW_Authenticate='DPoP error="use_dpop_nonce", error_description="nonce"',
        DPoP_Nonce="n-7",
    )
    odd.on(PUT, asks, WRITTEN)
    publish(bluesky, odd)
    first, second = odd.asked
    assert "nonce" not in proof_of(first) and proof_of(second)["nonce"] == "n-7" and first.body == second.body
    odd.on(PUT, asks)
    with pytest.raises(Temporary) as caught:
        publish(bluesky, odd)
    assert not isinstance(caught.value, Expired), "the token may be good"


def refuses(status: int, error: str = "", message: str = "", **headers: str) -> Any:
    return says(status, {"error": error, "message": message}, **headers)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (refuses(400, "ExpiredToken", "Token has expired"), Expired, "being renewed"),
        (refuses(400, "InvalidToken", "Token could not be verified"), Expired, "being renewed"),
        (refuses(401, "invalid_token", WWW_Authenticate='DPoP error="invalid_token"'), Expired, "being renewed"),
        (says(401, b"", WWW_Authenticate='DPoP error="invalid_token"'), Expired, "being renewed"),
        (refuses(401, "AuthenticationRequired"), Expired, "being renewed"),
        (refuses(401, "invalid_dpop_proof"), Temporary, "trouble"),
        (html(401), Temporary, "trouble"),
        (refuses(401, "AccountTakedown", "Account has been taken down"), Permanent, "Account has been taken down"),
        (refuses(403, "ScopeMissing", 'Missing required scope "repo"'), NeedsReconnecting, "connect your account"),
        (refuses(400, "InvalidRequest", "Invalid record:\ntext too long"), Permanent, "Invalid record: text too long"),
        (refuses(400, "InvalidRequest"), Permanent, "InvalidRequest"),
        (html(400), Permanent, "without saying why"),
        (refuses(413, "PayloadTooLarge", "too large"), Permanent, "too large"),
        (refuses(429, "RateLimitExceeded", "Rate Limit Exceeded"), Temporary, "slow down"),
        (says(302, Location="https://10.0.0.1/"), Permanent, "has moved"),
        (refuses(500, "InternalServerError"), Lost, "may have got your post"),
        (html(502), Lost, "may have got your post"),
        (html(), Lost, "may have got your post"),
        (says(200, {"uri": f"at://{OTHER}/x/y"}), Lost, "may have got your post"),
        (says(200, []), Lost, "may have got your post"),
        (hangs_up, Lost, "may have got your post"),
        (sleeps(2), Lost, "may have got your post"),
        (drips(0.05), Lost, "may have got your post"),
        (drips(0.05, headers=True), Lost, "may have got your post"),
        (breaks_off, Lost, "may have got your post"),
        (says(200, b"x" * 2_000_000), Lost, "may have got your post"),
    ],
)  # fmt: skip
def test_what_a_post_can_meet(
    bluesky: Bluesky, odd: OddServer, answer: Any, kind: type[Outcome], words: str
) -> None:
    odd.on(PUT, answer)
    with pytest.raises(kind, match=words) as caught:
        publish(bluesky, odd)
    exact = {Temporary, Permanent}
    assert type(caught.value) is kind or kind not in exact
    assert odd.paths() == [PUT], "nothing is sent twice"
    assert "a-token" not in str(caught.value)


def test_without_a_refresh_token_an_access_that_ran_out_is_dead(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on(PUT, refuses(400, "ExpiredToken"))
    with pytest.raises(NeedsReconnecting):
        bluesky.publish(OUT, odd.url, replace(tokens(odd, PEM), refresh=None), POST, TURN)


def test_a_server_that_is_not_there_has_nothing(bluesky: Bluesky, odd: OddServer) -> None:
    gone = tokens(odd, PEM, pds="http://127.0.0.1:9")
    with pytest.raises(Temporary):
        bluesky.publish(OUT, odd.url, gone, POST, TURN)
    with pytest.raises(Permanent, match="private network"):
        bluesky.publish(Outbound(), odd.url, tokens(odd, PEM), POST, TURN)


@pytest.mark.parametrize(
    ("headers", "after", "at"),
    [
        ({"RateLimit_Reset": "1795338000"}, None, datetime.fromtimestamp(1_795_338_000, UTC)),
        ({"RateLimit_Reset": "1795338000", "Retry_After": "30"}, 30, None),
        ({"RateLimit_Reset": "soon"}, None, None),
        ({"RateLimit_Reset": "9" * 30}, None, None),
        ({"RateLimit_Reset": "-1"}, None, None),
        ({}, None, None),
    ],
)
def test_a_limit_says_until_when(
    bluesky: Bluesky, odd: OddServer, headers: dict[str, str], after: int | None, at: datetime | None
) -> None:
    odd.on(PUT, refuses(429, "RateLimitExceeded", **headers))
    with pytest.raises(Temporary) as caught:
        publish(bluesky, odd)
    assert (caught.value.retry_after, caught.value.retry_at, caught.value.status_code) == (after, at, 429)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refuses(500), Temporary),
        (hangs_up, Temporary),
        (sleeps(2), Temporary),
        (says(200, {}), Temporary),
        (html(), Temporary),
        (refuses(400, "ExpiredToken"), Expired),
        (refuses(400, "InvalidMimeType", "no"), Permanent),
        (refuses(413), Permanent),
    ],
)
def test_a_picture_that_does_not_arrive_posts_nothing(
    bluesky: Bluesky, odd: OddServer, answer: Any, kind: type[Outcome]
) -> None:
    odd.on(BLOB, answer)
    with pytest.raises(kind):
        publish(bluesky, odd, replace(POST, images=[Image(png(), "image/png")]))
    assert PUT not in odd.paths()


# -- what stands at the key


SWAP = refuses(400, "InvalidSwap", "Record was at bafy")


@pytest.mark.parametrize("changed", [{}, {"langs": ["en"]}, {"facets": []}, {"embed": {"$type": "x"}}])
def test_our_own_post_stands_there_already(bluesky: Bluesky, odd: OddServer, changed: dict[str, Any]) -> None:
    odd.on(PUT, SWAP)
    odd.on(KEPT, says(200, {"uri": URI, "value": {**RECORD, **changed}}))
    assert publish(bluesky, odd).remote_id == URI
    asked = parse_qs(urlsplit(odd.asked[-1].path).query)
    assert asked == {"repo": [DID], "collection": ["app.bsky.feed.post"], "rkey": [KEY]}


@pytest.mark.parametrize(
    "answer",
    [
        says(200, {"value": {**RECORD, "text": "Other words"}}),
        says(200, {"value": {**RECORD, "createdAt": "2026-11-22T09:00:00.124Z"}}),
        says(200, {"value": 7}),
        says(200, []),
        refuses(400, "RecordNotFound"),
        html(404),
    ],
)
def test_another_post_stands_there(bluesky: Bluesky, odd: OddServer, answer: Any) -> None:
    odd.on(PUT, SWAP)
    odd.on(KEPT, answer)
    with pytest.raises(Permanent, match="keeps another post where yours was to stand"):
        publish(bluesky, odd)


@pytest.mark.parametrize("answer", [says(503), hangs_up, sleeps(2), says(401)])
def test_what_stands_there_cannot_be_seen_now(bluesky: Bluesky, odd: OddServer, answer: Any) -> None:
    odd.on(PUT, SWAP)
    odd.on(KEPT, answer)
    with pytest.raises(Temporary) as caught:
        publish(bluesky, odd)
    assert not isinstance(caught.value, NeedsReconnecting)


# -- looking, deleting, counting


def row(key: str = KEY, did: str = DID, **value: Any) -> dict[str, Any]:
    return {"uri": f"at://{did}/app.bsky.feed.post/{key}", "value": {**RECORD, **value}}


def test_a_post_is_found_by_its_link_or_its_words(bluesky: Bluesky, odd: OddServer) -> None:
    link = [{"features": [{"uri": "https://go.example/l/abc"}]}]
    odd.on(LISTED, says(200, {"records": [7, row("3zz", text="No"), row("3aa", facets=link), row()]}))
    held, since = tokens(odd, PEM), AT - timedelta(minutes=1)
    found = bluesky.find(OUT, odd.url, held, Sought("Anything", "/l/abc", since))
    assert found == Posted(f"at://{DID}/app.bsky.feed.post/3aa", f"{odd.url}/profile/ada.example/post/3aa")
    assert bluesky.find(OUT, odd.url, held, Sought("Hello\r\nworld", "", since)) is not None
    assert bluesky.find(OUT, odd.url, held, Sought("Hello", "", since)) is None
    assert bluesky.find(OUT, odd.url, held, Sought("Hello\nworld", "", AT + timedelta(minutes=1))) is None
    assert parse_qs(urlsplit(odd.asked[0].path).query) == {
        "repo": [DID], "collection": ["app.bsky.feed.post"], "limit": ["50"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        [],
        {"records": 7},
        {"records": [row(did=OTHER)]},
        {"records": [{"uri": 7, "value": RECORD}]},
        {"records": [{"uri": URI, "value": 7}]},
        {"records": [row(createdAt="yesterday")]},
        {"records": [row(createdAt=None)]},
    ],
)
def test_a_list_that_makes_no_sense_finds_nothing(bluesky: Bluesky, odd: OddServer, said: Any) -> None:
    odd.on(LISTED, says(200, said))
    assert bluesky.find(OUT, odd.url, tokens(odd, PEM), Sought("Hello\nworld", "", AT)) is None


def test_a_post_is_taken_down(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on(DELETE, says(200, {}))
    bluesky.delete(OUT, odd.url, tokens(odd, PEM), URI)
    assert sent_to(odd, DELETE) == [{"repo": DID, "collection": "app.bsky.feed.post", "rkey": KEY}]


@pytest.mark.parametrize(
    "remote_id", ["", "42", f"at://{OTHER}/app.bsky.feed.post/{KEY}", URI + "/x", URI + "\n"]
)
def test_only_posts_of_the_account_are_taken_down(bluesky: Bluesky, odd: OddServer, remote_id: str) -> None:
    with pytest.raises(Permanent, match="not a post of the account"):
        bluesky.delete(OUT, odd.url, tokens(odd, PEM), remote_id)
    assert odd.asked == []


@pytest.mark.parametrize("answer", [says(500), hangs_up, sleeps(2), refuses(429)])
def test_taking_down_is_tried_again(bluesky: Bluesky, odd: OddServer, answer: Any) -> None:
    odd.on(DELETE, answer)
    with pytest.raises(Temporary):
        bluesky.delete(OUT, odd.url, tokens(odd, PEM), URI)


def test_figures_of_many_posts(bluesky: Bluesky, odd: OddServer) -> None:
    uris = [f"at://{DID}/app.bsky.feed.post/{number}" for number in range(60)]
    counted = {"uri": uris[0], "likeCount": 5, "replyCount": 2, "repostCount": 3, "quoteCount": 1}
    odd.on(FIGURES, says(200, {"posts": [counted, {"uri": uris[1], "likeCount": "5"}, {"uri": "at://x"}, 7]}))
    found = bluesky.figures(OUT, odd.url, tokens(odd, PEM), uris)
    assert found == {uris[0]: Figures(reactions=5, replies=2, reshares=4), uris[1]: Figures()}
    assert [len(parse_qs(urlsplit(one.path).query)["uris"]) for one in odd.asked] == [25, 25, 10]
    assert all("authorization" not in one.headers and "dpop" not in one.headers for one in odd.asked)


@pytest.mark.parametrize("answer", [html(404), html(502), refuses(401, "AuthMissing"), says(200, []), html()])
def test_a_network_of_ones_own_counts_nothing(bluesky: Bluesky, odd: OddServer, answer: Any) -> None:
    odd.on(FIGURES, answer)
    assert bluesky.figures(OUT, odd.url, tokens(odd, PEM), [URI]) == {}
    assert bluesky.figures(OUT, odd.url, tokens(odd, PEM), []) == {}


def test_figures_are_asked_for_later(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on(FIGURES, says(503))
    with pytest.raises(Temporary):
        bluesky.figures(OUT, odd.url, tokens(odd, PEM), [URI])


# -- app passwords


def claims(**said: Any) -> str:
    return f"h.{keys.encoded(json.dumps(said).encode())}.s"


def session(**changed: Any) -> dict[str, Any]:
    access = claims(scope="com.atproto.appPass", exp=1_795_338_000)
    return {"did": DID, "accessJwt": access, "refreshJwt": "refresh-1", "handle": "x.example", **changed}


def by_word(odd: OddServer) -> Tokens:
    return Tokens("a-jwt", "r-jwt", None, (), {"did": DID, "handle": "ada.example", "pds": odd.url})


def test_an_app_password_is_traded_once(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on(CREATE, says(200, session()))
    held = bluesky.by_password(OUT, "@ada.example", "abcd-efgh")
    assert sent_to(odd, CREATE) == [{"identifier": DID, "password": "abcd-efgh"}]
    assert held.refresh == "refresh-1" and held.expires_at == datetime.fromtimestamp(1_795_338_000, UTC)
    assert dict(held.extra) == {"did": DID, "handle": "ada.example", "pds": odd.url}
    assert "refresh-1" not in repr(held) and "h." not in repr(held)


def test_an_app_password_posts_as_a_bearer(bluesky: Bluesky, odd: OddServer) -> None:
    assert bluesky.publish(OUT, odd.url, by_word(odd), POST, TURN).remote_id == URI
    bluesky.upload(OUT, odd.url, by_word(odd), Image(png(), "image/png"))
    assert all(one.headers["authorization"] == "Bearer a-jwt" for one in odd.asked)
    assert all("dpop" not in one.headers for one in odd.asked)
    assert odd.asked[-1].headers["content-type"] == "image/png"


def test_ones_own_password_is_given_back_at_once(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on(CREATE, says(200, session(accessJwt=claims(scope="com.atproto.access"))))
    odd.on(END, says(200, {}))
    with pytest.raises(Permanent, match="account's own password"):
        bluesky.by_password(OUT, "ada.example", "hunter2")
    assert odd.asked[-1].path == END and odd.asked[-1].headers["authorization"] == "Bearer refresh-1"


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (refuses(401, "AuthenticationRequired", "Invalid"), Permanent, "does not know this password"),
        (refuses(401, "AuthFactorTokenRequired", "A code"), Permanent, "does not know this password"),
        (refuses(429, "RateLimitExceeded"), Temporary, "slow down"),
        (says(503), Temporary, "trouble"),
        (hangs_up, Temporary, "did not arrive"),
        (says(200, {}), Permanent, "does not answer like"),
        (says(200, session(did=OTHER)), Permanent, "does not answer like"),
        (html(), Permanent, "does not answer like"),
    ],
)
def test_a_password_may_be_refused(
    bluesky: Bluesky, odd: OddServer, answer: Any, kind: type[Outcome], words: str
) -> None:
    odd.on(CREATE, answer)
    with pytest.raises(kind, match=words) as caught:
        bluesky.by_password(OUT, "ada.example", "abcd-efgh")
    assert "abcd-efgh" not in str(caught.value) and odd.paths().count(CREATE) == 1


def test_a_password_needs_a_name(bluesky: Bluesky, odd: OddServer) -> None:
    with pytest.raises(Permanent, match="type your own handle"):
        bluesky.by_password(OUT, odd.url, "abcd-efgh")


REGISTRATION = Registration("https://x.example", BACK, "http://localhost", "")


def test_a_session_by_password_is_renewed(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on(REFRESH, says(200, session(refreshJwt="refresh-2")))
    held = bluesky.renew(OUT, REGISTRATION, by_word(odd))
    assert held.refresh == "refresh-2" and held.extra == by_word(odd).extra
    (asked,) = odd.asked
    assert (asked.headers["authorization"], asked.body) == ("Bearer r-jwt", b"")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refuses(400, "ExpiredToken"), NeedsReconnecting),
        (refuses(400, "InvalidToken"), NeedsReconnecting),
        (refuses(401, "ExpiredToken"), NeedsReconnecting),
        (html(401), Temporary),
        (says(503), Temporary),
        (refuses(429), Temporary),
        (hangs_up, Temporary),
        (says(200, session(did=OTHER)), Temporary),
    ],
)
def test_a_session_by_password_may_be_over(
    bluesky: Bluesky, odd: OddServer, answer: Any, kind: type[Outcome]
) -> None:
    odd.on(REFRESH, answer)
    with pytest.raises(kind) as caught:
        bluesky.renew(OUT, REGISTRATION, by_word(odd))
    assert isinstance(caught.value, NeedsReconnecting) == (kind is NeedsReconnecting)


@pytest.mark.parametrize("answer", [says(200, {}), refuses(400, "ExpiredToken"), refuses(401)])
def test_a_session_by_password_is_ended(bluesky: Bluesky, odd: OddServer, answer: Any) -> None:
    odd.on(END, answer)
    bluesky.revoke(OUT, REGISTRATION, by_word(odd))
    odd.on(END, says(503))
    with pytest.raises(Temporary):
        bluesky.revoke(OUT, REGISTRATION, by_word(odd))
