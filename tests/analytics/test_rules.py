"""What is hidden, so that nobody's doing can be read from a figure or from two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from advocacy.analytics import rules
from advocacy.analytics.rules import Course, Measure, Tally, Trend


def tally(count: int, *people: int) -> Tally:
    return Tally(count, frozenset(people))


def by(first: int, last: int, count: int = 0) -> Tally:
    """The doing of the people from first to last, once each unless said otherwise."""
    return Tally(count or last - first + 1, frozenset(range(first, last + 1)))


def test_week_starts_are_eight_mondays_by_utc() -> None:
    starts = rules.week_starts(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    assert starts[-1] == datetime(2026, 11, 16, tzinfo=UTC)
    assert starts[0] == datetime(2026, 9, 28, tzinfo=UTC)
    assert len(starts) == 8
    assert all(start.weekday() == 0 for start in starts)
    assert rules.week_starts(datetime(2026, 11, 23, tzinfo=UTC))[-1] == starts[-1] + timedelta(weeks=1)


def test_tallies_add_up_and_people_count_once() -> None:
    assert tally(2, 1, 2) + tally(3, 2, 3) == tally(5, 1, 2, 3)
    assert rules.summed({"a": tally(1, 1), "b": tally(2, 1)}) == tally(3, 1)


@pytest.mark.parametrize(("people", "telling"), [(0, False), (1, True), (4, True), (5, False)])
def test_fewer_than_five_is_telling(people: int, telling: bool) -> None:
    assert Tally(9, frozenset(range(people))).is_telling is telling


def test_nothing_is_hidden_among_large_parts_and_empty_ones() -> None:
    assert rules.shown({"a": by(1, 5), "b": by(1, 9), "c": Tally()}) == {"a": 5, "b": 9, "c": 0}


def test_the_smallest_other_part_is_hidden_beside_a_small_one() -> None:
    parts = {"small": by(1, 2), "large": by(3, 30), "middle": by(31, 40), "none": Tally()}
    assert rules.hidden(parts) == {"small", "middle"}


def test_small_parts_of_enough_people_hide_each_other() -> None:
    assert rules.hidden({"a": by(1, 3), "b": by(4, 6), "large": by(7, 30)}) == {"a", "b"}


def test_one_person_in_every_small_part_is_still_one_person() -> None:
    parts = {week: tally(1, 1) for week in range(6)} | {6: by(2, 9), 7: by(2, 20)}
    assert rules.hidden(parts) == {0, 1, 2, 3, 4, 5, 6}


def test_what_no_page_shows_is_hidden_before_the_smallest() -> None:
    parts = {"small": by(1, 2), "middle": by(3, 8), "unseen": by(9, 40)}
    assert rules.hidden(parts) == {"small", "middle"}
    assert rules.hidden(parts, unseen={"unseen"}) == {"small", "unseen"}


def test_all_is_hidden_when_all_are_few() -> None:
    assert rules.shown({"a": by(1, 2), "b": by(2, 4)}) == {"a": None, "b": None}


def test_what_is_missing_from_the_whole_is_never_about_fewer_than_five() -> None:
    shapes = [by(1, 1), by(2, 3), by(2, 6), by(5, 12), Tally(), by(1, 4), by(3, 8, 99)]
    for start in range(len(shapes)):
        for end in range(start + 1, len(shapes) + 1):
            parts = dict(enumerate(shapes[start:end]))
            missing = rules.summed({key: parts[key] for key in rules.hidden(parts)})
            assert not missing.is_telling or rules.summed(parts).is_telling


def test_course_of_nothing() -> None:
    assert rules.course({}) == Course(0, 0, 0, (0,) * 8)


def test_course_of_many() -> None:
    found = rules.course({-1: by(1, 7), 0: by(1, 5), 3: by(1, 6), 7: by(1, 9)})
    assert found == Course(27, 9, 11, (5, 0, 0, 6, 0, 0, 0, 9))


def test_course_of_few_is_hidden_whole() -> None:
    found = rules.course({0: by(1, 2), 7: by(1, 4)})
    assert found == Course(None, None, None, (None,) * 8)


def test_a_half_that_is_hidden_hides_its_weeks() -> None:
    # What came before is of two people: the smaller half is hidden beside it, and so are its weeks.
    found = rules.course({-1: by(1, 2), 0: by(3, 12), 1: by(3, 10), 7: by(20, 60)})
    assert found == Course(61, 41, None, (None, None, 0, 0, 0, 0, 0, 41))


def test_a_small_week_is_hidden_with_another_while_the_half_is_shown() -> None:
    found = rules.course({4: by(1, 2), 5: by(3, 9), 6: by(1, 30)})
    assert found == Course(39, 39, 0, (0, 0, 0, 0, None, None, 30, 0))


@pytest.mark.parametrize(
    ("last", "before", "turn"),
    [
        (2, 1, Trend.UP),
        (1, 2, Trend.DOWN),
        (2, 2, Trend.SAME),
        (None, 2, Trend.UNKNOWN),
        (2, None, Trend.UNKNOWN),
    ],
)
def test_trend(last: int | None, before: int | None, turn: Trend) -> None:
    assert rules.trend(last, before) is turn


def test_no_zero_stands_beside_what_is_not_shown() -> None:
    assert [rules.alike(None, other) for other in (0, None, 7)] == [None, None, 7]
    assert [rules.alike(9, other) for other in (0, None, 7)] == [0, None, 7]
    assert rules.counts_alike({Measure.POSTS: None, Measure.CLICKS: 0}) == {
        Measure.POSTS: None,
        Measure.CLICKS: None,
    }
    hidden, nothing = Course(None, None, 3, (None, 2)), Course(0, 0, 0, (0, 0))
    assert rules.courses_alike(hidden, nothing) == Course(None, None, 0, (None, 0))
