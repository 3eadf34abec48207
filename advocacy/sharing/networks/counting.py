"""How long a text is: every network counts in its own way."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from advocacy.sharing.networks.interface import Count

if TYPE_CHECKING:
    import regex

GRAPHEME = r"\X"
EMOJI = r"[\p{Emoji_Presentation}\p{Regional_Indicator}\uFE0F\u20E3]"
# A web address ends before the punctuation of its sentence; a bracket belongs to it only when it was opened inside.
URL = r"(?i)https?://(?:\([^\s()<>]*\)|[^\s<>\"()])*(?:\([^\s()<>]*\)|[^\s<>\"().,;:!?'…»”’\]])"
REMOTE_MENTION = r"(?<![\w/])@(\w(?:[\w.-]*\w)?)@[\w-]+(?:\.[\w-]+)*(?::\d+)?"
# twitter-text's configuration v3 (config/v3.json): these code points weigh one, all others two.
LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))


@cache
def compiled(pattern: str) -> regex.Pattern[str]:
    """The pattern, ready to look for; most processes count nothing for hours."""
    import regex

    return regex.compile(pattern)


def plain(text: str) -> str:
    """The text with the line ends that networks keep; browsers send others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def graphemes(text: str) -> int:
    """What a reader takes for characters: a family emoji is one."""
    return len(compiled(GRAPHEME).findall(text))


def utf16(text: str) -> int:
    """UTF-16 code units, as JavaScript counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fediverse(text: str) -> int:
    """Graphemes, of a mention of someone on another server only `@name` (Mastodon's StatusLengthValidator)."""
    return graphemes(compiled(REMOTE_MENTION).sub(r"@\1", text))


def weighted(text: str) -> int:
    """X's weights: most alphabets one, other writing two, any emoji two."""
    return sum(
        2 if compiled(EMOJI).search(one) else sum(map(_weight, one))
        for one in compiled(GRAPHEME).findall(text)
    )


def emoji_bytes(text: str) -> int:
    """Characters, but an emoji as many as its UTF-8 bytes (Threads)."""
    return sum(
        len(one.encode()) if compiled(EMOJI).search(one) else len(one)
        for one in compiled(GRAPHEME).findall(text)
    )


def _weight(character: str) -> int:
    return 1 if any(first <= ord(character) <= last for first, last in LIGHT) else 2


RULES: dict[str, Callable[[str], int]] = {
    "characters": len,
    "utf16": utf16,
    "graphemes": graphemes,
    "fediverse": fediverse,
    "weighted": weighted,
    "emoji_bytes": emoji_bytes,
}


def length(rule: str, text: str, url_length: int = 0) -> int:
    """A text's length by a rule, every web address counting `url_length` unless that is 0."""
    text = plain(text)
    if rule == "weighted":
        text = unicodedata.normalize("NFC", text)
    addresses = 0
    if url_length and rule == "weighted":
        from advocacy.sharing.networks import linking  # a heavy library comes with it

        text, addresses = linking.without(text, url_length)
    elif url_length:
        text, addresses = compiled(URL).subn("", text)
    return RULES[rule](text) + addresses * url_length


def count(rule: str, text: str, allowed: int, url_length: int = 0) -> Count:
    """A text's length beside what is allowed, with a warning from nine tenths of it."""
    used = length(rule, text, url_length)
    return Count(used=used, allowed=allowed, warn=used * 10 >= allowed * 9)


def fold(text: str, characters: int, lines: int) -> int:
    """How many leading characters of a text stand within so many graphemes and lines (0: no such limit)."""
    end = len(text)
    if characters:
        for number, one in enumerate(compiled(GRAPHEME).finditer(text)):
            if number == characters:
                end = one.start()
                break
    if lines:
        end = min(end, len("\n".join(text.split("\n")[:lines])))
    return end
