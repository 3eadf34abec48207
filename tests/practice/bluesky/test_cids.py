"""Addresses of content, compared with those that the reference server (0.4.217) gave for the same records."""

from __future__ import annotations

from typing import Any

import pytest

from advocacy.practice.bluesky.cids import RAW, NotData, cid, cid_bytes, encoded, plain, record_cid

BASE: dict[str, Any] = {
    "$type": "app.bsky.feed.post",
    "text": "Hello",
    "createdAt": "2026-11-25T00:00:00.000Z",
}
BLOB = {
    "$type": "blob",
    "ref": {"$link": "bafkreiedtqy2ncujutfiflf65roc2lcw2uzy2ygcwypw2vjbz4knlcbgqy"},
    "mimeType": "image/png",
    "size": 138,
}
CARD = {"uri": "https://e.example/a", "title": "T", "description": "D"}
LINK = {"$type": "app.bsky.richtext.facet#link", "uri": "https://e.example/a"}


def images(count: int, **more: Any) -> dict[str, Any]:
    return {"$type": "app.bsky.embed.images", "images": [{"alt": "A", "image": BLOB, **more}] * count}


def card(**more: Any) -> dict[str, Any]:
    return {"$type": "app.bsky.embed.external", "external": {**CARD, **more}}


@pytest.mark.parametrize(
    ("more", "address"),
    [
        ({}, "bafyreifhvc253klrmaaxbu23dghvohafegv3fgvjvwi457mkmlecsasvri"),
        ({"foo": "bar"}, "bafyreifxyy2xboh5f7vhw7z5bsiwg3h5afvtgmgsexnjbnh2wb2ay5jhju"),
        ({"text": 5}, "bafyreibyd3rqagegbcvyao4m3iobfj3e3d7loeh3ocnfyn52jpcgoxm22m"),
        ({"text": "x" * 300}, "bafyreiad3umdlnalxsvavsdj6nio6mfa3yjeu3zcwll36b3knuvs77fvru"),
        ({"text": "👨‍👩‍👧‍👦" * 100}, "bafyreifmu64nsrpcmpy4mhnncegzn4smbs6ms7h25lhyr2nqfokqirwlfa"),
        ({"langs": ["en-US"]}, "bafyreifqkhk7f6u345dkps6fqnomw363zwwdr6agr2kzuy4kbqorcgn5ou"),
        (
            {"facets": [{"index": {"byteStart": 0, "byteEnd": 5}, "features": [LINK]}]},
            "bafyreidrauwou5tzbv4gj3jdvjrsafefcubpwwhj3ksguxjpog337caytq",
        ),
        ({"embed": card()}, "bafyreice6eg7tsssmt2z5l7yvsjrxvaauyjwvgqsypccmug32nbxsvmj7m"),
        ({"embed": card(thumb=BLOB)}, "bafyreigthrrxcd7yfvjosdfr7ai6nwxhla546o4wsdozvbosgidgxr5c5y"),
        ({"embed": images(4)}, "bafyreifvtroj3drxkiskmukbgbrkcwtvfbf55e5ipi4fxtlfxy4ftwwvcy"),
        (
            {"embed": images(1, aspectRatio={"width": 4, "height": 3})},
            "bafyreidr5bu2uweottcjkxfp53cg45atffbz6gcbi76h3fmxrknx752gby",
        ),
    ],
)
def test_a_record_has_the_address_that_the_reference_server_gives_it(
    more: dict[str, Any], address: str
) -> None:
    assert record_cid({**BASE, **more}) == address


def test_a_file_has_the_address_that_the_reference_server_gives_it() -> None:
    assert cid(b"hello", RAW) == "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq"


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (23, "17"),
        (24, "1818"),
        (500, "1901f4"),
        (70000, "1a00011170"),
        (2**40, "1b0000010000000000"),
        (-1, "20"),
        ([True, None, False], "83f5f6f4"),
        ({"$bytes": "AQI"}, "420102"),
        ({"bb": 1, "a": 2, "aa": 3}, "a36161026261610362626201"),
    ],
)
def test_values_are_written_as_short_as_can_be_and_names_in_order(value: object, data: str) -> None:
    assert encoded(value).hex() == data


def test_a_whole_number_is_an_integer_however_it_is_written() -> None:
    assert str(plain({"a": [2.0, 2.5, True]})) == "{'a': [2, 2.5, True]}"


@pytest.mark.parametrize("value", [1.5, {"a": [float("nan")]}, "\ud800", 2**60, {"$link": "nothing"}])
def test_what_no_record_may_hold_is_refused(value: object) -> None:
    with pytest.raises(NotData):
        encoded(value)


def test_an_address_is_read_back() -> None:
    raw = cid_bytes("bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq")
    assert raw is not None and raw[:4].hex() == "01551220" and len(raw) == 36
    assert cid_bytes("bafy") is None and cid_bytes("z" * 59) is None
