from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from advocacy.guidelines import rules
from advocacy.guidelines.rules import GuidelineWords, ReaderGroup, ReadingState, Stage

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("versions", "lowest"),
    [
        ([(1, True)], 1),
        ([(1, False)], 1),
        ([(1, True), (2, False)], 1),
        ([(1, True), (2, True), (3, False)], 2),
        ([(3, True), (1, True), (2, False)], 3),
        ([(2, False), (3, False)], 2),
    ],
)
def test_acceptance_counts_from_the_last_version_that_asks_again(versions, lowest):
    assert rules.counts_from(versions) == lowest


def test_due_is_counted_from_publication_or_arrival_whichever_is_later():
    assert rules.due_at(AT, AT - DAY, 30) == AT + 30 * DAY
    assert rules.due_at(AT, AT + DAY, 30) == AT + 31 * DAY
    assert rules.due_at(AT, AT, None) is None


@pytest.mark.parametrize(
    ("accepted", "due", "expected"),
    [
        (AT, AT - DAY, ReadingState.ACCEPTED),
        (None, AT - DAY, ReadingState.OVERDUE),
        (None, AT, ReadingState.OVERDUE),
        (None, AT + DAY, ReadingState.DUE),
        (None, None, ReadingState.DUE),
    ],
)
def test_where_a_person_stands(accepted, due, expected):
    assert rules.state(accepted, due, AT) == expected


@pytest.mark.parametrize(
    ("readers", "unlocks", "days", "expected"),
    [
        (ReaderGroup.EVERYONE, True, None, True),
        (ReaderGroup.EVERYONE, False, 30, True),
        (ReaderGroup.EVERYONE, False, None, False),
        (ReaderGroup.CHAMPIONS, True, None, True),
        (ReaderGroup.CHAMPIONS, False, None, False),
    ],
)
def test_what_neither_unlocks_nor_is_due_is_asked_of_nobody(readers, unlocks, days, expected):
    assert rules.is_asked_of_somebody(readers, unlocks, days) is expected


def test_a_language_in_which_nothing_but_the_note_changed_is_unchanged():
    old = {
        "en": GuidelineWords("T", "B", "S"),
        "fr": GuidelineWords("T", "B"),
        "de": GuidelineWords("T", "B"),
    }
    new = {
        "en": GuidelineWords("T", "B", "S", "A note"),
        "fr": GuidelineWords("T", "Other"),
        "nb": GuidelineWords("T", "B"),
    }
    assert rules.unchanged(old, new) == ["en"]


@pytest.mark.parametrize(
    ("readers", "unlocks", "days", "expected"),
    [
        (ReaderGroup.EVERYONE, True, None, True),
        (ReaderGroup.EVERYONE, False, 30, True),
        (ReaderGroup.EVERYONE, False, None, False),
        (ReaderGroup.CHAMPIONS, True, 30, False),
    ],
)
def test_only_what_all_staff_must_read_stands_in_the_record(readers, unlocks, days, expected):
    assert rules.in_record(readers, unlocks, days) is expected


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (None, None),
        (AT + 8 * DAY, None),
        (AT + 7 * DAY, Stage.SOON),
        (AT + DAY, Stage.SOON),
        (AT, Stage.OVERDUE),
        (AT - DAY, Stage.OVERDUE),
    ],
)
def test_a_reminder_is_written_a_week_before_and_when_overdue(due, expected):
    assert rules.stage(due, AT) == expected


def test_a_note_on_what_changed_is_no_change():
    old = {"en": GuidelineWords("T", "B", "S", "first")}
    assert not rules.words_differ(old, {"en": GuidelineWords("T", "B", "S", "second")})
    assert rules.words_differ(old, {"en": GuidelineWords("T", "C", "S", "first")})
    assert rules.words_differ(old, {**old, "fr": GuidelineWords("T", "B")})


def test_what_is_too_long_is_named_with_its_length():
    words = {"en": GuidelineWords("x" * 161, "b", "s" * 301)}
    assert [values["limit"] for _msgid, values in rules.too_long(words)] == [160, 300]
    assert rules.too_long({"en": GuidelineWords("T", "B")}) == []


def test_a_language_that_was_begun_must_be_whole():
    blank, whole = GuidelineWords("", ""), GuidelineWords("T", "B")
    assert rules.missing_words({}) and rules.missing_words({"en": blank})
    assert rules.missing_words({"en": whole, "fr": blank}) == []
    lacking = rules.missing_words({"en": whole, "fr": GuidelineWords("T", "")})
    assert [values for _msgid, values in lacking] == [{"language": "fr"}]
    assert rules.is_blank(blank) and not rules.is_blank(whole)


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (120, 1), (500, 2), (911, 5)])
def test_reading_takes_minutes(words: int, minutes: int) -> None:
    assert rules.reading_minutes("word " * words) == minutes
