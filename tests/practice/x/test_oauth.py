"""Signing in, giving, renewing and revoking tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import requests

from advocacy.practice.x.authorisation import BAD_CODE, BAD_URI, BAD_VERIFIER
from advocacy.practice.x.troubles import BAD_TOKEN
from tests.practice.network import CALLBACK, CLIENTS, Network, challenge
from tests.practice.x.wayfarer import SCOPES, VERIFIER, Caller, Wayfarer

BASIC = "Missing valid authorization header"


def works(network: Network, token: str) -> bool:
    return Caller(network, token).call("GET", "/2/users/me").status_code == 200


def wrong(answer: requests.Response) -> tuple[int, str, str]:
    body = answer.json()
    assert set(body) == {"error", "error_description"}
    return answer.status_code, body["error"], body["error_description"]


def test_a_person_connects_an_app(network: Network) -> None:
    way = Wayfarer(network)
    back = way.returned()
    assert set(back) == {"state", "code"} and back["state"] == "s-1"
    told = way.exchange(back["code"])
    assert told.status_code == 200 and told.headers["Cache-Control"] == "no-store"
    body = told.json()
    assert set(body) == {"token_type", "expires_in", "access_token", "scope", "refresh_token"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("bearer", 7200, SCOPES)
    assert works(network, body["access_token"])
    (call,) = network.ledger("token")
    assert (call["account"], call["app"], call["status"]) == ("ada", "Advocacy", 200)


def test_the_consent_page_names_app_person_and_scopes(network: Network) -> None:
    way = Wayfarer(network)
    page = way.visit(way.address())
    assert "Advocacy wants to access your account" in page.text and "@ada" in page.text
    assert all(f"<code>{scope}</code>" in page.text for scope in SCOPES.split())
    policy = page.headers["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:9;" in policy and "script-src" not in policy


def test_a_person_declines(network: Network) -> None:
    assert Wayfarer(network).returned(decision="deny") == {"error": "access_denied", "state": "s-1"}


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": None},
        {"response_type": "token"},
        {"response_type": None},
        {"state": None},
        {"state": "s" * 501},
        {"code_challenge": None},
        {"code_challenge": "short"},
        {"code_challenge_method": None},
        {"code_challenge_method": "s256"},
        {"scope": None},
        {"scope": "tweet.read tweets.write"},
    ],
)
def test_a_wrong_request_is_told_to_the_person_and_not_sent_back(
    network: Network, change: dict[str, Any]
) -> None:
    page = requests.get(Wayfarer(network).address(**change), allow_redirects=False, timeout=5)
    assert page.status_code == 400 and "Something went wrong" in page.text


def test_a_parameter_sent_twice_is_wrong(network: Network) -> None:
    page = requests.get(Wayfarer(network).address() + "&scope=tweet.write", timeout=5)
    assert page.status_code == 400


def test_a_state_of_500_characters_comes_back(network: Network) -> None:
    assert Wayfarer(network).returned(state="é" * 500)["state"] == "é" * 500


def test_plain_challenges_work(network: Network) -> None:
    way = Wayfarer(network)
    plain = {"code_challenge": "challenge", "code_challenge_method": "plain"}
    assert way.exchange(way.code(**plain), code_verifier="challenge").status_code == 200
    assert wrong(way.exchange(way.code(**plain)))[2] == BAD_VERIFIER


@pytest.mark.parametrize("auth", [None, ("client-1", "wrong"), ("nobody", "secret-1"), ("client-1", "")])
def test_a_confidential_client_shows_its_secret_by_basic(network: Network, auth: Any) -> None:
    way = Wayfarer(network)
    tokens = way.tokens()
    in_body = {"client_id": "client-1", "client_secret": "secret-1"}
    for answer in (
        way.exchange(way.code(), auth=auth, **in_body),
        way.renew(tokens["refresh_token"], auth=auth, **in_body),
        way.token("revoke", auth=auth, token=tokens["access_token"], **in_body),
    ):
        assert wrong(answer) == (401, "unauthorized_client", BASIC)
    assert works(network, tokens["access_token"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": "other"}, BAD_CODE),
        ({"code": None}, "Missing required parameter [code]."),
        ({"redirect_uri": "https://advocacy.example/callback"}, BAD_URI),
        ({"redirect_uri": None}, "Missing required parameter [redirect_uri]."),
        ({"code_verifier": "w" * 64}, BAD_VERIFIER),
        ({"code_verifier": None}, "Missing required parameter [code_verifier]."),
        ({"code_verifier": challenge(VERIFIER)}, BAD_VERIFIER),
        ({"grant_type": None}, "Missing required parameter [grant_type]."),
        ({"client_id": "client-2"}, "Value passed for the client id did not match the authorization header."),
        ({"code_verifier": [VERIFIER, VERIFIER]}, "Parameter [code_verifier] is there more than once."),
    ],
)
def test_a_wrong_exchange_is_refused(network: Network, change: dict[str, Any], words: str) -> None:
    way = Wayfarer(network)
    code = way.code()
    sent: dict[str, Any] = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": code}
    answer = way.token(**sent | {"code_verifier": VERIFIER} | change)
    assert wrong(answer) == (400, "invalid_request", words)
    assert way.exchange(code).status_code == 200  # a wrong call does not use up the code


def test_other_grants_and_json_are_refused(network: Network) -> None:
    way = Wayfarer(network)
    assert wrong(way.token(grant_type="client_credentials"))[1] == "unsupported_grant_type"
    sent = {"grant_type": "authorization_code", "code": way.code(), "code_verifier": VERIFIER}
    url, auth = f"{network.url}/2/oauth2/token", (CLIENTS[0].id, CLIENTS[0].secret)
    answer = requests.post(url, json=sent | {"redirect_uri": CALLBACK}, auth=auth, timeout=5)
    assert wrong(answer)[2] == "Missing required parameter [grant_type]."


def test_a_code_works_once_and_for_thirty_seconds(network: Network) -> None:
    way = Wayfarer(network)
    code = way.code()
    assert way.exchange(code).status_code == 200
    assert wrong(way.exchange(code)) == (400, "invalid_request", BAD_CODE)
    for seconds, status in ((29, 200), (30, 400)):
        code = way.code()
        network.clock.ahead += timedelta(seconds=seconds)
        assert way.exchange(code).status_code == status


def test_a_code_is_its_apps_own(network: Network) -> None:
    code = Wayfarer(network).code()
    assert wrong(Wayfarer(network, client=CLIENTS[1]).exchange(code))[2] == BAD_CODE


def test_an_access_token_lives_two_hours(network: Network) -> None:
    token = Wayfarer(network).tokens()["access_token"]
    network.clock.ahead = timedelta(hours=1, minutes=59, seconds=58)
    assert works(network, token)
    network.clock.ahead = timedelta(hours=2)
    assert not works(network, token)


def test_there_is_no_refresh_token_without_offline_access(network: Network) -> None:
    tokens = Wayfarer(network).tokens(scope="tweet.read users.read")
    assert "refresh_token" not in tokens and tokens["scope"] == "tweet.read users.read"


def test_a_refresh_token_works_once_and_rotates(network: Network) -> None:
    way = Wayfarer(network)
    first = way.tokens()
    second = way.renew(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"] and second["expires_in"] == 7200
    assert works(network, first["access_token"]) and works(network, second["access_token"])
    assert way.renew(second["refresh_token"]).status_code == 200


def test_using_an_old_refresh_token_ends_the_whole_family(network: Network) -> None:
    way = Wayfarer(network)
    stranger = way.tokens()
    first = way.tokens()
    second = way.renew(first["refresh_token"]).json()
    third = way.renew(second["refresh_token"]).json()
    assert wrong(way.renew(first["refresh_token"])) == (400, "invalid_request", BAD_TOKEN)
    assert not any(works(network, one["access_token"]) for one in (first, second, third))
    assert wrong(way.renew(third["refresh_token"]))[2] == BAD_TOKEN
    assert works(network, stranger["access_token"])  # another consent, another family


def test_a_refresh_token_lives_half_a_year_from_its_giving(network: Network) -> None:
    way = Wayfarer(network)
    first, other = way.tokens(), way.tokens()
    network.clock.ahead = timedelta(days=181, hours=23)
    second = way.renew(first["refresh_token"]).json()
    network.clock.ahead = timedelta(days=182)
    assert wrong(way.renew(other["refresh_token"]))[2] == BAD_TOKEN
    assert way.renew(second["refresh_token"]).status_code == 200


def test_a_refresh_token_is_its_apps_own(network: Network) -> None:
    way = Wayfarer(network)
    tokens = way.tokens()
    other = Wayfarer(network, client=CLIENTS[1])
    assert wrong(other.renew(tokens["refresh_token"]))[2] == BAD_TOKEN
    assert other.token("revoke", token=tokens["refresh_token"]).json() == {"revoked": True}
    assert way.renew(tokens["refresh_token"]).status_code == 200
    assert wrong(way.renew("unknown"))[2] == BAD_TOKEN
    assert wrong(way.token(grant_type="refresh_token"))[2] == "Missing required parameter [refresh_token]."


def test_revoking_an_access_token_ends_it_alone(network: Network) -> None:
    way = Wayfarer(network)
    tokens = way.tokens()
    assert way.token("revoke", token=tokens["access_token"]).json() == {"revoked": True}
    assert not works(network, tokens["access_token"])
    assert way.renew(tokens["refresh_token"]).status_code == 200


def test_revoking_a_refresh_token_ends_the_family(network: Network) -> None:
    way = Wayfarer(network)
    tokens = way.tokens()
    for _ in range(2):
        assert way.token("revoke", token=tokens["refresh_token"]).json() == {"revoked": True}
    assert not works(network, tokens["access_token"])
    assert wrong(way.renew(tokens["refresh_token"]))[2] == BAD_TOKEN
    assert wrong(way.token("revoke"))[2] == "Missing required parameter [token]."


def test_a_person_takes_the_permission_back(network: Network) -> None:
    way = Wayfarer(network)
    tokens = way.tokens()
    page = way.visit(f"{network.url}/apps")
    assert SCOPES in page.text
    assert way.form(page).headers["Location"] == "/apps"
    assert not works(network, tokens["access_token"])
    assert wrong(way.renew(tokens["refresh_token"]))[2] == BAD_TOKEN
    assert "No app may act for you" in way.visit(f"{network.url}/apps").text
