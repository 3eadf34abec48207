"""How alike two posts are in what they say: their words without link, disclosure, mentions and hashtags.

Two texts are as alike as the share of their shingles (runs of five characters) that they have in common. A mark holds
the shingles of a text in 256 bytes, so that thousands of posts are gone through in milliseconds; what comes near by its
mark is then compared in full.
"""

from __future__ import annotations

import math
import re
import unicodedata
import zlib

LENGTH = 5
BITS = 2048
MARGIN = 0.15
"""How far the likeness of two marks may be below that of their texts."""
_ADDED = re.compile(r"https?://\S+|(?<!\w)[#＃@][\w.@-]*\w")
_BETWEEN = re.compile(r"[\W_]+")
# Letters of other writings that look like one of ours: one who swaps them says the same to every reader. These are the
# ones that everyday fonts draw alike, not all of Unicode's; texts that are wholly in such a writing lose nothing by it.
_CAPITALS = str.maketrans("ΗΝΥ", "hny")
_LOOK_ALIKE = str.maketrans(
    "авекмнорстухѕіјһԁԛԝүѵӏɡαβεζικμνορτυχγϲϳօոսցհւզɑıʏ",
    "abekmhopctyxsijhdqwyvlgabezikmvoptuxycjonuqhiqaiy",
)
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
# How many different shingles stand behind so many bits (linear counting).
_BEHIND = tuple(-BITS * math.log(1 - min(bits, BITS - 1) / BITS) for bits in range(BITS + 1))


def own_words(text: str, disclosure: str = "") -> str:
    """What a post says of its own: without link, disclosure, mentions, hashtags, case and punctuation."""
    folded = _folded(text)
    if disclosure:
        folded = folded.replace(_folded(disclosure), " ")
    return _BETWEEN.sub(" ", _ADDED.sub(" ", folded)).strip()


def _folded(text: str) -> str:
    """A text as the eye takes it: one case, no width, no letter that only looks like another, nothing unseen."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return seen.translate(_CAPITALS).casefold().translate(_LOOK_ALIKE)


def likeness(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1 (Jaccard over their shingles); takes what `own_words` gives."""
    first, second = _shingles(one), _shingles(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def mark(words: str) -> bytes | None:
    """The shingles of a text as bits; None where it says nothing of its own."""
    bits = 0
    for shingle in _shingles(words):
        bits |= 1 << (zlib.crc32(shingle.encode()) % BITS)
    return bits.to_bytes(BITS // 8, "big") if bits else None


def nearness(one: int, other: int) -> float:
    """How alike two texts seem by their marks, read as numbers."""
    together = _BEHIND[(one | other).bit_count()]
    return (_BEHIND[one.bit_count()] + _BEHIND[other.bit_count()] - together) / together


def per_cent(share: float) -> int:
    """A likeness for people to read; 100 only where nothing differs."""
    return int(share * 100)


def _shingles(words: str) -> set[str]:
    if len(words) <= LENGTH:
        return {words} if words else set()
    return {words[start : start + LENGTH] for start in range(len(words) - LENGTH + 1)}
