"""Bluesky: from what a person types to tokens, their renewal and their end, against a server that answers oddly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from advocacy.http import Outbound
from advocacy.sharing import networks
from advocacy.sharing.networks.bluesky import dpop, keys
from advocacy.sharing.networks.bluesky.network import Bluesky
from advocacy.sharing.networks.bluesky.oauth import Trip
from advocacy.sharing.networks.bluesky.resolving import said_at
from advocacy.sharing.networks.grant import challenge
from advocacy.sharing.networks.interface import (
    NeedsReconnecting,
    Outcome,
    Permanent,
    Registration,
    Temporary,
    Tokens,
)
from tests.odd_server import OddServer, breaks_off, drips, hangs_up, html, odd_server, says, sleeps
from tests.sharing.networks.bluesky_server import (
    BACK,
    DID,
    OTHER,
    PEM,
    RESOLVER,
    RESOURCE,
    SERVER,
    connector,
    document,
    form,
    grant,
    key_in,
    metadata,
    proof_of,
    settle,
    tokens,
)

OUT = Outbound(["127.0.0.1"], timeout=(1, 1), total=1.6)
NONCE = says(400, {"error": "use_dpop_nonce", "error_description": "…"}, DPoP_Nonce="n-1")


@pytest.fixture
def odd() -> Iterator[OddServer]:
    with odd_server() as server:
        settle(server)
        yield server


@pytest.fixture
def bluesky(odd: OddServer) -> Iterator[Bluesky]:
    dpop._nonces.clear()
    yield connector(odd)
    networks.configure()


def registration(bluesky: Bluesky, odd: OddServer) -> Registration:
    return bluesky.register(OUT, odd.url, BACK, "Nordlys speaks", "http://127.0.0.1:8000")


def depart(bluesky: Bluesky, odd: OddServer, typed: str = "ada.example", **options: Any) -> tuple[str, Trip]:
    departure = bluesky.depart(OUT, registration(bluesky, odd), "st", typed=typed, **options)
    assert "secret" not in repr(departure)
    return departure.url, Trip.from_text(departure.secret)


def exchange(bluesky: Bluesky, odd: OddServer, trip: Trip) -> Tokens:
    return bluesky.exchange(OUT, registration(bluesky, odd), "the-code", trip.as_text())


# -- what a person types


@pytest.mark.parametrize(
    "typed", ["ada.example", "@Ada.Example ", "at://ada.example", DID, f"https://bsky.app/profile/{DID}"]
)
def test_a_name_leads_to_the_server_of_its_account(bluesky: Bluesky, odd: OddServer, typed: str) -> None:
    assert bluesky.server_address(OUT, typed) == odd.url
    assert odd.paths()[-1 if "did:" not in typed else 0].startswith((f"/{DID}", RESOLVER))


def test_a_server_is_its_own_address(bluesky: Bluesky, odd: OddServer) -> None:
    assert bluesky.server_address(OUT, odd.url + "/") == odd.url
    assert bluesky.server_address(OUT, odd.host) == odd.url
    odd.on(RESOURCE, html(404))  # an entrance for several servers
    assert bluesky.server_address(OUT, odd.url) == odd.url


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@",
        "did:plc:short",
        "did:key:zabc",
        "did:web:",
        "not a name",
        "javascript:alert(1)",
        "ada..example",
    ],
)
def test_what_is_no_name(bluesky: Bluesky, typed: str) -> None:
    with pytest.raises(Permanent, match="There is no Bluesky account called"):
        bluesky.server_address(OUT, typed)


@pytest.mark.parametrize(
    "answer",
    [
        says(200, []),
        says(200, {}),
        html(),
        says(200, {"id": OTHER}),
        says(404, {"message": "DID not registered"}),
    ],
)
def test_a_document_that_is_none(bluesky: Bluesky, odd: OddServer, answer: Any) -> None:
    odd.on(f"/{DID}", answer)
    with pytest.raises(Permanent):
        bluesky.server_address(OUT, DID)


@pytest.mark.parametrize(
    "kept",
    [
        None,
        7,
        [],
        [7],
        [{"id": "#other", "serviceEndpoint": "https://pds.example"}],
        [{"id": "#atproto_pds"}],
        [{"id": "#atproto_pds", "serviceEndpoint": 7}],
        [{"id": "#atproto_pds", "serviceEndpoint": "ftp://pds.example"}],
        [{"id": f"{OTHER}#atproto_pds", "serviceEndpoint": "https://pds.example"}],
    ],
)
def test_a_document_without_a_server(bluesky: Bluesky, odd: OddServer, kept: Any) -> None:
    odd.on(f"/{DID}", says(200, document(odd, service=kept)))
    with pytest.raises(Permanent, match="There is no Bluesky account"):
        bluesky.server_address(OUT, DID)


def test_a_document_of_somebody_else(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on(f"/{DID}", says(200, document(odd, OTHER)))
    with pytest.raises(Permanent, match="There is no Bluesky account"):
        bluesky.server_address(OUT, DID)


def test_a_document_that_lives_elsewhere(bluesky: Bluesky, odd: OddServer) -> None:
    """Who can make a server redirect must not thereby say who grants access to it."""
    with odd_server() as other:
        settle(other)
        other.on(RESOURCE, says(200, {"resource": odd.url, "authorization_servers": [other.url]}))
        odd.on(RESOURCE, says(302, Location=f"{other.url}{RESOURCE}"))
        with pytest.raises(Permanent, match="does not answer like a Bluesky server"):
            depart(bluesky, odd)


def test_the_guard_stands_before_every_step(bluesky: Bluesky, odd: OddServer) -> None:
    with pytest.raises(Permanent, match="private network"):
        bluesky.server_address(Outbound(), DID)
    inward = [{"id": "#atproto_pds", "serviceEndpoint": "https://169.254.169.254"}]
    odd.on(f"/{DID}", says(200, document(odd, service=inward)))
    with pytest.raises(Permanent):
        depart(bluesky, odd, DID)
    odd.on(f"/{DID}", says(200, document(odd)))
    odd.on(RESOURCE, says(200, {"resource": odd.url, "authorization_servers": ["https://169.254.169.254"]}))
    with pytest.raises(Permanent, match="private network"):
        depart(bluesky, odd, DID)
    odd.on(RESOURCE, says(200, {"resource": odd.url, "authorization_servers": [odd.url]}))
    odd.on(SERVER, says(200, metadata(odd, pushed_authorization_request_endpoint="https://10.0.0.1/par")))
    with pytest.raises(Permanent, match="private network"):
        depart(bluesky, odd, DID)
    for word in (
        "https://10.0.0.1",
        "10.0.0.1",
        "https://[::1]",
        "did:web:10.0.0.1",
        "https://me:pw@10.0.0.1",
    ):
        with pytest.raises(Permanent):
            bluesky.server_address(OUT, word)


@pytest.mark.parametrize(
    ("answer", "did"),
    [
        (says(200, f"{DID}\n".encode(), "text/plain"), DID),
        (says(200, b"did:key:z"), ""),
        (says(200, b"\xff\xfe"), ""),
        (html(), ""),
        (html(404), ""),
        (says(302, Location="https://10.0.0.1"), ""),
        (says(200, b"x" * 200_000), ""),
        (hangs_up, ""),
        (sleeps(2), ""),
    ],
)
def test_a_site_says_whose_name_it_is(odd: OddServer, answer: Any, did: str) -> None:
    odd.on("/.well-known/atproto-did", answer)
    assert said_at(OUT, odd.url) == did


@pytest.mark.parametrize("answer", [says(503), says(429), hangs_up, sleeps(2)])
def test_a_resolver_in_trouble_is_no_reason_to_doubt_the_name(
    bluesky: Bluesky, odd: OddServer, answer: Any
) -> None:
    odd.on(RESOLVER, answer)
    with pytest.raises(Temporary):
        bluesky.server_address(OUT, "ada.example")


@pytest.mark.parametrize(
    "answer", [drips(0.05), says(200, b"x" * 200_000), breaks_off, sleeps(2), hangs_up, says(502)]
)
def test_a_directory_in_trouble(bluesky: Bluesky, odd: OddServer, answer: Any) -> None:
    odd.on(f"/{DID}", answer)
    with pytest.raises(Temporary):
        bluesky.server_address(OUT, DID)


# -- who grants access


def test_a_server_that_names_another_as_itself(bluesky: Bluesky, odd: OddServer) -> None:
    with odd_server() as other:
        settle(other)
        odd.on(RESOURCE, says(302, Location=f"{other.url}{RESOURCE}"))
        with pytest.raises(Permanent, match="does not answer like a Bluesky server"):
            depart(bluesky, odd)
        odd.on(RESOURCE, says(200, {"resource": other.url, "authorization_servers": [odd.url]}))
        with pytest.raises(Permanent, match="does not answer like a Bluesky server"):
            depart(bluesky, odd)
        odd.on(RESOURCE, says(200, {"resource": odd.url, "authorization_servers": [other.url]}))
        assert depart(bluesky, odd)[1].issuer == other.url, "a server may trust another"


@pytest.mark.parametrize(
    "said",
    [
        {"authorization_servers": []},
        {"authorization_servers": "x"},
        {"authorization_servers": [7]},
        {"authorization_servers": ["javascript:alert(1)"]},
        {"authorization_servers": ["https://a.example", "https://b.example"]},
        {},
        [],
    ],
)
def test_a_server_that_does_not_say_who_grants(bluesky: Bluesky, odd: OddServer, said: Any) -> None:
    odd.on(RESOURCE, says(200, said))
    with pytest.raises(Permanent, match="does not answer like a Bluesky server"):
        depart(bluesky, odd)


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://as.example"},
        {"issuer": None},
        {"pushed_authorization_request_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": ["https://as.example"]},
        {"scopes_supported": ["openid"]},
        {"scopes_supported": None},
    ],
)
def test_metadata_that_will_not_do(bluesky: Bluesky, odd: OddServer, changed: dict[str, Any]) -> None:
    odd.on(SERVER, says(200, metadata(odd, **changed)))
    with pytest.raises(Permanent, match="does not answer like a Bluesky server"):
        depart(bluesky, odd)


# -- setting out


def test_what_is_pushed(bluesky: Bluesky, odd: OddServer) -> None:
    url, trip = depart(bluesky, odd)
    asked = next(one for one in odd.asked if one.path == "/oauth/par")
    named = registration(bluesky, odd).client_id
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert form(asked) == {
        "client_id": named,
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": "atproto transition:generic",
        "state": "st",
        "code_challenge": challenge(trip.verifier),
        "code_challenge_method": "S256",
        "login_hint": "ada.example",
    }
    claims = proof_of(asked)
    assert (claims["htm"], claims["htu"]) == ("POST", f"{odd.url}/oauth/par") and "ath" not in claims
    assert key_in(asked.headers["dpop"]) == keys.public(keys.read(trip.key))
    found = urlsplit(url)
    assert f"{found.scheme}://{found.netloc}{found.path}" == f"{odd.url}/oauth/authorize"
    assert dict(parse_qsl(found.query)) == {
        "client_id": named,
        "request_uri": "urn:ietf:params:oauth:request_uri:req-1",
    }
    assert bluesky.issuer(registration(bluesky, odd), trip.as_text()) == odd.url
    assert trip.verifier not in repr(trip) and "PRIVATE" not in repr(trip)


def test_each_trip_has_a_key_and_a_verifier_of_its_own(bluesky: Bluesky, odd: OddServer) -> None:
    first, second = depart(bluesky, odd)[1], depart(bluesky, odd)[1]
    assert first.key != second.key and first.verifier != second.verifier


def test_a_server_alone_hints_at_nobody(bluesky: Bluesky, odd: OddServer) -> None:
    _url, trip = depart(bluesky, odd, odd.url)
    asked = form(next(one for one in odd.asked if one.path == "/oauth/par"))
    assert "login_hint" not in asked and (trip.did, trip.handle, trip.pds) == ("", "", "")
    depart(bluesky, odd, "")  # the server that was noted


def test_who_is_signed_in_may_be_asked_again(bluesky: Bluesky, odd: OddServer) -> None:
    depart(bluesky, odd, again=True)
    assert form(next(one for one in odd.asked if one.path == "/oauth/par"))["prompt"] == "login"


def test_the_servers_nonce_is_put_in_once(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on("/oauth/par", NONCE, says(201, {"request_uri": "urn:x"}, DPoP_Nonce="n-2"))
    depart(bluesky, odd)
    first, second = (one for one in odd.asked if one.path == "/oauth/par")
    assert "nonce" not in proof_of(first) and proof_of(second)["nonce"] == "n-1"
    assert first.body == second.body and proof_of(first)["jti"] != proof_of(second)["jti"]
    depart(bluesky, odd)
    assert proof_of(odd.asked[-1])["nonce"] == "n-2", "what the server gave along is used the next time"


def test_a_server_that_always_wants_another_nonce_is_not_asked_for_ever(
    bluesky: Bluesky, odd: OddServer
) -> None:
    odd.on("/oauth/par", NONCE)
    with pytest.raises(Permanent):
        depart(bluesky, odd)
    assert odd.paths().count("/oauth/par") == 2


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            says(400, {"error": "invalid_request", "error_description": "No such\nscope"}),
            Permanent,
            "No such scope",
        ),
        (html(400), Permanent, "without saying why"),
        (
            says(401, {"error": "invalid_client", "error_description": "No document"}),
            Permanent,
            "No document",
        ),
        (says(200, {}), Permanent, "does not answer like"),
        (says(200, {"request_uri": 7}), Permanent, "does not answer like"),
        (says(302, Location="https://10.0.0.1"), Permanent, "has moved"),
        (says(429, {"error": "RateLimitExceeded"}, Retry_After="7"), Temporary, "slow down"),
        (says(500), Temporary, "trouble"),
        (hangs_up, Temporary, "did not arrive"),
        (sleeps(2), Temporary, "did not arrive"),
        (drips(0.05), Temporary, "did not arrive"),
        (says(201, b"x" * 2_000_000), Temporary, "too long"),
    ],
)
def test_what_is_pushed_may_be_refused(
    bluesky: Bluesky, odd: OddServer, answer: Any, kind: type[Outcome], words: str
) -> None:
    odd.on("/oauth/par", answer)
    with pytest.raises(kind, match=words):
        depart(bluesky, odd)


def test_a_client_that_signs_proves_itself_everywhere(odd: OddServer) -> None:
    pem = keys.new_pem()
    bluesky = connector(odd, website="https://advocacy.example", secret=pem)
    _url, trip = depart(bluesky, odd)
    held = exchange(bluesky, odd, trip)
    assert held.extra["key_id"] == keys.thumbprint(keys.read(pem))
    bluesky.renew(OUT, registration(bluesky, odd), held)
    bluesky.revoke(OUT, registration(bluesky, odd), held)
    seen = set()
    for asked in (one for one in odd.asked if one.path.startswith("/oauth/")):
        sent = form(asked)
        read = jwt.decode(sent["client_assertion"], ECKey.import_key(keys.public(keys.read(pem))))
        assert sent["client_id"] == "https://advocacy.example/connections/bluesky/client.json"
        assert read.claims["aud"] == odd.url and read.claims["iss"] == sent["client_id"]
        seen.add(read.claims["jti"])
    assert len(seen) == 4
    networks.configure()


# -- the code


def test_what_is_traded(bluesky: Bluesky, odd: OddServer) -> None:
    _url, trip = depart(bluesky, odd)
    held = exchange(bluesky, odd, trip)
    asked = odd.asked[-1]
    assert asked.path == "/oauth/token" and form(asked) == {
        "client_id": registration(bluesky, odd).client_id,
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": BACK,
        "code_verifier": trip.verifier,
    }
    assert key_in(asked.headers["dpop"]) == keys.public(keys.read(trip.key)), "the very key of the trip"
    assert (held.access, held.refresh, held.scopes) == (
        "a-token",
        "r-token",
        ("atproto", "transition:generic"),
    )
    assert held.expires_at and timedelta(minutes=59) < held.expires_at - datetime.now(UTC) <= timedelta(
        hours=1
    )
    assert dict(held.extra) == {
        "key": trip.key, "issuer": odd.url, "token": f"{odd.url}/oauth/token", "revoke": f"{odd.url}/oauth/revoke",
        "did": DID, "handle": "ada.example", "pds": odd.url, "key_id": "",
    }  # fmt: skip
    assert all(word not in repr(held) for word in ("a-token", "r-token", "PRIVATE"))


def test_a_handle_that_its_account_does_not_know_is_not_shown(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on(f"/{DID}", says(200, document(odd, alsoKnownAs=["at://other.example", 7, "https://x"])))
    assert depart(bluesky, odd)[1].handle == ""
    odd.on(f"/{DID}", says(200, document(odd, alsoKnownAs=None)))
    assert depart(bluesky, odd, DID)[1].handle == ""


def test_a_handle_that_leads_elsewhere_is_not_shown(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on(RESOLVER, says(200, {"did": OTHER}))
    assert depart(bluesky, odd, DID)[1].handle == ""
    odd.on(RESOLVER, says(503))
    assert depart(bluesky, odd, DID)[1].handle == ""


def test_tokens_of_another_account_are_refused(bluesky: Bluesky, odd: OddServer) -> None:
    _url, trip = depart(bluesky, odd)
    odd.on("/oauth/token", says(200, grant(sub=OTHER)))
    with pytest.raises(Permanent, match="another account than the one you named"):
        exchange(bluesky, odd, trip)
    assert odd.asked[-1].path == "/oauth/revoke" and form(odd.asked[-1])["token"] == "r-token"
    odd.on("/oauth/revoke", hangs_up)
    with pytest.raises(Permanent, match="another account than the one you named"):
        exchange(bluesky, odd, trip)


def test_a_server_alone_may_speak_for_its_own_accounts_only(bluesky: Bluesky, odd: OddServer) -> None:
    _url, trip = depart(bluesky, odd, odd.url)
    held = exchange(bluesky, odd, trip)
    assert (held.extra["did"], held.extra["pds"], held.extra["handle"]) == (DID, odd.url, "ada.example")
    with odd_server() as other:
        settle(other)
        odd.on(f"/{DID}", says(200, document(other)))
        with pytest.raises(Permanent, match="another account"):
            exchange(bluesky, odd, trip)
    odd.on("/oauth/token", says(200, grant(sub="did:key:z")))
    with pytest.raises(Permanent, match="There is no Bluesky account"):
        exchange(bluesky, odd, trip)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (says(400, {"error": "invalid_grant"}), Permanent, "did not accept the sign-in"),
        (says(401, {"error": "invalid_client"}), Permanent, "did not accept the sign-in"),
        (says(200, grant(token_type="Bearer")), Permanent, "did not accept the sign-in"),
        (says(200, grant(scope="openid")), Permanent, "did not accept the sign-in"),
        (says(200, grant(access_token=None)), Permanent, "did not accept the sign-in"),
        (says(200, grant(sub=None)), Permanent, "did not accept the sign-in"),
        (says(200, []), Permanent, "did not accept the sign-in"),
        (html(), Permanent, "did not accept the sign-in"),
        (says(302, Location="https://10.0.0.1"), Permanent, "did not accept the sign-in"),
        (says(429, Retry_After="9"), Temporary, "slow down"),
        (says(503), Temporary, "trouble"),
        (hangs_up, Temporary, "did not arrive"),
        (sleeps(2), Temporary, "did not arrive"),
        (says(200, b"x" * 2_000_000), Temporary, "too long"),
    ],
)
def test_a_code_may_be_refused(
    bluesky: Bluesky, odd: OddServer, answer: Any, kind: type[Outcome], words: str
) -> None:
    _url, trip = depart(bluesky, odd)
    odd.on("/oauth/token", answer)
    with pytest.raises(kind, match=words) as caught:
        exchange(bluesky, odd, trip)
    assert not isinstance(caught.value, NeedsReconnecting) and "the-code" not in str(caught.value)


# -- renewing


def test_what_is_asked_to_renew(bluesky: Bluesky, odd: OddServer) -> None:
    odd.on("/oauth/token", says(200, grant(access_token="a-2", refresh_token="r-2")))
    held = bluesky.renew(OUT, registration(bluesky, odd), tokens(odd, PEM))
    assert (held.access, held.refresh, held.extra["key"]) == ("a-2", "r-2", PEM)
    (asked,) = odd.asked
    assert form(asked) == {
        "client_id": registration(bluesky, odd).client_id,
        "grant_type": "refresh_token",
        "refresh_token": "r-token",
    }
    assert key_in(asked.headers["dpop"]) == keys.public(keys.read(PEM))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (
            says(400, {"error": "invalid_grant", "error_description": "Refresh token replayed"}),
            NeedsReconnecting,
        ),
        (says(400, {"error": "invalid_dpop_proof"}), Permanent),
        (says(401, {"error": "invalid_client"}), Temporary),
        (says(401), Temporary),
        (html(403), Permanent),
        (html(), Temporary),
        (says(200, grant(sub=OTHER)), Temporary),
        (says(200, {}), Temporary),
        (says(429, Retry_After="9"), Temporary),
        (says(500, {"error": "invalid_grant"}), Temporary),
        (hangs_up, Temporary),
        (sleeps(2), Temporary),
        (breaks_off, Temporary),
    ],
)
def test_only_one_answer_says_that_a_session_is_over(
    bluesky: Bluesky, odd: OddServer, answer: Any, kind: type[Outcome]
) -> None:
    odd.on("/oauth/token", answer)
    with pytest.raises(kind) as caught:
        bluesky.renew(OUT, registration(bluesky, odd), tokens(odd, PEM))
    assert isinstance(caught.value, NeedsReconnecting) == (kind is NeedsReconnecting)
    assert odd.paths().count("/oauth/token") == 1, "a refresh token is good once: never twice by itself"
    assert "r-token" not in str(caught.value)


def test_without_a_refresh_token_nothing_is_renewed(bluesky: Bluesky, odd: OddServer) -> None:
    with pytest.raises(NeedsReconnecting):
        bluesky.renew(OUT, registration(bluesky, odd), replace(tokens(odd, PEM), refresh=None))
    assert odd.asked == []


# -- ending


@pytest.mark.parametrize("answer", [says(200, {}), html(400), says(401), html(404)])
def test_a_session_is_ended(bluesky: Bluesky, odd: OddServer, answer: Any) -> None:
    odd.on("/oauth/revoke", answer)
    bluesky.revoke(OUT, registration(bluesky, odd), tokens(odd, PEM))
    (asked,) = odd.asked
    assert form(asked) == {"client_id": registration(bluesky, odd).client_id, "token": "r-token"}


@pytest.mark.parametrize("answer", [says(503), says(429), hangs_up, sleeps(2)])
def test_a_session_is_ended_later_where_it_cannot_be_now(
    bluesky: Bluesky, odd: OddServer, answer: Any
) -> None:
    odd.on("/oauth/revoke", answer)
    with pytest.raises(Temporary):
        bluesky.revoke(OUT, registration(bluesky, odd), tokens(odd, PEM))


def test_a_server_that_ends_no_sessions(bluesky: Bluesky, odd: OddServer) -> None:
    bluesky.revoke(OUT, registration(bluesky, odd), tokens(odd, PEM, revoke=""))
    assert odd.asked == []
