"""X's weights and links, by the examples of its documentation and by twitter-text's own conformance cases."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from advocacy.sharing.networks import counting, linking

CJK = "故人西辞黄鹤楼，烟花三月下扬州。"
PUNCTUATION = (
    "This is a tweet with general punctuation characters: \u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u200b\u200c\u200d ‐ ‑ ‒ – — ― ‖  ‗ ‘ ’ ‚ ‛ “ ” „ ‟ ′ ″ ‴ ‵ ‶ ‷"
)


def weight(text: str) -> int:
    return counting.length("weighted", text, 23)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        # docs.x.com/fundamentals/counting-characters
        ("👾", 2),
        ("🙋🏽", 2),
        ("👨\u200d🎤", 2),
        ("👨\u200d👩\u200d👧\u200d👦", 2),
        ("https://example.com", 23),
        ("https://example.com/very/long/path", 23),
        ("caf\u00e9", 4),
        ("cafe\u0301", 4),
        # twitter-text, conformance: WeightedTweetsCounterTest
        ("Hi http://test.co", 26),
        ("http://test.co", 23),
        ("https://www.twitter.com/aloha " * 10, 240),
        ("285 chars-" + "xxxxxxxxxx-" * 25, 285),
        (CJK * 10, 320),
        ("the" + CJK * 10, 323),
        ("😷" * 160, 320),
        ("A\u0301B", 2),
        ("A\ufb2c", 4),
        ("😷👾😡🔥💩", 10),
        (PUNCTUATION, 112),
    ],
)
def test_documented_lengths(text: str, length: int) -> None:
    assert weight(text) == length


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("example.com", ["example.com"]),
        ("www.example.com", ["www.example.com"]),
        ("t.co", ["t.co"]),
        ("foo.co.jp", ["foo.co.jp"]),
        (
            "example.com/path/to/resource?search=foo&lang=en",
            ["example.com/path/to/resource?search=foo&lang=en"],
        ),
        ("HTTPS://www.ExaMPLE.COM/index.html", ["HTTPS://www.ExaMPLE.COM/index.html"]),
        ("http://sports.yahoo.com/nfl/news;_ylt=Aom0;ylu=XyZ?slug=ap-super", None),
        ("http://example.com/Русские_слова", None),
        ("https://www.youtube.com/playlist?list=PL0ZPu8XSRTB7wZzn0mLHMvyzVFeRxbWn-", None),
        ("http://test_underscore.twitter.com", None),
        ("http://twitter.com/#!/twitter", None),
        ("https://en.wikipedia.org/wiki/Crow_(bird)", None),
        ("https://bücher.example.de/ä", None),
        ("https://пример.рф/", None),
        ("https://example.xn--p1ai", None),
        ("https://go.example.org:8443/l/abc", None),
        (
            "http://twitter.com/これは日本語です。example.com中国語",
            ["http://twitter.com/", "example.com"],
        ),
        (
            "See (https://example.com/a), or https://example.com/b.",
            ["https://example.com/a", "https://example.com/b"],
        ),
        ("https://example.com.", ["https://example.com"]),
        ("end.Next", ["end.Next"]),  # a kind of domain, as twitter-text counts it too
        ("example.com.foo_bar", ["example.com"]),
        ("http://user:PASSW0RD@example.com:8080/login.php", []),
        ("http://192.168.0.1/index.html?src=asdf", []),
        ("https://localhost/x", []),
        ("https://nowhere.invalidending/x", []),
        ("http://domain-dash_2314352345_dfasd.foo-cow_4352.com", []),
        ("http://www.domain4352-.com/", []),
        ("node.js v1.2 e.g. U.S. 3.14 ...", []),
        ("me@example.com @example.com #example.com $example.com x_example.com", []),
        ("example.com@example", []),
        ("", []),
    ],
)
def test_what_is_a_link(text: str, found: list[str] | None) -> None:
    assert [text[first:last] for first, last in linking.links(text)] == ([text] if found is None else found)


def test_a_link_in_doubt_counts_whichever_is_more() -> None:
    assert weight("https://a.invalidending") == 23
    assert weight("https://a.invalidending/" + "x" * 40) == 64
    assert weight("https://a.invalid") == 23
    assert weight("http://10.0.0.1/l/a") == 19


def test_any_text_falls_apart_into_links_and_the_rest() -> None:
    pieces = [
        "a",
        "日",
        "👍🏽",
        " ",
        ".",
        "/",
        "-",
        "@",
        "(",
        ")",
        "com",
        "http://",
        "https://a.org/x",
        "?q=1",
        "é",
        "\n",
    ]
    dice = random.Random(7)
    for _ in range(3000):
        text = "".join(dice.choices(pieces, k=dice.randint(0, 14)))
        spans = linking.links(text)
        assert all(first < last for first, last in spans)
        assert all(before[1] <= after[0] for before, after in pairwise(spans)), text
        rest, found = linking.without(text, 0)
        assert found == len(spans)
        assert len(rest) + sum(last - first for first, last in spans) == len(text)


def test_links_stay_quick_on_hostile_text() -> None:
    for text in ("日.", "a.-", "https://a.com/(", "http://", "a.com", "a-", "https://a.b?."):
        assert linking.links(text * 10_000) is not None
    assert linking.links("https://a.com/(" + "a" * 20_000) == [(0, 14)]
