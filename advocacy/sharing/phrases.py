"""Words that a post cannot keep, where they stand, and what to say instead where that is known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from advocacy.errors import N_, Reason

LONGEST_WORDING = 120  # characters of a wording that states the employment, wherever it is written
# They say that a post is paid for, not by whom the writer is employed.
_BARE = r"(?:ad|pub|anzeige|werbung|reklame|sponsored)"
BARE = re.compile(rf"(?<![\w#])#{_BARE}(?![\w-])", re.IGNORECASE)
BARE_WORDING = re.compile(rf"#?{_BARE}", re.IGNORECASE)
BARE_TAG = N_(
    "“%(phrase)s” makes it look paid for, and does not say where you work. Say “%(wording)s” instead."
)
OWN_LINK = N_("Leave the story's address out: it is added as a short link, so that you see your clicks.")


@dataclass(frozen=True)
class Phrase:
    """A stretch of the words (in characters) that cannot stay; `better` None where only she can say it better."""

    start: int
    end: int
    reason: Reason
    better: str | None = None


def refused_phrases(words: str, *, wording: str, address: str) -> list[Phrase]:
    """What cannot stay in a person's words: a bare mark of advertising, and the story's address (`address`)."""
    found = [
        Phrase(one.start(), one.end(), (BARE_TAG, {"phrase": one[0], "wording": wording}), wording)
        for one in BARE.finditer(words)
    ]
    if address:
        own = re.compile(re.escape(address) + r"(?![\w/?#&=%-])")
        found += [Phrase(one.start(), one.end(), (OWN_LINK, {}), "") for one in own.finditer(words)]
    return sorted(found, key=lambda one: one.start)


def mended(words: str, phrase: Phrase) -> str:
    """The words with the better ones in the place of a phrase; without a double gap where nothing took it."""
    if phrase.better:
        return words[: phrase.start] + phrase.better + words[phrase.end :]
    before, after = words[: phrase.start].rstrip(" "), words[phrase.end :].lstrip(" ")
    apart = before and after and before[-1] != "\n" and after[0] not in "\n.,;:!?"
    return before + (" " if apart else "") + after
