"""What a call asks for, field by field, as Rest.li validates it (shares/posts-api, shares/images-api)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from advocacy.practice.linkedin import little, rules
from advocacy.practice.linkedin.rules import Refusal
from advocacy.practice.linkedin.troubles import wrong_field, wrong_input


@dataclass(frozen=True)
class Record:
    """A JSON object: the fields that it must have, and those that it may have."""

    must: Mapping[str, Any]
    may: Mapping[str, Any]


@dataclass(frozen=True)
class Enum:
    """One of some words."""

    symbols: tuple[str, ...]


@dataclass(frozen=True)
class Array:
    """A list of things of one kind."""

    of: Any


IMAGE = Record({"id": str}, {"altText": str})
CONTENT = Record(
    {},
    {
        "article": Record(
            {"source": str, "title": str}, {"description": str, "thumbnail": str, "thumbnailAltText": str}
        ),
        "media": Record({"id": str}, {"altText": str, "title": str}),
        "multiImage": Record({"images": Array(IMAGE)}, {"altText": str}),
    },
)
POST = Record(
    {
        "author": str,
        "commentary": str,
        "visibility": Enum((*rules.VISIBILITIES, "CONTAINER")),
        "distribution": Record(
            {"feedDistribution": Enum(("MAIN_FEED", "NONE"))},
            {"targetEntities": Array(dict), "thirdPartyDistributionChannels": Array(str)},
        ),
        "lifecycleState": Enum(("DRAFT", "PUBLISHED", "PUBLISH_REQUESTED", "PUBLISH_FAILED")),
    },
    {
        "isReshareDisabledByAuthor": bool,
        "content": CONTENT,
        "reshareContext": Record({"parent": str}, {"root": str}),
    },
)
PATCH = Record({"patch": Record({"$set": Record({"commentary": str}, {})}, {})}, {})
UPLOAD = Record(
    {"initializeUploadRequest": Record({"owner": str}, {})},
    {},
)
_NAMES = {str: "String", bool: "Boolean", dict: "Record"}


def check(value: Any, schema: Any, path: str = "") -> None:
    """Refuse what the schema does not allow, in Rest.li's words."""
    if isinstance(schema, Record):
        if not isinstance(value, dict):
            raise wrong_field(path or "/", f"{json.dumps(value)} is not a record")
        _check_fields(value, schema, path)
    elif isinstance(schema, Array):
        if not isinstance(value, list):
            raise wrong_field(path, f"{json.dumps(value)} is not an array")
        for place, one in enumerate(value):
            check(one, schema.of, f"{path}/{place}")
    elif isinstance(schema, Enum):
        if value not in schema.symbols:
            raise wrong_field(path, f"{json.dumps(value)} is not an enum symbol")
    elif type(value) is not schema:
        raise wrong_field(path, f"{json.dumps(value)} cannot be coerced to {_NAMES[schema]}")


def _check_fields(value: dict[str, Any], schema: Record, path: str) -> None:
    for name in value:
        if name not in schema.must and name not in schema.may:
            raise wrong_field(f"{path}/{name}", "unrecognized field found but not allowed")
    for name in schema.must:
        if name not in value:
            raise wrong_field(f"{path}/{name}", "field is required but not found and has no default value")
    for name, one in value.items():
        check(one, schema.must.get(name) or schema.may[name], f"{path}/{name}")


@dataclass(frozen=True)
class Draft:
    """A post that is well formed."""

    author: str
    commentary: str
    visibility: str
    content: dict[str, Any]
    parent: str | None
    closed: bool
    #: The call's own body in one spelling, by which the same post is known again.
    whole: str

    @property
    def images(self) -> list[str]:
        """The URNs of the images that it shows or has as a thumbnail."""
        several = self.content.get("multiImage", {}).get("images", [])
        one = [self.content[kind]["id"] for kind in ("media",) if kind in self.content]
        thumbnail = self.content.get("article", {}).get("thumbnail")
        return [*one, *(image["id"] for image in several), *([thumbnail] if thumbnail else [])]


def post(sent: Any) -> Draft:
    """A new post as it was sent; raises Refusal 400 or 422."""
    check(sent, POST)
    content, parent = sent.get("content", {}), sent.get("reshareContext", {}).get("parent")
    if sent["lifecycleState"] != "PUBLISHED":
        raise wrong_input(
            400, "INVALID_VALUE", "lifecycleState must be PUBLISHED when a member's post is created"
        )
    if sent["visibility"] == "CONTAINER" or sent["distribution"].get("targetEntities"):
        raise wrong_input(400, "INVALID_VALUE", "A member's post has neither a container nor target entities")
    if "content" in sent and len(content) != 1:
        raise wrong_field("/content", "a union has exactly one member")
    if content and parent:
        raise wrong_input(400, "INVALID_VALUE", "A reshare has no content of its own")
    check_commentary(sent["commentary"], alone=not content and not parent)
    _check_content(content)
    whole = json.dumps(sent, sort_keys=True)
    closed = sent.get("isReshareDisabledByAuthor", False)
    return Draft(sent["author"], sent["commentary"], sent["visibility"], content, parent, closed, whole)


def check_commentary(commentary: str, *, alone: bool) -> None:
    """Refuse a text that is too long, or missing where nothing else is there."""
    if little.length(little.read(commentary)) > rules.MAX_COMMENTARY:
        raise wrong_input(
            422,
            "FIELD_LENGTH_TOO_LONG",
            f"/commentary exceeds the maximum of {rules.MAX_COMMENTARY} characters",
        )
    if alone and not commentary.strip():
        raise wrong_input(422, "MISSING_FIELD", "/commentary must not be empty where there is no content")


def _check_content(content: dict[str, Any]) -> None:
    article, images = content.get("article"), content.get("multiImage", {}).get("images")
    if article is not None:
        if (
            urlsplit(article["source"]).scheme not in ("http", "https")
            or not urlsplit(article["source"]).hostname
        ):
            raise wrong_input(422, "INVALID_URL", "/content/article/source must be a URL")
        if not article["title"].strip():
            raise wrong_input(422, "MISSING_FIELD", "/content/article/title must not be empty")
    least, most = rules.MULTI_IMAGE
    if images is not None and not least <= len(images) <= most:
        raise wrong_input(422, "INVALID_VALUE", f"/content/multiImage/images must be {least} to {most}")
    for name, longest in (("title", rules.MAX_TITLE), ("description", rules.MAX_DESCRIPTION)):
        if len((article or content.get("media", {})).get(name, "")) > longest:
            raise wrong_input(
                422, "FIELD_LENGTH_TOO_LONG", f"{name} exceeds the maximum of {longest} characters"
            )
    for text in _alternatives(content):
        if len(text) > rules.MAX_DESCRIPTION:
            raise wrong_input(
                422, "FIELD_LENGTH_TOO_LONG", f"altText exceeds {rules.MAX_DESCRIPTION} characters"
            )


def _alternatives(content: dict[str, Any]) -> list[str]:
    """Every text that stands for a picture."""
    several = content.get("multiImage", {}).get("images", [])
    found = [image.get("altText", "") for image in (*several, content.get("media", {}))]
    return [*found, content.get("article", {}).get("thumbnailAltText", "")]


def patch(sent: Any) -> str:
    """The new commentary of a partial update; raises Refusal 400 or 422."""
    check(sent, PATCH)
    commentary: str = sent["patch"]["$set"]["commentary"]
    return commentary


def owner(sent: Any) -> str:
    """For whom an upload is asked for; raises Refusal 422."""
    check(sent, UPLOAD)
    found: str = sent["initializeUploadRequest"]["owner"]
    return found


def number_of(urn: str) -> int:
    """The number in a post's URN; raises Refusal 400."""
    kind, _, number = urn.rpartition(":")
    if kind not in ("urn:li:share", "urn:li:ugcPost") or not number.isdecimal() or len(number) > 19:
        raise Refusal(400, f"Invalid URN {urn}: a urn:li:share or urn:li:ugcPost is needed")
    return int(number)
