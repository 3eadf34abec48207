"""What a text weighs: the documented examples, and those of the network's own conformance suite."""

from __future__ import annotations

import pytest

from advocacy.practice.x import counting


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("This is a test.", 15),
        ("http://test.com", 23),
        ("https://test.com", 23),
        ("test.com", 23),
        ("Test https://test.com test https://test.com test.com test", 86),
        ("저찀쯿쿿", 8),
        ("H\U0001f431☺", 5),
        ("A lié géts", 10),
        ("cafe\u0301", 4),  # counted in Normalization Form C
        ("版本", 4),
        ("Žluťoučký ‘kůň’ …", 18),  # … is U+2026 and weighs 2
        ("″′", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("🧑🏿‍🚀", 2),
        ("🏳️‍🌈", 2),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2),
        ("🇩🇪🇫🇷", 4),
        ("1️⃣", 2),
        ("❤️", 2),
        ("©", 1),
        ("©️", 2),
        ("", 0),
    ],
)
def test_a_text_weighs_what_the_documentation_says(text: str, weight: int) -> None:
    assert counting.weight(text) == weight


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See test.com.", ["http://test.com"]),
        ("(https://a.example/x)", ["https://a.example/x"]),
        ("https://a.example/x_(y)!", ["https://a.example/x_(y)"]),
        ("https://a.example/?q=1&r=2#z, and", ["https://a.example/?q=1&r=2#z"]),
        ("http://127.0.0.1:8000/l/abc", ["http://127.0.0.1:8000/l/abc"]),
        ("HTTPS://WWW.Test.COM/A", ["HTTPS://WWW.Test.COM/A"]),
        ("foo.co.jp/a?b=c then it.is", ["http://foo.co.jp/a?b=c", "http://it.is"]),
        ("read a.example or file.txt", []),
        ("ada@test.com @test.com #test.com $test.com", []),
        ("e.g. this", []),
        ("test.company", ["http://test.company"]),
        ("test.community", []),
        ("http://日本.jp/日", ["http://日本.jp/"]),
        ("ftp://test.com", []),
    ],
)
def test_links_are_found(text: str, links: list[str]) -> None:
    assert [piece.address for piece in counting.pieces(text) if piece.kind == "link"] == links


def test_nothing_of_a_text_is_lost() -> None:
    text = "A 👍🏽 at https://a.example/x, test.com & 1️⃣\n"
    assert "".join(piece.text for piece in counting.pieces(text)) == text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://blog.twitter.com/2011/05/twitter-for-mac-update.html", "blog.twitter.com/2011/05/twitte…"),
        ("https://www.test.com/", "test.com"),
        ("https://a.example/short", "a.example/short"),
    ],
)
def test_a_link_is_shown_short(address: str, shown: str) -> None:
    assert counting.display(address) == shown
