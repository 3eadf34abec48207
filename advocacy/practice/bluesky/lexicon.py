"""The lexicons of the records that are written here, and what is checked of them (atproto.com/specs/lexicon)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from advocacy.practice.bluesky import rules
from advocacy.practice.bluesky.cids import cid_bytes
from advocacy.practice.text import graphemes


class Invalid(Exception):
    """A value that its lexicon does not allow; its text says why, and where."""


class Schema(Protocol):
    """What a value must be."""

    def check(self, value: Any, path: str) -> None:
        """Raise Invalid if it is not."""


def expect(value: Any, kind: type, word: str, path: str) -> None:
    """Refuse a value of another kind."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Invalid(f"Expected {word} value type (got {json.dumps(value)[:80]}) at {path}")


_DATETIME = re.compile(
    r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\d(\.\d{1,20})?(Z|(?!-00:00)[+-][0-2]\d:[0-5]\d)", re.ASCII
)
_LANGUAGE = re.compile(r"([a-z]{2,3}|[a-z]{4,8}|[ix])(-[A-Za-z0-9]{1,8})*")
_URI = re.compile(r"[a-z][a-z.-]{0,80}:\S+", re.IGNORECASE)
_AT_URI = re.compile(r"at://[^/\s]+/[^/\s]+/[^/\s]+")


def _is_datetime(text: str) -> bool:
    """A whole moment with its zone, in the calendar."""
    try:
        return bool(_DATETIME.fullmatch(text)) and bool(datetime.fromisoformat(text[:19]))
    except ValueError:
        return False


FORMATS: Mapping[str, Callable[[str], object]] = {
    "datetime": _is_datetime,
    "language": _LANGUAGE.fullmatch,
    "uri": lambda text: len(text) <= 8192 and _URI.fullmatch(text),
    "DID": rules.DID.fullmatch,
    "AT-URI": _AT_URI.fullmatch,
    "CID string": cid_bytes,
}


@dataclass(frozen=True)
class String:
    """A text: its format, its greatest length in bytes and in characters as a reader sees them."""

    format: str | None = None
    most_bytes: int | None = None
    most_graphemes: int | None = None

    def check(self, value: Any, path: str) -> None:
        """Check a text."""
        expect(value, str, "string", path)
        size = len(value.encode(errors="replace"))
        if self.most_bytes is not None and size > self.most_bytes:
            raise Invalid(f"string too big (maximum {self.most_bytes}, got {size}) at {path}")
        if self.most_graphemes is not None and (seen := graphemes(value)) > self.most_graphemes:
            raise Invalid(f"grapheme too big (maximum {self.most_graphemes}, got {seen}) at {path}")
        if self.format is not None and not FORMATS[self.format](value):
            raise Invalid(f"Invalid {self.format} (got {json.dumps(value)}) at {path}")


@dataclass(frozen=True)
class Integer:
    """A whole number from a least one on."""

    least: int = 0

    def check(self, value: Any, path: str) -> None:
        """Check a number."""
        expect(value, int, "integer", path)
        if value < self.least:
            raise Invalid(f"integer too small (minimum {self.least}, got {value}) at {path}")


@dataclass(frozen=True)
class Array:
    """A list."""

    of: Schema
    most: int | None = None

    def check(self, value: Any, path: str) -> None:
        """Check a list and all that is in it."""
        expect(value, list, "array", path)
        if self.most is not None and len(value) > self.most:
            raise Invalid(f"array too big (maximum {self.most}, got {len(value)}) at {path}")
        for place, one in enumerate(value):
            self.of.check(one, f"{path}[{place}]")


@dataclass(frozen=True)
class Object:
    """An object: what it must have, and what it may; further fields are no mistake (specs/lexicon)."""

    required: Mapping[str, Schema]
    optional: Mapping[str, Schema] = field(default_factory=dict)

    def check(self, value: Any, path: str) -> None:
        """Check an object and its fields."""
        expect(value, dict, "object", path)
        for name in self.required:
            if name not in value:
                raise Invalid(f'Missing required key "{name}" at {path}')
        for name, schema in {**self.required, **self.optional}.items():
            if name in value:
                schema.check(value[name], f"{path}.{name}")


@dataclass(frozen=True)
class Union:
    """One of several objects, told apart by `$type`; unlike the real one, no unknown kind is taken."""

    of: Mapping[str, Schema]

    def check(self, value: Any, path: str) -> None:
        """Check that the kind is known, and the object."""
        if not isinstance(value, dict) or not isinstance(value.get("$type"), str):
            words = 'an object which includes the "$type" property'
            raise Invalid(f"Expected {words} value type (got {json.dumps(value)[:80]}) at {path}")
        if value["$type"] not in self.of:
            known = ", ".join(self.of)
            raise Invalid(f'Expected one of {known} (got "{value["$type"]}") at {path}.$type')
        self.of[value["$type"]].check(value, path)


@dataclass(frozen=True)
class BlobRef:
    """A reference to an uploaded picture."""

    most: int = 1_000_000

    def check(self, value: Any, path: str) -> None:
        """Check the reference's form; whether the file is there is another question."""
        kinds = {"$type": str, "ref": dict, "mimeType": str, "size": int}
        fits = isinstance(value, dict) and all(
            isinstance(value.get(name), kind) for name, kind in kinds.items()
        )
        if not fits or value["$type"] != "blob" or not cid_bytes(str(value["ref"].get("$link"))):
            raise Invalid(f"Expected blob value type (got {json.dumps(value)[:80]}) at {path}")
        if not value["mimeType"].startswith("image/"):
            raise Invalid(f'Expected "image/*" (got {json.dumps(value["mimeType"])}) at {path}.mimeType')
        if value["size"] > self.most:
            raise Invalid(f"blob too big (maximum {self.most}, got {value['size']}) at {path}")


STRONG_REF = Object({"uri": String("AT-URI"), "cid": String("CID string")})
RATIO = Object({"width": Integer(1), "height": Integer(1)})
IMAGE = Object({"image": BlobRef(), "alt": String()}, {"aspectRatio": RATIO})
IMAGES = Object({"images": Array(IMAGE, most=4)})
CARD = Object({"uri": String("uri"), "title": String(), "description": String()}, {"thumb": BlobRef()})
EXTERNAL, RECORD = Object({"external": CARD}), Object({"record": STRONG_REF})
MEDIA = {"app.bsky.embed.images": IMAGES, "app.bsky.embed.external": EXTERNAL}
BOTH = Object({"record": RECORD, "media": Union(MEDIA)})
EMBED = Union(MEDIA | {"app.bsky.embed.record": RECORD, "app.bsky.embed.recordWithMedia": BOTH})
FEATURE = Union(
    {
        "app.bsky.richtext.facet#link": Object({"uri": String("uri")}),
        "app.bsky.richtext.facet#mention": Object({"did": String("DID")}),
        "app.bsky.richtext.facet#tag": Object({"tag": String(None, 640, 64)}),
    }
)
INDEX = Object({"byteStart": Integer(), "byteEnd": Integer()})
FACET = Object({"index": INDEX, "features": Array(FEATURE)})
LABELS = Union(
    {"com.atproto.label.defs#selfLabels": Object({"values": Array(Object({"val": String()}), 10)})}
)
POST = Object(
    {"text": String(None, 3000, 300), "createdAt": String("datetime")},
    {
        "facets": Array(FACET),
        "reply": Object({"root": STRONG_REF, "parent": STRONG_REF}),
        "embed": EMBED,
        "langs": Array(String("language"), 3),
        "labels": LABELS,
        "tags": Array(String(None, 640, 64), 8),
    },
)
REACTION = Object({"subject": STRONG_REF, "createdAt": String("datetime")})
LEXICONS = {rules.POST: POST, "app.bsky.feed.like": REACTION, "app.bsky.feed.repost": REACTION}


def check_record(collection: str, value: dict[str, Any], path: str = "$.record") -> bool:
    """Check a record; False when its lexicon is not known here. Raises Invalid."""
    schema = LEXICONS.get(collection)
    if schema is None:
        return False
    schema.check(value, path)
    if collection == rules.POST:
        for place, facet in enumerate(value.get("facets", [])):
            _check_place(value["text"].encode(), facet, f"{path}.facets[{place}]")
    return True


def _check_place(text: bytes, facet: dict[str, Any], path: str) -> None:
    """A facet stands at whole characters of the text, counted in bytes (app.bsky.richtext.facet#byteSlice)."""
    start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
    if not facet["features"]:
        raise Invalid(f"array too small (minimum 1, got 0) at {path}.features")
    if not start < end <= len(text):
        raise Invalid(
            f"Expected a slice of the text's {len(text)} bytes (got {start} to {end}) at {path}.index"
        )
    if any(place < len(text) and text[place] & 0xC0 == 0x80 for place in (start, end)):
        raise Invalid(f"Expected a slice of whole characters (got {start} to {end}) at {path}.index")


def blobs(value: Any) -> list[dict[str, Any]]:
    """Every file that a value refers to."""
    if isinstance(value, dict):
        own = [value] if value.get("$type") == "blob" else []
        return own + [blob for one in value.values() for blob in blobs(one)]
    return [blob for one in value for blob in blobs(one)] if isinstance(value, list) else []
