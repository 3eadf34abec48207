"""Courses of lessons and a quiz, who takes them, and the certificates they end in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy import db
from advocacy.training.rules import (
    Audience,
    ChoiceData,
    ChoiceWords,
    CourseData,
    CourseWords,
    LessonData,
    LessonWords,
    QuestionData,
    QuestionWords,
)

Words = TypeVar("Words")


def _by_language(rows: Sequence[Any], words: Callable[[Any], Words]) -> dict[str, Words]:
    return {row.language: words(row) for row in sorted(rows, key=lambda row: str(row.language))}


class Course(db.Model):
    """A course at a stable address."""

    __tablename__ = "courses"

    id: Mapped[int] = db.pk()
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    audience: Mapped[Audience] = db.choice(Audience, default=Audience.CHAMPIONS)
    unlocks_sharing: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    versions: Mapped[list[CourseVersion]] = relationship(
        back_populates="course", order_by="CourseVersion.number"
    )

    @property
    def current(self) -> CourseVersion | None:
        """The version that is taught: the last one published."""
        published = [version for version in self.versions if version.published_at]
        return published[-1] if published else None

    @property
    def draft(self) -> CourseVersion | None:
        """The version being written, if there is one."""
        return next((version for version in self.versions if version.published_at is None), None)


class CourseVersion(db.Model):
    """One state of a course; frozen once published, so that an answer always meets the question it was given to."""

    __tablename__ = "course_versions"
    __table_args__ = (sa.UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = db.pk()
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"))
    number: Mapped[int]
    minutes: Mapped[int] = mapped_column(default=10)
    pass_mark: Mapped[int] = mapped_column(default=80)
    valid_months: Mapped[int | None]
    edited_at: Mapped[datetime]
    edited_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    published_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    edition: Mapped[int] = mapped_column(default=1)
    course: Mapped[Course] = relationship(back_populates="versions")
    texts: Mapped[list[CourseText]] = relationship(back_populates="version", cascade="all, delete-orphan")
    lessons: Mapped[list[Lesson]] = relationship(
        back_populates="version", order_by="Lesson.position", cascade="all, delete-orphan"
    )
    questions: Mapped[list[Question]] = relationship(
        back_populates="version", order_by="Question.position", cascade="all, delete-orphan"
    )

    @property
    def data(self) -> CourseData:
        """This version as it would be written down."""
        return CourseData(
            words=_by_language(self.texts, lambda t: CourseWords(t.title, t.summary, t.introduction)),
            minutes=self.minutes,
            pass_mark=self.pass_mark,
            valid_months=self.valid_months,
            lessons=tuple(lesson.data for lesson in self.lessons),
            questions=tuple(question.data for question in self.questions),
        )


class CourseText(db.Model):
    """A course's title and summary in one language."""

    __tablename__ = "course_texts"
    __table_args__ = (sa.UniqueConstraint("version_id", "language"),)

    id: Mapped[int] = db.pk()
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("course_versions.id"))
    language: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    introduction: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[CourseVersion] = relationship(back_populates="texts")


class Lesson(db.Model):
    """One page of teaching."""

    __tablename__ = "lessons"
    __table_args__ = (sa.UniqueConstraint("version_id", "slug"),)

    id: Mapped[int] = db.pk()
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("course_versions.id"))
    slug: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[int]
    minutes: Mapped[int] = mapped_column(default=3)
    version: Mapped[CourseVersion] = relationship(back_populates="lessons")
    texts: Mapped[list[LessonText]] = relationship(back_populates="lesson", cascade="all, delete-orphan")

    @property
    def data(self) -> LessonData:
        """This lesson as it would be written down."""
        return LessonData(
            self.slug, _by_language(self.texts, lambda t: LessonWords(t.title, t.body)), self.minutes
        )


class LessonText(db.Model):
    """A lesson's words in one language."""

    __tablename__ = "lesson_texts"
    __table_args__ = (sa.UniqueConstraint("lesson_id", "language"),)

    id: Mapped[int] = db.pk()
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lessons.id"))
    language: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    lesson: Mapped[Lesson] = relationship(back_populates="texts")


class Question(db.Model):
    """One scenario of the quiz, with its choices."""

    __tablename__ = "questions"
    __table_args__ = (sa.Index(None, "version_id"),)

    id: Mapped[int] = db.pk()
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("course_versions.id"))
    position: Mapped[int]
    version: Mapped[CourseVersion] = relationship(back_populates="questions")
    texts: Mapped[list[QuestionText]] = relationship(back_populates="question", cascade="all, delete-orphan")
    choices: Mapped[list[QuestionChoice]] = relationship(
        back_populates="question", order_by="QuestionChoice.position", cascade="all, delete-orphan"
    )

    @property
    def data(self) -> QuestionData:
        """This question as it would be written down."""
        words = _by_language(self.texts, lambda t: QuestionWords(t.title, t.scenario, t.why))
        return QuestionData(words, tuple(choice.data for choice in self.choices))


class QuestionText(db.Model):
    """A question, its scenario (Markdown) and the reason of the right answer, in one language."""

    __tablename__ = "question_texts"
    __table_args__ = (sa.UniqueConstraint("question_id", "language"),)

    id: Mapped[int] = db.pk()
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"))
    language: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(300))
    scenario: Mapped[str] = mapped_column(sa.Text, default="")
    why: Mapped[str] = mapped_column(sa.Text, default="")
    question: Mapped[Question] = relationship(back_populates="texts")


class QuestionChoice(db.Model):
    """One answer that may be chosen."""

    __tablename__ = "question_choices"
    __table_args__ = (sa.Index(None, "question_id"),)

    id: Mapped[int] = db.pk()
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"))
    position: Mapped[int]
    is_right: Mapped[bool]
    question: Mapped[Question] = relationship(back_populates="choices")
    texts: Mapped[list[ChoiceText]] = relationship(back_populates="choice", cascade="all, delete-orphan")

    @property
    def data(self) -> ChoiceData:
        """This answer as it would be written down."""
        return ChoiceData(self.is_right, _by_language(self.texts, lambda t: ChoiceWords(t.text, t.feedback)))


class ChoiceText(db.Model):
    """An answer and what is said when it is chosen, in one language."""

    __tablename__ = "choice_texts"
    __table_args__ = (sa.UniqueConstraint("choice_id", "language"),)

    id: Mapped[int] = db.pk()
    choice_id: Mapped[int] = mapped_column(sa.ForeignKey("question_choices.id"))
    language: Mapped[str] = mapped_column(sa.String(16))
    text: Mapped[str] = mapped_column(sa.Text)
    feedback: Mapped[str] = mapped_column(sa.Text, default="")
    choice: Mapped[QuestionChoice] = relationship(back_populates="texts")


class Enrolment(db.Model):
    """A person takes a course, of her own accord."""

    __tablename__ = "enrolments"
    __table_args__ = (sa.UniqueConstraint("person_id", "version_id"),)

    id: Mapped[int] = db.pk()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("course_versions.id"))
    started_at: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    version: Mapped[CourseVersion] = relationship()


class LessonRead(db.Model):
    """A lesson that a person has finished."""

    __tablename__ = "lesson_reads"
    __table_args__ = (sa.UniqueConstraint("enrolment_id", "lesson_id"),)

    id: Mapped[int] = db.pk()
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"))
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lessons.id"))
    at: Mapped[datetime]


class QuizTry(db.Model):
    """One try at the quiz: the chosen answers (question key as text: list of choice keys) and its outcome."""

    __tablename__ = "quiz_tries"
    __table_args__ = (sa.Index(None, "enrolment_id"),)

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"))
    answers: Mapped[dict[str, Any]]
    right: Mapped[int]
    asked: Mapped[int]
    passed: Mapped[bool]
    at: Mapped[datetime]
    enrolment: Mapped[Enrolment] = relationship()


class Certificate(db.Model):
    """Proof that a person passed a course; valid from `issued_at` until `expires_at` (None: always)."""

    __tablename__ = "certificates"
    __table_args__ = (sa.Index(None, "person_id", "course_id"),)

    id: Mapped[int] = db.pk()
    code: Mapped[str] = db.code()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("course_versions.id"))
    try_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quiz_tries.id"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    course: Mapped[Course] = relationship()
    version: Mapped[CourseVersion] = relationship()
