"""LinkedIn's "little text": typed words in which links, hashtags and mentions live and nothing else means anything.

Community Management, "little Text Format": a reserved character without its backslash is read as the beginning of an
element, and the real network then cuts the post off there without a word, while answering 201.
"""

from __future__ import annotations

from urllib.parse import quote

import regex

from advocacy.sharing.networks.counting import URL, plain

RESERVED = regex.compile(r"[\\|{}@\[\]()<>#*_~]")
OPENING = regex.compile(r"[\\|{}@\[\]()<>]")
"""Of the reserved characters those that begin or end an element or a template."""
MENTION = regex.compile(r"@\[([^\[\]\n]{1,200})\]\((urn:li:(?:organization|person):[A-Za-z0-9_\-]+)\)")
# A hashtag has a letter in it ("#1" is a rank), and does not begin inside a word ("C#") or another hashtag.
WORD = r"\p{L}\p{M}\p{N}_"
TAG = regex.compile(rf"(?<![{WORD}#&/])#(?=[\p{{M}}\p{{N}}_]*\p{{L}})([{WORD}]+)")
PIECES = (("mention", MENTION.pattern), ("address", URL.removeprefix("(?i)")), ("tag", TAG.pattern))
LIVE = regex.compile("|".join(f"(?P<{name}>{piece})" for name, piece in PIECES), regex.IGNORECASE)


def little(text: str) -> str:
    """A text as it is typed, in little text."""
    text, said, end = plain(text), [], 0
    for found in LIVE.finditer(text):
        said += [_escaped(text[end : found.start()]), _live(found)]
        end = found.end()
    return "".join([*said, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return RESERVED.sub(r"\\\g<0>", text)


def _live(found: regex.Match[str]) -> str:
    piece = found.group()
    if found["mention"]:
        name, urn = piece[2:-1].rsplit("](", 1)
        return f"@[{_escaped(name)}]({urn})"
    if found["tag"]:
        return f"{{hashtag|\\#|{_escaped(piece[1:])}}}"
    return _address(piece)


def _address(url: str) -> str:
    """An address links only while it has no backslash in it, so what would open an element is written as %XX.

    That leads to the same place; the host is left alone. `_`, `~`, `*` and `#` open nothing in an address. [M]
    """
    start = regex.match(r"[a-z]+://[^/?#]*", url, regex.IGNORECASE)
    host = start.group() if start else ""
    return host + OPENING.sub(lambda found: quote(found.group(), safe=""), url[len(host) :])
