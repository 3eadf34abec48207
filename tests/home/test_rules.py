"""What comes next, and when the letter goes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from advocacy.home import rules
from advocacy.home.rules import Step


@pytest.mark.parametrize(
    ("to_read", "to_learn", "connected", "step"),
    [
        (True, True, True, Step.READ),
        (False, True, True, Step.LEARN),
        (False, False, False, Step.CONNECT),
        (False, False, True, Step.SHARE),
    ],
)
def test_the_next_step(to_read: bool, to_learn: bool, connected: bool, step: Step) -> None:
    assert rules.next_step(to_read=to_read, to_learn=to_learn, connected=connected) is step


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
