"""What a network's calls cost, out of `config/networks.toml`; amounts in millionths of the network's currency."""

from __future__ import annotations

from advocacy.sharing.networks import counting
from advocacy.sharing.networks.facts import Facts
from advocacy.sharing.networks.interface import Post


def price(facts: Facts, post: Post) -> int:
    """What it costs to publish a post: more where a link stands in its words, with a scheme or without."""
    kind = "create_with_url" if has_link(post.text) else "create"
    return facts.prices.get(kind, facts.prices.get("create", 0))


def has_link(text: str) -> bool:
    """Whether the network will find a link in these words; in doubt, rather yes, since that costs more."""
    if counting.compiled(counting.URL).search(text):
        return True
    from advocacy.sharing.networks import linking  # a heavy library comes with it

    return bool(linking.links(text))


def price_of_reading(facts: Facts, posts: int) -> int:
    """What it costs to be told of so many posts, be it to find one or for their figures."""
    return facts.prices.get("read", 0) * posts
