"""Pages of sharing: the composer, my shares, my connected accounts, and a bad day."""

from __future__ import annotations

from advocacy.sharing.views import (
    bad_day,
    calendar,
    compose,
    connections,
    costs,
    hours,
    mine,
    passwords,
    plans,
    purposes,
    reactions,
    road,
    shares,
)
from advocacy.sharing.views.blueprint import bp
from advocacy.sharing.views.connections import bp as connections_pages

__all__ = [
    "bad_day",
    "bp",
    "calendar",
    "compose",
    "connections",
    "connections_pages",
    "costs",
    "hours",
    "mine",
    "passwords",
    "plans",
    "purposes",
    "reactions",
    "road",
    "shares",
]
