"""What comes next, and when the letter goes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from advocacy.home import rules
from advocacy.home.rules import Step


@pytest.mark.parametrize(
    ("asked", "step"),
    [
        ({"to_mend", "to_reconnect", "to_read", "to_learn", "has_a_way"}, Step.MEND),
        ({"to_reconnect", "to_read", "has_a_way"}, Step.RECONNECT),
        ({"to_read", "to_learn", "has_a_way"}, Step.READ),
        ({"to_learn", "has_a_way"}, Step.LEARN),
        (set(), Step.CONNECT),
        ({"has_a_way"}, Step.SHARE),
    ],
)
def test_the_next_step_is_trouble_first_then_the_road(asked: set[str], step: Step) -> None:
    told = {name: name in asked for name in ("to_mend", "to_reconnect", "to_read", "to_learn", "has_a_way")}
    assert rules.next_step(**told) is step


@pytest.mark.parametrize(
    ("zone", "at", "week"),
    [
        ("UTC", datetime(2026, 11, 17, 9, 0, tzinfo=UTC), "2026-W47"),
        ("UTC", datetime(2026, 11, 17, 8, 59, tzinfo=UTC), None),
        ("UTC", datetime(2026, 11, 17, 19, 0, tzinfo=UTC), None),
        ("UTC", datetime(2026, 11, 18, 9, 0, tzinfo=UTC), None),
        ("Pacific/Auckland", datetime(2026, 11, 16, 20, 0, tzinfo=UTC), "2026-W47"),
        ("Europe/Paris", datetime(2026, 12, 29, 8, 0, tzinfo=UTC), "2026-W53"),
    ],
)
def test_the_letter_goes_on_tuesday_morning_where_its_reader_is(
    zone: str, at: datetime, week: str | None
) -> None:
    assert rules.letter_week(zone, at=at) == week
