"""Signing in: what is right works, and each thing that is wrong is refused."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.practice.linkedin.wayfarer import SCOPES, Caller, Wayfarer
from tests.practice.network import CALLBACK, CLIENTS, Network

DAY = timedelta(days=1)
PARTNER = CLIENTS[1]


@pytest.fixture
def way(network: Network) -> Wayfarer:
    """An app and Ada, who has not signed in yet."""
    return Wayfarer(network)


def test_the_whole_way_gives_a_token_that_works(way: Wayfarer) -> None:
    told = way.returned(state="a b&c")
    assert told["state"] == "a b&c"
    answer = way.exchange(told["code"])
    token = answer.json()
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert set(token) == {"access_token", "expires_in", "scope", "token_type", "id_token"}
    assert token["expires_in"] == 60 * 24 * 3600
    assert token["scope"] == "email,openid,profile,w_member_social"
    me = Caller(way.network, token["access_token"]).call("GET", "/v2/userinfo").json()
    assert (me["name"], me["given_name"], me["family_name"]) == ("Ada Lindqvist", "Ada", "Lindqvist")
    assert (me["email"], me["locale"]) == ("ada@demo.example", "en-US")


def test_the_id_token_is_signed_by_the_key_that_is_published(way: Wayfarer) -> None:
    token = way.exchange(way.code()).json()["id_token"]
    said = requests.get(f"{way.network.url}/oauth/.well-known/openid-configuration", timeout=5).json()
    keys = KeySet.import_key_set(requests.get(said["jwks_uri"], timeout=5).json())
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"]) == (said["issuer"], way.client.id)
    assert claims["sub"] == Caller(way.network, way.connected().token).urn.removeprefix("urn:li:person:")


def test_the_member_has_another_id_in_each_application(network: Network) -> None:
    one, other = Wayfarer(network).connected(), Wayfarer(network, client=PARTNER).connected()
    assert one.urn and other.urn and one.urn != other.urn


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": None}, "invalid_request"),
        ({"scope": SCOPES + " r_member_social"}, "unauthorized_scope_error"),
        ({"scope": "openid,profile"}, "unauthorized_scope_error"),
    ],
)
def test_a_wrong_request_is_told_to_the_app(way: Wayfarer, wrong: dict[str, Any], error: str) -> None:
    told = way.returned(**wrong)
    assert told["error"] == error and told["state"] == "s-1" and "code" not in told


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?a=1"},
        {"redirect_uri": None},
        {"client_id": "x"},
        {"client_id": None},
    ],
)
def test_an_app_that_cannot_be_trusted_is_told_nothing(way: Wayfarer, wrong: dict[str, Any]) -> None:
    page = way.visit(way.address(**wrong))
    assert page.status_code == 400 and "Location" not in page.headers


def test_cancelling_is_told(way: Wayfarer) -> None:
    told = Wayfarer(way.network, "carl", PARTNER).returned("cancel", scope="openid")
    assert (told["error"], told["state"]) == ("user_cancelled_authorize", "s-1")


def test_the_page_names_app_and_scopes_and_lets_its_form_go_to_the_app(way: Wayfarer) -> None:
    way.visit(way.address(scope="openid email"))
    page = way.browser.get(way.address(scope="openid email"), timeout=5)
    assert "Advocacy would like to" in page.text and "primary email address" in page.text
    assert "form-action 'self' http://127.0.0.1:9;" in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"] and " style=" not in page.text


def test_whoever_granted_the_same_scopes_is_not_asked_again(way: Wayfarer) -> None:
    way.connected()
    page = way.visit(way.address())
    assert page.is_redirect and page.headers["Location"].startswith(CALLBACK + "?code=")
    way.network.clock.ahead = 60 * DAY
    assert "would like to" in way.browser.get(way.address(), timeout=5).text


def test_other_scopes_end_what_was_given_before(way: Wayfarer) -> None:
    first = way.connected()
    again = way.connected()
    assert first.call("GET", "/v2/userinfo").status_code == 200
    way.connected(scope="openid")
    for old in (first, again):
        assert old.call("GET", "/v2/userinfo").json()["serviceErrorCode"] == 65601


MISSING = [
    ({name: None}, 400, "invalid_request")
    for name in ("grant_type", "code", "redirect_uri", "client_id", "client_secret")
]


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        *MISSING,
        ({"redirect_uri": CLIENTS[0].redirect_uris[1]}, 400, "invalid_redirect_uri"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"code": "nonsense"}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 401, "access_denied"),
        ({"code_verifier": "v" * 43}, 400, "invalid_request"),
    ],
)
def test_a_wrong_exchange_is_refused(way: Wayfarer, wrong: dict[str, Any], status: int, error: str) -> None:
    answer = way.exchange(**({"code": way.code()} | wrong))
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_an_exchange_must_be_a_form_with_the_secret_in_it(way: Wayfarer) -> None:
    url = f"{way.network.url}/oauth/v2/accessToken"
    sent = {"grant_type": "authorization_code", "code": way.code(), "redirect_uri": CALLBACK}
    secret = {"client_id": way.client.id, "client_secret": way.client.secret}
    basic = (way.client.id, way.client.secret)
    for wrong in ({"json": sent | secret}, {"params": sent | secret}, {"data": sent, "auth": basic}):
        assert requests.post(url, timeout=5, **wrong).status_code == 400
    twice = [*(sent | secret).items(), ("code", "other")]
    assert requests.post(url, data=twice, timeout=5).status_code == 400
    assert requests.post(url, data=sent | secret, timeout=5).status_code == 200


def test_a_challenge_is_ignored(way: Wayfarer) -> None:
    code = way.code(code_challenge="c" * 43, code_challenge_method="S256")
    assert way.exchange(code).status_code == 200


def test_another_apps_code_is_refused(network: Network) -> None:
    code = Wayfarer(network).code()
    answer = Wayfarer(network, client=PARTNER).exchange(code)
    assert "does not match authorization code" in answer.json()["error_description"]


def test_a_code_grows_old_and_works_once(way: Wayfarer) -> None:
    code = way.code()
    assert way.exchange(code).status_code == 200
    assert "not found" in way.exchange(code).json()["error_description"]
    code = way.code()
    way.network.clock.ahead = timedelta(minutes=30)
    assert way.exchange(code).status_code == 400


def test_a_code_used_by_many_at_once_gives_one_token(way: Wayfarer) -> None:
    code, start, answers = way.code(), threading.Barrier(6), []

    def send() -> None:
        start.wait()
        answers.append(way.exchange(code).status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 400, 400, 400, 400, 400]


def test_a_token_lives_sixty_days_to_the_second(way: Wayfarer) -> None:
    caller = way.connected()
    way.network.clock.ahead = 60 * DAY - timedelta(minutes=1)
    assert caller.call("GET", "/v2/userinfo").status_code == 200
    way.network.clock.ahead = 60 * DAY
    answer = caller.call("GET", "/v2/userinfo")
    assert (answer.status_code, answer.json()["code"]) == (401, "EXPIRED_ACCESS_TOKEN")
    assert answer.json()["serviceErrorCode"] == 65602


def test_only_a_partner_gets_a_refresh_token(network: Network) -> None:
    way = Wayfarer(network, client=PARTNER)
    token = way.exchange(way.code()).json()
    assert token["refresh_token_expires_in"] in range(365 * 86400 - 60, 365 * 86400 + 1)
    refreshed = way.token(grant_type="refresh_token", refresh_token=token["refresh_token"]).json()
    assert refreshed["refresh_token"] == token["refresh_token"]
    assert refreshed["access_token"] != token["access_token"] and refreshed["expires_in"] == 60 * 86400
    for caller in (Caller(network, token["access_token"]), Caller(network, refreshed["access_token"])):
        assert caller.call("GET", "/v2/userinfo").status_code == 200


def test_a_refresh_token_is_not_prolonged(network: Network) -> None:
    way = Wayfarer(network, client=PARTNER)
    kept = way.exchange(way.code()).json()["refresh_token"]
    network.clock.ahead = 360 * DAY
    late = way.token(grant_type="refresh_token", refresh_token=kept).json()
    assert late["expires_in"] <= 5 * 86400 and late["refresh_token_expires_in"] <= 5 * 86400
    network.clock.ahead = 365 * DAY + timedelta(seconds=5)
    assert way.token(grant_type="refresh_token", refresh_token=kept).status_code == 400


def test_a_refresh_token_of_nobody_or_of_another_app_is_refused(network: Network) -> None:
    partner, other = Wayfarer(network, client=PARTNER), Wayfarer(network)
    kept = partner.exchange(partner.code()).json()["refresh_token"]
    for way, token in ((other, kept), (partner, "nonsense"), (partner, None)):
        answer = way.token(grant_type="refresh_token", refresh_token=token)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_introspection_tells_an_app_of_its_own_tokens(network: Network) -> None:
    way = Wayfarer(network)
    caller = way.connected()
    said = way.token("introspectToken", token=caller.token).json()
    assert (said["active"], said["status"], said["auth_type"]) == (True, "active", "3L")
    assert said["expires_at"] - said["created_at"] == 60 * 86400 and said["client_id"] == way.client.id
    assert said["scope"] == "email,openid,profile,w_member_social"
    network.clock.ahead = 61 * DAY
    assert way.token("introspectToken", token=caller.token).json()["status"] == "expired"
    other = Wayfarer(network, client=PARTNER)
    assert other.token("introspectToken", token=caller.token).status_code == 400
    assert way.token("introspectToken", token="nonsense").status_code == 400
    assert way.token("introspectToken", token=caller.token, client_secret="x").status_code == 401


def test_the_member_takes_permission_back_by_hand(network: Network) -> None:
    way = Wayfarer(network, "carl")
    caller = way.connected()
    page = way.browser.get(f"{network.url}/apps", timeout=5)
    assert "Advocacy" in page.text
    for _ in range(page.text.count("/revocation")):
        way.form(way.browser.get(f"{network.url}/apps", timeout=5))
    assert caller.post().json()["code"] == "REVOKED_ACCESS_TOKEN"
    assert way.token("introspectToken", token=caller.token).json()["status"] == "revoked"
    assert "would like to" in way.browser.get(way.address(), timeout=5).text


def test_what_the_scopes_do_not_cover_is_not_told(network: Network) -> None:
    carl = Wayfarer(network, "carl")
    told = carl.connected(scope="openid").call("GET", "/v2/userinfo").json()
    assert set(told) == {"sub"}
    assert carl.connected(scope="w_member_social").call("GET", "/v2/userinfo").status_code == 403
