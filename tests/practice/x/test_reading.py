"""Reading posts, and the limits that every call counts against."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from advocacy.practice.x.rules import COMPANY, RATES
from tests.practice.network import CLIENTS
from tests.practice.x.test_api import COMPANYS, message
from tests.practice.x.wayfarer import Caller, Wayfarer


def test_a_users_posts_come_newest_first(ada: Caller) -> None:
    ids = [ada.id_of(f"Timeline {n} {time.time_ns()}") for n in range(6)]
    path = f"/2/users/{ada.id}/tweets"
    first = ada.call("GET", path, params={"max_results": "5", "tweet.fields": "created_at"}).json()
    assert [one["id"] for one in first["data"]] == ids[:0:-1]
    assert first["meta"]["result_count"] == 5 and first["meta"]["newest_id"] == ids[5]
    assert set(first["data"][0]) == {"id", "text", "edit_history_tweet_ids", "created_at"}
    page = {"max_results": "5", "pagination_token": first["meta"]["next_token"]}
    assert ada.call("GET", path, params=page).json()["data"][0]["id"] == ids[0]
    since = {"since_id": ids[3], "until_id": ids[5]}
    assert [one["id"] for one in ada.call("GET", path, params=since).json()["data"]] == [ids[4]]


def test_a_start_time_leaves_out_what_is_older(ada: Caller) -> None:
    path = f"/2/users/{ada.id}/tweets"
    ada.id_of(f"Now {time.time_ns()}")
    later = (datetime.now(UTC) + timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ada.call("GET", path, params={"start_time": later}).json() == {"meta": {"result_count": 0}}
    assert ada.call("GET", path, params={"end_time": later}).json()["meta"]["result_count"] > 0


def test_anybodys_posts_can_be_read(ada: Caller) -> None:
    told = ada.call("GET", f"/2/users/{COMPANY.id}/tweets").json()
    assert told["meta"]["result_count"] == 2 and "&amp; early risers" in told["data"][0]["text"]
    nobody = ada.call("GET", "/2/users/5/tweets").json()
    assert nobody["errors"][0]["title"] == "Not Found Error" and "data" not in nobody


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("max_results=4", "is not between 5 and 100"),
        ("max_results=101", "is not between 5 and 100"),
        ("max_results=ten", "is not between 5 and 100"),
        ("start_time=2026-11-25", "is not a valid RFC3339 date-time"),
        ("start_time=2026-11-25T10:00:00", "is not a valid RFC3339 date-time"),
        ("start_time=2026-13-25T10:00:00Z", "is not a valid RFC3339 date-time"),
        ("tweet.fields=created_at,likes", "[likes] is not one of"),
        ("tweet.fields=", "[] is not one of"),
        ("since_id=x", "does not match"),
        ("pagination_token=x", "is not valid"),
        ("count=5", "The query parameter [count] is not one of"),
        ("max_results=5&max_results=6", "more than once"),
    ],
)
def test_a_wrong_query_is_refused(ada: Caller, query: str, words: str) -> None:
    assert words in message(ada.call("GET", f"/2/users/{COMPANY.id}/tweets?{query}"))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "can not be empty"),
        ("ids=", "can not be empty"),
        ("ids=1,x", "does not match"),
        ("ids=1,", "does not match"),
        ("ids=" + ",".join(map(str, range(1, 102))), "more than 100"),
        ("ids=1&expansions=author_id", "The query parameter [expansions] is not one of"),
    ],
)
def test_a_wrong_lookup_is_refused(ada: Caller, query: str, words: str) -> None:
    assert words in message(ada.call("GET", f"/2/tweets?{query}"))


def test_what_is_not_there_is_told_beside_what_is(ada: Caller) -> None:
    told = ada.look_up(COMPANYS, "5")
    assert [one["id"] for one in told["data"]] == [COMPANYS]
    assert told["errors"][0]["resource_id"] == "5" and told["errors"][0]["parameter"] == "ids"
    assert "data" not in ada.look_up("5")


def test_figures_are_public_and_some_the_authors_own(ada: Caller, carl: Caller) -> None:
    one = ada.id_of(f"Figures {time.time_ns()}")
    for _ in range(3):
        ada.page(one)
    every = "public_metrics,non_public_metrics,organic_metrics"
    (mine,) = ada.look_up(one, fields=every)["data"]
    counts = (
        "retweet_count",
        "reply_count",
        "like_count",
        "quote_count",
        "bookmark_count",
        "impression_count",
    )
    assert set(mine["public_metrics"]) == set(counts) and mine["public_metrics"]["impression_count"] == 3
    assert mine["non_public_metrics"]["impression_count"] == 3 and "organic_metrics" in mine
    others = carl.look_up(one, fields=every)
    assert "non_public_metrics" not in others["data"][0] and "public_metrics" in others["data"][0]
    assert [error["field"] for error in others["errors"]] == ["non_public_metrics", "organic_metrics"]
    ada.network.clock.ahead = timedelta(days=30, minutes=1)
    late = Wayfarer(ada.network).connected().look_up(one, fields="non_public_metrics")
    assert late["errors"][0]["title"] == "Field Authorization Error"


def test_a_window_is_told_and_kept(ada: Caller) -> None:
    answers = [ada.call("DELETE", "/2/tweets/5") for _ in range(RATES["delete"][0] + 1)]
    first, last = answers[0].headers, answers[-1]
    assert (first["x-rate-limit-limit"], first["x-rate-limit-remaining"]) == ("50", "49")
    reset = int(first["x-rate-limit-reset"])
    assert 0 < reset - time.time() <= 900 and reset % 900 == 0
    problem = {
        "title": "Too Many Requests",
        "detail": "Too Many Requests",
        "type": "about:blank",
        "status": 429,
    }
    assert (last.status_code, last.json()) == (429, problem)
    assert last.headers["x-rate-limit-remaining"] == "0" and "Retry-After" not in last.headers
    assert ada.call("GET", "/2/users/me").headers["x-rate-limit-remaining"] == "74"
    ada.network.clock.ahead = timedelta(minutes=15)
    assert ada.call("DELETE", "/2/tweets/5").status_code == 404


def test_posts_have_their_days_too(ada: Caller, carl: Caller) -> None:
    headers = ada.post(f"Day {time.time_ns()}").headers
    assert (headers["x-rate-limit-limit"], headers["x-rate-limit-remaining"]) == ("100", "99")
    assert (headers["x-user-limit-24hour-limit"], headers["x-user-limit-24hour-remaining"]) == (
        "2400",
        "2399",
    )
    assert headers["x-app-limit-24hour-limit"] == "10000" and int(headers["x-user-limit-24hour-reset"]) > 0
    assert carl.post(f"Day {time.time_ns()}").headers["x-app-limit-24hour-remaining"] == "9998"
    assert "x-user-limit-24hour-limit" not in ada.call("GET", "/2/users/me").headers


@pytest.mark.parametrize(
    ("who", "budget"),
    [(lambda user: f"client-1 {user}", "user day"), (lambda user: "client-1", "app day")],
)
def test_a_days_posts_run_out(ada: Caller, who: Callable[[str], str], budget: str) -> None:
    assert ada.network.app is not None
    limits, at, whose = ada.network.app.extensions["practice"].limits, ada.network.clock(), who(ada.id)
    for _ in range(RATES[budget][0]):
        limits.spend(whose, budget, at)
    answer = ada.post(f"Too many {time.time_ns()}")
    assert answer.status_code == 429 and int(answer.headers["x-rate-limit-remaining"]) > 0


def test_users_and_apps_have_windows_of_their_own(ada: Caller, carl: Caller) -> None:
    for _ in range(76):
        last = ada.call("GET", "/2/users/me")
    assert last.status_code == 429
    assert carl.call("GET", "/2/users/me").status_code == 200
    other = Wayfarer(ada.network, client=CLIENTS[1]).connected()
    assert other.call("GET", "/2/users/me").status_code == 200
