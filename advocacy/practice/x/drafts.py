"""What a call sends, validated field by field as X's schema does (openapi: additionalProperties false)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from advocacy.practice.x import counting, rules
from advocacy.practice.x.rules import Refusal
from advocacy.practice.x.troubles import invalid

REPLY_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")
FLAGS = ("made_with_ai", "paid_partnership")
#: Fields of the schema that are known but not played.
NOT_PLAYED = (
    "card_uri",
    "community_id",
    "direct_message_deep_link",
    "edit_options",
    "for_super_followers_only",
    "geo",
    "nullcast",
    "poll",
    "reply",
    "share_with_followers",
)
TOO_LONG = (
    "Your Tweet text is too long. For more information on how Twitter determines text length see "
    "https://github.com/twitter/twitter-text."
)
_NAMES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}


@dataclass(frozen=True)
class Draft:
    """A post as it was asked for, valid in itself."""

    text: str
    media: tuple[str, ...] = ()
    quoted: str | None = None
    reply_settings: str = "everyone"
    paid: bool = False
    with_ai: bool = False


def post(sent: Any) -> Draft:
    """A new post (posts/create-post); raises Refusal 400."""
    body = _object(sent, "$", "text", "media", "reply_settings", "quote_tweet_id", *FLAGS, *NOT_PLAYED)
    for name in NOT_PLAYED:
        if name in body:
            raise invalid(f"$.{name}: is not played by the practice network", **{f"$.{name}": body[name]})
    media = _media(body["media"]) if "media" in body else ()
    quoted = body.get("quote_tweet_id")
    if "quote_tweet_id" in body:
        _id(quoted, "$.quote_tweet_id")
        if media:
            words = "quote_tweet_id and media are mutually exclusive."
            raise invalid(words, quote_tweet_id=quoted)
    text = counting.normal(_words(body.get("text", ""), "$.text"))
    if not text.strip() and not media:
        raise invalid("$.text: is required unless there are media.media_ids", **{"$.text": text})
    if len(text) > rules.MAX_CHARACTERS or counting.weight(text) > rules.MAX_WEIGHT:
        raise invalid(TOO_LONG)
    paid, with_ai = (_typed(body.get(name, False), bool, f"$.{name}") for name in reversed(FLAGS))
    return Draft(text, media, quoted, _reply_settings(body), paid, with_ai)


def _reply_settings(body: Mapping[str, Any]) -> str:
    if "reply_settings" not in body:
        return "everyone"
    setting: str = body["reply_settings"]
    if setting not in REPLY_SETTINGS:
        raise invalid(
            "$.reply_settings: does not have a value in the enumeration", **{"$.reply_settings": setting}
        )
    return setting


def _media(sent: Any) -> tuple[str, ...]:
    media = _object(sent, "$.media", "media_ids", "tagged_user_ids")
    if "media_ids" not in media:
        raise invalid("$.media.media_ids: is missing but it is required", **{"$.media": media})
    ids = _ids(media["media_ids"], "$.media.media_ids", 4)
    if len(ids) != len(set(ids)):
        raise invalid("Your media IDs are invalid.", **{"media.media_ids": list(ids)})
    if "tagged_user_ids" in media:
        _ids(media["tagged_user_ids"], "$.media.tagged_user_ids", 10)
    return ids


def _ids(sent: Any, path: str, most: int) -> tuple[str, ...]:
    ids = _typed(sent, list, path)
    if not 1 <= len(ids) <= most:
        raise invalid(f"{path}: there must be between 1 and {most} items in the array", **{path: ids})
    for n, one in enumerate(ids):
        _id(one, f"{path}[{n}]")
    return tuple(ids)


def _id(sent: Any, path: str) -> None:
    _typed(sent, str, path)
    if not rules.is_id(sent):
        raise invalid(f"{path}: does not match the regex pattern ^[0-9]{{1,19}}$", **{path: sent})


def alt_text(sent: Any) -> tuple[str, str]:
    """A picture's id and the words for it (media/create-media-metadata); raises Refusal 400."""
    body = _object(sent, "$", "id", "metadata")
    for name in ("id", "metadata"):
        if name not in body:
            raise invalid(f"$.{name}: is missing but it is required", **{f"$.{name}": ""})
    _id(body["id"], "$.id")
    metadata = _object(body["metadata"], "$.metadata", "alt_text")
    alt = _object(metadata.get("alt_text"), "$.metadata.alt_text", "text")
    text = _words(alt.get("text"), "$.metadata.alt_text.text")
    if not 0 < len(text) <= rules.MAX_ALT_TEXT:
        words = f"may only be {rules.MAX_ALT_TEXT} characters long, and not empty"
        raise invalid(f"$.metadata.alt_text.text: {words}", **{"$.metadata.alt_text.text": len(text)})
    return body["id"], text


def _object(sent: Any, path: str, *known: str) -> dict[str, Any]:
    """An object that has no other fields than these."""
    body: dict[str, Any] = _typed(sent, dict, path)
    for name in body:
        if name not in known:
            words = "is not defined in the schema and the schema does not allow additional properties"
            raise invalid(f"{path}.{name}: {words}", **{f"{path}.{name}": body[name]})
    return body


def _typed(sent: Any, wanted: type, path: str) -> Any:
    if type(sent) is not wanted:
        found = "null" if sent is None else _NAMES[type(sent)]
        raise invalid(f"{path}: {found} found, {_NAMES[wanted]} expected", **{path: sent})
    return sent


def _words(sent: Any, path: str) -> str:
    """A string that can be kept: JSON can hold halves of characters."""
    text: str = _typed(sent, str, path)
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise invalid(f"{path}: is not valid UTF-8")
    return text


def whole(value: str, least: int, most: int, name: str) -> int:
    """A whole number of a query string, within bounds; raises Refusal 400."""
    if not (value.isascii() and value.isdecimal() and len(value) < 10 and least <= int(value) <= most):
        raise wrong_value(name, value, f"is not between {least} and {most}")
    return int(value)


def wrong_value(name: str, value: str, why: str = "is not valid") -> Refusal:
    """A query parameter with a value that it cannot have."""
    return invalid(f"The `{name}` query parameter value [{value}] {why}", **{name: value})
