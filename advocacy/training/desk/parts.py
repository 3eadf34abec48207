"""Where the parts of a course are written, one a page: what it is, a lesson, a question."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from advocacy import clock, text, web
from advocacy.errors import N_, Conflict, Missing, Refused
from advocacy.training import actions, queries, rules
from advocacy.training.actions.authors import Kind
from advocacy.training.desk.blueprint import Answer, bp, go, known, sentences
from advocacy.training.forms import (
    AboutForm,
    Answers,
    CourseTextForm,
    LessonForm,
    LessonTextForm,
    QuestionForm,
    QuestionTextForm,
    Texts,
)
from advocacy.training.models import Course
from advocacy.training.rules import CourseData, LessonData, QuestionData
from advocacy.web import needs


@bp.route("/people/courses/<slug>/about", methods=["GET", "POST"])
@needs("course.edit")
def about(slug: str) -> Answer:
    """Title, summary, introduction, minutes, pass mark, validity."""
    actions.must_edit(web.me())
    course = known(slug)
    data = actions.about(queries.snapshot(course))
    form, texts = AboutForm(obj=data), Texts(CourseTextForm, data.words, request.form or None)
    page = Page("courses/about.html", course, {"form": form, "texts": texts}, data)
    if request.method == "GET" or not all([texts.validate(), form.validate_on_submit()]):
        return page.shown()
    mine = CourseData(
        texts.words,
        minutes=form.minutes.data or data.minutes,
        pass_mark=form.pass_mark.data or data.pass_mark,
        valid_months=form.valid_months.data,
    )
    try:
        actions.change_about(course, mine, seen=page.seen, by=web.me(), at=clock.now())
    except Refused as refused:
        return page.refused(refused, mine, actions.about(queries.snapshot(course)))
    return _kept(course)


@bp.route("/people/courses/<slug>/lessons/<int:number>", methods=["GET", "POST"])
@needs("course.edit")
def lesson(slug: str, number: int) -> Answer:
    """One lesson, counted from 1; the number after the last writes a new one."""
    actions.must_edit(web.me())
    course = known(slug)
    data = cast(LessonData | None, _part(course, "lessons", number))
    form = LessonForm(obj=data)
    texts = Texts(LessonTextForm, data.words if data else {}, request.form or None)
    page = Page("courses/lesson.html", course, {"form": form, "texts": texts, "number": number}, data)
    if request.method == "GET" or not all([texts.validate(), form.validate_on_submit()]):
        return page.shown()
    mine = LessonData(data.slug if data else "", texts.words, form.minutes.data or 5)
    return _keep(page, "lessons", number, mine)


@bp.route("/people/courses/<slug>/questions/<int:number>", methods=["GET", "POST"])
@needs("course.edit")
def question(slug: str, number: int) -> Answer:
    """One question with its answers; the button for more room shows the page again with what was typed."""
    actions.must_edit(web.me())
    course = known(slug)
    data = cast(QuestionData | None, _part(course, "questions", number))
    rows = request.form.get("rows", default=0, type=int) + (1 if request.form.get("more") else 0)
    form, typed = QuestionForm(), request.form or None
    texts = Texts(QuestionTextForm, data.words if data else {}, typed)
    answers = Answers(data.choices if data else (), typed, rows)
    page = Page(
        "courses/question.html",
        course,
        {"form": form, "texts": texts, "answers": answers, "number": number},
        data,
    )
    more = bool(request.form.get("more"))
    if (
        request.method == "GET"
        or more
        or not all([texts.validate(), answers.validate(), form.validate_on_submit()])
    ):
        return page.shown(keeps=more)
    return _keep(page, "questions", number, QuestionData(texts.words, answers.choices))


@bp.post("/people/courses/<slug>/<any(lessons, questions):kind>/<int:number>/place")
@needs("course.edit")
def move(slug: str, kind: str, number: int) -> Answer:
    """One place up or down."""
    step = -1 if request.form.get("step") == "up" else 1
    seen = request.form.get("seen", "")
    actions.move_part(known(slug), cast(Kind, kind), number - 1, step, seen=seen, by=web.me(), at=clock.now())
    return go(url_for("courses.show", slug=slug, _anchor=kind))


@bp.post("/people/courses/<slug>/<any(lessons, questions):kind>/<int:number>/removal")
@needs("course.edit")
def remove(slug: str, kind: str, number: int) -> Answer:
    """Take it out of the draft; published versions keep theirs."""
    seen = request.form.get("seen", "")
    actions.remove_part(known(slug), cast(Kind, kind), number - 1, seen=seen, by=web.me(), at=clock.now())
    flash(_("Taken out of the draft."))
    return go(url_for("courses.show", slug=slug, _anchor=kind))


class Page:
    """The page on which one part is written: shown, or shown again with what stands against it."""

    def __init__(self, template: str, course: Course, values: dict[str, Any], part: Any) -> None:
        self.template, self.course, self.values = template, course, values
        self.seen = request.form.get("seen", rules.print_of(part) if part else "")

    def shown(self, *, keeps: bool = False) -> Answer:
        """The page; with the status of a refusal when what was typed is not in order."""
        return self._render(self.seen), 422 if request.method == "POST" and not keeps else 200

    def refused(self, refused: Refused, mine: Any, theirs: Any) -> Answer:
        """The page with what was typed, and where it differs from what someone else saved meanwhile."""
        if not isinstance(refused, Conflict) or theirs is None:
            return self._render(self.seen, sentences(refused)), refused.status
        apart = text.differences(told(theirs), told(mine))
        return self._render(rules.print_of(theirs), sentences(refused), apart), refused.status

    def _render(
        self, seen: str, said: list[str] | None = None, apart: list[text.Difference] | None = None
    ) -> str:
        return render_template(
            self.template, course=self.course, seen=seen, said=said or [], apart=apart or [], **self.values
        )


def told(part: Any) -> str:
    """A part as lines of words, to compare it."""
    return "\n".join(_lines(asdict(part)))


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [line for one in value.values() for line in _lines(one)]
    if isinstance(value, list | tuple):
        return [line for one in value for line in _lines(one)]
    return [] if value is None else str(value).splitlines()


def _part(course: Course, kind: Kind, number: int) -> LessonData | QuestionData | None:
    parts = getattr(queries.snapshot(course), kind)
    if not 1 <= number <= len(parts) + 1:
        raise Missing(N_("The course has no such part. Go back to it and look again."))
    return parts[number - 1] if number <= len(parts) else None


def _keep(page: Page, kind: Kind, number: int, mine: LessonData | QuestionData) -> Answer:
    try:
        actions.change_part(page.course, kind, number - 1, mine, seen=page.seen, by=web.me(), at=clock.now())
    except Refused as refused:
        parts = getattr(queries.snapshot(page.course), kind)
        return page.refused(refused, mine, parts[number - 1] if number <= len(parts) else None)
    return _kept(page.course)


def _kept(course: Course) -> Answer:
    flash(_("Kept in the draft."), "success")
    return go(url_for("courses.show", slug=course.slug))
