"""Bluesky's pure pieces: record keys, facets, proofs, pictures, records, and what servers read of us."""

from __future__ import annotations

import io
import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from PIL import Image as Pillow

from advocacy.sharing.networks.bluesky import application, keys
from advocacy.sharing.networks.bluesky.dpop import proof
from advocacy.sharing.networks.bluesky.facets import facets, spans
from advocacy.sharing.networks.bluesky.pictures import fitted
from advocacy.sharing.networks.bluesky.record import names, record
from advocacy.sharing.networks.bluesky.resolving import tidied
from advocacy.sharing.networks.bluesky.tid import EPOCH, LETTERS, tid
from advocacy.sharing.networks.interface import Card, Client, Image, Permanent, Post

AT = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)
DIDS = {"ada.example": "did:plc:aaa", "atproto.com": "did:plc:ewvi7nxzyoun6zhxrhs64oiz"}
BACK = "https://advocacy.example/connections/callback/bluesky"


def did_of(handle: str) -> str:
    return DIDS.get(handle, "")


# -- record keys (atproto.com/specs/tid)


def number(key: str) -> int:
    value = 0
    for letter in key:
        value = value * 32 + LETTERS.index(letter)
    return value


def test_a_record_key_is_a_moment_and_a_clock() -> None:
    draw = random.Random(7)
    for _time in range(300):
        at = EPOCH + timedelta(microseconds=draw.randrange(1 << 53))
        key = tid(at, str(draw.random()))
        assert len(key) == 13 and set(key) <= set(LETTERS) and key[0] in "234567abcdefghij"
        assert EPOCH + timedelta(microseconds=number(key) >> 10) == at


def test_record_keys_sort_by_time_and_repeat_exactly() -> None:
    moments = [AT + timedelta(microseconds=step) for step in (0, 1, 2, 1000, 10**6, 10**12)]
    made = [tid(at, "k") for at in moments]
    assert made == sorted(made) and made == [tid(at, "k") for at in moments]
    assert len({tid(AT, str(one)) for one in range(200)}) > 150, "posts of the same microsecond go apart"
    elsewhere = AT.astimezone(timezone(timedelta(hours=9)))
    assert tid(elsewhere, "k") == made[0]


def test_the_specifications_own_key() -> None:
    assert tid(EPOCH, "k")[:11] == "22222222222"
    at = EPOCH + timedelta(microseconds=number("3jzfcijpj2z2a") >> 10)
    assert at.year == 2023 and tid(at, "k")[:11] == "3jzfcijpj2z"


# -- facets (docs.bsky.app/docs/advanced-guides/post-richtext)


def test_the_documentations_own_example() -> None:
    text = "✨ example mentioning @atproto.com to share the URL 👨‍❤️‍👨 https://en.wikipedia.org/wiki/CBOR."
    assert facets(text, did_of) == [
        {
            "index": {"byteStart": 23, "byteEnd": 35},
            "features": [
                {"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:ewvi7nxzyoun6zhxrhs64oiz"}
            ],
        },
        {
            "index": {"byteStart": 74, "byteEnd": 108},
            "features": [
                {"$type": "app.bsky.richtext.facet#link", "uri": "https://en.wikipedia.org/wiki/CBOR"}
            ],
        },
    ]


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#a", ["a"]),
        ("#a #b", ["a", "b"]),
        ("#1", []),
        ("#1a", ["1a"]),
        ("#tag!", ["tag"]),
        ("#tag_!?", ["tag"]),
        ("#" + "x" * 64, ["x" * 64]),
        ("#" + "x" * 65, []),
        ("inside#no", []),
        ("#", []),
        ("# no", []),
        ("#!", []),
        ("＃全角", ["全角"]),
        ("#️⃣ and #\ufe0fx", []),
        ("#été,\n#日本語。", ["été", "日本語"]),
        ("#😢", ["😢"]),
        ("##double", ["#double"]),
        ("https://x.example/#no", []),
    ],
)  # fmt: skip
def test_hashtags(text: str, tags: list[str]) -> None:
    assert [one.value for one in spans(text) if one.kind == "tag"] == tags


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@ada.example", ["ada.example"]),
        ("(@Ada.Example)", ["ada.example"]),
        ("hi @ada.example.", ["ada.example"]),
        ("hi @ada.example, you", ["ada.example"]),
        ("@ada", []),
        ("me@ada.example", []),
        ("@ada.example@social.example", []),
        ("@ada..example", []),
        ("@-ada.example", []),
        ("@ada.1", []),
        ("https://x.example/@ada.example", []),
    ],
)
def test_mentions(text: str, handles: list[str]) -> None:
    assert [one.value for one in spans(text) if one.kind == "mention"] == handles


def test_someone_who_is_not_there_stays_plain_text() -> None:
    assert facets("@nobody.example", did_of) == []


def test_a_crowd_is_not_asked_for() -> None:
    asked: list[str] = []
    crowd = " ".join(f"@p{number % 15}.example" for number in range(40))
    assert len(facets(crowd, lambda handle: asked.append(handle) or "did:plc:x")) > 10
    assert asked == [f"p{number}.example" for number in range(10)]


def test_places_are_bytes_whatever_stands_before() -> None:
    parts = ["é ", "👨‍👩‍👧‍👦 ", "日本\n", "plain ", "#Tag ", "@ada.example ", "https://x.example/a?b=1#c "]
    draw = random.Random(3)
    for _time in range(200):
        text = "".join(draw.choices(parts, k=8))
        data, wanted = text.encode(), [one.strip() for one in parts[4:]]
        found = [
            data[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode() for one in facets(text, did_of)
        ]
        assert found == [one for one in text.split() if one in wanted]


# -- keys and proofs (RFC 7515, 7638, 9449)


def test_a_proof_is_read_by_an_independent_library() -> None:
    key = keys.read(keys.new_pem())
    shown = proof(
        key, "POST", "https://pds.example/xrpc/a.b?c=d#e", nonce="n1", token="t0ken", at=1_763_800_000.9
    )
    read = jwt.decode(shown, ECKey.import_key(keys.public(key)), algorithms=["ES256"])
    assert read.header == {"alg": "ES256", "typ": "dpop+jwt", "jwk": keys.public(key)}
    assert set(read.claims) == {"jti", "htm", "htu", "iat", "nonce", "ath"}
    assert (read.claims["htm"], read.claims["htu"], read.claims["iat"]) == (
        "POST", "https://pds.example/xrpc/a.b", 1_763_800_000,
    )  # fmt: skip
    assert (read.claims["nonce"], read.claims["ath"]) == ("n1", keys.digest("t0ken"))
    bare = jwt.decode(proof(key, "GET", "https://x.example/", at=1.0), ECKey.import_key(keys.public(key)))
    assert set(bare.claims) == {"jti", "htm", "htu", "iat"} and bare.claims["jti"] != read.claims["jti"]


def test_a_key_names_itself_as_the_standard_says() -> None:
    for _time in range(20):  # a coordinate with leading zeros keeps its length
        key = keys.read(keys.new_pem())
        assert ECKey.import_key(keys.public(key)).thumbprint() == keys.thumbprint(key)
    assert keys.digest("") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "a.W10.c", "a.!!.c", "a.bm8.c"])
def test_what_is_no_token_says_nothing(token: str) -> None:
    assert keys.claims_of(token) == {}


# -- what servers read of us


def test_the_document_of_a_public_client() -> None:
    client = Client(website="https://advocacy.example")
    assert application.is_sound(client) and application.is_published(client)
    assert application.document(client, BACK, ("atproto", "transition:generic")) == {
        "client_id": "https://advocacy.example/connections/bluesky/client.json",
        "client_name": "Advocacy",
        "client_uri": "https://advocacy.example",
        "application_type": "web",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "atproto transition:generic",
        "redirect_uris": [BACK],
        "dpop_bound_access_tokens": True,
        "token_endpoint_auth_method": "none",
    }
    assert application.key_set(client) == {"keys": []}


def test_the_document_of_a_client_that_signs() -> None:
    first, second = keys.new_pem(), keys.new_pem()
    client = Client(secret=f"{first}\n{second}", website="https://advocacy.example")
    said = application.document(client, BACK, ("atproto",))
    assert said["token_endpoint_auth_method"] == "private_key_jwt"
    assert said["token_endpoint_auth_signing_alg"] == "ES256"
    assert said["jwks_uri"] == "https://advocacy.example/connections/bluesky/keys.json"
    shown = application.key_set(client)["keys"]
    assert [one["kid"] for one in shown] == [keys.thumbprint(keys.read(one)) for one in (first, second)]
    assert all(set(one) == {"kty", "crv", "x", "y", "use", "alg", "kid"} for one in shown), "no private half"


def test_a_signature_is_for_one_server_and_one_minute() -> None:
    first, second = keys.new_pem(), keys.new_pem()
    client = Client(secret=first + second, website="https://advocacy.example")
    named = application.client_id(client, BACK, ("atproto",))
    for begun_by, pem in (("", first), (keys.thumbprint(keys.read(second)), second), ("gone", first)):
        sent = application.credentials(client, named, "https://as.example", begun_by)
        assert sent["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        read = jwt.decode(sent["client_assertion"], ECKey.import_key(keys.public(keys.read(pem))))
        assert read.header == {"alg": "ES256", "typ": "JWT", "kid": keys.thumbprint(keys.read(pem))}
        assert (read.claims["iss"], read.claims["sub"]) == (named, named)
        assert read.claims["aud"] == "https://as.example"
        assert read.claims["exp"] - read.claims["iat"] == 60 and len(read.claims["jti"]) > 20
    assert application.key_id(client, named) == keys.thumbprint(keys.read(first))


def test_on_this_machine_our_name_says_all() -> None:
    client = Client(secret=keys.new_pem(), website="http://127.0.0.1:8000")
    back = "http://127.0.0.1:8000/connections/callback/bluesky"
    named = application.client_id(client, back, ("atproto", "transition:generic"))
    assert named == (
        "http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2Fconnections%2Fcallback%2Fbluesky"
        "&scope=atproto%20transition%3Ageneric"
    )
    assert application.credentials(client, named, "https://as.example") == {"client_id": named}
    assert application.key_id(client, named) == ""


@pytest.mark.parametrize(
    ("website", "secret", "sound"),
    [
        ("https://advocacy.example", "", True),
        ("https://advocacy.example/below", "", True),
        ("http://127.0.0.1:8000", "", True),
        ("http://[::1]:8000", "", True),
        ("http://localhost:8000", "", False),
        ("http://advocacy.example", "", False),
        ("https://advocacy.example:8443", "", False),
        ("", "", False),
        ("https://advocacy.example", "no key", False),
        ("https://advocacy.example", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", False),
    ],
)
def test_where_servers_can_know_us(website: str, secret: str, sound: bool) -> None:
    assert application.is_sound(Client(secret=secret, website=website)) is sound


def test_a_key_of_another_kind_is_refused() -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    pem = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert not application.is_sound(Client(secret=pem.decode(), website="https://advocacy.example"))


def test_a_key_on_one_line_is_read_too() -> None:
    one_line = keys.new_pem().replace("\n", "\\n")
    assert application.is_sound(Client(secret=one_line, website="https://advocacy.example"))


# -- what people type


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ada.example", "ada.example"),
        ("  @Ada.example ", "Ada.example"),
        ("\u202a@ada.example\u202c", "ada.example"),
        ("at://ada.example", "ada.example"),
        ("https://bsky.app/profile/ada.example", "ada.example"),
        ("https://bsky.app/profile/ada.example/post/3k?x#y", "ada.example"),
        ("https://bsky.app/profile/did%3Aplc%3Aaaa", "did:plc:aaa"),
        ("https://pds.example/", "https://pds.example/"),
    ],
)
def test_what_stands_around_a_name_is_taken_off(typed: str, name: str) -> None:
    assert tidied(typed) == name


# -- pictures


def picture(width: int, height: int, kind: str = "PNG", mode: str = "RGB", **options: Any) -> bytes:
    size = width * height * len(mode)
    out = io.BytesIO()
    Pillow.frombytes(mode, (width, height), random.Random(1).randbytes(size)).save(out, kind, **options)
    return out.getvalue()


def test_a_small_picture_is_sent_as_it_is() -> None:
    image = Image(picture(40, 20), "image/png", "Alt")
    assert fitted(image, 976_000) == (image, (40, 20))
    assert fitted(image, 0) == (image, (40, 20))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA"])
def test_a_large_picture_is_made_smaller_and_always_alike(mode: str) -> None:
    image = Image(picture(900, 600, mode=mode), "image/png", "Alt")
    small, size = fitted(image, 100_000)
    assert len(small.data) <= 100_000 and (small.media_type, small.alt) == ("image/jpeg", "Alt")
    assert Pillow.open(io.BytesIO(small.data)).size == size and size is not None
    assert abs(size[0] / size[1] - 1.5) < 0.02
    assert fitted(image, 100_000) == (small, size)


def test_a_picture_on_its_side_stands_up() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    data = picture(400, 200, "JPEG", exif=exif.tobytes())
    assert fitted(Image(data, "image/jpeg"), 976_000)[1] == (200, 400)
    small, size = fitted(Image(data, "image/jpeg"), 20_000)
    assert size and size[0] * 2 == size[1] and Pillow.open(io.BytesIO(small.data)).size == size


def test_no_picture_at_all() -> None:
    assert fitted(Image(b"no", "image/png"), 10)[1] is None
    with pytest.raises(Permanent, match="cannot be made small enough"):
        fitted(Image(b"no picture", "image/png"), 5)
    with pytest.raises(Permanent, match="cannot be made small enough"):
        fitted(Image(picture(100, 100), "image/png"), 10)


# -- records


def upload(image: Image) -> tuple[dict[str, Any], tuple[int, int] | None]:
    return {"$type": "blob", "ref": {"$link": image.data.decode()}}, (4, 3) if image.alt else None


def test_a_record_says_all_and_nothing_else() -> None:
    made = record(Post("Hi\r\nthere", "fr-CH"), AT, did_of=did_of, upload=upload)
    assert made == {
        "$type": "app.bsky.feed.post", "text": "Hi\nthere", "createdAt": "2026-11-22T09:00:00.123Z", "langs": ["fr-CH"],
    }  # fmt: skip
    assert "langs" not in record(Post("Hi", ""), AT, did_of=did_of, upload=upload)


def test_a_record_embeds_pictures_before_a_card() -> None:
    card = Card("https://x.example", "T", "D", Image(b"thumb", "image/png"))
    post = Post("Hi", "en", [Image(b"a", "image/png", "An alt"), Image(b"b", "image/png")], card=card)
    made = record(post, AT, did_of=did_of, upload=upload)
    assert made["embed"] == {
        "$type": "app.bsky.embed.images",
        "images": [
            {"image": upload(post.images[0])[0], "alt": "An alt", "aspectRatio": {"width": 4, "height": 3}},
            {"image": upload(post.images[1])[0], "alt": ""},
        ],
    }
    shown = record(replace(post, images=()), AT, did_of=did_of, upload=upload)["embed"]
    assert shown == {
        "$type": "app.bsky.embed.external",
        "external": {
            "uri": "https://x.example", "title": "T", "description": "D",
            "thumb": {"$type": "blob", "ref": {"$link": "thumb"}},
        },
    }  # fmt: skip
    bare = record(
        replace(post, images=(), card=replace(card, thumbnail=None)), AT, did_of=did_of, upload=upload
    )
    assert "thumb" not in bare["embed"]["external"]


@pytest.mark.parametrize(
    "value",
    [
        {"text": "see go.example/l/abc"},
        {"text": "", "facets": [{"features": [{"uri": "https://go.example/l/abc"}]}]},
        {"embed": {"external": {"uri": "https://go.example/l/abc"}}},
    ],
)
def test_a_record_leads_to_a_link(value: dict[str, Any]) -> None:
    assert names(value, "/l/abc") and not names(value, "/l/other")


def test_a_strangers_record_breaks_nothing() -> None:
    odd: list[Any] = [None, 7, "x", [], {}, [7], [{"features": 7}], [{"features": [7]}], {"external": 7}]
    for facet, embed in itertools.product(odd, odd):
        assert not names({"text": 7, "facets": facet, "embed": embed}, "link")
