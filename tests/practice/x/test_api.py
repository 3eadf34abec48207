"""Users and posts: what is published, what is refused, and what is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from advocacy.practice.x import rules
from advocacy.practice.x.drafts import TOO_LONG
from advocacy.practice.x.rules import COMPANY
from tests.practice.network import Network
from tests.practice.x.wayfarer import Caller, Wayfarer

COMPANYS = str(COMPANY.posts[0][0])
DUPLICATE = {
    "detail": "You are not allowed to create a Tweet with duplicate content.",
    "type": "about:blank",
    "title": "Forbidden",
    "status": 403,
}
UNAUTHORISED = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
FORBIDDEN = {
    "title": "Forbidden",
    "type": "about:blank",
    "status": 403,
    "detail": "You are not permitted to perform this action.",
}


def message(answer: requests.Response) -> str:
    """The first error of an invalid request."""
    body = answer.json()
    assert answer.status_code == 400 and body["title"] == "Invalid Request"
    assert body["type"].endswith("/problems/invalid-request")
    assert body["detail"] == "One or more parameters to your request was invalid."
    return str(body["errors"][0]["message"])


def test_a_user_is_told(ada: Caller) -> None:
    me = ada.call("GET", "/2/users/me").json()["data"]
    assert (set(me), me["username"], me["name"]) == ({"id", "name", "username"}, "ada", "Ada Lindqvist")
    assert rules.is_id(me["id"])
    asked = {"user.fields": "profile_image_url,verified_type,subscription_type,location"}
    more = ada.call("GET", "/2/users/me", params=asked).json()["data"]
    assert more["verified_type"] == "none" and more["profile_image_url"].endswith("/avatars/ada.svg")
    assert "location" not in more


def test_a_post_is_published_with_short_links(ada: Caller) -> None:
    answer = ada.post("Fish & chips <3 https://www.a.example/a-long-way-to-go?x=1 and test.com.")
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert set(data) == {"id", "text", "edit_history_tweet_ids"} and rules.is_id(data["id"])
    links = re.findall(r"https://t\.co/[A-Za-z0-9]{10}", data["text"])
    assert data["text"] == f"Fish &amp; chips &lt;3 {links[0]} and {links[1]}."
    (read,) = ada.look_up(data["id"], fields="entities,created_at,author_id")["data"]
    assert read["text"] == data["text"] and read["author_id"] == ada.id
    first, second = read["entities"]["urls"]
    assert first["url"] == links[0] == read["text"][first["start"] : first["end"]]
    assert first["expanded_url"] == "https://www.a.example/a-long-way-to-go?x=1"
    assert first["display_url"] == "a.example/a-long-way-to-…" and second["expanded_url"] == "http://test.com"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", read["created_at"])
    (call,) = ada.network.ledger("posts")
    assert (call["account"], call["app"], call["created"], call["status_id"]) == (
        "ada",
        "Advocacy",
        True,
        data["id"],
    )


def test_a_text_has_280_and_no_more(ada: Caller) -> None:
    assert ada.post("é" * 256 + " https://a.example/" + "x" * 90).status_code == 201
    assert message(ada.post("é" * 257 + " https://a.example/" + "x" * 90)) == TOO_LONG
    assert ada.post("日" * 140).status_code == 201 and message(ada.post("日" * 140 + ".")) == TOO_LONG
    assert ada.post("👨‍👩‍👧‍👦" * 140).status_code == 201


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "$.text: is required"),
        ({"text": ""}, "$.text: is required"),
        ({"text": " \n"}, "$.text: is required"),
        ([], "$: array found, object expected"),
        ("Hello", "$: string found, object expected"),
        ({"text": 5}, "$.text: integer found, string expected"),
        ({"text": None}, "$.text: null found, string expected"),
        ({"text": "\ud83d"}, "is not valid UTF-8"),
        ({"text": "a\0"}, "is not valid UTF-8"),
        ({"text": "a" * 10_001}, TOO_LONG),
        ({"text": "a", "quote_tweet_id": "9" * 19}, "does not match the regex pattern"),
        ({"text": "a", "status": "b"}, "$.status: is not defined in the schema"),
        ({"text": "a", "lang": "en"}, "does not allow additional properties"),
        ({"text": "a", "media": {}}, "$.media.media_ids: is missing"),
        ({"text": "a", "media": {"media_ids": "1"}}, "$.media.media_ids: string found, array expected"),
        ({"text": "a", "media": {"media_ids": []}}, "there must be between 1 and 4"),
        ({"text": "a", "media": {"media_ids": ["1", "2", "3", "4", "5"]}}, "there must be between 1 and 4"),
        ({"text": "a", "media": {"media_ids": [1]}}, "integer found, string expected"),
        ({"text": "a", "media": {"media_ids": ["x"]}}, "does not match the regex pattern"),
        ({"text": "a", "media": {"media_ids": ["1"], "alt": "x"}}, "$.media.alt: is not defined"),
        ({"text": "a", "media": {"media_ids": ["12345"]}}, "Your media IDs are invalid."),
        ({"text": "a", "made_with_ai": "yes"}, "$.made_with_ai: string found, boolean expected"),
        ({"text": "a", "paid_partnership": 1}, "$.paid_partnership: integer found, boolean expected"),
        ({"text": "a", "reply_settings": "everyone"}, "does not have a value in the enumeration"),
        ({"text": "a", "reply_settings": "nobody"}, "does not have a value in the enumeration"),
        ({"text": "a", "reply_settings": ["following"]}, "does not have a value in the enumeration"),
        ({"text": "a", "quote_tweet_id": 5}, "integer found, string expected"),
        ({"text": "a", "quote_tweet_id": "1" * 20}, "does not match the regex pattern"),
        ({"text": "a", "quote_tweet_id": "5"}, "does not exist"),
        ({"text": "a", "quote_tweet_id": COMPANYS, "media": {"media_ids": ["1"]}}, "mutually exclusive"),
        ({"quote_tweet_id": COMPANYS}, "$.text: is required"),
        ({"text": "a", "poll": {}}, "not played"),
    ],
)
def test_a_wrong_post_is_refused(ada: Caller, sent: Any, words: str) -> None:
    assert words in message(ada.send(sent))
    assert not [call for call in ada.network.ledger("posts") if call["created"]]


def test_a_post_is_json(ada: Caller) -> None:
    answer = ada.call("POST", "/2/tweets", data={"text": "a"})
    assert message(answer) == "Requests with bodies must have content-type of application/json."
    headers = {"Content-Type": "application/json"}
    assert "not valid JSON" in message(ada.call("POST", "/2/tweets", data="{", headers=headers))
    assert "[text]" in message(ada.send({"text": "a"}, params={"text": "b"}))


def test_the_same_text_twice_is_refused(ada: Caller, carl: Caller) -> None:
    words = f"Once {datetime.now(UTC)} https://a.example/x"
    first = ada.id_of(words)
    answer = ada.post(words)
    assert answer.status_code == 403 and answer.json() == DUPLICATE
    assert ada.post(words, quote_tweet_id=COMPANYS, paid_partnership=True).json() == DUPLICATE
    assert carl.post(words).status_code == 201
    assert ada.post(words + "!").status_code == 201
    ada.call("DELETE", f"/2/tweets/{first}")
    assert ada.post(words).status_code == 201
    ada.network.clock.ahead = timedelta(hours=25)
    late = Wayfarer(ada.network).connected()
    assert late.call("DELETE", f"/2/tweets/{late.id_of(words)}").status_code == 200


def test_the_companys_post_is_quoted(ada: Caller) -> None:
    before = ada.look_up(COMPANYS, fields="public_metrics")["data"][0]["public_metrics"]["quote_count"]
    one = ada.id_of("Look at this", quote_tweet_id=COMPANYS)
    (read,) = ada.look_up(one, fields="referenced_tweets,entities")["data"]
    assert read["referenced_tweets"] == [{"type": "quoted", "id": COMPANYS}]
    assert read["entities"]["urls"][0]["expanded_url"].endswith(f"/status/{COMPANYS}")
    after = ada.look_up(COMPANYS, fields="public_metrics")["data"][0]["public_metrics"]["quote_count"]
    assert after == before + 1


def test_marks_of_a_post_are_kept(ada: Caller) -> None:
    one = ada.id_of("Paid", paid_partnership=True, made_with_ai=True, reply_settings="following")
    (read,) = ada.look_up(one, fields="paid_partnership,made_with_ai,reply_settings")["data"]
    assert read["paid_partnership"] is read["made_with_ai"] is True and read["reply_settings"] == "following"
    plain = ada.look_up(ada.id_of("Plain"), fields="paid_partnership,made_with_ai")["data"][0]
    assert plain["paid_partnership"] is plain["made_with_ai"] is False


def test_a_post_is_deleted(ada: Caller, carl: Caller) -> None:
    one = ada.id_of("Gone")
    assert carl.call("DELETE", f"/2/tweets/{one}").status_code == 403
    assert ada.call("DELETE", f"/2/tweets/{COMPANYS}").status_code == 403
    answer = ada.call("DELETE", f"/2/tweets/{one}")
    assert (answer.status_code, answer.json()) == (200, {"data": {"deleted": True}})
    assert ada.page(one).status_code == 404
    again = ada.call("DELETE", f"/2/tweets/{one}")
    assert again.status_code == 404 and again.json()["type"].endswith("/problems/resource-not-found")
    assert "does not match" in message(ada.call("DELETE", "/2/tweets/x1"))


@pytest.mark.parametrize(
    ("method", "path", "needed", "sent"),
    [
        ("GET", "/2/users/me", "tweet.read users.read", None),
        ("GET", "/2/users/1/tweets", "tweet.read users.read", None),
        ("GET", "/2/tweets?ids=1", "tweet.read users.read", None),
        ("POST", "/2/tweets", "tweet.read tweet.write users.read", {"text": "No scope"}),
        ("DELETE", "/2/tweets/1", "tweet.read tweet.write users.read", None),
        ("POST", "/2/media/upload", "media.write", None),
        ("POST", "/2/media/metadata", "media.write", {}),
    ],
)
def test_calls_need_their_scopes(network: Network, method: str, path: str, needed: str, sent: Any) -> None:
    every = ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"]
    for missing in needed.split():
        caller = Wayfarer(network).connected(scope=" ".join(one for one in every if one != missing))
        answer = caller.call(method, path, json=sent)
        assert (answer.status_code, answer.json()) == (403, FORBIDDEN), missing
    network.fresh()
    assert Wayfarer(network).connected(scope=needed).call(method, path, json=sent).status_code != 403


def test_calls_need_a_token(ada: Caller) -> None:
    for path in ("/2/users/me", "/2/tweets?ids=1", "/2/users/1/tweets"):
        for token in (None, "unknown"):
            answer = Caller(ada.network, token).call("GET", path)
            assert (answer.status_code, answer.json()) == (401, UNAUTHORISED)
        basic = requests.get(ada.network.url + path, auth=("client-1", "secret-1"), timeout=5)
        assert basic.status_code == 403 and basic.json()["title"] == "Unsupported Authentication"
    assert Caller(ada.network, None).post("Nobody").json() == UNAUTHORISED
    assert ada.call("GET", "/2/nothing").json()["status"] == 404
