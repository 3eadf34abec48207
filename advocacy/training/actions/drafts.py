"""How a course's draft is found, compared and written: what the verbs of authors have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.audit import actions as audit
from advocacy.errors import N_, Conflict, Forbidden, Refused
from advocacy.training import queries, rules
from advocacy.training.models import (
    ChoiceText,
    Course,
    CourseText,
    CourseVersion,
    Lesson,
    LessonText,
    Question,
    QuestionChoice,
    QuestionText,
)
from advocacy.training.rules import ChoiceData, CourseData, LessonData, QuestionData


def may_edit(person: Person) -> bool:
    """Whether someone may write courses, which are for the whole group."""
    return person.may("course.edit") and person.entities_for("course.edit") is None


def must_edit(person: Person | None) -> None:
    """Raise Forbidden for whoever may not write courses; None is the system itself."""
    if person is not None and not may_edit(person):
        raise Forbidden(
            N_("Courses are for the whole group. Ask a colleague in HR whose role is for the whole group.")
        )


def must_match(part: Any, seen: str) -> None:
    """Refuse when a part is no longer what its editor saw."""
    if rules.print_of(part) != seen:
        raise Conflict(
            N_(
                "Someone else changed this while you were writing. Nothing of yours is lost: compare, then save."
            )
        )


def locked(course: Course) -> CourseData:
    """The course as it is now, with its row locked until this transaction ends."""
    db.session.refresh(course, with_for_update=True)
    db.session.expire(course, ["versions"])
    return queries.snapshot(course)


def new(slug: str, *, by: Person | None, at: datetime) -> Course:
    """A course with no version yet."""
    course = Course(slug=slug, created_at=at)
    db.session.add(course)
    db.session.flush()
    note("course.begin", course, by, at)
    return course


def save(course: Course, data: CourseData, *, by: Person | None, at: datetime) -> CourseVersion:
    """Write the whole draft; the first change to a published course makes its next draft."""
    if rules.longest(data) > rules.LONGEST_BODY:
        raise Refused(
            N_("One of the texts is longer than %(limit)s characters. Split it in two."),
            limit=rules.LONGEST_BODY,
        )
    draft = course.draft or _version(course, _next_number(course), by=by, at=at)
    draft.edited_at, draft.edited_by = at, by.id if by else None
    write(draft, data)
    return draft


def beside(course: Course, *, by: Person | None, at: datetime) -> CourseVersion:
    """An empty version before the draft that someone may be writing, to be published at once."""
    waiting = course.draft
    if waiting is None:
        return _version(course, _next_number(course), by=by, at=at)
    waiting.number += 1
    db.session.flush()
    return _version(course, waiting.number - 1, by=by, at=at)


def _next_number(course: Course) -> int:
    return max((version.number for version in course.versions), default=0) + 1


def _version(course: Course, number: int, *, by: Person | None, at: datetime) -> CourseVersion:
    version = CourseVersion(number=number, edited_at=at, edited_by=by.id if by else None)
    course.versions.append(version)
    return version


def write(version: CourseVersion, data: CourseData) -> None:
    """Make the rows of an unpublished version say what `data` says."""
    version.minutes, version.pass_mark, version.valid_months = data.minutes, data.pass_mark, data.valid_months
    version.texts, version.lessons, version.questions = [], [], []
    version.edition = (version.edition or 0) + 1
    db.session.flush()
    version.texts = [
        CourseText(language=tag, title=w.title, summary=w.summary, introduction=w.introduction)
        for tag, w in data.words.items()
    ]
    version.lessons = [_lesson(place, lesson) for place, lesson in enumerate(data.lessons)]
    version.questions = [_question(place, question) for place, question in enumerate(data.questions)]
    db.session.flush()


def _lesson(place: int, lesson: LessonData) -> Lesson:
    texts = [LessonText(language=tag, title=w.title, body=w.body) for tag, w in lesson.words.items()]
    return Lesson(slug=lesson.slug, position=place, minutes=lesson.minutes, texts=texts)


def _question(place: int, question: QuestionData) -> Question:
    texts = [
        QuestionText(language=tag, title=w.title, scenario=w.scenario, why=w.why)
        for tag, w in question.words.items()
    ]
    choices = [_choice(number, choice) for number, choice in enumerate(question.choices)]
    return Question(position=place, texts=texts, choices=choices)


def _choice(place: int, choice: ChoiceData) -> QuestionChoice:
    texts = [ChoiceText(language=tag, text=w.text, feedback=w.feedback) for tag, w in choice.words.items()]
    return QuestionChoice(position=place, is_right=choice.is_right, texts=texts)


def note(verb: str, course: Course, by: Person | None, at: datetime, **details: Any) -> None:
    """Add a line about this course to the audit trail."""
    audit.record(verb, by=by, at=at, about=f"course:{course.slug}", details=details)
