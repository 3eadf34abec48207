"""Every network counts in its own way."""

from __future__ import annotations

import pytest

from advocacy.sharing.networks import counting

FAMILY = "👨‍👩‍👧‍👦"
LINK = "https://www.example.com/a/very/long/path?with=query&and=more#fragment"


@pytest.mark.parametrize(
    ("rule", "text", "url_length", "length"),
    [
        ("characters", "héllo", 0, 5),
        ("characters", "a\r\nb\rc", 0, 5),
        ("utf16", "a👍", 0, 3),
        ("graphemes", f"{FAMILY}e\u0301🇳🇴", 0, 3),
        ("graphemes", LINK, 0, len(LINK)),
        ("fediverse", f"See {LINK}.", 23, 4 + 23 + 1),
        ("fediverse", f"({LINK})", 23, 25),
        ("fediverse", "https://en.wikipedia.org/wiki/Crow_(bird)", 23, 23),
        ("fediverse", "HTTP://a.example http://b.example", 23, 47),
        ("fediverse", "https:// alone", 23, 14),
        ("fediverse", "@ada@social.example hello", 23, 10),
        ("fediverse", "@ada hello ada@mail.example", 23, 27),
        ("fediverse", "https://social.example/@ada@other.example", 23, 23),
        ("fediverse", FAMILY * 10, 23, 10),
        ("weighted", "hello", 23, 5),
        ("weighted", "日本", 23, 4),
        ("weighted", "e\u0301", 23, 1),
        ("weighted", f"{FAMILY}🇳🇴1️⃣👍", 23, 8),
        ("weighted", "© ™", 23, 4),
        ("weighted", f"{LINK} example.com, at shop.example.co.uk/x", 23, 23 + 1 + 23 + 5 + 23),
        ("weighted", "e.g. me@example.com v1.2 end.Then", 23, 33),
        ("weighted", "example.com", 0, 11),
        ("emoji_bytes", "hi 👍é", 0, 3 + 4 + 1),
        ("emoji_bytes", "", 0, 0),
    ],
)
def test_length(rule: str, text: str, url_length: int, length: int) -> None:
    assert counting.length(rule, text, url_length) == length


@pytest.mark.parametrize(
    ("used", "warn", "left"), [(449, False, 51), (450, True, 50), (500, True, 0), (501, True, -1)]
)
def test_count_warns_from_nine_tenths(used: int, warn: bool, left: int) -> None:
    count = counting.count("fediverse", "x" * used, 500, 23)
    assert (count.used, count.allowed, count.warn, count.left) == (used, 500, warn, left)


@pytest.mark.parametrize(
    ("text", "characters", "lines", "seen"),
    [
        ("hello", 0, 0, "hello"),
        ("hello", 5, 0, "hello"),
        ("hello", 4, 0, "hell"),
        (FAMILY * 3, 2, 0, FAMILY * 2),
        ("a\nb\nc\nd", 0, 3, "a\nb\nc"),
        ("a\n\nb\nc", 210, 3, "a\n\nb"),
        ("aaaa\nb", 3, 1, "aaa"),
        ("", 210, 3, ""),
    ],
)
def test_fold(text: str, characters: int, lines: int, seen: str) -> None:
    assert text[: counting.fold(text, characters, lines)] == seen


def test_counting_stays_quick_on_hostile_text() -> None:
    for text in (
        "https://" + "(" * 20_000,
        "https://" + "(a)" * 10_000,
        "a." * 20_000,
        "@a" * 20_000,
        "@a." * 20_000,
    ):
        for rule in counting.RULES:
            counting.length(rule, text, 23)
