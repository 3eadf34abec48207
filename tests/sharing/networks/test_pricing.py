"""What a network's calls cost."""

from __future__ import annotations

import pytest

from advocacy import places
from advocacy.sharing.networks.facts import read
from advocacy.sharing.networks.interface import Image, Post
from advocacy.sharing.networks.pricing import price, price_of_reading

FACTS = read(places.config() / "networks.toml")


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("Hello", 15_000),
        ("Hello https://go.example.org/l/abc", 200_000),
        ("Hello example.com", 200_000),
        ("Hello http://127.0.0.1:8000/l/abc", 200_000),
        ("node.js v1.2 me@example.com", 15_000),
        ("", 15_000),
    ],
)
def test_price_of_a_post_on_x(text: str, micros: int) -> None:
    assert price(FACTS["x"], Post(text, "en", [Image(b"x", "image/png")])) == micros
    assert FACTS["x"].currency == "USD"


def test_price_of_reading() -> None:
    assert price_of_reading(FACTS["x"], 0) == 0
    assert price_of_reading(FACTS["x"], 100) == 500_000


def test_most_networks_cost_nothing() -> None:
    assert price(FACTS["mastodon"], Post("https://example.com", "en")) == 0
    assert price_of_reading(FACTS["mastodon"], 7) == 0
    assert FACTS["mastodon"].currency == ""
