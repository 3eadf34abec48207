"""What a person is offered to put into her words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from advocacy.sharing.phrases import BARE

HASHTAG = re.compile(r"(?<![\w#&/])#(\w*[^\W\d_]\w*)")
MOST_HASHTAGS = 6


def hashtags(captions: Iterable[str], topics: Iterable[str], wordings: Iterable[str]) -> list[str]:
    """Hashtags to offer: those of the captions, then the topics' names; never a wording that is added anyway."""
    taken = [one[0] for text in captions for one in HASHTAG.finditer(text)]
    named = ("#" + "".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", one)) for one in topics)
    found: dict[str, str] = {}
    for one in [*taken, *named]:
        if not BARE.fullmatch(one):
            found.setdefault(one.casefold(), one)
    for one in wordings:
        found.pop(one.casefold(), None)
    return list(found.values())[:MOST_HASHTAGS]
