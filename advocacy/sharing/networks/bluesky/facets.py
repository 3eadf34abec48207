"""Links, mentions and hashtags in a text, by their places in UTF-8 bytes (https://docs.bsky.app/docs/advanced-guides/post-richtext)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import regex

from advocacy.sharing.networks.counting import URL, compiled, graphemes

LONGEST_TAG = 64
MOST_MENTIONED = 10
UNSEEN = r"\s\u00AD\u2060\u200A-\u200D\u20E2"
HASHTAG = regex.compile(rf"(?<!\S)[#＃](?!\uFE0F)([^{UNSEEN}]+)")
MENTION = regex.compile(
    r"(?<![^\s(])@((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)"
    r"(?![\w@-])"
)
NAMES = regex.compile(r"[^\d\p{P}\s]")
PUNCTUATION_AT_END = regex.compile(r"\p{P}+$")


@dataclass(frozen=True)
class Span:
    """A stretch of a text (in characters) and what it is: `link`, `mention` or `tag`."""

    start: int
    end: int
    kind: str
    value: str


def spans(text: str) -> list[Span]:
    """What in a text means more than its letters, in order; none overlaps another."""
    found = [Span(one.start(), one.end(), "link", one[0]) for one in compiled(URL).finditer(text)]
    found += [Span(one.start(), one.end(), "mention", one[1].lower()) for one in MENTION.finditer(text)]
    for one in HASHTAG.finditer(text):
        tag = PUNCTUATION_AT_END.sub("", one[1])
        if NAMES.search(tag) and graphemes(tag) <= LONGEST_TAG:
            found.append(Span(one.start(), one.start(1) + len(tag), "tag", tag))
    return _apart(sorted(found, key=lambda span: (span.start, -span.end)))


def _apart(found: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def facets(text: str, did_of: Callable[[str], str]) -> list[dict[str, Any]]:
    """The facets of a text; `did_of` names a handle's account, "" leaving the mention plain text.

    Each is asked for once, and no more than ten of them.
    """
    made, asked = [], dict[str, str]()
    for span in spans(text):
        if span.kind == "mention" and span.value not in asked:
            asked[span.value] = did_of(span.value) if len(asked) < MOST_MENTIONED else ""
        value = asked[span.value] if span.kind == "mention" else span.value
        if value:
            made.append({"index": _place(text, span), "features": [_feature(span.kind, value)]})
    return made


def _place(text: str, span: Span) -> dict[str, int]:
    return {"byteStart": len(text[: span.start].encode()), "byteEnd": len(text[: span.end].encode())}


def _feature(kind: str, value: str) -> dict[str, str]:
    name = {"link": "uri", "mention": "did", "tag": "tag"}[kind]
    return {"$type": f"app.bsky.richtext.facet#{kind}", name: value}
