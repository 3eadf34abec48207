"""What earns points, when a week begins, and what a pseudonym may be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from advocacy.errors import Refused
from advocacy.leaderboards import rules
from advocacy.leaderboards.rules import Period, PointsRule

OLD = {"from": date(2026, 1, 1), "sent": 10, "read": 5}
NEW = {"from": date(2026, 7, 1), "sent": 6, "daily_sent": 1}


def test_parse_puts_the_oldest_first() -> None:
    assert rules.parse([NEW, OLD]) == [
        PointsRule(date(2026, 1, 1), {"sent": 10, "read": 5}, 3),
        PointsRule(date(2026, 7, 1), {"sent": 6}, 1),
    ]


@pytest.mark.parametrize(
    ("day", "sent"),
    [(date(2026, 1, 1), 10), (date(2026, 6, 30), 10), (date(2026, 7, 1), 6), (date(2027, 1, 1), 6)],
)
def test_a_rule_counts_from_its_day_on(day: date, sent: int) -> None:
    rule = rules.rule_on(rules.parse([OLD, NEW]), day)
    assert rule is not None
    assert rule.amounts["sent"] == sent


def test_no_rule_before_the_first() -> None:
    assert rules.rule_on(rules.parse([OLD]), date(2025, 12, 31)) is None


@pytest.mark.parametrize(
    ("kind", "shares", "points"),
    [("sent", 0, 10), ("sent", 2, 10), ("sent", 3, 0), ("by_hand", 0, 0), ("read", 9, 5), ("click", 0, 0)],
)
def test_amount(kind: str, shares: int, points: int) -> None:
    assert rules.amount(rules.parse([OLD])[0], kind, shares_today=shares) == points


def test_nothing_is_earned_without_a_rule() -> None:
    assert rules.amount(None, "sent", shares_today=0) == 0


@pytest.mark.parametrize(
    ("period", "at", "begins"),
    [
        (Period.WEEK, datetime(2026, 11, 2, 0, 0, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)),
        (Period.WEEK, datetime(2026, 11, 8, 23, 59, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)),
        (
            Period.WEEK,
            datetime(2026, 11, 9, 5, 0, tzinfo=timezone(timedelta(hours=9))),
            datetime(2026, 11, 2, tzinfo=UTC),
        ),
        (Period.MONTH, datetime(2026, 11, 30, 12, 0, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_begins(period: Period, at: datetime, begins: datetime) -> None:
    assert rules.begins(period, at) == begins


def test_all_time_has_no_beginning() -> None:
    assert rules.begins(Period.EVER, datetime(2026, 11, 2, tzinfo=UTC)) is None


def test_day_of_is_the_persons_own_day() -> None:
    at = datetime(2026, 11, 2, 22, 30, tzinfo=UTC)
    assert rules.day_of(at, "UTC")[0] == date(2026, 11, 2)
    assert rules.day_of(at, "Europe/Helsinki") == (
        date(2026, 11, 3),
        datetime(2026, 11, 2, 22, 0, tzinfo=UTC),
        datetime(2026, 11, 3, 22, 0, tzinfo=UTC),
    )


def test_a_day_with_25_hours() -> None:
    _day, first, last = rules.day_of(datetime(2026, 10, 25, 12, 0, tzinfo=UTC), "Europe/Paris")
    assert last - first == timedelta(hours=25)


@pytest.mark.parametrize("zone", ["", "Nowhere/At_All", "../etc/passwd", "Europe"])
def test_an_unknown_zone_counts_as_utc(zone: str) -> None:
    assert rules.day_of(datetime(2026, 11, 2, 22, 30, tzinfo=UTC), zone)[0] == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("  North   Star ", "North Star"),
        ("Ō-Renard 7", "Ō-Renard 7"),
        ("L’étoile", "L’étoile"),
        ("هدهد", "هدهد"),
        ("a" * 40, "a" * 40),
    ],
)
def test_tidy_pseudonym(text: str, tidy: str) -> None:
    assert rules.tidy_pseudonym(text) == tidy


@pytest.mark.parametrize("text", ["", "ab", "- - -", "a.b", "a" * 41, "\u0301\u0301\u0301"])
def test_a_pseudonym_has_3_to_40_letters(text: str) -> None:
    with pytest.raises(Refused, match="3 to 40"):
        rules.tidy_pseudonym(text)


@pytest.mark.parametrize(
    "text", ["fox@work", "<b>fox</b>", "fox\u202eeman", "fox 🦊", "https://fox", "fox\u200bes"]
)
def test_a_pseudonym_can_be_read_by_everyone(text: str) -> None:
    with pytest.raises(Refused, match="letters, figures"):
        rules.tidy_pseudonym(text)


@pytest.mark.parametrize("text", ["Ada Nyström", "ada nystrom", "NYSTRÖM, Ada", "Ada-Nyström", "AdaNyström"])
def test_is_name_of_one(text: str) -> None:
    assert rules.is_name_of_one(text, ["Carl Berg", "Ada Nyström"])


@pytest.mark.parametrize(
    "text",
    [
        "0lga Kowalczyk",
        "Оlga Kowalczyk",
        "ОLGА КОWАLСZУК",
        "Kowalczyk, OIga",
        "O1ga Kowa|czyk",
        "Οlga Kοwalczyκ",
        "Olga Kowałczyk",
        "Olga K0walc2yk",
    ],
)
def test_is_name_of_one_by_what_it_looks_like(text: str) -> None:
    assert rules.is_name_of_one(text, ["Carl Berg", "Olga Kowalczyk"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ΕΛΕΝΗ ΝΙΚΟΥ", "Ελένη Νίκου"),
        ("ольга гончар", "ОЛЬГА ГОНЧАР"),
        ("Noνak 5ven", "Sven Novak"),
        ("l1se", "Ilse"),
    ],
)
def test_is_name_of_one_in_every_script(text: str, name: str) -> None:
    assert rules.is_name_of_one(text, [name])


@pytest.mark.parametrize("other", ["North Star 2", "North Star 10", "Star North 1", "South Star 1"])
def test_numbered_pseudonyms_are_different_ones(other: str) -> None:
    assert rules.reads_as_one("N0rth 5tar l", ["North Star 1"])
    assert not rules.reads_as_one("North Star 1", [other])


def test_no_two_figures_look_alike() -> None:
    assert not any(
        rules.reads_as_one(f"Fox {one}", [f"Fox {two}" for two in range(one)]) for one in range(10)
    )


@pytest.mark.parametrize("text", ["Ada", "Ada N", "Nadya Mortsa", "North Star"])
def test_is_name_of_nobody(text: str) -> None:
    assert not rules.is_name_of_one(text, ["Carl Berg", "Ada Nyström"])
