"""How alike two posts are."""

from __future__ import annotations

import random

import pytest

from advocacy.sharing import likeness
from advocacy.sharing.likeness import mark, nearness, own_words, per_cent

LINE = (
    "Nineteen doors, one Saturday: our apprentices show how a network is built, and you may splice a fibre."
)


def number(words: str) -> int:
    bits = mark(words)
    assert bits is not None and len(bits) == 256
    return int.from_bytes(bits, "big")


def alike(one: str, other: str) -> int:
    """Per cent of two texts as people would write them, once by their marks and once in full."""
    first, second = own_words(one), own_words(other)
    full = per_cent(likeness.likeness(first, second))
    assert abs(full / 100 - nearness(number(first), number(second))) < likeness.MARGIN
    return full


@pytest.mark.parametrize(
    ("text", "disclosure", "own"),
    [
        ("We DIG, deep.\n\n#WorksAtNordlys https://here.example/l/abc", "#WorksAtNordlys", "we dig deep"),
        ("I work at Nordlys, and we dig.", "I work at Nordlys", "and we dig"),
        ("We dig #fibre with @carl@social.example!", "", "we dig with"),
        ("Ｗｅ　ｄｉｇ", "", "we dig"),
        ("https://here.example/l/abc", "", ""),
    ],
)
def test_what_a_post_says_of_its_own(text: str, disclosure: str, own: str) -> None:
    assert own_words(text, disclosure) == own


def test_the_same_words_are_wholly_alike_whatever_was_added() -> None:
    assert alike(LINE, f"{LINE.upper()} 🎉 #Open https://here.example/l/1") == 100


@pytest.mark.parametrize(
    ("other", "least", "most"),
    [
        (LINE.replace("Saturday", "Sunday"), 80, 99),
        (LINE + " Come.", 90, 99),
        (" ".join(reversed(LINE.split())), 20, 79),
        ("I learnt to solder at sixteen, and this weekend I show our neighbours' children how.", 0, 20),
    ],
)
def test_how_alike_other_words_are(other: str, least: int, most: int) -> None:
    assert least <= alike(LINE, other) <= most


def test_marks_hold_for_long_posts_too() -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmno", k=6)) for _ in range(430)]
    assert alike(" ".join(words), " ".join(words[:400] + words[:30])) > 80
    assert alike(" ".join(words[:215]), " ".join(words[215:])) < 10


def test_short_texts_and_none() -> None:
    assert alike("Yes", "yes!") == 100 and alike("Yes", "No") == 0
    assert mark("") is None and likeness.likeness("", "") == 0


def test_a_hundred_per_cent_is_said_of_the_same_alone() -> None:
    assert per_cent(0.9999) == 99 and per_cent(1.0) == 100


@pytest.mark.parametrize(
    "text",
    [
        LINE.replace("o", "о").replace("a", "а").replace("e", "е"),  # Cyrillic
        LINE.replace("o", "ο").replace("i", "ι").replace("N", "Ν"),  # Greek
        LINE.replace("h", "һ").replace("s", "ѕ").replace("n", "ո"),
        LINE.replace("e", "e\u200b").replace("t", "\u2060t"),  # nothing that is seen
        LINE.replace(" ", "\u00a0"),
    ],
)
def test_letters_that_look_alike_say_the_same(text: str) -> None:
    assert text != LINE and alike(text, LINE) == 100


def test_other_writings_stay_as_far_apart_as_they_are() -> None:
    first = "В субботу мы открываем девятнадцать дверей и показываем сеть"
    other = "Наши ученики чинят кабель под мостом, приходите посмотреть"
    assert alike(first, first) == 100 and alike(first, other) < 10
