"""Words that cannot stay, and what is said instead."""

from __future__ import annotations

import pytest

from advocacy.sharing.phrases import mended, refused_phrases

WORDING, STORY = "#WorksAtNordlys", "https://www.nordlys.example/repair"


def put_right(words: str) -> str:
    """The words with everything mended that can be."""
    while found := refused_phrases(words, wording=WORDING, address=STORY):
        words = mended(words, found[0])
    return words


@pytest.mark.parametrize(
    ("words", "better"),
    [
        ("We dig #ad today", f"We dig {WORDING} today"),
        ("#AD We dig. #Werbung", f"{WORDING} We dig. {WORDING}"),
        ("We dig #adventure, #admin and #ad-hoc", "We dig #adventure, #admin and #ad-hoc"),
        (f"Read {STORY} today", "Read today"),
        (f"Read {STORY}, please", "Read, please"),
        (f"Read\n{STORY}\nplease", "Read\n\nplease"),
        (STORY, ""),
        (f"Read {STORY}/more and {STORY}?x=1", f"Read {STORY}/more and {STORY}?x=1"),
    ],
)
def test_better_words_stand_where_the_phrase_stood(words: str, better: str) -> None:
    assert put_right(words) == better


def test_what_is_refused_says_why_and_where() -> None:
    one, two = refused_phrases(f"{STORY} #ad", wording=WORDING, address=STORY)
    assert (one.start, one.end, one.better) == (0, len(STORY), "")
    assert two.reason[1] == {"phrase": "#ad", "wording": WORDING} and two.better == WORDING
    assert refused_phrases(STORY, wording=WORDING, address="") == []
