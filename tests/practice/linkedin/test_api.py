"""Posts: what is right is published, and each thing that is wrong is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from advocacy.practice.linkedin.rules import COMPANY
from tests.practice.linkedin.wayfarer import Caller, Wayfarer
from tests.practice.network import CLIENTS, Network

HOUR = timedelta(hours=1)
COMPANYS = f"urn:li:share:{COMPANY.posts[0][0]}"
ARTICLE = {"source": "https://a.example/new-office", "title": "A new office", "description": "It is warm"}


def test_a_post_is_created_without_a_body_and_named_in_a_header(ada: Caller) -> None:
    answer = ada.post("Good news")
    assert (answer.status_code, answer.content) == (201, b"")
    urn = answer.headers["x-restli-id"]
    assert urn.startswith("urn:li:share:7") and len(urn.rpartition(":")[2]) == 19
    assert "Good news" in ada.page(urn).text
    assert not [name for name in answer.headers if "rate" in name.lower()]
    call = ada.network.ledger("posts")[-1]
    assert (call["account"], call["app"], call["status"]) == ("ada", "Advocacy", 201)
    assert (call["created"], call["status_id"], call["published"]) == (True, urn, None)


def test_an_unescaped_text_is_cut_short_although_the_answer_is_the_same(ada: Caller) -> None:
    urn = ada.urn_of("We won (again) and are proud")
    page = ada.page(urn).text
    assert "We won" in page and "again" not in page and "cut this text short" in page
    call = ada.network.ledger("posts")[-1]
    assert (call["status"], call["created"], call["published"]) == (201, True, "We won ")


MISSING = [
    ({name: ...}, f"/{name}")
    for name in ("author", "commentary", "visibility", "distribution", "lifecycleState")
]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        *MISSING,
        ({"text": "x"}, "/text"),
        ({"commentary": None}, "/commentary"),
        ({"commentary": 7}, "/commentary"),
        ({"visibility": "EVERYBODY"}, "/visibility"),
        ({"lifecycleState": "published"}, "/lifecycleState"),
        ({"isReshareDisabledByAuthor": "false"}, "/isReshareDisabledByAuthor"),
        ({"distribution": "MAIN_FEED"}, "/distribution"),
        ({"distribution": {}}, "/distribution/feedDistribution"),
        ({"distribution": {"feedDistribution": "ALL"}}, "/distribution/feedDistribution"),
        ({"distribution": {"feedDistribution": "NONE", "targetEnties": []}}, "/distribution/targetEnties"),
        ({"content": {}}, "/content"),
        ({"content": None}, "/content"),
        ({"content": {"article": ARTICLE, "media": {"id": "urn:li:image:x"}}}, "/content"),
        ({"content": {"article": {"source": "https://a.example"}}}, "/content/article/title"),
        ({"content": {"article": {"title": "No link"}}}, "/content/article/source"),
        ({"content": {"article": ARTICLE | {"image": "x"}}}, "/content/article/image"),
        ({"content": {"media": {"altText": "x"}}}, "/content/media/id"),
        ({"content": {"multiImage": {"images": {}}}}, "/content/multiImage/images"),
        ({"content": {"multiImage": {"images": [{"altText": "x"}]}}}, "/content/multiImage/images/0/id"),
        ({"reshareContext": {}}, "/reshareContext/parent"),
    ],
)
def test_a_field_that_does_not_belong_is_named(ada: Caller, wrong: dict[str, Any], path: str) -> None:
    draft = {name: value for name, value in (ada.draft() | wrong).items() if value is not ...}
    answer = ada.send(draft)
    assert answer.status_code == 422 and answer.json()["status"] == 422
    assert answer.json()["message"].startswith(f"ERROR :: {path} :: ")
    assert ada.network.ledger("posts")[-1]["created"] is False


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"lifecycleState": "DRAFT"}, "INVALID_VALUE"),
        ({"visibility": "CONTAINER"}, "INVALID_VALUE"),
        ({"commentary": "  "}, "MISSING_FIELD"),
        ({"commentary": "x" * 3001}, "FIELD_LENGTH_TOO_LONG"),
        ({"commentary": "x(" + "y" * 2999}, "FIELD_LENGTH_TOO_LONG"),
        ({"content": {"article": ARTICLE | {"title": " "}}}, "MISSING_FIELD"),
        ({"content": {"article": ARTICLE | {"title": "x" * 401}}}, "FIELD_LENGTH_TOO_LONG"),
        ({"content": {"article": ARTICLE | {"source": "a.example"}}}, "INVALID_URL"),
        ({"content": {"article": ARTICLE | {"thumbnail": "urn:li:image:none"}}}, "INVALID_URN"),
        ({"content": {"article": ARTICLE | {"thumbnail": "https://a.example/a.png"}}}, "INVALID_URN"),
        ({"content": {"media": {"id": "urn:li:image:none"}}}, "INVALID_URN"),
        ({"content": {"media": {"id": "urn:li:video:C5"}}}, "INVALID_URN"),
        ({"content": {"media": {"id": "x", "altText": "x" * 4087}}}, "FIELD_LENGTH_TOO_LONG"),
        ({"content": {"article": ARTICLE}, "reshareContext": {"parent": COMPANYS}}, "INVALID_VALUE"),
        ({"reshareContext": {"parent": "urn:li:share:1"}}, "INVALID_URN"),
        ({"reshareContext": {"parent": COMPANYS.replace("share", "ugcPost")}}, "INVALID_URN"),
    ],
)
def test_a_post_that_cannot_be_is_refused(ada: Caller, wrong: dict[str, Any], code: str) -> None:
    answer = ada.send(ada.draft() | wrong)
    assert answer.status_code in (400, 422)
    assert answer.json()["errorDetails"]["inputErrors"][0]["code"] == code


def test_three_thousand_characters_without_the_escapes_are_allowed(ada: Caller) -> None:
    assert ada.post(r"\(" * 2999 + "!").status_code == 201
    assert ada.post("👍" * 1501).status_code == 422


@pytest.mark.parametrize("author", ["urn:li:person:someone", "ada", COMPANY.urn])
def test_only_the_member_may_be_the_author(ada: Caller, author: str) -> None:
    answer = ada.post("Hello", author=author)
    assert (answer.status_code, answer.json()["serviceErrorCode"]) == (403, 100)
    assert answer.json()["message"].endswith("processing fields [/author]")


def test_posting_needs_its_scope(network: Network) -> None:
    caller = Wayfarer(network, "carl", CLIENTS[1]).connected(scope="openid profile")
    answer = caller.post()
    assert (answer.status_code, answer.json()["code"]) == (403, "ACCESS_DENIED")
    assert answer.json()["message"] == "Not enough permissions to access: posts.CREATE.20260701"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": None}, 401, "EMPTY_ACCESS_TOKEN"),
        ({"Authorization": "Basic YTpi"}, 401, "INVALID_ACCESS_TOKEN"),
        ({"Authorization": "Bearer nonsense"}, 401, "INVALID_ACCESS_TOKEN"),
        ({"LinkedIn-Version": None}, 400, "VERSION_MISSING"),
        ({"LinkedIn-Version": "202411"}, 426, "NONEXISTENT_VERSION"),
        ({"LinkedIn-Version": "209901"}, 426, "NONEXISTENT_VERSION"),
        ({"LinkedIn-Version": "20260701"}, 426, "NONEXISTENT_VERSION"),
        ({"X-Restli-Protocol-Version": None}, 400, None),
        ({"X-Restli-Protocol-Version": "1.0.0"}, 400, None),
        ({"X-RestLi-Method": "PARTIAL_UPDATE"}, 400, None),
    ],
)
def test_every_header_is_demanded(
    ada: Caller, headers: dict[str, Any], status: int, code: str | None
) -> None:
    answer = ada.send(ada.draft(), headers=headers)
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert answer.json()["status"] == status and answer.json()["message"]


def test_a_sunset_version_is_named_with_its_day(ada: Caller) -> None:
    answer = ada.send(ada.draft(), headers={"LinkedIn-Version": "202411"})
    words = "Requested version 20241101 is not active"
    assert answer.json() == {"message": words, "code": "NONEXISTENT_VERSION", "status": 426}


def test_a_post_must_be_json(ada: Caller) -> None:
    headers = {"Content-Type": "application/json"}
    assert ada.call("POST", "/rest/posts", data=ada.draft()).status_code == 415
    assert ada.call("POST", "/rest/posts", data="{", headers=headers).status_code == 400
    assert ada.send([ada.draft()]).status_code == 422
    assert ada.call("POST", "/rest/posts?dry=1", json=ada.draft()).status_code == 400


def test_the_same_post_again_is_refused_and_the_first_is_named(ada: Caller) -> None:
    urn = ada.urn_of("Only once")
    answer = ada.post("Only once")
    assert answer.status_code == 422 and "x-restli-id" not in answer.headers
    prefix = "com.linkedin.content.common.exception.BadRequestResponseException: "
    assert answer.json() == {
        "errorDetailType": "com.linkedin.common.error.BadRequest",
        "message": f"{prefix}Content is a duplicate of {urn}",
        "errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST"}]},
        "status": 422,
    }
    call = ada.network.ledger("posts")[-1]
    assert (call["created"], call["status_id"]) == (False, urn)
    assert ada.post("Only once", visibility="CONNECTIONS").status_code == 201
    assert ada.post("Only once!").status_code == 201


def test_a_duplicate_is_one_for_a_day_and_each_authors_own(ada: Caller, carl: Caller) -> None:
    ada.urn_of("Daily")
    assert carl.post("Daily").status_code == 201
    ada.network.clock.ahead = 24 * HOUR - timedelta(minutes=1)
    assert ada.post("Daily").status_code == 422
    ada.network.clock.ahead = 24 * HOUR
    assert ada.post("Daily").status_code == 201


def test_a_deleted_post_still_blocks_the_same_as_a_ghost(ada: Caller) -> None:
    urn = ada.urn_of("Ghost")
    assert ada.at_post("DELETE", urn).status_code == 204
    answer = ada.post("Ghost")
    assert answer.status_code == 422 and answer.json()["message"].endswith(urn)
    assert ada.page(urn).status_code == 404


def test_deleting_is_idempotent_and_for_ones_own_posts(ada: Caller, carl: Caller) -> None:
    urn = ada.urn_of("Away with it")
    assert carl.at_post("DELETE", urn).status_code == 403
    for headers in ({}, {"X-RestLi-Method": "DELETE"}):
        answer = ada.at_post("DELETE", urn, headers=headers)
        assert (answer.status_code, answer.content) == (204, b"")
    assert ada.at_post("DELETE", urn, headers={"X-RestLi-Method": "CREATE"}).status_code == 400
    assert ada.at_post("DELETE", "urn:li:share:1").status_code == 404
    assert ada.at_post("DELETE", "urn:li:activity:1").status_code == 400
    assert ada.call("DELETE", f"/rest/posts/{urn}").json()["message"] == "Syntax exception in path variables"
    assert ada.network.ledger("delete")[-1]["account"] == "ada"


def patch(commentary: Any) -> dict[str, Any]:
    return {"patch": {"$set": {"commentary": commentary}}}


def test_a_text_is_changed_by_a_partial_update(ada: Caller, carl: Caller) -> None:
    urn, headers = ada.urn_of("Frist"), {"X-RestLi-Method": "PARTIAL_UPDATE"}
    assert ada.at_post("POST", urn, json=patch("First"), headers=headers).status_code == 204
    assert "First" in ada.page(urn).text and "Edited" in ada.page(urn).text
    assert ada.at_post("POST", urn, json=patch("x")).status_code == 400
    assert carl.at_post("POST", urn, json=patch("x"), headers=headers).status_code == 403
    assert ada.at_post("POST", "urn:li:share:1", json=patch("x"), headers=headers).status_code == 404
    for wrong in (
        {"commentary": "x"},
        patch(7),
        {"patch": {"$set": {"visibility": "PUBLIC"}}},
        patch("x" * 3001),
    ):
        assert ada.at_post("POST", urn, json=wrong, headers=headers).status_code == 422
    ada.at_post("POST", urn, json=patch("Cut (off)"), headers=headers)
    assert ada.network.ledger("edit")[-1]["published"] == "Cut "
    ada.at_post("DELETE", urn)
    assert ada.at_post("POST", urn, json=patch("x"), headers=headers).status_code == 404


def test_reading_needs_a_scope_that_nobody_has(ada: Caller) -> None:
    assert ada.at_post("GET", ada.urn_of("Unread")).status_code == 403
    assert ada.call("GET", "/rest/images/urn%3Ali%3Aimage%3Ax").status_code == 403


def test_a_companys_post_is_reshared(ada: Caller) -> None:
    urn = ada.urn_of("Proud of this", reshareContext={"parent": COMPANYS})
    page = ada.page(urn).text
    assert "Proud of this" in page and "Nordlys Group" in page and "Troms" in page
    silent = ada.page(ada.urn_of("", reshareContext={"parent": COMPANYS})).text
    assert "reposted this" in silent and "Troms" in silent


def test_a_post_that_is_closed_or_not_public_cannot_be_reshared(ada: Caller, carl: Caller) -> None:
    for more in ({"isReshareDisabledByAuthor": True}, {"visibility": "CONNECTIONS"}):
        urn = ada.urn_of("Keep it here", **more)
        answer = carl.post("Look", reshareContext={"parent": urn})
        assert answer.json()["errorDetails"]["inputErrors"][0]["code"] == "RESHARE_NOT_ALLOWED"
    urn = ada.urn_of("Soon gone")
    ada.at_post("DELETE", urn)
    assert carl.post("Look", reshareContext={"parent": urn}).status_code == 422


def test_a_members_day_has_its_limit_until_midnight_utc(ada: Caller, carl: Caller) -> None:
    codes = [ada.at_post("DELETE", "urn:li:share:1").status_code for _ in range(151)]
    assert codes[:150] == [404] * 150 and codes[150] == 429
    answer = ada.post("Too much")
    assert answer.json() == {
        "message": "Resource level throttle APPLICATION_AND_MEMBER DAY limit for calls to this resource is reached.",
        "serviceErrorCode": 101,
        "code": "TOO_MANY_REQUESTS",
        "status": 429,
    }
    assert not [name for name in answer.headers if "rate" in name.lower() or name == "Retry-After"]
    assert carl.post("Still fine").status_code == 201
    ada.network.clock.ahead = 24 * HOUR
    assert ada.post("A new day").status_code == 201
