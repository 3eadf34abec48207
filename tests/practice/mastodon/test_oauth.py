"""Signing in: what is right works, and each thing that is wrong is refused."""

from __future__ import annotations

import base64
import threading
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.practice.mastodon.wayfarer import Caller, Wayfarer
from tests.practice.network import CALLBACK, PASSWORD, Network

DENIED = "The resource owner or authorization server denied the request."


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
    assert set(token) == {"access_token", "token_type", "scope", "created_at"}
    assert token["token_type"] == "Bearer" and token["scope"] == way.scopes
    me = Caller(way.network, token["access_token"]).call("GET", "/api/v1/accounts/verify_credentials")
    assert me.json()["username"] == "ada"


def test_metadata_is_complete(network: Network) -> None:
    said = requests.get(f"{network.url}/.well-known/oauth-authorization-server", timeout=5).json()
    assert said["issuer"] == f"{network.url}/"
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert {"profile", "write:statuses", "write:media"} <= set(said["scopes_supported"])
    assert said["token_endpoint"] == f"{network.url}/oauth/token"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_code_challenge_method"),
        ({"code_challenge_method": None}, "invalid_code_challenge_method"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "profile write"}, "invalid_scope"),
        ({"scope": "read:statuses admin:read"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
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
    ],
)
def test_an_app_that_cannot_be_trusted_is_told_nothing(way: Wayfarer, wrong: dict[str, Any]) -> None:
    page = way.visit(way.address(**wrong))
    assert page.status_code == 400 and "Location" not in page.headers


def test_denial_is_told(way: Wayfarer) -> None:
    assert way.returned("deny") == {"error": "access_denied", "error_description": DENIED, "state": "s-1"}


def test_the_page_names_app_and_scopes_and_lets_its_form_go_to_the_app(way: Wayfarer) -> None:
    page = way.visit(way.address())
    page = way.browser.get(way.address(), timeout=5)
    assert "Advocacy asks for access" in page.text and "Publish and delete posts for you" in page.text
    assert "form-action 'self' http://127.0.0.1:9;" in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_force_login_asks_again(way: Wayfarer) -> None:
    way.returned()
    again = way.browser.get(way.address(force_login="true"), timeout=5)
    assert "/sign-in" in again.url
    way.form(again, username="carl", password=PASSWORD)
    assert "@carl" in way.browser.get(way.address(), timeout=5).text


def test_a_wrong_password_and_a_foreign_form_are_refused(way: Wayfarer) -> None:
    page = way.browser.get(f"{way.network.url}/sign-in", timeout=5)
    assert way.form(page, username="ada", password="wrong").status_code == 401
    sent = {"username": "ada", "password": PASSWORD}
    assert requests.post(f"{way.network.url}/sign-in", data=sent, timeout=5).status_code == 400


def test_signing_in_leads_nowhere_else(way: Wayfarer) -> None:
    page = way.browser.get(f"{way.network.url}/sign-in?next=//evil.example", timeout=5)
    assert way.form(page, username="ada@demo.example", password=PASSWORD).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        ({"code_verifier": None}, 400, "invalid_request"),
        ({"code_verifier": "w" * 64}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:9/other"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"code": "nonsense"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_exchange_is_refused(way: Wayfarer, wrong: dict[str, Any], status: int, error: str) -> None:
    answer = way.exchange(**({"code": way.code()} | wrong))
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_another_apps_code_is_refused(way: Wayfarer) -> None:
    other = Wayfarer(way.network)
    other.verifier = way.verifier
    assert other.exchange(way.code()).json()["error"] == "invalid_grant"


def test_a_code_used_twice_revokes_its_token(way: Wayfarer) -> None:
    code = way.code()
    first = Caller(way.network, way.exchange(code).json()["access_token"])
    assert first.call("GET", "/api/v1/accounts/verify_credentials").status_code == 200
    assert way.exchange(code).json()["error"] == "invalid_grant"
    after = first.call("GET", "/api/v1/accounts/verify_credentials")
    assert (after.status_code, after.json()) == (401, {"error": "The access token was revoked"})


def test_a_code_used_by_many_at_once_gives_one_token_at_most(way: Wayfarer) -> None:
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


def test_a_code_grows_old(way: Wayfarer) -> None:
    code = way.code()
    way.network.clock.ahead = timedelta(minutes=11)
    assert way.exchange(code).json()["error"] == "invalid_grant"


def test_basic_authentication_works_too(way: Wayfarer) -> None:
    pair = f"{way.app['client_id']}:{way.app['client_secret']}"
    sent = {"grant_type": "client_credentials", "scope": "profile"}
    headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    answer = requests.post(f"{way.network.url}/oauth/token", data=sent, headers=headers, timeout=5)
    own = Caller(way.network, answer.json()["access_token"])
    assert own.call("GET", "/api/v1/apps/verify_credentials").json()["name"] == "Advocacy"
    me = own.call("GET", "/api/v1/accounts/verify_credentials")
    assert (me.status_code, me.json()["error"]) == (422, "This method requires an authenticated user")


def test_an_app_gets_no_scope_it_did_not_register(way: Wayfarer) -> None:
    secret = {name: way.app[name] for name in ("client_id", "client_secret")}
    sent = {"grant_type": "client_credentials", "scope": "write", **secret}
    answer = requests.post(f"{way.network.url}/oauth/token", data=sent, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_a_revoked_token_is_dead_and_only_its_app_may_revoke_it(way: Wayfarer) -> None:
    caller, other = way.connected(), Wayfarer(way.network)
    url = f"{way.network.url}/oauth/revoke"
    for app, token, status in ((other, caller.token, 403), (way, "unknown", 200), (way, caller.token, 200)):
        secret = {name: app.app[name] for name in ("client_id", "client_secret")}
        assert requests.post(url, data={"token": token, **secret}, timeout=5).status_code == status
    after = caller.post()
    assert after.json() == {"error": "The access token was revoked"}
    assert after.headers["WWW-Authenticate"].startswith("Bearer ")


def test_the_person_takes_permission_back_by_hand(network: Network) -> None:
    way = Wayfarer(network, "carl")
    caller = way.connected()
    page = way.browser.get(f"{network.url}/apps", timeout=5)
    assert "Advocacy" in page.text
    for _ in range(page.text.count("/revocation")):
        way.form(way.browser.get(f"{network.url}/apps", timeout=5))
    assert caller.post().json() == {"error": "The access token was revoked"}


def test_userinfo_needs_the_profile_scope(network: Network) -> None:
    said = Wayfarer(network).connected().call("GET", "/oauth/userinfo").json()
    assert said["sub"] == f"{network.url}/users/ada" and said["preferred_username"] == "ada"
    other = Wayfarer(network, scopes="read").connected()
    assert other.call("GET", "/oauth/userinfo").status_code == 403


def test_a_code_can_be_shown_to_be_copied(network: Network) -> None:
    way = Wayfarer(network)
    oob = "urn:ietf:wg:oauth:2.0:oob"
    way.app = way.register(redirect_uris=oob).json()
    way.visit(way.address(redirect_uri=oob))
    page = way.form(way.browser.get(way.address(redirect_uri=oob), timeout=5), decision="authorise")
    code = page.text.split('<code class="code">')[1].split("<")[0]
    assert way.exchange(code, redirect_uri=oob).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_name": " "}, "Validation failed: Application name can't be blank"),
        ({"redirect_uris": ""}, "Validation failed: Redirect URI must be an absolute URI."),
        ({"redirect_uris": "/callback"}, "Validation failed: Redirect URI must be an absolute URI."),
        ({"redirect_uris": CALLBACK + "#x"}, "Validation failed: Redirect URI cannot contain a fragment."),
        ({"scopes": "everything"}, "Validation failed: Scopes doesn't match configured on the server."),
        ({"website": "javascript:x"}, "Validation failed: Website must be a valid URL"),
    ],
)
def test_a_wrong_registration_is_refused(way: Wayfarer, wrong: dict[str, str], error: str) -> None:
    answer = way.register(**wrong)
    assert (answer.status_code, answer.json()) == (422, {"error": error})


def test_registration_takes_json_and_lists(network: Network) -> None:
    sent = {
        "client_name": "A",
        "redirect_uris": [CALLBACK, "https://a.example/cb"],
        "website": "https://a.example",
    }
    app = requests.post(f"{network.url}/api/v1/apps", json=sent, timeout=5).json()
    assert app["redirect_uris"] == sent["redirect_uris"] and app["scopes"] == ["read"]
    assert app["redirect_uri"] == "\n".join(app["redirect_uris"]) and app["client_secret_expires_at"] == 0
