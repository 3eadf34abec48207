"""The law of sharing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from advocacy.errors import Refused
from advocacy.sharing import rules
from advocacy.sharing.rules import AfterLoss

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "seconds", "may_look", "looks", "what"),
    [
        (timedelta(minutes=49), 3000, True, 0, AfterLoss.AGAIN),
        (timedelta(minutes=51), 3000, True, 0, AfterLoss.LOOK),
        (timedelta(minutes=51), 3000, False, 0, AfterLoss.ASK),
        (timedelta(seconds=1), 0, True, 2, AfterLoss.LOOK),
        (timedelta(seconds=1), 0, True, 3, AfterLoss.ASK),
        (timedelta(seconds=1), 0, False, 0, AfterLoss.ASK),
    ],
)
def test_after_a_lost_answer(
    after: timedelta, seconds: int, may_look: bool, looks: int, what: AfterLoss
) -> None:
    known = {"idempotent_seconds": seconds, "may_look": may_look, "looks": looks}
    assert rules.after_lost_answer(AT, **known, late=False, at=AT + after) is what
    late = AfterLoss.LOOK if may_look and looks < rules.LOOKS else AfterLoss.ASK
    assert rules.after_lost_answer(AT, **known, late=True, at=AT + after) is late, "never sent late, unasked"


def test_the_next_try_waits_longer_each_time_and_ends() -> None:
    waits = [rules.next_try(n, at=AT) for n in range(1, rules.MOST_ATTEMPTS)]
    assert waits[:4] == [AT + timedelta(seconds=s) for s in (15, 60, 240, 960)]
    assert waits[-1] == AT + timedelta(hours=1)
    assert rules.next_try(rules.MOST_ATTEMPTS, at=AT) is None


def test_the_next_try_is_never_before_the_network_said() -> None:
    assert rules.next_try(1, at=AT, retry_after=300) == AT + timedelta(seconds=300)
    assert rules.next_try(1, at=AT, retry_at=AT + timedelta(hours=2)) == AT + timedelta(hours=2)
    assert rules.next_try(3, at=AT, retry_after=1) == AT + timedelta(seconds=240)


def test_late_is_more_than_an_hour() -> None:
    assert not rules.is_late(AT, at=AT + timedelta(hours=1))
    assert rules.is_late(AT, at=AT + timedelta(hours=1, seconds=1))


@pytest.mark.parametrize(
    ("text", "fold", "disclosed"),
    [
        ("We dig. #WorksAtNordlys", 500, True),
        ("We dig. #worksatnordlys", 500, True),
        ("We dig. #WorksAtNordlysNot", 500, False),
        ("We dig. x#WorksAtNordlys", 500, False),
        ("We dig. #ad", 500, False),
        ("a" * 300 + " #WorksAtNordlys", 210, False),
        ("a" * 200 + " #WorksAtNordlys", 210, False),
        ("#WorksAtNordlys " + "a" * 300, 210, True),
    ],
)
def test_disclosed_means_whole_and_before_the_fold(text: str, fold: int, disclosed: bool) -> None:
    assert rules.is_disclosed(text, ["#WorksAtNordlys"], fold) is disclosed


def test_the_text_ends_or_opens_with_the_disclosure() -> None:
    assert rules.closing_text(" Hi ", "#W", "https://x/l/1") == "Hi\n\n#W https://x/l/1"
    assert rules.closing_text("Hi", "#W", "") == "Hi\n\n#W"
    assert rules.closing_text("Hi", "", "") == "Hi"
    assert rules.opening_text("Hi", "#W", "https://x/l/1") == "#W\n\nHi\n\nhttps://x/l/1"


def test_a_local_time_becomes_an_instant() -> None:
    assert rules.moment("2026-11-22T09:30", "Europe/Paris", at=AT) == datetime(
        2026, 11, 22, 8, 30, tzinfo=UTC
    )
    twice = rules.moment("2027-10-31T02:30", "Europe/Paris", at=datetime(2027, 10, 1, tzinfo=UTC))
    assert twice == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "zone", "words"),
    [
        ("2027-03-28T02:30", "Europe/Paris", "does not exist"),
        ("2026-11-02T09:00", "UTC", "passed already"),
        ("2028-01-01T09:00", "UTC", "six months"),
        ("tomorrow", "UTC", "a day and a time"),
        ("2026-12-01T09:00", "Mars/Olympus", "a day and a time"),
    ],
)
def test_times_that_cannot_be(local: str, zone: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        rules.moment(local, zone, at=AT)
