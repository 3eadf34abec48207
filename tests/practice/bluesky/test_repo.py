"""Records and files in a repository."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from advocacy.practice.bluesky import rules
from tests.practice.bluesky.test_oauth import says
from tests.practice.bluesky.wayfarer import POST, Caller, text, tid
from tests.practice.network import picture

OTHER = "bafyreigq4zsipbk5w3uqkbmkpmxn4gmp4eaqtmwetsmcnrjhbgkz4q3mmm"


def create(caller: Caller, **more: Any) -> requests.Response:
    sent = {"repo": caller.did, "collection": POST, "record": text(), **more}
    return caller.procedure("com.atproto.repo.createRecord", sent)


def delete(caller: Caller, rkey: str, **more: Any) -> requests.Response:
    sent = {"repo": caller.did, "collection": POST, "rkey": rkey, **more}
    return caller.procedure("com.atproto.repo.deleteRecord", sent)


def test_a_record_put_again_is_the_same_and_makes_no_commit(ada: Caller) -> None:
    rkey = tid()
    first, again = ada.put(rkey=rkey), ada.put(rkey=rkey)
    assert first.status_code == again.status_code == 200
    one, other = first.json(), again.json()
    assert one["uri"] == other["uri"] == f"at://{ada.did}/{POST}/{rkey}"
    assert one["cid"] == other["cid"] == "bafyreifhvc253klrmaaxbu23dghvohafegv3fgvjvwi457mkmlecsasvri"
    assert set(one["commit"]) == {"cid", "rev"} and "commit" not in other
    assert one["validationStatus"] == other["validationStatus"] == "valid"
    calls = ada.network.ledger("publish")
    done = [(c["created"], c["status_id"]) for c in calls if c["status"] == 200]
    assert done == [(True, rkey), (False, rkey)] and {c["idempotency_key"] for c in calls} == {rkey}


def test_another_record_at_the_same_key_is_refused_where_none_was_expected(ada: Caller) -> None:
    rkey = tid()
    cid = ada.put(rkey=rkey).json()["cid"]
    says(ada.put(text("Other"), rkey), 400, "InvalidSwap", f"Record was at {cid}")
    says(ada.put(text("Other"), rkey, swapRecord=OTHER), 400, "InvalidSwap", f"Record was at {cid}")
    says(ada.put(swapRecord=OTHER), 400, "InvalidSwap", "Record was at null")
    says(ada.put(swapCommit=OTHER), 400, "InvalidSwap", "Commit was at ")
    changed = ada.put(text("Other"), rkey, swapRecord=cid)
    assert changed.status_code == 200 and changed.json()["cid"] != cid


def test_copies_at_once_make_one_post(ada: Caller) -> None:
    rkey, before = tid(), len(ada.posts())
    ada.put(rkey=rkey)
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: ada.put(rkey=rkey), range(5)))
    assert {answer.status_code for answer in answers} == {200} and len(ada.posts()) == before + 1


def test_a_key_that_is_taken_is_no_clean_conflict_for_create(ada: Caller) -> None:
    rkey = tid()
    assert create(ada, rkey=rkey).status_code == 200
    says(create(ada, rkey=rkey), 500, "InternalServerError")
    made = create(ada).json()
    assert rules.TID.fullmatch(made["uri"].rpartition("/")[2])


def test_revisions_only_grow(ada: Caller) -> None:
    revisions = [create(ada).json()["commit"]["rev"] for _ in range(3)]
    assert revisions == sorted(set(revisions))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"rkey": "self"}, 'Invalid record key for app.bsky.feed.post: Invalid TID string (got "self")'),
        ({"rkey": "a b"}, 'Invalid record key (got "a b") at $.rkey'),
        ({"rkey": ".."}, "Invalid record key"),
        ({"collection": "nope"}, 'Invalid NSID (got "nope") at $.collection'),
        ({"repo": "x y"}, 'Invalid AT identifier (got "x y") at $.repo'),
        ({"swapRecord": "nonsense"}, 'Invalid CID string (got "nonsense") at $.swapRecord'),
        ({"record": "x"}, 'Expected object value type (got "x") at $.record'),
        ({"record": {**text(), "$type": "app.bsky.feed.like"}}, "Invalid $type: expected app.bsky.feed.post"),
        ({"record": {**text(), "n": 1.5}}, "(got 1.5) at $.record.n"),
        ({"record": {"$type": POST, "text": "x"}}, 'Missing required key "createdAt" at $.record'),
        ({"record": text("x" * 301)}, "grapheme too big (maximum 300, got 301) at $.record.text"),
        ({"validate": "yes"}, "Expected boolean value type"),
        ({"swap_record": None}, 'Unknown key "swap_record" at $'),
    ],
)
def test_a_wrong_write_is_refused(ada: Caller, more: dict[str, Any], words: str) -> None:
    sent = {"repo": ada.did, "collection": POST, "rkey": tid(), "record": text(), **more}
    says(ada.procedure("com.atproto.repo.putRecord", sent), 400, "InvalidRequest", words)


@pytest.mark.parametrize("name", ["repo", "collection", "rkey", "record"])
def test_what_a_write_needs_must_be_there(ada: Caller, name: str) -> None:
    sent: dict[str, Any] = {"repo": ada.did, "collection": POST, "rkey": tid(), "record": text()}
    del sent[name]
    answer = ada.procedure("com.atproto.repo.putRecord", sent)
    says(answer, 400, "InvalidRequest", f'Missing required key "{name}" at $')


def test_a_write_is_json_by_the_persons_own_app(ada: Caller) -> None:
    path = "/xrpc/com.atproto.repo.putRecord"
    plain = ada.call("POST", path, data="{}", headers={"Content-Type": "text/plain"})
    says(plain, 400, "InvalidRequest", "Wrong request encoding (Content-Type): text/plain")
    says(ada.call("POST", path, data="{}"), 400, "InvalidRequest", "required but not provided")
    broken = ada.call("POST", path, data="{", headers={"Content-Type": "application/json"})
    says(broken, 400, "InvalidRequest")
    says(ada.put(repo=rules.did_of("carl")), 403, "AccountNotFound", "Account not found")
    says(requests.post(ada.network.url + path, json={}, timeout=5), 401, "AuthMissing")
    assert ada.put(repo="ada.practice.test").status_code == 200


def test_unchecked_and_unknown_records_are_taken_and_said_to_be(ada: Caller) -> None:
    assert "validationStatus" not in ada.put(text(5), validate=False).json()  # type: ignore[arg-type]
    thing: dict[str, Any] = {"collection": "com.example.thing", "record": {"a": 1}}
    assert ada.put(**thing).json()["validationStatus"] == "unknown"
    says(ada.put(**thing, validate=True), 400, "InvalidRequest", "Lexicon not found: com.example.thing")
    assert requests.get(ada.network.url, timeout=5).status_code == 200


def test_a_record_is_read_by_anybody(ada: Caller) -> None:
    rkey = tid()
    put = ada.put(text("Read me", langs=["en"]), rkey).json()
    where = {"repo": "ada.practice.test", "collection": POST, "rkey": rkey}
    found = ada.query("com.atproto.repo.getRecord", **where).json()
    assert found == {"uri": put["uri"], "cid": put["cid"], "value": text("Read me", langs=["en"])}
    assert ada.query("com.atproto.repo.getRecord", **where, cid=put["cid"]).status_code == 200
    says(ada.query("com.atproto.repo.getRecord", **where, cid=OTHER), 400, "RecordNotFound")
    where["rkey"] = tid()
    says(ada.query("com.atproto.repo.getRecord", **where), 400, "RecordNotFound", "Could not locate record")
    del where["repo"]
    says(ada.query("com.atproto.repo.getRecord", **where), 400, "InvalidRequest", '"repo"')
    nobody = ada.query("com.atproto.repo.getRecord", **where, repo="eve.practice.test")
    says(nobody, 400, "InvalidRequest", "Could not find repo: eve.practice.test")


def test_a_list_has_the_latest_first_and_goes_on_at_a_cursor(ada: Caller) -> None:
    keys = [tid() for _ in range(3)]
    for rkey in keys:
        ada.put(rkey=rkey)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = ada.query(
            "com.atproto.repo.listRecords", repo=ada.did, collection=POST, limit=1, **cursor
        ).json()
        seen += [one["uri"].rpartition("/")[2] for one in page["records"]]
        cursor = {"cursor": page["cursor"]}
    assert seen == keys[::-1]
    last = {"repo": ada.did, "collection": POST, "cursor": keys[1], "reverse": "true"}
    onward = ada.query("com.atproto.repo.listRecords", **last).json()["records"]
    assert [one["uri"].rpartition("/")[2] for one in onward] == keys[2:]
    for limit in ("0", "101", "x"):
        wrong = ada.query("com.atproto.repo.listRecords", repo=ada.did, collection=POST, limit=limit)
        says(wrong, 400, "InvalidRequest", "limit")
    about = ada.query("com.atproto.repo.describeRepo", repo=ada.did).json()
    assert about["handle"] == "ada.practice.test" and POST in about["collections"]


def test_deleting_twice_is_no_mistake(ada: Caller) -> None:
    rkey = tid()
    ada.put(rkey=rkey)
    says(delete(ada, rkey, swapRecord=OTHER), 400, "InvalidSwap", "Record was at ")
    assert set(delete(ada, rkey).json()) == {"commit"}
    again = delete(ada, rkey)
    assert (again.status_code, again.json()) == (200, {})
    says(delete(ada, rkey, repo=rules.did_of("carl")), 403, "AccountNotFound")
    assert ada.put(rkey=rkey).json()["commit"]
    done = [call for call in ada.network.ledger("delete") if call["status"] == 200]
    assert [call["status_id"] for call in done] == [rkey, rkey] and not done[0]["created"]


def test_a_file_is_named_by_its_content_and_typed_by_it(ada: Caller) -> None:
    blob = ada.upload().json()["blob"]
    assert (blob["$type"], blob["mimeType"], blob["size"]) == ("blob", "image/png", len(picture()))
    assert ada.upload(mime="image/jpeg").json()["blob"] == blob
    link = blob["ref"]["$link"]
    assert ada.network.ledger("blob")[-1]["status_id"] == link
    found = ada.query("com.atproto.sync.getBlob", did=ada.did, cid=link)
    assert (found.content, found.headers["Content-Type"]) == (picture(), "image/png")
    says(ada.query("com.atproto.sync.getBlob", did=ada.did, cid=OTHER), 400, "BlobNotFound")
    hello = ada.upload(b"hello", "text/plain").json()["blob"]
    assert hello["ref"]["$link"] == "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq"


@pytest.mark.parametrize(
    ("data", "mime", "status", "words"),
    [
        (b"", "image/png", 400, "empty"),
        (b"junk", "image/png", 400, "no picture"),
        (b"x", "", 400, "required but not provided"),
        (b"x", "multipart/form-data; boundary=x", 400, "Wrong request encoding"),
        (picture() + b"\0" * 5_300_000, "image/png", 413, "too large"),
    ],
)
def test_a_wrong_upload_is_refused(ada: Caller, data: bytes, mime: str, status: int, words: str) -> None:
    answer = ada.upload(data, mime)
    assert answer.status_code == status and words in answer.json()["message"]


def images(blob: dict[str, Any]) -> dict[str, Any]:
    return text(embed={"$type": "app.bsky.embed.images", "images": [{"alt": "A", "image": blob}]})


def test_a_record_shows_only_own_files_as_they_are(ada: Caller) -> None:
    blob = ada.upload().json()["blob"]
    assert ada.put(images(blob)).status_code == 200
    says(
        ada.put(images({**blob, "ref": {"$link": OTHER}})),
        400,
        "BlobNotFound",
        f"Could not find blob: {OTHER}",
    )
    says(ada.put(images({**blob, "size": 5})), 400, "InvalidSize")
    says(ada.put(images({**blob, "mimeType": "image/jpeg"})), 400, "InvalidMimeType")
    large = ada.upload(picture() + b"\0" * 1_000_000).json()["blob"]
    says(ada.put(images(large)), 400, "InvalidRequest", "blob too big (maximum 1000000, got ")


def test_the_budget_is_told_in_points_and_kept(ada: Caller) -> None:
    answer = ada.put()
    told = {name: answer.headers[f"RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset", "Policy")}
    assert told["Limit"] == "3000" and told["Policy"] == "3000;w=300"
    seconds = int(told["Reset"]) - datetime.now(UTC).timestamp()
    assert -1 < seconds <= 300
    limits = ada.network.app.extensions["practice"].limits  # type: ignore[union-attr]
    at = ada.network.clock()
    before = limits.spend(f"did {ada.did}", "hour", at).used
    create(ada)
    ada.put()
    assert limits.spend(f"did {ada.did}", "hour", at).used == before + 3 + 2 + 1
    for _ in range(4995):
        limits.spend(f"did {ada.did}", "hour", at)
    late = ada.put()
    says(late, 429, "RateLimitExceeded", "Rate Limit Exceeded")
    assert late.headers["RateLimit-Remaining"] == "0" and late.headers["RateLimit-Policy"] == "5000;w=3600"
