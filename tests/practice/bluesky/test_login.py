"""Sessions by app password."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
import requests

from advocacy.practice.bluesky import rules
from tests.practice.bluesky.test_oauth import says
from tests.practice.bluesky.wayfarer import POST, Wayfarer, text, tid
from tests.practice.network import PASSWORD, Network

SERVER = "com.atproto.server"


def call(network: Network, name: str, token: str | None = None, **more: Any) -> requests.Response:
    method = "GET" if name == "getSession" else "POST"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.request(
        method, f"{network.url}/xrpc/{SERVER}.{name}", headers=headers, timeout=10, **more
    )


def sign_in(network: Network, **more: Any) -> requests.Response:
    sent = {"identifier": "ada.practice.test", "password": rules.app_password_of("ada"), **more}
    return call(network, "createSession", json=sent)


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    told: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return told


def test_an_app_signs_in_and_writes(network: Network) -> None:
    session = sign_in(network).json()
    assert (session["did"], session["handle"]) == (rules.did_of("ada"), "ada.practice.test")
    assert session["active"] is True and session["didDoc"]["id"] == session["did"]
    access, refresh = claims(session["accessJwt"]), claims(session["refreshJwt"])
    assert (access["scope"], refresh["scope"]) == ("com.atproto.appPass", "com.atproto.refresh")
    assert access["exp"] - access["iat"] == 7200 and refresh["exp"] - refresh["iat"] == 90 * 86400
    assert access["sub"] == session["did"]
    told = call(network, "getSession", session["accessJwt"]).json()
    assert told["did"] == session["did"]
    sent = {"repo": session["did"], "collection": POST, "rkey": tid(), "record": text()}
    url, headers = (
        f"{network.url}/xrpc/com.atproto.repo.putRecord",
        {"Authorization": f"Bearer {session['accessJwt']}"},
    )
    assert requests.post(url, json=sent, headers=headers, timeout=5).status_code == 200
    call_ = network.ledger("publish")[-1]
    assert (call_["account"], call_["app"]) == ("ada", "App password “First”")


@pytest.mark.parametrize("identifier", ["ADA.practice.test", rules.did_of("ada")])
def test_a_name_is_a_handle_or_a_did(network: Network, identifier: str) -> None:
    assert sign_in(network, identifier=identifier).status_code == 200


def test_the_persons_own_password_works_too(network: Network) -> None:
    session = sign_in(network, password=PASSWORD).json()
    assert claims(session["accessJwt"])["scope"] == "com.atproto.access"


@pytest.mark.parametrize(
    ("more", "status", "error"),
    [
        ({"password": "no"}, 401, "AuthenticationRequired"),
        ({"identifier": "eve.practice.test"}, 401, "AuthenticationRequired"),
        ({"password": rules.app_password_of("carl")}, 401, "AuthenticationRequired"),
        ({"password": 5}, 400, "InvalidRequest"),
        ({"username": "ada"}, 400, "InvalidRequest"),
    ],
)
def test_a_wrong_sign_in_is_refused(network: Network, more: dict[str, Any], status: int, error: str) -> None:
    says(sign_in(network, **more), status, error)


def test_a_sign_in_is_json(network: Network) -> None:
    form = call(network, "createSession", data={"identifier": "ada.practice.test"})
    says(form, 400, "InvalidRequest", "Wrong request encoding")
    missing = call(network, "createSession", json={"identifier": "ada.practice.test"})
    says(missing, 400, "InvalidRequest", 'Missing required key "password" at $')


def test_thirty_sign_ins_in_five_minutes_are_enough(network: Network) -> None:
    statuses = [sign_in(network).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    answer = sign_in(network)
    says(answer, 429, "RateLimitExceeded")
    assert answer.headers["RateLimit-Policy"] == "30;w=300" and answer.headers["RateLimit-Remaining"] == "0"
    assert sign_in(network, identifier=rules.did_of("ada")).status_code == 200


def test_wrong_tokens_are_400_never_401(network: Network) -> None:
    session = sign_in(network).json()
    says(call(network, "getSession"), 401, "AuthMissing")
    says(call(network, "getSession", "junk"), 400, "InvalidToken", "Token could not be verified")
    says(call(network, "getSession", session["refreshJwt"]), 400, "InvalidToken", "Invalid token type")
    says(call(network, "refreshSession", session["accessJwt"]), 400, "InvalidToken", "Invalid token type")
    says(call(network, "refreshSession"), 401, "AuthMissing")
    network.clock.ahead = timedelta(hours=2)
    says(call(network, "getSession", session["accessJwt"]), 400, "ExpiredToken", "Token has expired")
    assert call(network, "refreshSession", session["refreshJwt"]).status_code == 200


def test_a_refresh_gives_the_next_pair_and_the_same_for_two_hours(network: Network) -> None:
    first = sign_in(network).json()
    second = call(network, "refreshSession", first["refreshJwt"]).json()
    assert second["refreshJwt"] != first["refreshJwt"] and second["did"] == first["did"]
    network.clock.ahead = timedelta(hours=1, minutes=59)
    again = call(network, "refreshSession", first["refreshJwt"]).json()
    assert again["refreshJwt"] == second["refreshJwt"]
    network.clock.ahead = timedelta(hours=2, minutes=1)
    late = call(network, "refreshSession", first["refreshJwt"])
    says(late, 400, "ExpiredToken", "Token has been revoked")
    assert call(network, "refreshSession", second["refreshJwt"]).status_code == 200
    network.clock.ahead = timedelta(days=91)
    says(call(network, "refreshSession", second["refreshJwt"]), 400, "ExpiredToken", "Token has expired")


def test_a_refresh_has_no_body(network: Network) -> None:
    session = sign_in(network).json()
    answer = call(network, "refreshSession", session["refreshJwt"], json={})
    says(answer, 400, "InvalidRequest", "A request body was provided when none was expected")


def test_a_deleted_session_is_over(network: Network) -> None:
    session = sign_in(network).json()
    assert call(network, "deleteSession", session["refreshJwt"]).status_code == 200
    for name, token in (("refreshSession", "refreshJwt"), ("getSession", "accessJwt")):
        says(call(network, name, session[token]), 400, "ExpiredToken", "Token has been revoked")


def test_a_session_is_no_dpop_token(network: Network) -> None:
    way, session = Wayfarer(network), sign_in(network).json()
    caller = way.connected()
    caller.tokens = {**caller.tokens, "access_token": session["accessJwt"]}
    answer = caller.call("GET", f"/xrpc/{SERVER}.getSession")
    says(answer, 401, "invalid_token", "Bearer token type must be used without a DPoP proof")
