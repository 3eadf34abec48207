"""LinkedIn's `little` text: what of a commentary is published (shares/little-text-format).

A reserved character that is neither escaped nor part of an element ends the text, silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

RESERVED = r"|{}@\[\]()<>#\\*_~"
_ESCAPED = re.compile(rf"\\([{RESERVED}])")
#: A link keeps reserved characters as they are, and ends at an escape: who escapes inside it, cuts it.
_LINK = re.compile(r"https?://[^\s<>\"\\]*[^\s<>\"\\.,;:!?')\]}]", re.IGNORECASE)
_PLAIN = re.compile(rf"[^{RESERVED}]")
_HASHTAG = re.compile(r"#([^\W_]+)")
_HASHTAG_TEMPLATE = re.compile(rf"\{{hashtag\|(?:\\?#|＃)\|(?P<tag>(?:\\[{RESERVED}]|[^\s{RESERVED}])+)\}}")
_MENTION = re.compile(
    rf"@\[(?P<name>(?:\\[{RESERVED}]|[^{RESERVED}])+)\]\((?P<urn>urn:li:(?:person|organization):[\w-]+)\)"
)


@dataclass(frozen=True)
class Element:
    """A part of a text: `text`, `link`, `hashtag` (without its sign) or `mention` (with the URN)."""

    kind: str
    text: str
    urn: str = ""

    @property
    def shown(self) -> str:
        """What a reader sees of it."""
        return f"#{self.text}" if self.kind == "hashtag" else self.text


@dataclass(frozen=True)
class Text:
    """A commentary as it was read."""

    elements: tuple[Element, ...]
    #: What an unescaped character cut off; empty when all is well.
    lost: str = ""

    @property
    def shown(self) -> str:
        """What a reader sees."""
        return "".join(element.shown for element in self.elements)


def read(commentary: str) -> Text:
    """The elements of a commentary up to its first mistake."""
    elements: list[Element] = []
    at, plain = 0, ""
    while at < len(commentary):
        found = _next(commentary, at)
        if found is None:
            break
        element, at = found
        if element.kind == "text":
            plain += element.text
            continue
        elements += [*_text(plain), element]
        plain = ""
    return Text((*elements, *_text(plain)), commentary[at:])


def _text(plain: str) -> list[Element]:
    return [Element("text", plain)] if plain else []


def _next(commentary: str, at: int) -> tuple[Element, int] | None:
    """The element that begins here and where it ends; None for a reserved character that begins none."""
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Element]], ...] = (
        (_LINK, lambda match: Element("link", match[0])),
        (_PLAIN, lambda match: Element("text", match[0])),
        (_ESCAPED, lambda match: Element("text", match[1])),
        (_HASHTAG_TEMPLATE, lambda match: Element("hashtag", unescaped(match["tag"]))),
        (_MENTION, lambda match: Element("mention", unescaped(match["name"]), match["urn"])),
        (_HASHTAG, lambda match: Element("hashtag", match[1])),
    )
    for pattern, element in readers:
        match = pattern.match(commentary, at)
        if match is not None:
            return element(match), match.end()
    return None


def unescaped(text: str) -> str:
    """A text without the backslashes before reserved characters."""
    return _ESCAPED.sub(r"\1", text)


def length(text: Text) -> int:
    """How long a commentary is, in UTF-16 units, without escapes; what is cut off counts too."""
    return len((text.shown + unescaped(text.lost)).encode("utf-16-le")) // 2
