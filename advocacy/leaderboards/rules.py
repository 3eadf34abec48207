"""The law of points and boards: what earns how many, when a week begins, and what a pseudonym may be."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from advocacy.errors import N_, Refused

SHARING = ("sent", "by_hand")
KINDS = {
    "sent": N_("A story shared through a connected account"),
    "by_hand": N_("A story posted by hand, on your word"),
    "read": N_("A guideline read and accepted"),
    "certificate": N_("A course passed"),
    "connected": N_("Your first account connected"),
}
# Figures about fewer people than this are shown nowhere.
FEWEST = 5
SHORTEST_PSEUDONYM, LONGEST_PSEUDONYM = 3, 40
_MARKS = " -'’.·"


class Period(StrEnum):
    """The time that a board looks back on."""

    WEEK = "week"
    MONTH = "month"
    EVER = "ever"


def begins(period: Period, at: datetime) -> datetime | None:
    """When this week (Monday) or month began, by UTC, so that everyone sees the same board; None for all time."""
    today = at.astimezone(UTC).date()
    if period is Period.WEEK:
        return datetime.combine(today - timedelta(days=today.weekday()), time(), UTC)
    if period is Period.MONTH:
        return datetime.combine(today.replace(day=1), time(), UTC)
    return None


@dataclass(frozen=True)
class PointsRule:
    """What counts from one day on: points by kind, and how many shares a day earn any."""

    begins: date
    amounts: dict[str, int]
    daily_sent: int


def parse(tables: list[dict[str, Any]]) -> list[PointsRule]:
    """The rules of `config/points.toml`, the oldest first."""
    made = []
    for table in tables:
        amounts = {key: int(value) for key, value in table.items() if key not in {"from", "daily_sent"}}
        made.append(PointsRule(table["from"], amounts, int(table.get("daily_sent", 3))))
    return sorted(made, key=lambda rule: rule.begins)


def rule_on(rules: list[PointsRule], day: date) -> PointsRule | None:
    """The rule in force on a day."""
    in_force = [rule for rule in rules if rule.begins <= day]
    return in_force[-1] if in_force else None


def amount(rule: PointsRule | None, kind: str, *, shares_today: int) -> int:
    """How many points a thing earns; shares beyond the day's cap earn none."""
    if rule is None or (kind in SHARING and shares_today >= rule.daily_sent):
        return 0
    return rule.amounts.get(kind, 0)


def day_of(at: datetime, zone: str) -> tuple[date, datetime, datetime]:
    """The person's own day in which a moment lies, with its beginning and end; an unknown zone counts as UTC."""
    here: tzinfo
    try:
        here = ZoneInfo(zone)
    except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a KeyError
        here = UTC
    day = at.astimezone(here).date()
    first, last = (
        datetime.combine(one, time(), here).astimezone(UTC) for one in (day, day + timedelta(days=1))
    )
    return day, first, last


def tidy_pseudonym(text: str) -> str:
    """A pseudonym without needless spaces; raises Refused for what cannot be one."""
    tidy = " ".join(unicodedata.normalize("NFC", text).split())
    if len(tidy) > LONGEST_PSEUDONYM or len(name_key(tidy)) < SHORTEST_PSEUDONYM:
        raise Refused(
            N_("A pseudonym has %(shortest)s to %(longest)s letters."),
            field="pseudonym",
            shortest=SHORTEST_PSEUDONYM,
            longest=LONGEST_PSEUDONYM,
        )
    if any(unicodedata.category(letter)[0] not in "LMN" for letter in tidy if letter not in _MARKS):
        raise Refused(
            N_("Use letters, figures, spaces and hyphens only, so that everyone can read it."),
            field="pseudonym",
        )
    return tidy


def name_key(text: str) -> str:
    """What is left of a name when capitals, accents and marks are disregarded: names alike have the same key."""
    return "".join(_words(text))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letter if letter.isalnum() else " " for letter in kept).split()


def is_name_of_one(text: str, names: Iterable[str]) -> bool:
    """Whether a pseudonym reads as one of these names, also with its parts in another order."""
    key, parts = name_key(text), sorted(_words(text))
    return any(name_key(name) == key or sorted(_words(name)) == parts for name in names)
