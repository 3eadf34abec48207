"""The law of learning: when an answer is right, a quiz passed, a certificate good; and how a course is written down."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from advocacy.errors import N_, Reason

LONGEST_TITLE = 160
LONGEST_NOTE = 300
LONGEST_BODY = 60_000
FEWEST_CHOICES, MOST_CHOICES = 2, 6
FINISH_WITHIN = timedelta(days=30)
RENEW_BEFORE = timedelta(days=60)
SMALLEST_GROUP = 5
REMIND_AFTER_DAYS = (3, 7, 14)

Part = TypeVar("Part")


class Audience(StrEnum):
    """Whom a course is written for; anyone who is curious may take it."""

    EVERYONE = "everyone"
    CHAMPIONS = "champions"


class Change(StrEnum):
    """What keeping a course under its slug came to."""

    MADE = "made"
    NEW_VERSION = "new version"
    SETTINGS = "settings"
    NONE = "none"


class Figure(StrEnum):
    """What is said in place of a figure about so few people that it would speak of single ones."""

    FEW = "few"
    NEARLY_ALL = "nearly all"


@dataclass(frozen=True)
class CourseWords:
    """What a course is, in one language; the introduction is Markdown."""

    title: str = ""
    summary: str = ""
    introduction: str = ""


@dataclass(frozen=True)
class LessonWords:
    """A lesson in one language; the body is Markdown."""

    title: str = ""
    body: str = ""


@dataclass(frozen=True)
class QuestionWords:
    """A question in one language; scenario and why are Markdown."""

    title: str = ""
    scenario: str = ""
    why: str = ""


@dataclass(frozen=True)
class ChoiceWords:
    """An answer in one language, and what is said when it is chosen."""

    text: str = ""
    feedback: str = ""


@dataclass(frozen=True)
class LessonData:
    """A lesson; `slug` names it within its course, whatever its place; `words` by language tag."""

    slug: str
    words: Mapping[str, LessonWords]
    minutes: int = 5


@dataclass(frozen=True)
class ChoiceData:
    """One answer of a question."""

    is_right: bool
    words: Mapping[str, ChoiceWords]


@dataclass(frozen=True)
class QuestionData:
    """A question with its answers; more than one right answer means that all of them must be ticked."""

    words: Mapping[str, QuestionWords]
    choices: tuple[ChoiceData, ...] = ()


@dataclass(frozen=True)
class CourseData:
    """A course as a folder describes it; `valid_months` None: certificates do not expire."""

    words: Mapping[str, CourseWords]
    minutes: int = 10
    pass_mark: int = 80
    valid_months: int | None = None
    lessons: tuple[LessonData, ...] = ()
    questions: tuple[QuestionData, ...] = ()
    unlocks_sharing: bool = field(default=False, compare=False)
    audience: Audience = field(default=Audience.CHAMPIONS, compare=False)
    position: int = field(default=100, compare=False)


def is_right(chosen: Iterable[int], choices: Mapping[int, bool]) -> bool:
    """Whether exactly the right choices were made; `choices` says of each key whether it is right."""
    return set(chosen) == {key for key, right in choices.items() if right}


def has_passed(right: int, asked: int, pass_mark: int) -> bool:
    """Whether so many right answers reach the pass mark (per cent of the questions asked)."""
    return asked > 0 and right * 100 >= pass_mark * asked


def needed(asked: int, pass_mark: int) -> int:
    """How many right answers pass."""
    return -(-pass_mark * asked // 100)


def expires_at(issued_at: datetime, months: int | None) -> datetime | None:
    """The moment so many months later, on the same day of the month or the last one; None: never."""
    if months is None:
        return None
    year, month = divmod(issued_at.month - 1 + months, 12)
    year, month = issued_at.year + year, month + 1
    day = min(issued_at.day, calendar.monthrange(year, month)[1])
    return issued_at.replace(year=year, month=month, day=day)


def is_valid(expires: datetime | None, revoked_at: datetime | None, at: datetime) -> bool:
    """Whether a certificate holds at that moment."""
    return (revoked_at is None or revoked_at > at) and (expires is None or expires > at)


def is_renewable(expires: datetime | None, at: datetime) -> bool:
    """Whether it is time to earn the certificate again."""
    return expires is not None and expires - at <= RENEW_BEFORE


def may_finish(superseded_at: datetime | None, at: datetime) -> bool:
    """Whether a version that someone began may still be finished after a newer one was published."""
    return superseded_at is None or at - superseded_at < FINISH_WITHIN


def remind_at(days: int, at: datetime) -> datetime | None:
    """When to remind someone who asked for it; None when the number of days is none that we offer."""
    return at + timedelta(days=days) if days in REMIND_AFTER_DAYS else None


def figure(count: int, group: int) -> int | Figure:
    """A sum about `group` people of whom `count` are counted, unless it would speak of fewer than five."""
    if count < SMALLEST_GROUP:
        return Figure.FEW
    return Figure.NEARLY_ALL if 0 < group - count < SMALLEST_GROUP else count


def month_start(at: datetime) -> datetime:
    """The first moment of that month: sums change monthly, so that no day's sum betrays a person's."""
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def print_of(part: Any) -> str:
    """A fingerprint of a part of a course, by which a later save knows whether someone else changed it."""
    told = asdict(part) if hasattr(part, "__dataclass_fields__") else part
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def put(parts: Sequence[Part], place: int, part: Part) -> tuple[Part, ...]:
    """The parts with this one at that place (counted from 0); at the end when there is no such place."""
    return (*parts[:place], part, *parts[place + 1 :])


def without(parts: Sequence[Part], place: int) -> tuple[Part, ...]:
    """The parts without the one at that place."""
    return (*parts[:place], *parts[place + 1 :])


def moved(parts: Sequence[Part], place: int, step: int) -> tuple[Part, ...]:
    """The parts with the one at that place moved up (-1) or down (1), as far as that goes."""
    rest = without(parts, place)
    to = min(max(0, place + step), len(rest))
    return (*rest[:to], parts[place], *rest[to:])


def with_parts(data: CourseData, kind: str, parts: tuple[Any, ...]) -> CourseData:
    """The course with other lessons or other questions."""
    return replace(data, lessons=parts) if kind == "lessons" else replace(data, questions=parts)


def missing_parts(data: CourseData) -> list[Reason]:
    """What stands against publishing a course."""
    found = [*_missing_words(data), *_missing_lessons(data)]
    for number, question in enumerate(data.questions, 1):
        found += _missing_answers(number, question, set(data.words))
    if data.unlocks_sharing and not data.questions:
        found.append((N_("A course that unlocks sharing needs at least one question."), {}))
    return found


def _missing_words(data: CourseData) -> list[Reason]:
    if not any(words.title for words in data.words.values()):
        return [(N_("Give the course a title."), {})]
    lacking = [tag for tag, words in data.words.items() if not words.title]
    return [(N_("The course needs a title in “%(language)s”."), {"language": tag}) for tag in lacking]


def _missing_lessons(data: CourseData) -> list[Reason]:
    if not data.lessons:
        return [(N_("Write at least one lesson."), {})]
    return [
        (
            N_("Lesson %(number)s needs a title and a text in “%(language)s”."),
            {"number": number, "language": tag},
        )
        for number, lesson in enumerate(data.lessons, 1)
        for tag in data.words
        if not (words := lesson.words.get(tag, LessonWords())).title or not words.body
    ]


def _missing_answers(number: int, question: QuestionData, tags: set[str]) -> list[Reason]:
    told: dict[str, Any] = {"number": number}
    if not FEWEST_CHOICES <= len(question.choices) <= MOST_CHOICES:
        return [(N_("Question %(number)s needs two to six answers."), told)]
    if not any(choice.is_right for choice in question.choices):
        return [(N_("Question %(number)s needs a right answer: tick it."), told)]
    return [
        (N_("Question %(number)s is not complete in “%(language)s”."), told | {"language": tag})
        for tag in sorted(tags)
        if not _is_whole(question, tag)
    ]


def _is_whole(question: QuestionData, tag: str) -> bool:
    answers = [choice.words.get(tag, ChoiceWords()) for choice in question.choices]
    asked = question.words.get(tag, QuestionWords())
    return bool(asked.title) and all(words.text and words.feedback for words in answers)


def begun(data: CourseData) -> CourseData:
    """The course in the languages whose title, summary or introduction were begun; other words go."""
    tags = {tag for tag, words in data.words.items() if words != CourseWords()}
    return replace(
        data,
        words=_only(data.words, tags),
        lessons=tuple(replace(lesson, words=_only(lesson.words, tags)) for lesson in data.lessons),
        questions=tuple(
            replace(
                question,
                words=_only(question.words, tags),
                choices=tuple(
                    replace(choice, words=_only(choice.words, tags)) for choice in question.choices
                ),
            )
            for question in data.questions
        ),
    )


def _only(words: Mapping[str, Part], tags: set[str]) -> dict[str, Part]:
    return {tag: texts for tag, texts in words.items() if tag in tags}


def longest(data: Any) -> int:
    """The length of the longest text in a part of a course."""
    if isinstance(data, str):
        return len(data)
    if isinstance(data, Mapping):
        return max((longest(value) for value in data.values()), default=0)
    if isinstance(data, tuple | list):
        return max((longest(value) for value in data), default=0)
    return longest(asdict(data)) if hasattr(data, "__dataclass_fields__") else 0
