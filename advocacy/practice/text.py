"""Texts of posts: their length as a reader sees it, their links and tags, and themselves as safe HTML."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from urllib.parse import urlsplit

URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?')\]]", re.IGNORECASE)
_ENTITY = re.compile(rf"(?P<url>{URL.pattern})|(?<![\w/#&])#(?P<tag>\w*[^\W\d]\w*)", re.IGNORECASE)


def html(text: str) -> str:
    """A post's text as HTML: paragraphs, links and tags; nothing else survives."""
    paragraphs = re.split(r"\n{2,}", text.strip().replace("\r\n", "\n"))
    return "".join(f"<p>{_inline(part)}</p>" for part in paragraphs if part)


def _inline(text: str) -> str:
    parts, end = [], 0
    for match in _ENTITY.finditer(text):
        parts += [escape(text[end : match.start()]), _link(match)]
        end = match.end()
    return "".join([*parts, escape(text[end:])]).replace("\n", "<br>")


def _link(match: re.Match[str]) -> str:
    if match["tag"]:
        return f'<span class="hashtag">#{escape(match["tag"])}</span>'
    url = escape(match["url"], quote=True)
    shown = escape(match["url"].split("://", 1)[1])
    return f'<a href="{url}" rel="nofollow noopener" target="_blank">{shown}</a>'


def tags(text: str) -> list[str]:
    """The hashtags of a text, in order, once each."""
    return list(dict.fromkeys(m["tag"].lower() for m in _ENTITY.finditer(text) if m["tag"]))


def first_link(text: str) -> str | None:
    """The first link of a text."""
    return next((m["url"] for m in _ENTITY.finditer(text) if m["url"]), None)


def headline(url: str) -> str:
    """A link preview's title made from the address alone, since nothing here calls out."""
    parts = urlsplit(url)
    slug = parts.path.rstrip("/").rpartition("/")[2].partition(".")[0]
    words = re.sub(r"[-_]+", " ", slug).strip().capitalize() if re.search(r"[^\W_][-_]", slug) else ""
    return words or parts.netloc + parts.path


def graphemes(text: str) -> int:
    """How many characters a reader sees (extended grapheme clusters, near enough for posts)."""
    count, flags, previous = 0, 0, ""
    for character in text:
        flags = flags + 1 if _is_flag_half(character) else 0
        joined = bool(previous) and (_extends(previous, character) or (flags > 0 and flags % 2 == 0))
        count += not joined
        previous = character
    return count


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _extends(previous: str, character: str) -> bool:
    if previous == "\r":
        return character == "\n"
    if unicodedata.category(character) in ("Mn", "Me", "Mc") or character in "\u200d\u200c":
        return True
    if "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f":
        return True
    if previous == "\u200d":
        return unicodedata.category(character) == "So" or character >= "\U0001f000"
    return _continues_syllable(previous, character)


def _continues_syllable(previous: str, character: str) -> bool:
    """Whether two Hangul letters belong to one syllable block."""
    if "\u1160" <= character <= "\u11ff":
        return "\u1100" <= previous <= "\u11ff" or "\uac00" <= previous <= "\ud7a3"
    leads = "\u1100" <= previous <= "\u115f"
    return leads and ("\u1100" <= character <= "\u115f" or "\uac00" <= character <= "\ud7a3")
