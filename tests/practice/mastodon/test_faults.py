"""Every fault, in a thread and under granian."""

from __future__ import annotations

import threading
import time

import pytest
import requests

from tests.practice.mastodon.wayfarer import Caller, Wayfarer
from tests.practice.network import Network

LOST = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


@pytest.fixture(params=["thread", "granian"])
def served(request: pytest.FixtureRequest) -> Network:
    """The practice network under either server."""
    network: Network = request.getfixturevalue("threaded" if request.param == "thread" else "granian")
    network.fresh()
    return network


@pytest.fixture
def eve(served: Network) -> Caller:
    """The API as Ada's app calls it there."""
    caller = Wayfarer(served).connected()
    served.fresh()
    return caller


def test_a_status_is_answered_for_as_many_calls_as_asked(eve: Caller) -> None:
    before = len(eve.posts())
    eve.network.fault("statuses", "status", status=429, retry_after=30, calls=2)
    for _ in range(2):
        answer = eve.post("Not yet")
        assert (answer.status_code, answer.json()) == (429, {"error": "Too many requests"})
        assert answer.headers["Retry-After"] == "30" and answer.headers["X-RateLimit-Remaining"] == "0"
    assert len(eve.posts()) == before
    assert eve.post("Now").status_code == 200
    assert [c["fault"] for c in eve.network.ledger("statuses")] == ["status", "status", None]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500, 503])
def test_errors_come_with_their_body(eve: Caller, status: int) -> None:
    eve.network.fault("any", "status", status=status)
    answer = eve.post()
    assert answer.status_code == status and answer.json()["error"]


def test_a_proxys_error_is_no_json(eve: Caller) -> None:
    eve.network.fault("statuses", "status", status=502)
    assert eve.post().headers["Content-Type"].startswith("text/html")


def test_delay_waits_and_then_works(eve: Caller) -> None:
    eve.network.fault("statuses", "delay", seconds=0.3)
    start = time.monotonic()
    assert eve.post("Slow").status_code == 200 and time.monotonic() - start >= 0.3


def test_reset_does_nothing(eve: Caller) -> None:
    before = len(eve.posts())
    eve.network.fault("statuses", "reset")
    with pytest.raises(LOST):
        eve.post("Lost", key="k-reset")
    assert len(eve.posts()) == before
    call = eve.network.ledger("statuses")[-1]
    assert (call["fault"], call["status"], call["created"]) == ("reset", None, False)
    assert call["idempotency_key"] == "k-reset"


def test_accept_then_hang_up_does_the_work(eve: Caller) -> None:
    before = len(eve.posts())
    eve.network.fault("statuses", "accept_then_hang_up")
    with pytest.raises(LOST):
        eve.post("Posted after all", key="k-hang")
    assert len(eve.posts()) == before + 1
    call = eve.network.ledger("statuses")[-1]
    assert (call["fault"], call["status"], call["created"]) == ("accept_then_hang_up", None, True)
    assert eve.post("Posted after all", key="k-hang").json()["id"] == call["status_id"]
    assert len(eve.posts()) == before + 1


def test_a_held_answer_waits_for_its_release_while_others_are_served(eve: Caller) -> None:
    eve.network.fault("statuses", "hold", seconds=20)
    answers: list[requests.Response] = []
    thread = threading.Thread(target=lambda: answers.append(eve.post("Held")))
    thread.start()
    for _ in range(100):
        if eve.network.ledger("statuses"):
            break
        time.sleep(0.05)
    call = eve.network.ledger("statuses")[-1]
    assert call["created"] and call["fault"] == "hold" and not answers
    assert eve.posts()[0]["id"] == call["status_id"]
    requests.post(f"{eve.network.url}/faults/release", timeout=5)
    thread.join(5)
    assert answers[0].json()["id"] == call["status_id"]


def test_a_hold_ends_by_itself_and_survives_a_client_that_left(eve: Caller) -> None:
    eve.network.fault("statuses", "hold", seconds=0.5)
    with pytest.raises(requests.ReadTimeout):
        eve.post("Left", key="k-left", timeout=0.2)
    assert eve.post("Left", key="k-left").status_code == 200
    assert [c["created"] for c in eve.network.ledger("statuses")] == [True, False]


def test_an_expired_token_stays_revoked(eve: Caller) -> None:
    eve.network.fault("verify_credentials", "expired_token")
    for _ in range(2):
        answer = eve.call("GET", "/api/v1/accounts/verify_credentials")
        assert (answer.status_code, answer.json()) == (401, {"error": "The access token was revoked"})


def test_a_picture_takes_its_time(eve: Caller) -> None:
    eve.network.fault("media", "processing", seconds=1)
    answer = eve.upload()
    media = answer.json()
    assert answer.status_code == 202 and media["url"] is None
    assert eve.call("GET", f"/api/v1/media/{media['id']}").status_code == 206
    early = eve.post("Early", media_ids=[media["id"]])
    assert (early.status_code, "have not finished processing" in early.json()["error"]) == (422, True)
    time.sleep(1.1)
    ready = eve.call("GET", f"/api/v1/media/{media['id']}")
    assert ready.status_code == 200 and ready.json()["url"]
    assert eve.post("Now", media_ids=[media["id"]]).status_code == 200


def test_faults_meet_only_their_kind(eve: Caller) -> None:
    eve.network.fault("media", "status", status=500)
    assert eve.post("Fine").status_code == 200
    assert eve.upload().status_code == 500


def test_the_token_endpoint_can_fail(served: Network) -> None:
    way = Wayfarer(served)
    code = way.code()
    served.fault("token", "status", status=400)
    assert way.exchange(code).json()["error"] == "invalid_grant"
    assert way.exchange(code).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nothing"},
        {"fault": "earthquake"},
        {"calls": -1},
        {"calls": "many"},
        {"status": 200},
        {"seconds": 9999},
    ],
)
def test_a_wrong_fault_is_refused(network: Network, wrong: dict[str, object]) -> None:
    sent = {"kind": "any", "fault": "status"} | wrong
    assert requests.post(f"{network.url}/faults", json=sent, timeout=5).status_code == 422
    assert requests.get(f"{network.url}/faults", timeout=5).json() == {"faults": []}


def test_faults_can_be_cleared(eve: Caller) -> None:
    eve.network.fault("any", "reset", calls=9)
    requests.delete(f"{eve.network.url}/faults", timeout=5)
    assert eve.post("Fine").status_code == 200
