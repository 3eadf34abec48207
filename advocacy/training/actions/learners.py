"""What learners do: begin a course, finish a lesson, try the quiz, earn a certificate, ask to be reminded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.errors import N_, Conflict, Missing, Refused
from advocacy.leaderboards import actions as leaderboards
from advocacy.mail import actions as mail
from advocacy.training import queries, rules
from advocacy.training.models import (
    Certificate,
    Course,
    CourseVersion,
    Enrolment,
    Lesson,
    LessonRead,
    QuizTry,
)

CHANGED = N_(
    "This course changed while you were in it, so these answers no longer meet their questions. "
    "Your certificates stay. Open the course again to go on."
)


def enrol(course: Course, *, by: Person, at: datetime) -> Enrolment:
    """Begin a course, of one's own accord; lessons that did not change since an older version stay read."""
    version = queries.version_for(by, course, at)
    if version is None or course.retired_at is not None:
        raise Conflict(N_("This course is no longer offered. What you learned and earned stays yours."))
    return _enrol(version, by, at)


def _enrol(version: CourseVersion, by: Person, at: datetime) -> Enrolment:
    db.lock_exclusive(f"learner:{by.id}")
    known = queries.enrolment(by, version)
    if known is not None:
        return known
    before = queries.latest_enrolment(by, version.course)
    made = Enrolment(person_id=by.id, version=version, started_at=at)
    db.session.add(made)
    db.session.flush()
    if before is not None:
        _carry_over(before, made, at)
    return made


def _carry_over(before: Enrolment, after: Enrolment, at: datetime) -> None:
    read = queries.lessons_read(before)
    known = [lesson.data for lesson in before.version.lessons if lesson.id in read]
    for lesson in after.version.lessons:
        if lesson.data in known:
            db.session.add(LessonRead(enrolment_id=after.id, lesson_id=lesson.id, at=at))
    db.session.flush()


def finish_lesson(course: Course, slug: str, *, by: Person, at: datetime) -> Lesson | None:
    """Mark a lesson as read and return the one after it, None after the last."""
    enrolment = enrol(course, by=by, at=at)
    lessons = enrolment.version.lessons
    lesson = next((one for one in lessons if one.slug == slug), None)
    if lesson is None:
        raise Missing(N_("This lesson is no longer part of the course."))
    if lesson.id not in queries.lessons_read(enrolment):
        db.session.add(LessonRead(enrolment_id=enrolment.id, lesson_id=lesson.id, at=at))
        db.session.flush()
    later = lessons[lessons.index(lesson) + 1 :]
    return later[0] if later else None


def try_quiz(
    course: Course, *, number: int, answers: Mapping[int, set[int]], by: Person, at: datetime
) -> QuizTry:
    """Answer the questions of version `number` (question key: chosen keys); passing earns the certificate."""
    version = queries.of_version(course, number)
    if version is None or course.retired_at is not None or not version.questions:
        raise Conflict(CHANGED)
    if not rules.may_finish(queries.superseded_at(version), at):
        raise Conflict(CHANGED)
    enrolment = _enrol(version, by, at)
    right = _count_right(version, answers)
    made = QuizTry(
        enrolment=enrolment,
        answers={str(question.id): sorted(answers[question.id]) for question in version.questions},
        right=right,
        asked=len(version.questions),
        passed=rules.has_passed(right, len(version.questions), version.pass_mark),
        at=at,
    )
    db.session.add(made)
    db.session.flush()
    if made.passed:
        _certify(made, by, at)
    return made


def _count_right(version: CourseVersion, answers: Mapping[int, set[int]]) -> int:
    right = 0
    for question in version.questions:
        choices = {choice.id: choice.is_right for choice in question.choices}
        chosen = answers.get(question.id, set())
        if not chosen:
            raise Refused(N_("Some questions are still open. Answer each of them; what you chose is kept."))
        if not chosen <= set(choices):
            raise Conflict(CHANGED)
        right += rules.is_right(chosen, choices)
    return right


def _certify(passed: QuizTry, by: Person, at: datetime) -> None:
    """Issue a certificate, unless one for this very version still holds for long."""
    version = passed.enrolment.version
    held = queries.certificate_of(by, version.course, at)
    if held is None or held.version_id != version.id or rules.is_renewable(held.expires_at, at):
        expires = rules.expires_at(at, version.valid_months)
        db.session.add(
            Certificate(
                person_id=by.id,
                course=version.course,
                version=version,
                try_id=passed.id,
                issued_at=at,
                expires_at=expires,
            )
        )
        db.session.flush()
    passed.enrolment.remind_at = None
    leaderboards.award(
        by,
        kind="certificate",
        source=f"course:{version.id}:{by.id}",
        reason=N_("You passed “%(title)s”"),
        values={"title": queries.title_of(version.course, by.language), "course": version.course.slug},
        at=at,
    )


def remind_me(course: Course, *, days: int, by: Person, at: datetime) -> Enrolment:
    """Ask for one letter about this course in so many days (3, 7 or 14); 0 takes the wish back."""
    when = rules.remind_at(days, at)
    if days and when is None:
        raise Refused(N_("Choose one of the times offered."))
    enrolment = enrol(course, by=by, at=at)
    enrolment.remind_at = when
    return enrolment


def remind_due(*, at: datetime, limit: int = 100) -> int:
    """Write the letters that learners asked for, and return how many; each is written once."""
    found = queries.due_reminders(at, limit)
    for enrolment in found:
        _remind(enrolment, at)
    db.session.flush()
    return len(found)


def _remind(enrolment: Enrolment, at: datetime) -> None:
    person = db.session.get_one(Person, enrolment.person_id)
    course = enrolment.version.course
    if course.retired_at is None and not queries.has_passed(enrolment):
        mail.write(
            person,
            kind="course_reminder",
            values={"title": queries.title_of(course, person.language), "slug": course.slug},
            at=at,
            key=f"course:{enrolment.id}:{enrolment.remind_at:%Y-%m-%d}",
        )
    enrolment.remind_at = None
