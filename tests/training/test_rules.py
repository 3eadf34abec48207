from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from advocacy.training import rules
from advocacy.training.rules import (
    ChoiceData,
    ChoiceWords,
    CourseData,
    CourseWords,
    Figure,
    LessonData,
    LessonWords,
    QuestionData,
    QuestionWords,
)
from tests.makers.training import course_data, question_data

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("chosen", "expected"), [({1}, False), ({1, 2}, True), ({1, 2, 3}, False), ({3}, False), (set(), False)]
)
def test_all_right_answers_and_no_other_must_be_chosen(chosen, expected):
    assert rules.is_right(chosen, {1: True, 2: True, 3: False}) is expected


@pytest.mark.parametrize(
    ("right", "asked", "mark", "expected"),
    [
        (4, 5, 80, True),
        (3, 5, 80, False),
        (3, 4, 75, True),
        (2, 3, 67, False),
        (0, 0, 80, False),
        (5, 5, 100, True),
    ],
)
def test_the_pass_mark(right, asked, mark, expected):
    assert rules.has_passed(right, asked, mark) is expected
    assert (right >= rules.needed(asked, mark) and asked > 0) is expected


def test_a_certificate_expires_on_the_same_day_of_the_month_or_the_last():
    assert rules.expires_at(AT, 12) == AT.replace(year=2027)
    assert rules.expires_at(AT.replace(day=30), 3) == datetime(2027, 2, 28, 9, 0, tzinfo=UTC)
    assert rules.expires_at(AT, 2) == AT.replace(year=2027, month=1)
    assert rules.expires_at(AT, None) is None


@pytest.mark.parametrize(
    ("expires", "revoked", "expected"),
    [
        (None, None, True),
        (AT + DAY, None, True),
        (AT, None, False),
        (None, AT, False),
        (None, AT + DAY, True),
    ],
)
def test_when_a_certificate_holds(expires, revoked, expected):
    assert rules.is_valid(expires, revoked, AT) is expected


def test_when_a_certificate_may_be_renewed():
    assert not rules.is_renewable(None, AT)
    assert not rules.is_renewable(AT + 61 * DAY, AT)
    assert rules.is_renewable(AT + 60 * DAY, AT)


def test_who_began_may_finish_for_a_month():
    assert rules.may_finish(None, AT)
    assert rules.may_finish(AT - 29 * DAY, AT)
    assert not rules.may_finish(AT - 30 * DAY, AT)


def test_reminders_come_when_offered():
    assert rules.remind_at(7, AT) == AT + 7 * DAY
    assert rules.remind_at(5, AT) is None


@pytest.mark.parametrize(
    ("count", "group", "expected"),
    [
        (0, 50, Figure.FEW),
        (4, 50, Figure.FEW),
        (5, 50, 5),
        (45, 50, 45),
        (46, 50, Figure.NEARLY_ALL),
        (50, 50, 50),
        (5, 6, Figure.NEARLY_ALL),
    ],
)
def test_no_figure_speaks_of_fewer_than_five(count, group, expected):
    assert rules.figure(count, group) == expected


def test_sums_change_monthly():
    assert rules.month_start(AT) == datetime(2026, 11, 1, tzinfo=UTC)


def test_parts_are_put_moved_and_taken_out():
    assert rules.put(("a", "b"), 1, "c") == ("a", "c")
    assert rules.put(("a", "b"), 2, "c") == ("a", "b", "c")
    assert rules.without(("a", "b"), 0) == ("b",)
    assert rules.moved(("a", "b", "c"), 1, -1) == ("b", "a", "c")
    assert rules.moved(("a", "b", "c"), 0, -1) == ("a", "b", "c")
    assert rules.moved(("a", "b", "c"), 1, 1) == ("a", "c", "b")
    assert rules.moved(("a", "b", "c"), 2, 1) == ("a", "b", "c")
    data = course_data()
    assert rules.with_parts(data, "lessons", ()).lessons == ()
    assert rules.with_parts(data, "questions", ()).questions == ()


def test_a_print_changes_with_any_word():
    question = question_data()
    assert rules.print_of(question) == rules.print_of(question_data())
    assert rules.print_of(question) != rules.print_of(replace(question, choices=question.choices[:1]))
    assert rules.print_of("plain") == rules.print_of("plain")


def test_settings_are_no_words():
    data = course_data("A")
    assert data == replace(data, unlocks_sharing=False, position=7)
    assert data != replace(data, pass_mark=50)


def texts(**changes):
    return [msgid % values for msgid, values in rules.missing_parts(replace(course_data("A"), **changes))]


def test_a_whole_course_lacks_nothing():
    assert texts() == []


def test_what_is_missing_is_named():
    assert "title" in texts(words={"en": CourseWords()})[0]
    assert texts(words={"en": CourseWords("A"), "fr": CourseWords(summary="Non")})[0].endswith("“fr”.")
    assert texts(lessons=())[0] == "Write at least one lesson."
    lesson = LessonData("x", {"en": LessonWords("T", "")})
    assert len(texts(lessons=(lesson,))) == 2
    assert "unlocks" in texts(questions=())[0]
    assert texts(questions=(), unlocks_sharing=False) == []


def test_a_question_needs_answers_a_right_one_and_all_its_words():
    one = ChoiceData(True, {"en": ChoiceWords("Yes", "Good.")})
    wrong = ChoiceData(False, {"en": ChoiceWords("No", "Why not.")})
    words = {"en": QuestionWords("Well?")}
    english = {"en": CourseWords("A")}
    assert "two to six" in texts(questions=(QuestionData(words, (one,)),))[0]
    assert "right answer" in texts(questions=(QuestionData(words, (wrong, wrong)),))[0]
    assert "not complete" in texts(questions=(QuestionData(words, (one, wrong)),))[0]
    lessons = (LessonData("x", {"en": LessonWords("T", "B")}),)
    assert texts(words=english, lessons=lessons, questions=(QuestionData(words, (one, wrong)),)) == []
    unsaid = ChoiceData(False, {"en": ChoiceWords("No")})
    assert len(texts(words=english, lessons=lessons, questions=(QuestionData(words, (one, unsaid)),))) == 1
    untitled = QuestionData({}, (one, wrong))
    assert len(texts(words=english, lessons=lessons, questions=(untitled,))) == 1


def test_languages_that_were_not_begun_go():
    data = course_data("A")
    begun = rules.begun(replace(data, words={"en": data.words["en"], "fr": CourseWords()}))
    assert list(begun.words) == ["en"]
    assert {tag for lesson in begun.lessons for tag in lesson.words} == {"en"}
    assert {tag for question in begun.questions for choice in question.choices for tag in choice.words} == {
        "en"
    }


def test_the_longest_text_is_found_wherever_it_stands():
    data = CourseData(
        {"en": CourseWords("ab")}, lessons=(LessonData("x", {"en": LessonWords("T", "abcdefghijkl")}),)
    )
    assert rules.longest(data) == 12
    assert rules.longest(CourseData({})) == len("champions")
    assert rules.longest(()) == 0
