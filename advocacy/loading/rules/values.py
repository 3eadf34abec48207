"""The types of values in a folder: each turns a text into a value, or says why it is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import parse_locale

from advocacy.content.addresses import link_fault, own_post_fault

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
ADDRESS = re.compile(r"[^\s@<>,;:()\"\[\]\\]+@[^\s@<>,;:()\"\[\]\\.]+(?:\.[^\s@<>,;:()\"\[\]\\.]+)+")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
PHONE = re.compile(r"[0-9 +().-]+")
RELATIVE = re.compile(r"([+-])(\d{1,6})([hdw])")
UNITS = {"h": "hours", "d": "days", "w": "weeks"}
# CLDR's territories that ISO 3166-1 does not list.
NO_COUNTRY = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}


class Wrong(ValueError):
    """A value is not of its type; says why."""


Convert = Callable[[str], object]


def text(longest: int = 200) -> Callable[[str], str]:
    """One line of text of so many characters at most."""

    def convert(value: str) -> str:
        if not value:
            raise Wrong("is empty")
        if "\n" in value or "\r" in value:
            raise Wrong("holds a line break; write it on one line")
        _check_characters(value)
        if len(value) > longest:
            raise Wrong(f"has {len(value)} characters; {longest} is the most")
        return value

    return convert


def words(longest: int) -> Callable[[str], str]:
    """Text of one or more lines."""

    def convert(value: str) -> str:
        value = value.replace("\r\n", "\n").strip()
        if not value:
            raise Wrong("is empty")
        _check_characters(value.replace("\n", "").replace("\t", ""))
        if len(value) > longest:
            raise Wrong(f"has {len(value)} characters; {longest} is the most")
        return value

    return convert


def _check_characters(value: str) -> None:
    if not value.isprintable() and any(unicodedata.category(one) in {"Cc", "Cs"} for one in value):
        raise Wrong("holds a control character that cannot be shown; remove it")


def slug(value: str) -> str:
    """A slug: 1 to 80 of a-z, 0-9 and -."""
    if not SLUG.fullmatch(value):
        raise Wrong(f"“{value}” is not a slug; use 1 to 80 of a–z, 0–9 and - (not at the ends)")
    return value


@cache
def _countries() -> frozenset[str]:
    codes = [str(code) for code in Locale("en").territories]
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - NO_COUNTRY


@cache
def country(value: str) -> str:
    """A country by ISO 3166-1 alpha-2."""
    if value not in _countries():
        raise Wrong(f"“{value}” is not a country; write its ISO 3166 code in capitals, such as NO or FR")
    return value


@cache
def language(value: str) -> str:
    """A language by BCP 47, in lower case."""
    if value.lower() == "no":
        raise Wrong("“no” is not one language; write nb (bokmål) or nn (nynorsk)")
    if not _is_language(value):
        raise Wrong(f"“{value}” is not a language; write its BCP 47 tag, such as en, fr or pt-br")
    return value.lower()


def _is_language(value: str) -> bool:
    try:
        parsed = parse_locale(value, sep="-")
    except ValueError:
        return False
    english = Locale("en")
    stem, territory, script = parsed[:3]
    return (
        stem in english.languages
        and (territory is None or territory in english.territories)
        and (script is None or script in english.scripts)
        and not any(parsed[3:])
    )


@cache
def time_zone(value: str) -> str:
    """A time zone by its IANA name."""
    if value not in _zones():
        raise Wrong(f"“{value}” is not a time zone; write its IANA name, such as Europe/Oslo")
    return ZoneInfo(value).key


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def colour(value: str) -> str:
    """A colour as # and six hexadecimal digits."""
    if not COLOUR.fullmatch(value):
        raise Wrong(f"“{value}” is not a colour; write # and six hexadecimal digits, such as #0b6e6e")
    return value.lower()


def address(value: str) -> str:
    """An e-mail address, in lower case."""
    if len(value) > 254 or not ADDRESS.fullmatch(value) or not value.isprintable():
        raise Wrong(f"“{value}” is not an e-mail address")
    return value.lower()


def phone(value: str) -> str:
    """A telephone number: digits, spaces and + ( ) - ."""
    if not PHONE.fullmatch(value) or len(value) > 40:
        raise Wrong("is not a telephone number; use digits, spaces and + ( ) - . (40 at most)")
    return value


def link(value: str) -> str:
    """A web address by http or https."""
    fault = link_fault(value)
    if fault:
        raise Wrong(_lower(fault[0] % fault[1] if fault[1] else fault[0]))
    return value


def own_post(value: str) -> str:
    """The address of a post, or its network's id of it."""
    fault = own_post_fault(value)
    if fault:
        raise Wrong(_lower(fault[0] % fault[1] if fault[1] else fault[0]))
    return value


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def boolean(value: str) -> bool:
    """True or false, and nothing else."""
    if value not in {"true", "false"}:
        raise Wrong(f"“{value}” is neither true nor false")
    return value == "true"


def number(least: int, most: int) -> Callable[[str], int]:
    """A whole number between these, both included."""

    def number(value: str) -> int:  # the name tells that TOML's numbers are welcome here
        if not re.fullmatch(r"-?[0-9]{1,18}", value) or not least <= int(value) <= most:
            raise Wrong(f"“{value}” is not a whole number from {least} to {most}")
        return int(value)

    return number


def one_of(*allowed: str) -> Callable[[str], str]:
    """One of these words."""

    def convert(value: str) -> str:
        if value not in allowed:
            raise Wrong(f"“{value}” is not one of {', '.join(allowed)}")
        return value

    return convert


@dataclass(frozen=True)
class Moment:
    """A moment; a relative one was worked out from the moment of loading and holds for the first load only."""

    at: datetime
    is_relative: bool = False


def moment(now: datetime) -> Callable[[str], Moment]:
    """A moment with its offset, a date (midnight UTC), or one relative to `now`."""

    def convert(value: str) -> Moment:
        try:
            return _moment(value, now)
        except (ValueError, OverflowError):
            raise Wrong(
                f"“{value}” is not a moment; write 2026-12-01, 2026-12-01T08:00+01:00, or such as +8w, -10d, +3h"
            ) from None

    return convert


def _moment(value: str, now: datetime) -> Moment:
    relative = RELATIVE.fullmatch(value)
    if relative:
        span = timedelta(**{UNITS[relative[3]]: int(relative[2])})
        return Moment(now + span if relative[1] == "+" else now - span, is_relative=True)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return Moment(datetime.fromisoformat(value).replace(tzinfo=UTC))
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("no offset")
    return Moment(found.astimezone(UTC))
