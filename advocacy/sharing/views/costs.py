"""What a post costs, said before it is sent, and the road by hand when there is no money for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency
from flask import url_for

from advocacy import clock, web
from advocacy.errors import Reason
from advocacy.sharing import by_hand, costing, queries
from advocacy.sharing.money import MILLION, Cost
from advocacy.sharing.networks import facts_of
from advocacy.sharing.views.blueprint import Answer, bp, go
from advocacy.web import signed_in

A_LINK = "https://example.com"


@dataclass(frozen=True)
class PriceTag:
    """What a post on a network costs: in words alone, with a link; what is left; and what stands against it."""

    bare: Cost
    linked: Cost
    left: int | None
    against: Reason | None


@bp.app_template_filter()
def amount(millionths: int, currency: str) -> str:
    """An amount of money as the reader's language writes it, with as many decimals as it has."""
    return str(
        format_currency(
            Decimal(millionths) / MILLION, currency, locale=web.locale(), decimal_quantization=False
        )
    )


@bp.app_template_global()
def price_tag(slug: str, links: bool) -> PriceTag | None:
    """What a post of the reader's costs on a network; None where it costs nothing."""
    me, at = web.me(), clock.now()
    bare, linked = costing.cost_of_post(slug, ""), costing.cost_of_post(slug, A_LINK)
    if bare is None or linked is None:
        return None
    return PriceTag(
        bare,
        linked,
        queries.left(me.entity_id, bare.currency, at=at),
        queries.too_dear(me, slug, [linked if links else bare], at=at),
    )


@bp.app_template_filter()
def has_dialog(slug: str) -> bool:
    """Whether a network has a page of its own on which one can post by hand."""
    facts = facts_of(slug)
    return facts is not None and bool(facts.dialog) and "{server}" not in facts.dialog


@bp.post("/shares/<code>/deliveries/<delivery_code>/dialog")
@signed_in
def take_in_hand(code: str, delivery_code: str) -> Answer:
    """Post by hand what there is no money for."""
    by_hand.take_in_hand(queries.delivery(web.me(), delivery_code), by=web.me(), at=clock.now())
    return go(url_for("sharing.show", code=code))
