"""Every fault, in a thread and under granian."""

from __future__ import annotations

import time

import pytest
import requests

from advocacy.practice.bluesky import rules
from tests.practice.bluesky.test_oauth import SESSION, says
from tests.practice.bluesky.wayfarer import Caller, Wayfarer, text, tid
from tests.practice.network import Network

LOST = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


@pytest.fixture(params=["threaded", "granian"])
def served(request: pytest.FixtureRequest) -> Network:
    """The practice network under either server."""
    network: Network = request.getfixturevalue(request.param)
    network.fresh()
    return network


@pytest.fixture
def eve(served: Network) -> Caller:
    """Ada's app there, past its first nonces."""
    caller = Wayfarer(served).connected()
    assert caller.call("GET", SESSION).status_code == 200
    served.fresh()
    return caller


def test_a_status_comes_with_its_body_and_headers(eve: Caller) -> None:
    eve.network.fault("publish", "status", status=429, retry_after=30)
    answer = eve.put()
    says(answer, 429, "RateLimitExceeded", "Rate Limit Exceeded")
    assert answer.headers["Retry-After"] == "30" and answer.headers["RateLimit-Remaining"] == "0"
    assert 25 < int(answer.headers["RateLimit-Reset"]) - time.time() <= 31
    for status, name in ((400, "InvalidRequest"), (500, "InternalServerError"), (503, "NotEnoughResources")):
        eve.network.fault("publish", "status", status=status)
        says(eve.put(), status, name)
    eve.network.fault("publish", "status", status=502)
    assert eve.put().headers["Content-Type"].startswith("text/html")
    assert eve.put().status_code == 200


def test_accept_then_hang_up_and_the_same_again(eve: Caller) -> None:
    rkey, before = tid(), len(eve.posts())
    eve.network.fault("publish", "accept_then_hang_up")
    with pytest.raises(LOST):
        eve.put(rkey=rkey)
    assert len(eve.posts()) == before + 1
    again = eve.put(rkey=rkey)
    assert again.status_code == 200 and "commit" not in again.json() and len(eve.posts()) == before + 1
    lost, found = eve.network.ledger("publish")
    assert (lost["status"], lost["created"], lost["idempotency_key"]) == (None, True, rkey)
    assert (found["status"], found["created"], found["status_id"]) == (200, False, rkey)


def test_reset_does_nothing_and_delay_waits(eve: Caller) -> None:
    rkey, before = tid(), len(eve.posts())
    eve.network.fault("publish", "reset")
    with pytest.raises(LOST):
        eve.put(rkey=rkey)
    call = eve.network.ledger("publish")[-1]
    assert (call["account"], call["idempotency_key"], call["created"]) == ("ada", rkey, False)
    assert len(eve.posts()) == before
    eve.network.fault("publish", "delay", seconds=0.3)
    start = time.monotonic()
    assert eve.put(rkey=rkey).status_code == 200 and time.monotonic() - start >= 0.3


def test_a_held_answer_is_the_same_when_asked_again(eve: Caller) -> None:
    rkey = tid()
    eve.network.fault("publish", "hold", seconds=0.5)
    with pytest.raises(requests.ReadTimeout):
        eve.put(rkey=rkey, timeout=0.2)
    assert "commit" not in eve.put(rkey=rkey).json()


def test_an_expired_token_is_renewed(eve: Caller) -> None:
    eve.network.fault("publish", "expired_token")
    for _ in range(2):
        answer = eve.put()
        says(answer, 401, "invalid_token", "Token expired at")
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    eve.tokens = eve.way.refresh(eve.tokens["refresh_token"]).json()
    assert eve.put().status_code == 200


def test_an_expired_session_token_is_a_400(served: Network) -> None:
    begin = f"{served.url}/xrpc/com.atproto.server.createSession"
    sent = {"identifier": "ada.practice.test", "password": rules.app_password_of("ada")}
    session = requests.post(begin, json=sent, timeout=5).json()
    served.fault("session", "expired_token")
    headers = {"Authorization": f"Bearer {session['accessJwt']}"}
    for _ in range(2):
        says(requests.get(served.url + SESSION, headers=headers, timeout=5), 400, "ExpiredToken")
    headers = {"Authorization": f"Bearer {session['refreshJwt']}"}
    again = f"{served.url}/xrpc/com.atproto.server.refreshSession"
    assert requests.post(again, headers=headers, timeout=5).status_code == 200
    served.fault("refresh_session", "ended_session")
    says(requests.post(again, headers=headers, timeout=5), 400, "ExpiredToken", "Token has been revoked")


def test_a_session_is_ended_as_a_person_does(eve: Caller) -> None:
    eve.network.fault("publish", "ended_session")
    says(eve.put(), 401, "invalid_token", "Invalid token")
    says(eve.way.refresh(eve.tokens["refresh_token"]), 400, "invalid_grant", "Invalid refresh token")


def test_a_session_is_ended_while_it_is_renewed(eve: Caller) -> None:
    eve.network.fault("token", "ended_session")
    says(eve.way.refresh(eve.tokens["refresh_token"]), 400, "invalid_grant")
    says(eve.call("GET", SESSION), 401, "invalid_token")


def test_the_nonce_is_renewed_at_any_time(eve: Caller) -> None:
    old = eve.nonce
    eve.network.fault("publish", "new_nonce")
    answer = eve.put()
    assert answer.status_code == 200 and eve.nonce != old
    assert [call["status"] for call in eve.network.ledger("publish")] == [401, 200]
    eve.way.pushed()
    eve.network.fault("token", "new_nonce")
    assert eve.way.refresh(eve.tokens["refresh_token"]).status_code == 200
    assert [call["status"] for call in eve.network.ledger("token")] == [400, 200]


def test_a_lost_renewal_leaves_a_token_that_was_used(eve: Caller) -> None:
    eve.way.pushed()
    eve.network.fault("token", "accept_then_hang_up")
    with pytest.raises(LOST):
        eve.way.refresh(eve.tokens["refresh_token"])
    says(eve.way.refresh(eve.tokens["refresh_token"]), 400, "invalid_grant", "Refresh token replayed")


def test_tokens_can_stand_for_somebody_else(served: Network) -> None:
    served.fault("token", "wrong_subject", calls=2)
    assert Wayfarer(served).connected().did == rules.did_of("carl")


def test_a_person_can_come_back_in_the_name_of_another_server(served: Network) -> None:
    served.fault("consent", "wrong_issuer")
    told = Wayfarer(served).returned()
    assert told["iss"] == "https://elsewhere.example" and told["code"]


def test_the_view_can_be_away(eve: Caller) -> None:
    eve.network.fault("posts", "away")
    says(eve.query("app.bsky.feed.getPosts", uris="at://x"), 502, "UpstreamFailure", "unreachable")


def test_the_endpoints_of_oauth_fail_in_its_words(served: Network) -> None:
    way = Wayfarer(served)
    code = way.code()
    served.fault("token", "status", status=400)
    says(way.exchange(code), 400, "invalid_grant")
    served.fault("token", "status", status=500)
    says(way.exchange(code), 500, "server_error")
    assert way.exchange(code).status_code == 200
    served.fault("plc", "status", status=404)
    assert requests.get(f"{served.url}/{rules.did_of('ada')}", timeout=5).json() == {
        "message": "XRPC Not Supported"
    }


def test_faults_of_a_kind_leave_others_alone(eve: Caller) -> None:
    eve.network.fault("blob", "status", status=500)
    assert eve.put(text("Fine")).status_code == 200 and eve.upload().status_code == 500
