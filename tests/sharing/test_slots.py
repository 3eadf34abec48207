"""The law of good moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from advocacy.sharing import slots
from advocacy.sharing.slots import Full, Hours, Pace, Planned

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NIGHT = (time(21), time(7))
PARIS = Hours("Europe/Paris", NIGHT, slots.USUAL)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "at", "is_quiet", "wakes"),
    [
        (NIGHT, "2026-11-02T19:59", False, "2026-11-02T19:59"),
        (NIGHT, "2026-11-02T20:00", True, "2026-11-03T06:00"),
        (NIGHT, "2026-11-03T05:59", True, "2026-11-03T06:00"),
        (NIGHT, "2026-11-03T06:00", False, "2026-11-03T06:00"),
        ((time(12), time(14)), "2026-11-02T11:30", True, "2026-11-02T13:00"),
        ((time(12), time(14)), "2026-11-02T13:00", False, "2026-11-02T13:00"),
        (None, "2026-11-02T23:00", False, "2026-11-02T23:00"),
        (NIGHT, "2027-03-28T00:30", True, "2027-03-28T05:00"),  # the clocks leap that night
        ((time(21), time(2, 30)), "2027-03-28T00:10", True, "2027-03-28T01:30"),  # 02:30 never comes: 03:30
    ],
)
def test_quiet_hours_end_by_her_own_clock(
    quiet: slots.Window | None, at: str, is_quiet: bool, wakes: str
) -> None:
    hours = Hours("Europe/Paris", quiet, {})
    assert slots.is_quiet(utc(at), hours) is is_quiet
    assert slots.waking(utc(at), hours) == utc(wakes)


def test_local_times_that_never_or_twice_come() -> None:
    never, twice = (datetime.fromisoformat(text) for text in ("2027-03-28T02:30", "2027-10-31T02:30"))
    assert not slots.exists(never, "Europe/Paris") and not slots.comes_twice(never, "Europe/Paris")
    assert slots.exists(twice, "Europe/Paris") and slots.comes_twice(twice, "Europe/Paris")
    assert slots.instant(twice, "Europe/Paris") == utc("2027-10-31T00:30")
    assert not slots.comes_twice(datetime.fromisoformat("2027-10-30T02:30"), "Europe/Paris")


def test_a_day_is_as_long_as_the_clocks_make_it() -> None:
    begins, ends = slots.bounds(date(2027, 10, 31), "Europe/Paris")
    assert ends - begins == timedelta(hours=25)
    begins, ends = slots.bounds(date(2027, 3, 28), "Europe/Paris")
    assert ends - begins == timedelta(hours=23)


def test_windows_are_read_as_they_are_written() -> None:
    assert slots.window("21:00", "07:00") == NIGHT
    assert slots.window("", "07:00") is slots.window("08:00", "08:00") is slots.window(None, None) is None
    with pytest.raises(ValueError, match="isoformat"):
        slots.window("noon", "13:00")


@pytest.mark.parametrize(
    ("shares", "wanted", "share", "limit"),
    [
        ([1, 2], {"x": 1}, None, None),
        ([1, 2, 3], {"x": 1}, None, Full(3)),
        ([1, 1, 1], {"y": 1}, None, None),  # one story on three networks is one share
        ([1, 2, 3], {"y": 1}, 3, None),  # hers is among them
        ([1, 2], {"x": 2}, None, None),
        ([1, 2], {"x": 3}, None, Full(4, "x")),
    ],
)
def test_a_day_is_full(
    shares: list[int], wanted: dict[str, int], share: int | None, limit: Full | None
) -> None:
    posts = [Planned(one, "x", MONDAY) for one in shares]
    assert slots.full(posts, wanted, Pace(3, 4), share=share) == limit
    assert slots.full(posts, wanted, Pace(), share=share) is None


def test_the_good_slot_is_the_next_in_her_hours() -> None:
    assert slots.good_slot(PARIS, at=utc("2026-11-02T06:00")) == utc("2026-11-02T07:30")
    assert slots.good_slot(PARIS, at=utc("2026-11-02T08:00")) == utc("2026-11-02T08:10")
    assert slots.good_slot(PARIS, at=utc("2026-11-02T08:55")) == utc("2026-11-03T07:30")
    friday = utc("2026-11-06T12:00")
    assert slots.good_slot(PARIS, at=friday) == utc("2026-11-09T07:30")


def test_the_good_slot_keeps_apart_from_colleagues() -> None:
    begins = utc("2026-11-03T07:30")
    taken = [begins, begins + timedelta(minutes=20)]
    found = slots.good_slot(PARIS, at=MONDAY, taken=taken, apart=timedelta(minutes=15))
    assert found == begins + timedelta(minutes=35)
    full = [begins + timedelta(minutes=10 * step) for step in range(10)]
    assert slots.good_slot(PARIS, at=MONDAY, taken=full, apart=timedelta(minutes=15)) == utc(
        "2026-11-04T07:30"
    )


def test_the_good_slot_passes_over_days_without_room_and_quiet_hours() -> None:
    tuesday = date(2026, 11, 3)
    found = slots.good_slot(PARIS, at=MONDAY, has_room=lambda day: day != tuesday)
    assert found == utc("2026-11-04T07:30")
    at_night = Hours("Europe/Paris", NIGHT, {1: (time(22), time(23))})
    assert slots.good_slot(at_night, at=MONDAY) is None
    early = Hours("Europe/Paris", NIGHT, {1: (time(6), time(8))})
    assert slots.good_slot(early, at=MONDAY) == utc("2026-11-03T06:00")


def test_the_good_slot_passes_over_times_that_never_come() -> None:
    leap = Hours("Europe/Paris", None, {6: (time(2), time(4))})
    assert slots.good_slot(leap, at=utc("2027-03-27T12:00")) == utc("2027-03-28T01:00")


def test_another_moment_keeps_the_time_of_day() -> None:
    has_room = {date(2026, 11, 4), date(2026, 11, 5)}.__contains__
    assert slots.another_moment(MONDAY, PARIS, has_room) == MONDAY + timedelta(days=2)
    assert slots.another_moment(utc("2026-11-03T22:00"), PARIS, has_room) == utc("2026-11-04T06:00")
    assert slots.another_moment(MONDAY, PARIS, lambda _day: False) is None
