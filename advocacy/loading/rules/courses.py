"""A course's folder: what it is, its lessons in order, its questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from advocacy.loading.rules import front, quiz, values
from advocacy.loading.rules.guidelines import body
from advocacy.loading.rules.problems import Place, Problems
from advocacy.training.rules import (
    LONGEST_BODY,
    Audience,
    CourseData,
    CourseWords,
    LessonData,
    LessonWords,
    QuestionData,
)

Files = Mapping[str, Path]
Name = Callable[[Path], str]


@dataclass(frozen=True)
class CourseRow:
    """A course and the place that problems with the whole of it name."""

    slug: str
    data: CourseData
    place: Place


def read(slug: str, files: Mapping[str, Files], name: Name, problems: Problems) -> CourseRow | None:
    """The course in these files (by name and language); None, and problems, when something is wrong."""
    before, place = len(problems), Place(f"courses/{slug}/course.md")
    lessons = _lessons(files, name, problems, Place(f"courses/{slug}"))
    questions = quiz.read(files["quiz"], name, problems) if "quiz" in files else ()
    if "course" not in files:
        problems.add(Place(f"courses/{slug}"), "course.md is missing")
        return None
    found = {
        tag: read_one
        for tag, path in sorted(files["course"].items())
        if (read_one := front.read(path.read_bytes(), name(path), problems)) is not None
    }
    words = {tag: _words(one) for tag, one in found.items()}
    data = _settings(found["en"], words, lessons, questions) if "en" in found else None
    for one in found.values():
        one.table.close()
    return CourseRow(slug, data, place) if data is not None and len(problems) == before else None


def _words(found: front.Front) -> CourseWords:
    return CourseWords(
        title=found.table.need("title", values.text(160)) or "",
        summary=found.table.take("summary", values.text(300), ""),
        introduction=body(found, LONGEST_BODY, needed=False),
    )


def _settings(
    found: front.Front,
    words: Mapping[str, CourseWords],
    lessons: tuple[LessonData, ...],
    questions: tuple[QuestionData, ...],
) -> CourseData:
    table = found.table
    unlocks = table.take("unlocks_sharing", values.boolean, False)
    if unlocks and not questions:
        table.complain("unlocks_sharing", "a course that unlocks sharing needs a quiz.md")
    if table.has("pass_mark") and not questions:
        table.complain("pass_mark", "a course without a quiz.md has no pass mark")
    return CourseData(
        words,
        minutes=table.take("minutes", values.number(1, 600), sum(lesson.minutes for lesson in lessons)),
        pass_mark=table.take("pass_mark", values.number(1, 100), 80),
        valid_months=table.take("valid_months", values.number(1, 120), 0) or None,
        lessons=lessons,
        questions=questions,
        unlocks_sharing=unlocks,
        audience=Audience(table.take("audience", values.one_of(*Audience), "champions")),
        position=table.take("order", values.number(0, 9999), 100),
    )


def _lessons(
    files: Mapping[str, Files], name: Name, problems: Problems, place: Place
) -> tuple[LessonData, ...]:
    stems = sorted(stem for stem in files if stem not in {"course", "quiz"})
    if not stems:
        problems.add(place, "at least one lesson is needed, such as 01-choose.md")
    numbers: dict[str, str] = {}
    slugs: dict[str, str] = {}
    for stem in stems:
        number, slug = stem[:2], stem[3:]
        where = Place(name(files[stem]["en"]))
        if number in numbers:
            problems.add(where, f"the number {number} is used twice; {numbers[number]}.md has it too")
        if slug in slugs:
            problems.add(where, f"the lesson “{slug}” is here twice; see {slugs[slug]}.md")
        numbers.setdefault(number, stem)
        slugs.setdefault(slug, stem)
    return tuple(_lesson(stem[3:], files[stem], name, problems) for stem in stems)


def _lesson(slug: str, files: Files, name: Name, problems: Problems) -> LessonData:
    words, minutes = {}, 5
    for tag, path in sorted(files.items()):
        found = front.read(path.read_bytes(), name(path), problems)
        if found is None:
            continue
        title = found.table.need("title", values.text(160)) or ""
        words[tag] = LessonWords(title, body(found, LONGEST_BODY))
        if tag == "en":
            minutes = found.table.take("minutes", values.number(1, 120), 5)
        found.table.close()
    return LessonData(slug, words, minutes)
