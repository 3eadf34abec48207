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
# What looks like a Latin letter, by that letter: figures and strokes, and Latin, Cyrillic and Greek letters. Capitals
# stand apart from lower case, for Η looks like H and η like n. An i is taken for l, as its capital looks like one.
# No two figures look alike, so that pseudonyms may be numbered.
_LOOK_ALIKES = {
    "a": "АаΑα",
    "b": "8ВвЬьΒβ",
    "c": "СсϹϲ",
    "d": "ԀԁĐđ",
    "e": "ЕеΕε",
    "g": "ɡ",
    "h": "НнҺһΗ",
    "j": "Јјϳ",
    "k": "КкΚκ",
    "l": "1|IiıŁłІіӀӏΙι",
    "m": "МмΜ",
    "n": "пΝη",
    "o": "0ØøОоӨөΟοσ",
    "p": "РрΡρ",
    "q": "Ԛԛ",
    "r": "г",
    "s": "5Ѕѕ",
    "t": "ТтΤτ",
    "u": "υ",
    "v": "Ѵѵν",
    "w": "Ԝԝω",
    "x": "ХхΧχ",
    "y": "УуҮүΥγ",
    "z": "2Ζ",
}
_AS_IT_LOOKS = str.maketrans({odd: letter for letter, odds in _LOOK_ALIKES.items() for odd in odds})


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
    return "".join(_words(unicodedata.normalize("NFKD", text)))


def _words(plain: str) -> list[str]:
    kept = "".join(letter for letter in plain.casefold() if not unicodedata.combining(letter))
    return "".join(letter if letter.isalnum() else " " for letter in kept).split()


def _readings(text: str) -> tuple[list[str], list[str]]:
    """The words of a name as they are written, and as they look."""
    plain = unicodedata.normalize("NFKD", text)
    return _words(plain), _words(plain.translate(_AS_IT_LOOKS))


def reads_as_one(text: str, others: Iterable[str]) -> bool:
    """Whether a pseudonym is written or looks like one of these."""
    mine = _readings(text)
    return any(
        "".join(here) == "".join(there)
        for other in others
        for here, there in zip(mine, _readings(other), strict=True)
    )


def is_name_of_one(text: str, names: Iterable[str]) -> bool:
    """Whether a pseudonym reads as one of these names, also with its parts in another order."""
    mine = _readings(text)
    return any(
        "".join(here) == "".join(there) or sorted(here) == sorted(there)
        for name in names
        for here, there in zip(mine, _readings(name), strict=True)
    )
