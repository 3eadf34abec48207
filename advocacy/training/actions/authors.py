"""What authors do: write a course, change its parts, publish it, retire it, keep it as a folder says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from advocacy import db, text
from advocacy.accounts.models import Person
from advocacy.errors import N_, Conflict, Missing, Refused, Several
from advocacy.training import queries, rules
from advocacy.training.actions import drafts
from advocacy.training.actions.drafts import must_edit, must_match, note
from advocacy.training.models import Course, CourseVersion
from advocacy.training.rules import Audience, Change, CourseData, CourseWords, LessonData, QuestionData

Kind = Literal["lessons", "questions"]


def begin(words: Mapping[str, CourseWords], *, by: Person | None, at: datetime) -> Course:
    """Start a course; its address is made of its title and stays, whatever the title becomes."""
    must_edit(by)
    title = next((texts.title for texts in words.values() if texts.title), "")
    if not title:
        raise Refused(N_("Give the course a title."), field="title")
    course = drafts.new(text.slug(title, queries.is_taken), by=by, at=at)
    drafts.save(course, CourseData(words), by=by, at=at)
    return course


def change_about(course: Course, data: CourseData, *, seen: str, by: Person | None, at: datetime) -> None:
    """Keep what `data` says of the whole course, not of its parts; `seen` is the print of what was there."""
    must_edit(by)
    now = drafts.locked(course)
    must_match(about(now), seen)
    drafts.save(course, replace(data, lessons=now.lessons, questions=now.questions), by=by, at=at)


def about(data: CourseData) -> CourseData:
    """A course without its lessons and questions."""
    return replace(data, lessons=(), questions=())


def change_part(
    course: Course,
    kind: Kind,
    place: int,
    part: LessonData | QuestionData,
    *,
    seen: str,
    by: Person | None,
    at: datetime,
) -> int:
    """Keep a lesson or question at its place (from 0), or add it when nothing was `seen`; returns its place."""
    must_edit(by)
    data = drafts.locked(course)
    parts: tuple[Any, ...] = getattr(data, kind)
    place = _place(parts, place, seen) if seen else len(parts)
    if isinstance(part, LessonData):
        part = replace(part, slug=_lesson_slug(data.lessons, place, part))
    drafts.save(course, rules.with_parts(data, kind, rules.put(parts, place, part)), by=by, at=at)
    return place


def move_part(
    course: Course, kind: Kind, place: int, step: int, *, seen: str, by: Person | None, at: datetime
) -> None:
    """Move a lesson or question up (-1) or down (1)."""
    must_edit(by)
    data = drafts.locked(course)
    parts: tuple[Any, ...] = getattr(data, kind)
    drafts.save(
        course,
        rules.with_parts(data, kind, rules.moved(parts, _place(parts, place, seen), step)),
        by=by,
        at=at,
    )


def remove_part(
    course: Course, kind: Kind, place: int, *, seen: str, by: Person | None, at: datetime
) -> None:
    """Take a lesson or question out of the draft; published versions keep theirs."""
    must_edit(by)
    data = drafts.locked(course)
    parts: tuple[Any, ...] = getattr(data, kind)
    drafts.save(
        course, rules.with_parts(data, kind, rules.without(parts, _place(parts, place, seen))), by=by, at=at
    )


def change_settings(
    course: Course,
    *,
    unlocks_sharing: bool,
    audience: Audience,
    position: int,
    by: Person | None,
    at: datetime,
) -> bool:
    """Say whom a course is for and whether it unlocks sharing; True when that changed anything."""
    must_edit(by)
    if unlocks_sharing and course.current and not course.current.questions:
        raise Refused(
            N_("A course that unlocks sharing needs at least one question."), field="unlocks_sharing"
        )
    new = {"unlocks_sharing": unlocks_sharing, "audience": audience, "position": position}
    changed = {name: value for name, value in new.items() if getattr(course, name) != value}
    for name, value in changed.items():
        setattr(course, name, value)
    if changed:
        note("course.settings", course, by, at, **changed)
    return bool(changed)


def publish(course: Course, *, seen: str, by: Person | None, at: datetime) -> CourseVersion:
    """Put the draft in force; `seen` is the print of what was looked at. Who began an older version may finish it."""
    must_edit(by)
    must_match(drafts.locked(course), seen)
    draft = course.draft
    if draft is None:
        raise Conflict(N_("There is no draft to publish: it was published or thrown away in the meantime."))
    data = rules.begun(queries.snapshot(course))
    if lacking := rules.missing_parts(data):
        raise Several(lacking)
    drafts.write(draft, data)
    draft.published_at, draft.published_by = at, by.id if by else None
    course.retired_at = None
    db.session.flush()
    note("course.publish", course, by, at, version=draft.number)
    return draft


def drop_draft(course: Course, *, by: Person, at: datetime) -> None:
    """Throw the draft away; a course that was never published goes with it."""
    must_edit(by)
    drafts.locked(course)
    if course.draft is None:
        raise Missing
    note("course.drop-draft", course, by, at)
    db.session.delete(course.draft)
    db.session.flush()
    db.session.expire(course, ["versions"])
    if not course.versions:
        db.session.delete(course)
        db.session.flush()


def retire(course: Course, *, by: Person, at: datetime) -> None:
    """Stop teaching a course; certificates stay valid, and it unlocks nothing any more."""
    must_edit(by)
    if course.retired_at is None:
        course.retired_at = at
        note("course.retire", course, by, at)


def bring_back(course: Course, *, by: Person, at: datetime) -> None:
    """Teach a retired course again."""
    must_edit(by)
    if course.retired_at is not None:
        course.retired_at = None
        note("course.bring-back", course, by, at)


def keep_course(slug: str, data: CourseData, *, by: Person | None, at: datetime) -> Change:
    """Make the course at `slug` say what `data` says; a new version is published only when its words changed."""
    course = queries.with_slug(slug)
    is_new = course is None
    course = course or drafts.new(slug, by=by, at=at)
    settings = change_settings(
        course,
        unlocks_sharing=data.unlocks_sharing and bool(data.questions),
        audience=data.audience,
        position=data.position,
        by=by,
        at=at,
    )
    if course.current is not None and course.current.data == data:
        return Change.SETTINGS if settings else Change.NONE
    version = drafts.beside(course, by=by, at=at)
    drafts.write(version, data)
    version.published_at, version.published_by = at, by.id if by else None
    db.session.flush()
    db.session.expire(course, ["versions"])
    note("course.load", course, by, at, version=version.number)
    return Change.MADE if is_new else Change.NEW_VERSION


def _place(parts: tuple[Any, ...], place: int, seen: str) -> int:
    if place >= len(parts):
        raise Conflict(
            N_("Someone else took this part away or moved it. Go back to the course and look again.")
        )
    must_match(parts[place], seen)
    return place


def _lesson_slug(lessons: tuple[LessonData, ...], place: int, lesson: LessonData) -> str:
    """A lesson keeps its slug; a new one gets its own from its title."""
    if place < len(lessons):
        return lessons[place].slug
    taken = {one.slug for one in lessons}
    title = next((words.title for words in lesson.words.values() if words.title), "")
    return text.slug(title, taken.__contains__)
