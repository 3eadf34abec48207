"""What each type takes, and why it does not take the rest."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from advocacy.loading.rules import values
from advocacy.loading.rules.values import Moment, Wrong

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("convert", "given", "made"),
    [
        (values.slug, "nordlys-norge", "nordlys-norge"),
        (values.country, "NO", "NO"),
        (values.language, "pt-BR", "pt-br"),
        (values.language, "nb", "nb"),
        (values.language, "zh-hant", "zh-hant"),
        (values.time_zone, "Europe/Oslo", "Europe/Oslo"),
        (values.colour, "#0B6E6E", "#0b6e6e"),
        (values.address, "Ada@Demo.Example", "ada@demo.example"),
        (values.address, "o'rourke+x@post.example", "o'rourke+x@post.example"),
        (values.boolean, "true", True),
        (values.number(1, 730), "30", 30),
        (values.text(5), "Ærøys", "Ærøys"),
        (values.words(20), "one\r\ntwo\n", "one\ntwo"),
        (values.link, "https://www.nordlys.example/é?a=1", "https://www.nordlys.example/é?a=1"),
        (values.phone, "+47 (0) 12.34-5", "+47 (0) 12.34-5"),
    ],
)
def test_good_values(convert: Callable[[str], Any], given: str, made: Any) -> None:
    assert convert(given) == made


@pytest.mark.parametrize(
    ("convert", "given"),
    [
        (values.slug, "Nordlys"),
        (values.slug, "-a"),
        (values.slug, "a" * 81),
        (values.country, "no"),
        (values.country, "EU"),
        (values.country, "UK"),
        (values.language, "no"),
        (values.language, "english"),
        (values.language, "fr_FR"),
        (values.time_zone, "CET+1"),
        (values.time_zone, "../etc/passwd"),
        (values.colour, "teal"),
        (values.address, "ada"),
        (values.address, "a@b@demo.example"),
        (values.address, "ada@localhost"),
        (values.boolean, "yes"),
        (values.boolean, "True"),
        (values.number(1, 730), "0"),
        (values.number(1, 730), "1.5"),
        (values.number(1, 730), "²"),
        (values.text(5), ""),
        (values.text(5), "too long"),
        (values.text(50), "two\nlines"),
        (values.text(50), "nul\x00"),
        (values.link, "javascript:alert(1)"),
        (values.link, "www.nordlys.example"),
        (values.phone, "ring me"),
    ],
)
def test_bad_values(convert: Callable[[str], Any], given: str) -> None:
    with pytest.raises(Wrong):
        convert(given)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("-10d", Moment(NOW - timedelta(days=10), is_relative=True)),
        ("+8w", Moment(NOW + timedelta(weeks=8), is_relative=True)),
        ("+3h", Moment(NOW + timedelta(hours=3), is_relative=True)),
        ("2026-12-01", Moment(datetime(2026, 12, 1, tzinfo=UTC))),
        ("2026-12-01T08:00+01:00", Moment(datetime(2026, 12, 1, 7, tzinfo=UTC))),
        ("2026-12-01T08:00Z", Moment(datetime(2026, 12, 1, 8, tzinfo=UTC))),
    ],
)
def test_moments(given: str, made: Moment) -> None:
    assert values.moment(NOW)(given) == made


@pytest.mark.parametrize("given", ["soon", "2026-12-01T08:00", "2026-13-01", "+999999w", "10d"])
def test_no_moments(given: str) -> None:
    with pytest.raises(Wrong):
        values.moment(NOW)(given)


def test_every_country_of_the_standard_is_known() -> None:
    assert len(values._countries()) == 249
