"""What the training room holds about a person: what she learned, tried and earned, all of her own accord."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.training.models import (
    Certificate,
    Course,
    CourseVersion,
    Enrolment,
    Lesson,
    LessonRead,
    QuizTry,
)

# What stands here about people.
TABLES = (Certificate, CourseVersion, Enrolment)


def export(person: Person) -> dict[str, Any]:
    """Everything here that names the person."""
    enrolments = db.session.scalars(
        sa.select(Enrolment).where(Enrolment.person_id == person.id).order_by(Enrolment.id)
    )
    certificates = db.session.scalars(
        sa.select(Certificate).where(Certificate.person_id == person.id).order_by(Certificate.id)
    )
    return {
        "courses_begun": [_enrolment(enrolment) for enrolment in enrolments],
        "certificates": [_certificate(certificate) for certificate in certificates],
        "courses_written": [
            {"course": slug, "version": number}
            for slug, number in db.session.execute(
                sa.select(Course.slug, CourseVersion.number)
                .join(CourseVersion.course)
                .where(sa.or_(CourseVersion.edited_by == person.id, CourseVersion.published_by == person.id))
                .order_by(CourseVersion.id)
            )
        ],
    }


def _enrolment(enrolment: Enrolment) -> dict[str, Any]:
    read = sa.select(Lesson.slug, LessonRead.at).join(Lesson, Lesson.id == LessonRead.lesson_id)
    tries = sa.select(QuizTry).where(QuizTry.enrolment_id == enrolment.id).order_by(QuizTry.id)
    return {
        "course": enrolment.version.course.slug,
        "version": enrolment.version.number,
        "started_at": enrolment.started_at.isoformat(),
        "remind_at": _told(enrolment.remind_at),
        "lessons_read": [
            {"lesson": slug, "at": at.isoformat()}
            for slug, at in db.session.execute(
                read.where(LessonRead.enrolment_id == enrolment.id).order_by(LessonRead.id)
            )
        ],
        "tries": [
            {"at": one.at.isoformat(), "right": one.right, "asked": one.asked, "passed": one.passed}
            for one in db.session.scalars(tries)
        ],
    }


def _certificate(certificate: Certificate) -> dict[str, Any]:
    return {
        "code": certificate.code,
        "course": certificate.course.slug,
        "version": certificate.version.number,
        "issued_at": certificate.issued_at.isoformat(),
        "expires_at": _told(certificate.expires_at),
        "revoked_at": _told(certificate.revoked_at),
    }


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def erase(person: Person, *, by: Any, at: datetime) -> None:
    """Delete all that was learned here: training is voluntary, so that nothing of it must be proved."""
    mine = sa.select(Enrolment.id).where(Enrolment.person_id == person.id)
    db.session.execute(sa.delete(Certificate).where(Certificate.person_id == person.id))
    for record in (QuizTry, LessonRead):
        db.session.execute(sa.delete(record).where(record.enrolment_id.in_(mine)))
    db.session.execute(sa.delete(Enrolment).where(Enrolment.person_id == person.id))
