"""The law of what posts may cost: prices, months, budgets; amounts in millionths of a currency (ISO 4217)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from advocacy.errors import N_, Refused

MILLION = 1_000_000
MOST = 1_000_000 * MILLION
"""More than this a company may not set aside for a month: it is a slip of the hand."""
AMOUNT = re.compile(
    r"-?[0-9]{1,30}(\.[0-9]{1,30})?"
)  # as people write it: 1e3 is a thousand to a machine alone


class Use(StrEnum):
    """What money went out for."""

    POST = "post"
    POST_WITH_LINK = "post_with_link"
    READ = "read"


class Entry(StrEnum):
    """What a line of the ledger says of an amount."""

    RESERVED = "reserved"
    SPENT = "spent"
    RETURNED = "returned"


POSTS = (Use.POST, Use.POST_WITH_LINK)


@dataclass(frozen=True)
class Cost:
    """What one call costs, and what for."""

    amount: int
    currency: str
    use: Use


Price = Callable[[str, str], Cost | None]
"""What a post costs: (network, text); None where it costs nothing."""


def free(_network: str, _text: str) -> None:
    """The price where nobody charges."""


def month_of(at: datetime) -> str:
    """The calendar month of a moment, in UTC: "2026-11"."""
    return f"{at.astimezone(UTC):%Y-%m}"


def counts(entry: Entry, amount: int) -> int:
    """How a line changes what counts against a budget: what is reserved does at once, what is returned no more."""
    return {Entry.RESERVED: amount, Entry.SPENT: 0, Entry.RETURNED: -amount}[entry]


def fits(limit: int | None, counted: int, amount: int) -> bool:
    """Whether an amount may be spent beside what counts already; `limit` None is none."""
    return limit is None or counted + amount <= limit


def micros(typed: str) -> int:
    """The millionths that a person means by an amount ("12.50" or "12,50"); raises Refused."""
    said = typed.strip().replace(",", ".")
    if not AMOUNT.fullmatch(said):
        raise Refused(N_("Write an amount, such as 50 or 12.50."), field="amount")
    amount = Decimal(said) * MILLION
    whole = int(amount)
    if amount != whole or not 0 <= whole <= MOST:
        raise Refused(N_("Write an amount from 0 to %(most)d."), field="amount", most=MOST // MILLION)
    return whole
