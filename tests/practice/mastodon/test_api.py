"""Posting, pictures and limits: what is right works, and each thing that is wrong is refused."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import requests
from PIL import Image

from tests.practice.mastodon.wayfarer import Caller, Wayfarer
from tests.practice.network import Network, picture


def test_a_post_has_the_documented_shape(ada: Caller) -> None:
    text = "Hello <b>you</b>\nhttps://a.example/x?a=1&b=2 #WorksAtNordlys\n\nBye"
    answer = ada.post(text, language="fr", visibility="unlisted")
    post = answer.json()
    assert answer.status_code == 200 and re.fullmatch(r"\d+", post["id"])
    assert post["url"] == f"{ada.network.url}/@ada/{post['id']}"
    assert (post["language"], post["visibility"], post["application"]["name"]) == (
        "fr",
        "unlisted",
        "Advocacy",
    )
    assert "&lt;b&gt;" in post["content"] and "<b>" not in post["content"]
    assert 'href="https://a.example/x?a=1&amp;b=2"' in post["content"] and post["content"].count("<p>") == 2
    assert post["tags"][0]["name"] == "worksatnordlys" and post["card"]["url"].startswith(
        "https://a.example/x"
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", post["created_at"])
    assert ada.call("GET", f"/api/v1/statuses/{post['id']}").json()["id"] == post["id"]
    assert requests.get(post["url"], timeout=5).status_code == 200


def test_a_form_posts_as_well_as_json(ada: Caller) -> None:
    media = ada.upload().json()["id"]
    sent = {"status": "By form", "media_ids[]": [media], "sensitive": "true"}
    post = ada.call("POST", "/api/v1/statuses", data=sent).json()
    assert post["sensitive"] is True and post["media_attachments"][0]["id"] == media


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"status": "x" * 501}, "Validation failed: Text character limit of 500 exceeded"),
        ({"status": "x" * 478 + " https://a.b"}, "Validation failed: Text character limit of 500 exceeded"),
        (
            {"status": "x" * 400, "spoiler_text": "y" * 101},
            "Validation failed: Text character limit of 500 exceeded",
        ),
        ({"status": "  "}, "Validation failed: Text can't be blank"),
        (
            {"status": "x", "visibility": "secret"},
            "Validation failed: Visibility is not included in the list",
        ),
        ({"status": "x", "media_ids": list("12345")}, "Cannot attach more than 4 files"),
        ({"status": "x", "media_ids": ["7"]}, "Media 7 not found or already attached to another post"),
        ({"status": "x", "media_ids": ["x"]}, "Media x not found or already attached to another post"),
        ({"status": "x", "media_ids": "7"}, "Validation failed: media_ids must be an array"),
    ],
)
def test_a_wrong_post_is_refused(ada: Caller, sent: dict[str, Any], error: str) -> None:
    before = len(ada.posts())
    answer = ada.call("POST", "/api/v1/statuses", json=sent)
    assert (answer.status_code, answer.json()) == (422, {"error": error})
    assert len(ada.posts()) == before


def test_the_limit_itself_is_allowed(ada: Caller) -> None:
    long_link = "https://a.example/" + "y" * 400
    assert ada.post("x" * 476 + " " + long_link).status_code == 200


def test_a_key_makes_one_post(ada: Caller) -> None:
    first, second = ada.post("Once", key="k-1"), ada.post("Once again", key="k-1")
    assert first.json()["id"] == second.json()["id"] and second.json()["content"] == "<p>Once</p>"
    assert [c["created"] for c in ada.network.ledger("statuses")] == [True, False]
    assert {c["idempotency_key"] for c in ada.network.ledger()} == {"k-1"}


def test_keys_are_each_accounts_own(ada: Caller) -> None:
    carl = Wayfarer(ada.network, "carl").connected()
    assert ada.post("A", key="k-own").json()["id"] != carl.post("A", key="k-own").json()["id"]


def test_a_key_is_forgotten_after_an_hour(ada: Caller) -> None:
    first = ada.post("Old", key="k-old").json()["id"]
    ada.network.clock.ahead = timedelta(minutes=59)
    assert ada.post("Old", key="k-old").json()["id"] == first
    ada.network.clock.ahead = timedelta(minutes=61)
    assert ada.post("Old", key="k-old").json()["id"] != first


def test_a_key_whose_post_is_gone_is_not_found(ada: Caller) -> None:
    first = ada.post("Gone", key="k-gone").json()["id"]
    ada.call("DELETE", f"/api/v1/statuses/{first}")
    assert ada.post("Gone", key="k-gone").status_code == 404


def test_a_refused_post_leaves_its_key_free(ada: Caller) -> None:
    assert ada.post("x" * 501, key="k-free").status_code == 422
    assert ada.post("Short", key="k-free").status_code == 200


def test_eight_at_once_with_one_key_make_one_post(ada: Caller) -> None:
    ids: list[str] = []
    start = threading.Barrier(8)

    def send() -> None:
        start.wait()
        ids.append(ada.post("Together", key="k-race").json()["id"])

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8 and len(set(ids)) == 1
    assert sum(c["created"] for c in ada.network.ledger("statuses")) == 1


def test_deleting_gives_the_source_back_and_frees_the_pictures(ada: Caller) -> None:
    media = ada.upload().json()["id"]
    post = ada.post("Mine <3", media_ids=[media]).json()["id"]
    assert ada.call("GET", f"/api/v1/media/{media}").status_code == 404
    assert ada.call("DELETE", f"/api/v1/statuses/{post}").json()["text"] == "Mine <3"
    assert ada.call("GET", f"/api/v1/media/{media}").status_code == 200
    for method in ("DELETE", "GET"):
        gone = ada.call(method, f"/api/v1/statuses/{post}")
        assert (gone.status_code, gone.json()) == (404, {"error": "Record not found"})


def test_nobody_deletes_or_attaches_what_is_anothers(ada: Caller) -> None:
    carl = Wayfarer(ada.network, "carl").connected()
    post, media = ada.post("Ada's").json()["id"], ada.upload().json()["id"]
    assert carl.call("DELETE", f"/api/v1/statuses/{post}").status_code == 404
    assert carl.call("GET", f"/api/v1/media/{media}").status_code == 404
    assert carl.post("Mine", media_ids=[media]).status_code == 422


def test_private_posts_are_seen_by_their_author_alone(ada: Caller) -> None:
    post = ada.post("Secret", visibility="private").json()
    nobody, carl = Caller(ada.network, None), Wayfarer(ada.network, "carl").connected()
    path = f"/api/v1/statuses/{post['id']}"
    assert [who.call("GET", path).status_code for who in (ada, nobody, carl)] == [200, 404, 404]
    assert requests.get(post["url"], timeout=5).status_code == 404
    listed = f"/api/v1/accounts/{post['account']['id']}/statuses"
    assert post["id"] not in [p["id"] for p in nobody.call("GET", listed).json()]
    assert post["id"] in [p["id"] for p in ada.call("GET", listed).json()]


def test_lists_are_paged(ada: Caller) -> None:
    ids = [ada.post(f"Page {n}").json()["id"] for n in range(3)]
    page = ada.call("GET", "/api/v1/timelines/public", params={"limit": 2}).json()
    assert [p["id"] for p in page] == [ids[2], ids[1]]
    older = ada.call("GET", "/api/v1/timelines/public", params={"max_id": ids[1], "limit": 1}).json()
    assert older[0]["id"] == ids[0]


def test_accounts_are_looked_up(ada: Caller) -> None:
    found = ada.call("GET", "/api/v1/accounts/lookup", params={"acct": "@ada"}).json()
    assert found["display_name"] == "Ada Lindqvist"
    assert ada.call("GET", f"/api/v1/accounts/{found['id']}").json()["acct"] == "ada"
    for name in ("nobody", "ada@elsewhere.example"):
        assert ada.call("GET", "/api/v1/accounts/lookup", params={"acct": name}).status_code == 404


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("nonsense", 401)])
def test_without_a_good_token_nothing_is_done(network: Network, token: str | None, status: int) -> None:
    answer = Caller(network, token).post()
    assert (answer.status_code, answer.json()) == (status, {"error": "The access token is invalid"})


def test_what_lies_outside_the_scopes_is_forbidden(network: Network) -> None:
    caller = Wayfarer(network, scopes="read:statuses").connected()
    for method, path in (
        ("POST", "/api/v1/statuses"),
        ("POST", "/api/v2/media"),
        ("DELETE", "/api/v1/statuses/1"),
        ("GET", "/api/v1/accounts/verify_credentials"),
    ):
        answer = caller.call(method, path)
        assert (answer.status_code, answer.json()) == (
            403,
            {"error": "This action is outside the authorized scopes"},
        )


def test_a_picture_is_ready_at_once_and_can_be_described(ada: Caller) -> None:
    answer = ada.upload(picture(1600, 900), "A blue wall")
    media = answer.json()
    assert answer.status_code == 200 and media["type"] == "image" and media["description"] == "A blue wall"
    assert media["meta"]["original"]["size"] == "1600x900" and len(media["blurhash"]) == 6
    assert requests.get(media["url"], timeout=5).headers["Content-Type"] == "image/png"
    small = Image.open(BytesIO(requests.get(media["preview_url"], timeout=5).content))
    assert small.width * small.height <= 231_000
    changed = ada.call("PUT", f"/api/v1/media/{media['id']}", json={"description": "A wall"}).json()
    assert changed["description"] == "A wall"
    too_long = ada.call("PUT", f"/api/v1/media/{media['id']}", json={"description": "x" * 1501})
    assert too_long.status_code == 422


def _too_many_pixels() -> bytes:
    buffer = BytesIO()
    Image.new("1", (8000, 5000)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "Validation failed: File can't be blank"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "File content type is invalid"),
        (picture()[:60], "File content type is invalid"),
        (b"x" * (16 * 1024 * 1024 + 1), "File must be less than 16 MB"),
        (_too_many_pixels(), "8000x5000 images are not supported"),
    ],
)
def test_a_wrong_picture_is_refused(ada: Caller, data: bytes, error: str) -> None:
    answer = ada.upload(data)
    assert answer.status_code == 422 and error in answer.json()["error"]


def test_a_picture_hangs_on_one_post_only(ada: Caller) -> None:
    media = ada.upload().json()["id"]
    assert ada.post("", media_ids=[media]).status_code == 200
    again = ada.post("Again", media_ids=[media])
    assert again.json() == {"error": f"Media {media} not found or already attached to another post"}


def test_rates_are_told_and_kept(ada: Caller) -> None:
    ada.network.clock.ahead = timedelta(hours=2)
    first = ada.upload()
    assert first.headers["X-RateLimit-Limit"] == "30" and first.headers["X-RateLimit-Remaining"] == "29"
    reset = datetime.fromisoformat(first.headers["X-RateLimit-Reset"].replace("Z", "+00:00"))
    assert timedelta() < reset - (datetime.now(UTC) + timedelta(hours=2)) <= timedelta(minutes=30)
    for _ in range(29):
        assert ada.upload().status_code == 200
    refused = ada.upload()
    assert (refused.status_code, refused.json()) == (429, {"error": "Too many requests"})
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert ada.post("Still allowed").headers["X-RateLimit-Limit"] == "300"
    ada.network.clock.ahead = timedelta(hours=3)
    assert ada.upload().status_code == 200


def test_both_instance_entities_tell_the_limits(network: Network) -> None:
    for version in ("v1", "v2"):
        said = requests.get(f"{network.url}/api/{version}/instance", timeout=5).json()["configuration"]
        assert said["statuses"] == {
            "max_characters": 500,
            "max_media_attachments": 4,
            "characters_reserved_per_url": 23,
        }
        assert "image/png" in said["media_attachments"]["supported_mime_types"]


def test_the_ledger_holds_no_secret(ada: Caller) -> None:
    ada.post("Seen", key="k-seen")
    text = requests.get(f"{ada.network.url}/ledger.json", timeout=5).text
    assert ada.token and ada.token not in text
    call = ada.network.ledger()[-1]
    assert (call["account"], call["app"], call["status"], call["fault"]) == ("ada", "Advocacy", 200, None)
    since = requests.get(f"{ada.network.url}/ledger.json?since={call['id']}", timeout=5).json()
    assert since == {"calls": []}
