"""OAuth as the AT Protocol's profile demands it: pushed requests, proofs, nonces, codes, tokens."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from advocacy.practice.bluesky import rules
from tests.practice.bluesky.prover import Prover
from tests.practice.bluesky.wayfarer import SCOPE, Caller, Wayfarer, client_id, text
from tests.practice.network import CALLBACK, Network

SESSION = "/xrpc/com.atproto.server.getSession"


@pytest.fixture
def ada(network: Network) -> Caller:
    """Ada's app, connected for one test, since these end its session."""
    caller = Wayfarer(network).connected()
    network.fresh()
    return caller


@pytest.fixture
def way(network: Network) -> Wayfarer:
    return Wayfarer(network)


def says(answer: requests.Response, status: int, error: str, words: str = "") -> None:
    body = answer.json()
    said = (answer.status_code, body["error"], body.get("error_description") or body.get("message"))
    assert said == (status, error, said[2]) and words in said[2], said


def test_the_whole_way(way: Wayfarer) -> None:
    first = requests.post(
        f"{way.network.url}/oauth/par",
        data={"client_id": way.client_id},
        headers={"DPoP": way.prover.proof("POST", f"{way.network.url}/oauth/par")},
        timeout=5,
    )
    says(first, 400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof")
    assert first.headers["DPoP-Nonce"] and first.headers["Cache-Control"] == "no-store"
    pushed = way.pushed()
    assert pushed.status_code == 201 and pushed.json()["expires_in"] == 299
    assert pushed.json()["request_uri"].startswith("urn:ietf:params:oauth:request_uri:req-")
    told = way.returned()
    assert told["iss"] == way.network.url and told["state"] == "s-1" and told["code"].startswith("cod-")
    answer = way.exchange(told["code"])
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    tokens = answer.json()
    assert (tokens["token_type"], tokens["scope"], tokens["expires_in"]) == ("DPoP", SCOPE, 900)
    assert tokens["sub"] == rules.did_of("ada") and tokens["refresh_token"].startswith("ref-")
    assert Caller(way, tokens).call("GET", SESSION).json()["handle"] == "ada.practice.test"


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        ({"client_id": None}, "invalid_client", "Client credentials missing"),
        ({"client_id": "https://app.example/client.json"}, "invalid_client_metadata", "calls nobody"),
        ({"client_id": "http://127.0.0.1:8000/client.json"}, "invalid_client_metadata", "Invalid client ID"),
        ({"client_secret": "s"}, "invalid_client", "client_secret"),
        ({"client_assertion": "s"}, "invalid_client", "client_assertion"),
        ({"response_type": None}, "invalid_request", "Required at body.response_type"),
        ({"response_type": "token"}, "unsupported_response_type", "token"),
        ({"redirect_uri": None}, "invalid_request", "Required at body.redirect_uri"),
        ({"redirect_uri": "http://127.0.0.1:9/other"}, "invalid_request", "Invalid redirect_uri"),
        ({"redirect_uri": "http://127.0.0.1:99/callback"}, "invalid_request", "Invalid redirect_uri"),
        ({"redirect_uri": "http://localhost:9/callback"}, "invalid_request", "Invalid redirect_uri"),
        ({"scope": None}, "invalid_request", "Required at body.scope"),
        ({"scope": "transition:generic"}, "invalid_scope", 'The "atproto" scope is required'),
        ({"scope": f"{SCOPE} transition:email"}, "invalid_scope", "is not declared in the client metadata"),
        ({"state": None}, "invalid_request", "Required at body.state"),
        ({"code_challenge": None}, "invalid_request", "Use of PKCE is required"),
        ({"code_challenge": "short"}, "invalid_request", "code_challenge"),
        ({"code_challenge_method": "plain"}, "invalid_request", 'use of "S256"'),
        ({"code_challenge_method": None}, "invalid_request", 'use of "S256"'),
        ({"login_hint": "x y"}, "invalid_request", 'Invalid login_hint "x y"'),
        ({"prompt": "none"}, "invalid_request", "silent-sign-on"),
        ({"nonce": "n"}, "invalid_request", 'Unsupported "nonce" parameter'),
        ({"response_mode": "fragment"}, "invalid_request", "query"),
        ({"dpop_jkt": "other"}, "invalid_request", "dpop_jkt"),
    ],
)
def test_a_wrong_request_is_refused(way: Wayfarer, more: dict[str, Any], error: str, words: str) -> None:
    says(way.pushed(**more), 400, error, words)


def test_openid_is_not_spoken(network: Network) -> None:
    says(Wayfarer(network, scope="atproto openid").pushed(), 400, "invalid_scope", "OpenID")


def test_a_request_is_a_form_with_a_proof(way: Wayfarer) -> None:
    url = f"{way.network.url}/oauth/par"
    says(requests.post(url, json={}, timeout=5), 415, "invalid_request", "application/json")
    bare = requests.post(url, data={"client_id": way.client_id}, timeout=5)
    says(bare, 401, "invalid_dpop_proof", "DPoP proof required")
    assert 'DPoP algs="ES256", error="invalid_dpop_proof"' in bare.headers["WWW-Authenticate"]
    twice = requests.post(url, data=[("state", "a"), ("state", "b")], timeout=5)
    says(twice, 400, "invalid_request", "Duplicate")
    assert requests.get(url, timeout=5).status_code == 405


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"htm": "GET"}, "htm"),
        ({"htu": "http://127.0.0.1:1/oauth/par"}, "htu"),
        ({"iat": 1}, "iat"),
        ({"jti": None}, "jti"),
        ({"token": "t"}, "ath"),
        ({"header": {"alg": "none"}}, "alg"),
    ],
)
def test_a_wrong_proof_is_refused(way: Wayfarer, claims: dict[str, Any], words: str) -> None:
    way.pushed()
    says(way.send("/oauth/par", {"client_id": way.client_id}, **claims), 401, "invalid_dpop_proof", words)


def test_a_proof_works_once(way: Wayfarer) -> None:
    url, form = f"{way.network.url}/oauth/revoke", {"client_id": way.client_id, "token": "t"}
    way.pushed()
    headers = {"DPoP": way.prover.proof("POST", url, way.nonce)}
    assert requests.post(url, data=form, headers=headers, timeout=5).status_code == 200
    again = requests.post(url, data=form, headers=headers, timeout=5)
    says(again, 401, "invalid_dpop_proof", "DPoP proof replayed")


def test_a_nonce_is_good_for_three_minutes(way: Wayfarer) -> None:
    way.pushed()
    url, form, old = f"{way.network.url}/oauth/revoke", {"client_id": way.client_id, "token": "t"}, way.nonce
    way.network.clock.ahead = timedelta(seconds=240)
    headers = {"DPoP": way.prover.proof("POST", url, old)}
    answer = requests.post(url, data=form, headers=headers, timeout=5)
    says(answer, 400, "use_dpop_nonce", 'DPoP "nonce" mismatch')
    assert answer.headers["DPoP-Nonce"] != old


def test_only_pushed_requests_are_shown_to_people(way: Wayfarer) -> None:
    uri = way.pushed().json()["request_uri"]
    for query in (
        {},
        {"client_id": way.client_id},
        {"client_id": way.client_id, "request_uri": uri + "0"},
        {"client_id": client_id("atproto"), "request_uri": uri},
        {"client_id": way.client_id, "response_type": "code", "redirect_uri": CALLBACK},
    ):
        page = requests.get(f"{way.network.url}/oauth/authorize?{urlencode(query)}", timeout=5)
        assert page.status_code == 400 and "This app cannot sign you in" in page.text


def test_the_page_says_what_is_asked_and_who_asks(way: Wayfarer) -> None:
    page = way.visit(way.address())
    assert "App at 127.0.0.1:9" in page.text and "<code>transition:generic</code>" in page.text
    assert "form-action 'self' http://127.0.0.1:9;" in page.headers["Content-Security-Policy"]


def test_a_person_can_say_no(way: Wayfarer) -> None:
    told = way.returned(decision="deny")
    assert told["error"] == "access_denied" and told["iss"] == way.network.url and told["state"] == "s-1"


def test_a_request_is_decided_once_and_within_five_minutes(way: Wayfarer) -> None:
    address = way.address()
    page = way.visit(address)
    assert "code=" in way.form(page, decision="authorise").headers["Location"]
    assert way.form(page, decision="authorise").status_code == 400
    assert way.browser.get(address, timeout=5).status_code == 400
    late = way.address()
    way.network.clock.ahead = timedelta(minutes=5)
    assert "error=access_denied" in way.visit(late).headers["Location"]


def test_somebody_else_is_asked_to_sign_in_but_may_be_who_she_is(way: Wayfarer) -> None:
    way.code()
    way.person = "carl"
    told = way.exchange(way.code(login_hint=rules.did_of("carl"))).json()
    assert told["sub"] == rules.did_of("carl")
    assert way.exchange(way.code(login_hint="ada.practice.test")).json()["sub"] == rules.did_of("carl")


def test_an_app_can_ask_for_a_fresh_sign_in(way: Wayfarer) -> None:
    way.code()
    page = way.browser.get(way.address(prompt="login"), timeout=5)
    assert "/sign-in" in page.url


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"code_verifier": None}, "code_verifier is required"),
        ({"code_verifier": "short"}, "code_verifier too short"),
        ({"code_verifier": secrets.token_urlsafe(48)}, "Invalid code_verifier"),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"redirect_uri": "http://127.0.0.1:9/"}, "redirect_uri"),
        ({"client_id": client_id("atproto")}, "not issued to this client"),
    ],
)
def test_a_code_is_for_who_asked_and_used_up_by_a_wrong_try(
    way: Wayfarer, more: dict[str, Any], words: str
) -> None:
    code = way.code()
    says(way.exchange(code, **more), 400, "invalid_grant", words)
    says(way.exchange(code), 400, "invalid_grant", "Invalid code")


def test_a_code_needs_the_key_that_asked(way: Wayfarer) -> None:
    code, way.prover = way.code(), Prover()
    says(way.exchange(code), 400, "invalid_grant", "DPoP proof does not match the expected JKT")


def test_a_code_lives_a_minute(way: Wayfarer) -> None:
    code = way.code()
    way.network.clock.ahead = timedelta(seconds=60)
    says(way.exchange(code), 400, "invalid_grant", "This code has expired")


def test_a_code_used_twice_ends_what_it_gave(way: Wayfarer) -> None:
    code = way.code()
    caller = Caller(way, way.exchange(code).json())
    assert caller.call("GET", SESSION).status_code == 200
    says(way.exchange(code), 400, "invalid_grant", "Invalid code")
    says(caller.call("GET", SESSION), 401, "invalid_token", "Invalid token")


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "unsupported_grant_type"),
        ({"code": None}, "invalid_request"),
        ({"client_id": None}, "invalid_client"),
        ({"code": "junk"}, "invalid_grant"),
    ],
)
def test_a_wrong_exchange_is_refused(way: Wayfarer, more: dict[str, Any], error: str) -> None:
    says(way.exchange("cod-1", **more), 400, error)


def test_an_access_token_lives_a_quarter_of_an_hour(ada: Caller) -> None:
    ada.network.clock.ahead = timedelta(seconds=899)
    assert ada.call("GET", SESSION).status_code == 200
    ada.network.clock.ahead = timedelta(seconds=901)
    answer = ada.call("GET", SESSION)
    says(answer, 401, "invalid_token", "Token expired at")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_refresh_token_works_once_and_its_second_use_ends_all(ada: Caller) -> None:
    first = ada.tokens
    second = ada.way.refresh(first["refresh_token"]).json()
    assert second["sub"] == first["sub"] and second["refresh_token"] != first["refresh_token"]
    says(ada.call("GET", SESSION), 401, "invalid_token")
    newest = Caller(ada.way, second)
    assert newest.call("GET", SESSION).status_code == 200
    says(ada.way.refresh(first["refresh_token"]), 400, "invalid_grant", "Refresh token replayed")
    says(newest.call("GET", SESSION), 401, "invalid_token")
    says(ada.way.refresh(second["refresh_token"]), 400, "invalid_grant", "Invalid refresh token")


def test_of_many_refreshes_at_once_one_succeeds(ada: Caller) -> None:
    ada.way.pushed()
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: ada.way.refresh(ada.tokens["refresh_token"]), range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400]


def test_a_refresh_token_lives_two_weeks_from_the_first_consent(ada: Caller) -> None:
    ada.network.clock.ahead = timedelta(days=13, hours=23)
    again = ada.way.refresh(ada.tokens["refresh_token"])
    assert again.status_code == 200
    ada.network.clock.ahead = timedelta(days=14, minutes=1)
    says(ada.way.refresh(again.json()["refresh_token"]), 400, "invalid_grant", "Session expired")


def test_a_refresh_needs_the_same_key_and_client(network: Network) -> None:
    for change, words in (
        ("prover", "DPoP proof does not match"),
        ("client_id", "not issued to this client"),
    ):
        caller = Wayfarer(network).connected()
        setattr(caller.way, change, Prover() if change == "prover" else client_id("atproto"))
        says(caller.way.refresh(caller.tokens["refresh_token"]), 400, "invalid_grant", words)
    says(caller.way.refresh(caller.tokens["access_token"]), 400, "invalid_grant", "Invalid refresh token")


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both(ada: Caller, kind: str) -> None:
    form: dict[str, str | None] = {"client_id": ada.way.client_id, "token": ada.tokens[kind]}
    answer = ada.way.send("/oauth/revoke", form)
    assert (answer.status_code, answer.json()) == (200, {})
    says(ada.call("GET", SESSION), 401, "invalid_token")
    says(ada.way.refresh(ada.tokens["refresh_token"]), 400, "invalid_grant")
    assert ada.way.send("/oauth/revoke", form).status_code == 200
    says(ada.way.send("/oauth/revoke", {**form, "token": None}), 400, "invalid_request", "body.token")


def test_nobody_else_can_revoke(ada: Caller) -> None:
    other = Wayfarer(ada.network)
    form: dict[str, str | None] = {"client_id": other.client_id, "token": ada.tokens["access_token"]}
    assert other.send("/oauth/revoke", form).status_code == 200
    assert ada.call("GET", SESSION).status_code == 200
    bare = requests.post(f"{ada.network.url}/oauth/revoke", data=form, timeout=5)
    says(bare, 401, "invalid_dpop_proof", "DPoP proof required")


def test_the_resource_server_has_nonces_of_its_own(ada: Caller) -> None:
    ada.way.pushed()
    for nonce in (None, ada.way.nonce):
        answer = ada.once("GET", SESSION, {"nonce": nonce})
        says(answer, 401, "use_dpop_nonce")
        assert 'DPoP algs="ES256", error="use_dpop_nonce"' in answer.headers["WWW-Authenticate"]
    assert ada.once("GET", SESSION).status_code == 200


@pytest.mark.parametrize(
    ("claims", "error", "words"),
    [
        ({"token": "other"}, "invalid_dpop_proof", "ath"),
        ({"token": None}, "invalid_dpop_proof", "ath"),
        ({"htm": "POST"}, "invalid_dpop_proof", "htm"),
        ({"htu": "http://127.0.0.1:1/xrpc/x"}, "invalid_dpop_proof", "htu"),
        ({"iat": 1}, "invalid_dpop_proof", "iat"),
        ({"header": {"typ": "JWT"}}, "invalid_dpop_proof", "typ"),
    ],
)
def test_a_call_with_a_wrong_proof_is_refused(
    ada: Caller, claims: dict[str, Any], error: str, words: str
) -> None:
    ada.call("GET", SESSION)
    answer = ada.once("GET", SESSION, claims)
    says(answer, 401, error, words)
    assert f'error="{error}"' in answer.headers["WWW-Authenticate"]


def test_a_query_is_no_part_of_a_proof(ada: Caller) -> None:
    ada.call("GET", SESSION)
    path = "/xrpc/app.bsky.actor.getProfile"
    good = {"htu": ada.network.url + path}
    assert ada.once("GET", f"{path}?actor={ada.did}", good).status_code == 200
    says(ada.once("GET", f"{path}?actor={ada.did}"), 401, "invalid_dpop_proof", "htu")


def test_a_token_is_bound_to_its_key_and_scheme(ada: Caller) -> None:
    ada.call("GET", SESSION)
    url, token = ada.network.url + SESSION, ada.tokens["access_token"]
    thief = Prover().proof("GET", url, ada.nonce, token)
    stolen = {"Authorization": f"DPoP {token}", "DPoP": thief}
    says(requests.get(url, headers=stolen, timeout=5), 401, "invalid_token", "Invalid DPoP key binding")
    bearer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=5)
    says(bearer, 400, "InvalidToken", "Malformed token")
    bare = requests.get(url, headers={"Authorization": f"DPoP {token}"}, timeout=5)
    says(bare, 401, "invalid_dpop_proof", "DPoP proof required")
    says(requests.get(url, timeout=5), 401, "AuthMissing", "Authentication Required")
    basic = requests.get(url, auth=("ada", "x"), timeout=5)
    says(basic, 400, "InvalidToken", "Unexpected authorization type")
    ada.tokens = {**ada.tokens, "access_token": ada.tokens["refresh_token"]}
    says(ada.call("GET", SESSION), 401, "invalid_token", "Malformed token")


def test_scopes_are_held_to(network: Network) -> None:
    caller = Wayfarer(network, scope="atproto repo:app.bsky.feed.post?action=create blob:video/*").connected()
    says(caller.put(), 403, "ScopeMissingError", "repo:app.bsky.feed.post?action=update")
    sent = {"repo": caller.did, "collection": "app.bsky.feed.post", "record": text()}
    assert caller.procedure("com.atproto.repo.createRecord", sent).status_code == 200
    gone = {"repo": caller.did, "collection": "app.bsky.feed.post", "rkey": "3n33vhlveee22"}
    says(caller.procedure("com.atproto.repo.deleteRecord", gone), 403, "ScopeMissingError", "action=delete")
    says(caller.upload(), 403, "ScopeMissingError", "blob:image/png")


def test_the_ledger_knows_the_app_and_the_person_but_no_secret(ada: Caller) -> None:
    ada.way.refresh(ada.tokens["refresh_token"])
    call = ada.network.ledger("token")[-1]
    assert (call["account"], call["app"], call["status"]) == ("ada", "App at 127.0.0.1:9", 200)
    told = requests.get(f"{ada.network.url}/ledger.json", timeout=5).text
    assert "ref-" not in told and ada.tokens["access_token"] not in told
