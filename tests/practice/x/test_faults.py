"""Every fault, in a thread and under granian."""

from __future__ import annotations

import threading
import time

import pytest
import requests

from advocacy.practice.x.troubles import BAD_TOKEN
from tests.practice.network import Network
from tests.practice.x.test_api import COMPANYS, DUPLICATE, UNAUTHORISED
from tests.practice.x.wayfarer import Caller, Wayfarer

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


def test_a_status_is_answered_with_its_problem(eve: Caller) -> None:
    for status in (401, 403, 404, 429, 500, 503):
        eve.network.fault("posts", "status", status=status)
        answer = eve.post(new("Never"))
        assert answer.status_code == answer.json()["status"] == status
        assert {"title", "detail", "type"} <= set(answer.json())
    eve.network.fault("any", "status", status=400)
    assert eve.post(new("Never")).json()["errors"][0]["message"]
    eve.network.fault("posts", "status", status=402)
    assert eve.post(new("Never")).json()["title"] == "CreditsDepleted"
    eve.network.fault("posts", "status", status=502)
    assert eve.post(new("Never")).headers["Content-Type"].startswith("text/html")
    eve.network.fault("posts", "status", status=503, retry_after=7)
    assert eve.post(new("Never")).headers["Retry-After"] == "7"
    assert not [call for call in eve.network.ledger("posts") if call["created"]]


def test_a_rate_limit_says_when_it_ends_and_sends_no_retry_after(eve: Caller) -> None:
    eve.network.fault("posts", "status", status=429, retry_after=30)
    headers = eve.post(new("Not yet")).headers
    assert (headers["x-rate-limit-limit"], headers["x-rate-limit-remaining"]) == ("100", "0")
    assert 25 <= int(headers["x-rate-limit-reset"]) - time.time() <= 31 and "Retry-After" not in headers


def test_the_token_endpoint_speaks_oauth(served: Network) -> None:
    way = Wayfarer(served)
    for status, error in ((400, "invalid_request"), (401, "unauthorized_client"), (503, "server_error")):
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
    assert eve.post(words).json() == DUPLICATE
    found = eve.call("GET", f"/2/users/{eve.id}/tweets").json()["data"]
    assert found[0]["id"] == call["status_id"] and eve.page(call["status_id"]).status_code == 200


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


def test_an_expired_token_is_dead_but_can_be_renewed(served: Network) -> None:
    way = Wayfarer(served)
    tokens = way.tokens()
    eve = Caller(served, tokens["access_token"])
    served.fault("posts", "expired_token")
    for _ in range(2):
        answer = eve.post(new("No"))
        assert (answer.status_code, answer.json()) == (401, UNAUTHORISED)
    renewed = way.renew(tokens["refresh_token"]).json()
    assert Caller(served, renewed["access_token"]).post(new("Yes")).status_code == 201


def test_a_permission_taken_back_ends_the_family(served: Network) -> None:
    way = Wayfarer(served)
    tokens = way.tokens()
    served.fault("any", "revoked_permission")
    assert Caller(served, tokens["access_token"]).post(new("No")).json() == UNAUTHORISED
    assert way.renew(tokens["refresh_token"]).json()["error_description"] == BAD_TOKEN


def test_a_refresh_token_taken_for_an_old_one_ends_the_family(served: Network) -> None:
    way = Wayfarer(served)
    tokens = way.tokens()
    served.fault("token", "rotated_refresh_token")
    answer = way.renew(tokens["refresh_token"])
    assert (answer.status_code, answer.json()["error_description"]) == (400, BAD_TOKEN)
    assert Caller(served, tokens["access_token"]).post(new("No")).json() == UNAUTHORISED
    assert way.renew(tokens["refresh_token"]).status_code == 400


def test_a_lost_answer_to_a_renewal_costs_the_family(served: Network) -> None:
    way = Wayfarer(served)
    tokens = way.tokens()
    served.fault("token", "accept_then_hang_up")
    with pytest.raises(LOST):
        way.renew(tokens["refresh_token"])
    assert way.renew(tokens["refresh_token"]).json()["error_description"] == BAD_TOKEN


def test_many_renewals_at_once_end_the_family(served: Network) -> None:
    way, answers = Wayfarer(served), []
    tokens, start = way.tokens(), threading.Barrier(4)

    def renew() -> None:
        start.wait()
        answers.append(way.renew(tokens["refresh_token"]).status_code)

    threads = [threading.Thread(target=renew) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 400, 400, 400]
    assert Caller(served, tokens["access_token"]).post(new("No")).json() == UNAUTHORISED


def test_a_duplicate_on_request(eve: Caller) -> None:
    eve.network.fault("posts", "duplicate")
    words = new("Real")
    answer = eve.post(words)
    assert (answer.status_code, answer.json()) == (403, DUPLICATE)
    assert eve.post(words).status_code == 201


def test_a_used_up_cap_is_no_rate_limit(eve: Caller) -> None:
    eve.network.fault("posts", "usage_capped")
    answer = eve.post(new("Capped"))
    assert answer.status_code == 429 and answer.json()["type"].endswith("/problems/usage-capped")
    assert answer.json()["title"] == "UsageCapExceeded" and answer.json()["period"] == "Monthly"
    assert int(answer.headers["x-rate-limit-remaining"]) > 0


def test_there_are_no_credits(eve: Caller) -> None:
    eve.network.fault("any", "credits_depleted")
    answer = eve.post(new("Poor"))
    assert answer.status_code == 402 and answer.json()["type"].endswith("/problems/credits")


def test_a_quote_is_refused_on_request(eve: Caller) -> None:
    eve.network.fault("posts", "quote_refused", calls=2)
    answer = eve.post(new("Quote"), quote_tweet_id=COMPANYS)
    assert answer.status_code == 403 and answer.json()["detail"].startswith(
        "Quoting this post is not allowed"
    )
    assert eve.post(new("Plain")).status_code == 201


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
    assert sorted(answers) == [201, 403, 403, 403, 403, 403]
