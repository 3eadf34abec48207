"""Makes courses that are taught, and answers to their questions, for tests."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from advocacy.accounts.models import Person
from advocacy.training import actions, queries
from advocacy.training.models import Certificate, Course, CourseVersion, QuizTry
from advocacy.training.rules import (
    ChoiceData,
    ChoiceWords,
    CourseData,
    CourseWords,
    LessonData,
    LessonWords,
    QuestionData,
    QuestionWords,
)

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_count = itertools.count(1)


def lesson_data(slug: str = "first", title: str = "The first lesson") -> LessonData:
    """A lesson in English and French."""
    words = {
        "en": LessonWords(title, f"Body of {title}."),
        "fr": LessonWords(f"{title} (fr)", f"Corps de {title}."),
    }
    return LessonData(slug, words, minutes=3)


def question_data(title: str = "What do you do?", right: tuple[bool, ...] = (True, False)) -> QuestionData:
    """A question in English and French; `right` says of each answer whether it is."""
    words = {
        "en": QuestionWords(title, "You see it.", "Because."),
        "fr": QuestionWords(f"{title} (fr)", "", "Car."),
    }
    choices = tuple(
        ChoiceData(
            is_right, {tag: ChoiceWords(f"Answer {n} {tag}", f"Feedback {n} {tag}") for tag in ("en", "fr")}
        )
        for n, is_right in enumerate(right, 1)
    )
    return QuestionData(words, choices)


def course_data(title: str = "", **values: Any) -> CourseData:
    """A course of two lessons and two questions that unlocks sharing; valid 12 months."""
    title = title or f"Course {next(_count)}"
    words = {
        "en": CourseWords(title, f"About {title}.", f"Welcome to {title}."),
        "fr": CourseWords(f"{title} (fr)", f"Sur {title}.", f"Bienvenue : {title}."),
    }
    known: dict[str, Any] = {
        "pass_mark": 80,
        "valid_months": 12,
        "lessons": (lesson_data(), lesson_data("second", "The second lesson")),
        "questions": (question_data(), question_data("What else?", (True, True, False))),
        "unlocks_sharing": True,
        "position": 1,
    }
    return CourseData(words, **known | values)


def make_course(slug: str = "", title: str = "", *, at: datetime = AT, **values: Any) -> Course:
    """A course that is taught since `at`."""
    slug = slug or f"course-{next(_count)}"
    actions.keep_course(slug, course_data(title, **values), by=None, at=at)
    course = queries.with_slug(slug)
    assert course is not None
    return course


def answers_to(version: CourseVersion | None, *, right: bool = True) -> dict[int, set[int]]:
    """Answers to every question of a version, all right or all wrong."""
    assert version is not None
    return {q.id: {c.id for c in q.choices if c.is_right is right} for q in version.questions}


def make_try(course: Course, person: Person, *, at: datetime = AT, right: bool = True) -> QuizTry:
    """A try at the quiz of the version that is taught."""
    version = course.current
    assert version is not None
    return actions.try_quiz(
        course, number=version.number, answers=answers_to(version, right=right), by=person, at=at
    )


def make_certificate(course: Course, person: Person, *, at: datetime = AT) -> Certificate:
    """A certificate that this person earned."""
    make_try(course, person, at=at)
    certificate = queries.certificate_of(person, course, at)
    assert certificate is not None
    return certificate
