"""Every fault, in a thread and under granian."""

from __future__ import annotations

import threading
import time

import pytest
import requests

from tests.practice.linkedin.wayfarer import Caller, Wayfarer
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


def new(words: str) -> str:
    """Words that were not posted before."""
    return f"{words} {time.time_ns()}"


def test_a_status_is_answered_with_its_body(eve: Caller) -> None:
    eve.network.fault("posts", "status", status=429, retry_after=30)
    answer = eve.post(new("Not yet"))
    assert (answer.status_code, answer.json()["serviceErrorCode"]) == (429, 101)
    assert answer.headers["Retry-After"] == "30"
    assert not [name for name in answer.headers if "rate" in name.lower()]
    for status in (400, 401, 403, 404, 415, 422, 426, 500, 503):
        eve.network.fault("any", "status", status=status)
        answer = eve.post(new("Never"))
        assert answer.status_code == answer.json()["status"] == status and answer.json()["message"]
    eve.network.fault("posts", "status", status=502)
    assert eve.post(new("Never")).headers["Content-Type"].startswith("text/html")
    assert not [call for call in eve.network.ledger("posts") if call["created"]]


def test_the_token_endpoint_speaks_oauth(served: Network) -> None:
    way = Wayfarer(served)
    for status, error in ((400, "invalid_request"), (401, "invalid_client"), (503, "server_error")):
        served.fault("token", "status", status=status)
        answer = way.exchange("code")
        assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_what_was_accepted_before_the_line_broke_is_a_duplicate_after(eve: Caller) -> None:
    words = new("Lost")
    eve.network.fault("posts", "accept_then_hang_up")
    with pytest.raises(LOST):
        eve.post(words)
    (call,) = eve.network.ledger("posts")
    assert (call["status"], call["created"], call["account"]) == (None, True, "ada")
    again = eve.post(words)
    assert again.status_code == 422 and again.json()["message"].endswith(call["status_id"])
    assert eve.page(call["status_id"]).status_code == 200


def test_a_reset_publishes_nothing(eve: Caller) -> None:
    words = new("Reset")
    eve.network.fault("posts", "reset")
    with pytest.raises(LOST):
        eve.post(words)
    assert eve.post(words).status_code == 201


def test_delay_and_hold(eve: Caller) -> None:
    eve.network.fault("posts", "delay", seconds=0.3)
    start = time.monotonic()
    assert eve.post(new("Slow")).status_code == 201 and time.monotonic() - start >= 0.3
    eve.network.fault("posts", "hold", seconds=20)
    answers: list[int] = []
    held = threading.Thread(target=lambda: answers.append(eve.post(new("Held")).status_code))
    held.start()
    while not eve.network.ledger("posts")[1:]:
        time.sleep(0.05)
    assert not answers
    requests.post(f"{eve.network.url}/faults/release", timeout=5)
    held.join(10)
    assert answers == [201]


def test_an_expired_token_is_dead_for_good(eve: Caller) -> None:
    eve.network.fault("posts", "expired_token")
    for _ in range(2):
        answer = eve.post(new("No"))
        assert (answer.status_code, answer.json()["serviceErrorCode"]) == (401, 65601)
        assert answer.json()["code"] == "REVOKED_ACCESS_TOKEN"


def test_a_lapsed_token_has_run_out_of_its_time(eve: Caller) -> None:
    eve.network.fault("userinfo", "lapsed_token")
    assert eve.call("GET", "/v2/userinfo").json()["serviceErrorCode"] == 65602
    assert eve.post(new("No")).json()["code"] == "EXPIRED_ACCESS_TOKEN"


def test_a_token_is_called_revoked_for_now(eve: Caller) -> None:
    eve.network.fault("posts", "revoked_for_now")
    words = new("Patience")
    assert eve.post(words).json()["serviceErrorCode"] == 65601
    assert eve.post(words).status_code == 201


def test_a_version_is_called_sunset(eve: Caller) -> None:
    eve.network.fault("any", "sunset")
    assert eve.post(new("Old")).json()["code"] == "NONEXISTENT_VERSION"


def test_a_duplicate_on_request_names_the_latest_post_or_a_ghost(eve: Caller) -> None:
    urn = eve.urn_of(new("Real"))
    eve.network.fault("posts", "duplicate")
    answer = eve.post(new("Other"))
    assert answer.status_code == 422 and answer.json()["message"].endswith(urn)
    assert answer.json()["errorDetails"] == {"inputErrors": [{"code": "DUPLICATE_POST"}]}


def test_a_duplicate_is_published_on_request(eve: Caller) -> None:
    words = new("Twice")
    first = eve.urn_of(words)
    eve.network.fault("posts", "forget_duplicates")
    second = eve.urn_of(words)
    assert first != second and eve.page(first).status_code == eve.page(second).status_code == 200


def test_an_image_takes_its_time(eve: Caller) -> None:
    eve.network.fault("upload", "processing", seconds=1.5)
    media = {"content": {"media": {"id": eve.image()}}}
    words = new("Slow picture")
    answer = eve.post(words, **media)
    assert answer.json()["errorDetails"]["inputErrors"][0]["code"] == "MEDIA_ASSET_PROCESSING"
    time.sleep(1.6)
    assert eve.post(words, **media).status_code == 201


def test_calls_from_many_at_once_publish_each_text_once(eve: Caller) -> None:
    words, answers = new("Race"), []
    start = threading.Barrier(6)

    def send() -> None:
        start.wait()
        answers.append(eve.post(words).status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 422, 422, 422, 422, 422]
