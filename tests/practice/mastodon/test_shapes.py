"""How Mastodon shows link previews."""

from __future__ import annotations

import pytest

from advocacy.practice.mastodon import shapes


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("https://news.example/2026/wind-at-night.html", "Wind at night"),
        ("http://127.0.0.1:8000/l/abc123 #Tag", "127.0.0.1:8000/l/abc123"),
        ("https://a.example", "a.example"),
    ],
)
def test_a_preview_is_made_from_the_address(text: str, title: str) -> None:
    card = shapes.card(text)
    assert card is not None and card["title"] == title


def test_no_link_no_preview() -> None:
    assert shapes.card("Only words, www.no.scheme") is None
