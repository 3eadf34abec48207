"""What posts and looks cost, by the price list in `config/networks.toml`; None where nobody charges."""

from __future__ import annotations

from advocacy.sharing.money import Cost, Use
from advocacy.sharing.networks import facts_of
from advocacy.sharing.networks.interface import Network, Post
from advocacy.sharing.networks.pricing import has_link, price, price_of_reading


def cost_of_post(slug: str, text: str) -> Cost | None:
    """What it costs to publish these words on a network."""
    facts = facts_of(slug)
    if facts is None or not facts.prices:
        return None
    use = Use.POST_WITH_LINK if has_link(text) else Use.POST
    return Cost(price(facts, Post(text, "")), facts.currency, use)


def cost_of_look(connector: Network) -> Cost | None:
    """What one look among a person's own posts costs at most, to find one whose answer was lost."""
    return cost_of_reading(connector.slug, connector.can.reads_at_most)


def cost_of_reading(slug: str, posts: int) -> Cost | None:
    """What it costs to be told of so many posts."""
    facts = facts_of(slug)
    amount = price_of_reading(facts, posts) if facts is not None else 0
    return Cost(amount, facts.currency, Use.READ) if facts is not None and amount else None
