"""The law of what posts may cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from advocacy.errors import Refused
from advocacy.sharing import money
from advocacy.sharing.money import Entry


def test_a_month_is_one_of_utc() -> None:
    assert money.month_of(datetime(2026, 11, 30, 23, 59, tzinfo=UTC)) == "2026-11"
    assert money.month_of(datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))) == "2026-11"


def test_what_is_reserved_counts_until_it_comes_back() -> None:
    assert [money.counts(entry, 5) for entry in (Entry.RESERVED, Entry.SPENT, Entry.RETURNED)] == [5, 0, -5]


@pytest.mark.parametrize(
    ("limit", "counted", "amount", "does"),
    [(None, 9, 9, True), (10, 5, 5, True), (10, 6, 5, False), (0, 0, 1, False), (0, 0, 0, True)],
)
def test_an_amount_fits_up_to_the_last_millionth(
    limit: int | None, counted: int, amount: int, does: bool
) -> None:
    assert money.fits(limit, counted, amount) is does


@pytest.mark.parametrize(
    ("typed", "micros"), [("50", 50_000_000), (" 12,50 ", 12_500_000), ("0", 0), ("0.000001", 1)]
)
def test_amounts_as_people_write_them(typed: str, micros: int) -> None:
    assert money.micros(typed) == micros


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "much",
        "-1",
        "0.0000001",
        "1000001",
        "nan",
        "inf",
        "1e99999",
        "1,000.5",
        "1e3",
        "1_000",
        "٥",
        "+5",
        ".5.",
    ],
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        money.micros(typed)
    assert refused.value.field == "amount"


def test_where_nobody_charges_nothing_is_asked() -> None:
    assert money.free("mastodon", "Hello") is None
