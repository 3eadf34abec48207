"""A post as a record (app.bsky.feed.post): the same words, moment and pictures always give the same record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from advocacy.sharing.networks.bluesky.facets import facets
from advocacy.sharing.networks.counting import plain
from advocacy.sharing.networks.interface import Card, Image, Post

COLLECTION = "app.bsky.feed.post"

Upload = Callable[[Image], tuple[Mapping[str, Any], tuple[int, int] | None]]
"""Hands a picture over: the blob that a record names it by, and its width and height if they are known."""


def record(post: Post, at: datetime, *, did_of: Callable[[str], str], upload: Upload) -> dict[str, Any]:
    """The record of a post first tried at this moment; `did_of` as in `facets`."""
    text = plain(post.text)
    made: dict[str, Any] = {"$type": COLLECTION, "text": text, "createdAt": _instant(at)}
    if post.language:
        made["langs"] = [post.language]
    if found := facets(text, did_of):
        made["facets"] = found
    if post.images:
        made["embed"] = _pictures(post.images, upload)
    elif post.card:
        made["embed"] = _card(post.card, upload)
    return made


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _pictures(images: Sequence[Image], upload: Upload) -> dict[str, Any]:
    return {"$type": "app.bsky.embed.images", "images": [_picture(one, upload) for one in images]}


def _picture(image: Image, upload: Upload) -> dict[str, Any]:
    blob, size = upload(image)
    shape = {"aspectRatio": {"width": size[0], "height": size[1]}} if size else {}
    return {"image": blob, "alt": image.alt, **shape}


def _card(card: Card, upload: Upload) -> dict[str, Any]:
    thumb = {"thumb": upload(card.thumbnail)[0]} if card.thumbnail else {}
    shown = {"uri": card.url, "title": card.title, "description": card.description, **thumb}
    return {"$type": "app.bsky.embed.external", "external": shown}


def names(value: Mapping[str, Any], link: str) -> bool:
    """Whether a record found on the network leads to this link."""
    parts = [str(value.get("text") or "")]
    for facet in _rows(value.get("facets")):
        parts += [str(one.get("uri") or "") for one in _rows(facet.get("features"))]
    embed = value.get("embed")
    external = embed.get("external") if isinstance(embed, dict) else None
    parts += [str(external.get("uri") or "")] if isinstance(external, dict) else []
    return any(link in part for part in parts)


def _rows(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
