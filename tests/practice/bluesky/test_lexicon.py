"""What posts may hold: the refusals in the words of the reference server, and those that are stricter."""

from __future__ import annotations

from typing import Any

import pytest

from advocacy.practice.bluesky.lexicon import Invalid, blobs, check_record

POST = "app.bsky.feed.post"
BLOB = {
    "$type": "blob",
    "ref": {"$link": "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq"},
    "mimeType": "image/png",
    "size": 5,
}
LINK = {"$type": "app.bsky.richtext.facet#link", "uri": "https://e.example/a"}
CID = "bafyreifhvc253klrmaaxbu23dghvohafegv3fgvjvwi457mkmlecsasvri"
STRONG = {"uri": f"at://did:plc:x/{POST}/3n33vhlveee22", "cid": CID}


def record(**more: Any) -> dict[str, Any]:
    """A post; a None leaves a field out."""
    whole = {"$type": POST, "text": "Grüße an alle", "createdAt": "2026-11-25T00:00:00Z", **more}
    return {name: value for name, value in whole.items() if value is not None}


def facet(start: Any, end: Any, *features: Any) -> dict[str, Any]:
    return {"index": {"byteStart": start, "byteEnd": end}, "features": list(features or [LINK])}


def images(*some: Any) -> dict[str, Any]:
    return {"embed": {"$type": "app.bsky.embed.images", "images": list(some)}}


def image(**more: Any) -> dict[str, Any]:
    whole = {"alt": "A", "image": BLOB, **more}
    return {name: value for name, value in whole.items() if value is not None}


def card(**more: Any) -> dict[str, Any]:
    whole = {"uri": "https://e.example/a", "title": "T", "description": "D", **more}
    kept = {name: value for name, value in whole.items() if value is not None}
    return {"embed": {"$type": "app.bsky.embed.external", "external": kept}}


@pytest.mark.parametrize(
    "more",
    [
        {"text": "x" * 300},
        {"text": ""},
        {"text": "👨‍👩‍👧‍👦" * 100},
        {"createdAt": "2026-11-25T01:00:00.123456+01:00"},
        {"langs": ["en", "de-CH", "zh-Hans-CN"]},
        {"tags": ["advocacy"]},
        {"facets": [facet(0, 7)]},
        {"facets": [facet(0, 2, {"$type": "app.bsky.richtext.facet#tag", "tag": "x"})]},
        {"facets": [facet(0, 2, {"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:abc"})]},
        card(),
        card(title="", description="", thumb=BLOB),
        images(*[image()] * 4),
        images(image(alt="", aspectRatio={"width": 4, "height": 3})),
        {"embed": {"$type": "app.bsky.embed.record", "record": STRONG}},
        {"reply": {"root": STRONG, "parent": STRONG}},
        {"labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "x"}]}},
        {"a field of somebody": {"else": 1}},
    ],
)
def test_a_good_post_is_taken(more: dict[str, Any]) -> None:
    assert check_record(POST, record(**more))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"text": None}, 'Missing required key "text" at $.record'),
        ({"text": 5}, "Expected string value type (got 5) at $.record.text"),
        ({"text": "x" * 301}, "grapheme too big (maximum 300, got 301) at $.record.text"),
        ({"text": "👨‍👩‍👧‍👦" * 130}, "string too big (maximum 3000, got 3250) at $.record.text"),
        ({"createdAt": None}, 'Missing required key "createdAt" at $.record'),
        ({"createdAt": "2026-11-25"}, 'Invalid datetime (got "2026-11-25") at $.record.createdAt'),
        ({"createdAt": "2026-11-25T00:00:00"}, "Invalid datetime"),
        ({"createdAt": "2026-11-25 00:00:00Z"}, "Invalid datetime"),
        ({"createdAt": "2026-11-25T00:00:00-00:00"}, "Invalid datetime"),
        ({"createdAt": "2026-02-30T00:00:00Z"}, "Invalid datetime"),
        ({"langs": "en"}, 'Expected array value type (got "en") at $.record.langs'),
        ({"langs": ["en"] * 4}, "array too big (maximum 3, got 4) at $.record.langs"),
        ({"langs": ["x y"]}, 'Invalid language (got "x y") at $.record.langs[0]'),
        ({"tags": ["a"] * 9}, "array too big (maximum 8, got 9) at $.record.tags"),
        ({"tags": ["x" * 65]}, "grapheme too big (maximum 64, got 65) at $.record.tags[0]"),
        ({"facets": {}}, "Expected array value type (got {}) at $.record.facets"),
        ({"facets": [facet(-1, 3)]}, "integer too small (minimum 0, got -1)"),
        ({"facets": [facet(True, 3)]}, "Expected integer value type (got true)"),
        ({"facets": [facet(0, 50)]}, "Expected a slice of the text's 15 bytes (got 0 to 50)"),
        ({"facets": [facet(4, 4)]}, "Expected a slice of the text's 15 bytes (got 4 to 4)"),
        ({"facets": [facet(0, 3)]}, "Expected a slice of whole characters (got 0 to 3)"),
        ({"facets": [{**facet(0, 1), "features": []}]}, "array too small (minimum 1, got 0)"),
        ({"facets": [facet(0, 2, {"uri": "https://x"})]}, 'includes the "$type" property'),
        ({"facets": [facet(0, 2, {"$type": "x.y#z"})]}, "Expected one of app.bsky.richtext.facet#link"),
        ({"facets": [facet(0, 2, {**LINK, "uri": "nope"})]}, 'Invalid uri (got "nope")'),
        (
            {"facets": [facet(0, 2, {"$type": "app.bsky.richtext.facet#mention", "did": "ada"})]},
            "Invalid DID",
        ),
        (card(title=None), 'Missing required key "title" at $.record.embed.external'),
        (card(description=None), 'Missing required key "description" at $.record.embed.external'),
        (card(uri="nope"), 'Invalid uri (got "nope") at $.record.embed.external.uri'),
        (card(thumb={**BLOB, "size": 1_000_001}), "blob too big (maximum 1000000, got 1000001)"),
        (card(thumb={**BLOB, "mimeType": "text/plain"}), 'Expected "image/*" (got "text/plain")'),
        (images(*[image()] * 5), "array too big (maximum 4, got 5) at $.record.embed.images"),
        (images(image(alt=None)), 'Missing required key "alt" at $.record.embed.images[0]'),
        (images(image(image=BLOB["ref"])), "Expected blob value type"),
        (images(image(aspectRatio={"width": 0, "height": 3})), "integer too small (minimum 1, got 0)"),
        ({"embed": [card()["embed"]]}, 'includes the "$type" property'),
        ({"embed": {"$type": "app.bsky.embed.video"}}, "Expected one of app.bsky.embed.images"),
        (
            {"reply": {"root": 1, "parent": STRONG}},
            "Expected object value type (got 1) at $.record.reply.root",
        ),
        ({"reply": {"root": {**STRONG, "cid": "x"}, "parent": STRONG}}, 'Invalid CID string (got "x")'),
    ],
)
def test_a_wrong_post_is_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_record(POST, record(**more))
    assert words in str(refused.value)


def test_other_records_are_unknown_but_for_reactions() -> None:
    assert not check_record("com.example.thing", {"a": 1})
    assert check_record("app.bsky.feed.like", {"subject": STRONG, "createdAt": "2026-11-25T00:00:00Z"})
    with pytest.raises(Invalid, match="subject"):
        check_record("app.bsky.feed.repost", {"createdAt": "2026-11-25T00:00:00Z"})


def test_every_file_of_a_record_is_found() -> None:
    assert blobs(record(**images(image(), image()))) == [BLOB, BLOB]
    assert blobs(record(**card(thumb=BLOB))) == [BLOB] and blobs(record()) == []
