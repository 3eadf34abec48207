"""Reads about courses: what is taught, how far a person has come, which certificates hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from advocacy import db, text
from advocacy.accounts.models import Person
from advocacy.training import rules
from advocacy.training.models import (
    Certificate,
    Course,
    CourseVersion,
    Enrolment,
    Lesson,
    LessonRead,
    QuizTry,
)
from advocacy.training.rules import CourseData


@dataclass(frozen=True)
class Progress:
    """How far a person has come with a course: the version that is hers, its lessons read, her certificate."""

    course: Course
    version: CourseVersion
    enrolment: Enrolment | None
    read: frozenset[int]
    certificate: Certificate | None
    passed: bool

    @property
    def next_lesson(self) -> Lesson | None:
        """The first lesson that was not read yet."""
        return next((lesson for lesson in self.version.lessons if lesson.id not in self.read), None)

    @property
    def steps(self) -> tuple[int, int]:
        """Steps done and steps in all: each lesson, and the quiz if there is one."""
        lessons = self.version.lessons
        quiz = 1 if self.version.questions else 0
        return len(self.read) + (1 if quiz and self.passed else 0), len(lessons) + quiz


def with_slug(slug: str) -> Course | None:
    """The course at this address, published or not."""
    return db.session.scalar(sa.select(Course).where(Course.slug == slug))


def is_taken(slug: str) -> bool:
    """Whether an address is in use, by a course or by a page of ours."""
    return slug == "certificates" or with_slug(slug) is not None


def everything() -> list[Course]:
    """Every course with its versions, for the desk; retired ones last."""
    versions = selectinload(Course.versions).selectinload(CourseVersion.texts)
    order = (Course.retired_at.is_not(None), Course.position, Course.id)
    return list(db.session.scalars(sa.select(Course).options(versions).order_by(*order)))


def taught() -> list[Course]:
    """The courses that are published and not retired, in their order."""
    return [course for course in everything() if course.retired_at is None and course.current]


def in_language(texts: Sequence[Any], language: str) -> Any:
    """Of rows with a `language`, the one nearest to the reader's; None when there is none."""
    by_language = {row.language: row for row in texts}
    return by_language[text.in_language(by_language, language)] if by_language else None


def title_of(course: Course, language: str) -> str:
    """A course's title in the language nearest to the reader's, of the version that is taught or being written."""
    texts = version.texts if (version := course.current or course.draft) else []
    return title_in({row.language: row for row in texts}, language) or course.slug


def title_in(words: Mapping[str, Any], language: str) -> str:
    """Of words by language, the title in the one nearest to the reader's that has any; empty without."""
    titles = {tag: each.title for tag, each in words.items() if each.title}
    return titles[text.in_language(titles, language)] if titles else ""


def enrolment(person: Person, version: CourseVersion) -> Enrolment | None:
    """This person's enrolment in exactly this version."""
    return db.session.scalar(
        sa.select(Enrolment).where(Enrolment.person_id == person.id, Enrolment.version_id == version.id)
    )


def latest_enrolment(person: Person, course: Course) -> Enrolment | None:
    """This person's enrolment in the newest version that she began."""
    return db.session.scalar(
        sa.select(Enrolment)
        .join(Enrolment.version)
        .where(Enrolment.person_id == person.id, CourseVersion.course_id == course.id)
        .order_by(CourseVersion.number.desc())
        .limit(1)
    )


def superseded_at(version: CourseVersion) -> datetime | None:
    """When the next version of the course was published, if one was."""
    later = [v.published_at for v in version.course.versions if v.published_at and v.number > version.number]
    return later[0] if later else None


def has_passed(enrolment: Enrolment) -> bool:
    """Whether a try of this enrolment passed."""
    tries = sa.select(QuizTry.id).where(QuizTry.enrolment_id == enrolment.id, QuizTry.passed)
    return db.session.scalar(sa.select(tries.exists())) or False


def version_for(person: Person, course: Course, at: datetime) -> CourseVersion | None:
    """The version that this person learns: the one she began, while it may be finished, else the one taught."""
    begun = latest_enrolment(person, course)
    if begun is None or begun.version is course.current:
        return course.current
    if has_passed(begun) or not rules.may_finish(superseded_at(begun.version), at):
        return course.current
    return begun.version


def progress(person: Person, course: Course, at: datetime) -> Progress | None:
    """How far this person has come; None for a course that is not taught."""
    version = version_for(person, course, at)
    if version is None or course.retired_at is not None:
        return None
    own = enrolment(person, version)
    return Progress(
        course,
        version,
        own,
        lessons_read(own),
        certificate_of(person, course, at),
        own is not None and has_passed(own),
    )


def lessons_read(enrolment: Enrolment | None) -> frozenset[int]:
    """The keys of the lessons that were finished."""
    if enrolment is None:
        return frozenset()
    rows = db.session.scalars(sa.select(LessonRead.lesson_id).where(LessonRead.enrolment_id == enrolment.id))
    return frozenset(rows)


def learning(person: Person, at: datetime) -> list[Progress]:
    """Every course that is taught, with how far this person has come."""
    found = (progress(person, course, at) for course in taught())
    return [one for one in found if one is not None]


def _held(person_id: int, at: datetime) -> sa.Select[Certificate]:
    """The certificates of a person that hold at that moment, longest first."""
    longest = (Certificate.expires_at.is_not(None), Certificate.expires_at.desc(), Certificate.id.desc())
    return sa.select(Certificate).where(Certificate.person_id == person_id, *holding(at)).order_by(*longest)


def holding(at: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """What is true of a certificate that holds at that moment."""
    return (
        Certificate.issued_at <= at,
        sa.or_(Certificate.expires_at.is_(None), Certificate.expires_at > at),
        sa.or_(Certificate.revoked_at.is_(None), Certificate.revoked_at > at),
    )


def certificate_of(person: Person, course: Course, at: datetime) -> Certificate | None:
    """This person's certificate of a course that holds at that moment, the one that holds longest."""
    return db.session.scalar(_held(person.id, at).where(Certificate.course_id == course.id).limit(1))


def certificates_held(person: Person, at: datetime) -> list[Certificate]:
    """The certificates of a person that hold at that moment, those that hold longest first."""
    return list(db.session.scalars(_held(person.id, at)))


def certificates(person: Person) -> list[Certificate]:
    """All certificates of a person, newest first."""
    return list(
        db.session.scalars(
            sa.select(Certificate)
            .where(Certificate.person_id == person.id)
            .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
        )
    )


def certificate(code: str) -> Certificate | None:
    """The certificate with this code."""
    return db.session.scalar(sa.select(Certificate).where(Certificate.code == code))


def owner(certificate: Certificate) -> Person | None:
    """Whose certificate it is; None once that person was erased."""
    person = db.session.get(Person, certificate.person_id)
    return person if person is not None and person.erased_at is None else None


def held(person_id: Any, at: Any) -> sa.Select[int]:
    """The courses (keys) of which a person holds a certificate at that moment."""
    return sa.select(Certificate.course_id).where(Certificate.person_id == person_id, *holding(at))


def unlocking(at: datetime) -> list[Course]:
    """The courses that must be passed before anyone can share, published by that moment."""
    return list(db.session.scalars(_unlocking(at)))


def _unlocking(at: datetime) -> sa.Select[Course]:
    return (
        sa.select(Course)
        .where(Course.unlocks_sharing, Course.retired_at.is_(None))
        .where(sa.exists().where(CourseVersion.course_id == Course.id, CourseVersion.published_at <= at))
        .order_by(Course.position, Course.id)
    )


def missing_for(person: Person, at: datetime) -> list[Course]:
    """The courses that this person must pass before she can share; the gate asks this again at sending."""
    return missing_for_each([person.id], at)[person.id]


def missing_for_each(people: Collection[int], at: datetime) -> dict[int, list[Course]]:
    """The same for several people, by their keys."""
    asked = unlocking(at)
    if not asked:
        return {person: [] for person in people}
    rows = db.session.execute(
        sa.select(Certificate.person_id, Certificate.course_id).where(
            Certificate.person_id.in_(people), *holding(at)
        )
    )
    known = {(person, course) for person, course in rows}
    return {person: [course for course in asked if (person, course.id) not in known] for person in people}


def minutes_left(person: Person, course: Course, at: datetime) -> int:
    """How many minutes a course still takes this person, whose lessons read so far are behind her."""
    version = version_for(person, course, at)
    if version is None:
        return 1
    read = lessons_read(enrolment(person, version))
    return max(1, version.minutes - sum(one.minutes for one in version.lessons if one.id in read))


def quiz_try(person: Person, code: str) -> QuizTry | None:
    """This person's try with this code; nobody else's."""
    return db.session.scalar(
        sa.select(QuizTry)
        .join(QuizTry.enrolment)
        .where(QuizTry.code == code, Enrolment.person_id == person.id)
    )


def of_version(course: Course, number: int) -> CourseVersion | None:
    """The published version with this number."""
    return next((v for v in course.versions if v.number == number and v.published_at), None)


def snapshot(course: Course) -> CourseData:
    """What is being written, else what is taught, with the course's settings."""
    version = course.draft or course.current
    data = version.data if version else CourseData({})
    return replace(
        data, unlocks_sharing=course.unlocks_sharing, audience=course.audience, position=course.position
    )


def due_reminders(at: datetime, limit: int) -> list[Enrolment]:
    """Enrolments whose owner asked to be reminded by now, and can be written to."""
    return list(
        db.session.scalars(
            sa.select(Enrolment)
            .where(Enrolment.remind_at <= at)
            .order_by(Enrolment.remind_at, Enrolment.id)
            .limit(limit)
        )
    )
