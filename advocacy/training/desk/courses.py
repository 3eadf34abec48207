"""Where a course is begun, looked at, published and retired, and where sums of voluntary training are seen."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from advocacy import clock, db, web
from advocacy.accounts.models import Person
from advocacy.errors import Refused
from advocacy.training import actions, queries, record, rules
from advocacy.training.desk.blueprint import Answer, bp, go, known, sentences
from advocacy.training.forms import CourseTextForm, SettingsForm, Texts
from advocacy.training.models import Course
from advocacy.training.rules import Audience
from advocacy.web import needs


@bp.get("/people/courses/")
@needs("course.edit")
def index() -> str:
    """Every course, with what is taught and what is being written."""
    rows = [(course, queries.title_of(course, web.locale())) for course in queries.everything()]
    return render_template("courses/index.html", rows=rows, may_write=actions.may_edit(web.me()))


@bp.route("/people/courses/new", methods=["GET", "POST"])
@needs("course.edit")
def begin() -> Answer:
    """Start a course with its title; lessons and questions follow."""
    actions.must_edit(web.me())
    texts = Texts(CourseTextForm, {}, request.form or None)
    if request.method == "GET" or not texts.validate():
        return render_template(
            "courses/begin.html", texts=texts, said=[]
        ), 200 if request.method == "GET" else 422
    try:
        course = actions.begin(texts.words, by=web.me(), at=clock.now())
    except Refused as refused:
        return render_template("courses/begin.html", texts=texts, said=sentences(refused)), refused.status
    return go(url_for("courses.show", slug=course.slug))


@bp.get("/people/courses/<slug>")
@needs("course.edit")
def show(slug: str) -> Answer:
    """One course: its parts as they are being written, its versions, and whom it is for."""
    course = known(slug)
    return _overview(course, SettingsForm(obj=course))


@bp.post("/people/courses/<slug>/settings")
@needs("course.edit")
def change_settings(slug: str) -> Answer:
    """Whom it is for, and whether it unlocks sharing."""
    course, form = known(slug), SettingsForm()
    if not form.validate_on_submit():
        return _overview(course, form, status=422)
    try:
        actions.change_settings(
            course,
            unlocks_sharing=bool(form.unlocks_sharing.data),
            audience=Audience(form.audience.data),
            position=form.position.data or 0,
            by=web.me(),
            at=clock.now(),
        )
    except Refused as refused:
        return _overview(course, form, refused, status=refused.status)
    flash(_("Kept. It holds from now on."), "success")
    return go(url_for("courses.show", slug=slug))


@bp.get("/people/courses/<slug>/preview")
@needs("course.edit")
def preview(slug: str) -> Answer:
    """The course as learners will see it, and what stands against publishing it."""
    return _preview_page(known(slug))


@bp.post("/people/courses/<slug>/versions")
@needs("course.edit")
def publish(slug: str) -> Answer:
    """Teach the draft that was looked at."""
    course = known(slug)
    try:
        version = actions.publish(course, seen=request.form.get("seen", ""), by=web.me(), at=clock.now())
    except Refused as refused:
        return _preview_page(course, refused)
    flash(_("Version %(number)s is taught from now on.", number=version.number), "success")
    return go(url_for("courses.show", slug=slug))


@bp.post("/people/courses/<slug>/draft/removal")
@needs("course.edit")
def drop_draft(slug: str) -> Answer:
    """Throw the draft away."""
    actions.drop_draft(known(slug), by=web.me(), at=clock.now())
    flash(_("The draft is gone. What is taught stays as it is."))
    return go(url_for("courses.index"))


@bp.post("/people/courses/<slug>/retirement")
@needs("course.edit")
def retire(slug: str) -> Answer:
    """Stop teaching it, or (back=1) teach it again."""
    course = known(slug)
    change = actions.bring_back if request.form.get("back") else actions.retire
    change(course, by=web.me(), at=clock.now())
    flash(_("It is retired.") if course.retired_at else _("It is taught again."))
    return go(url_for("courses.show", slug=slug))


@bp.get("/people/reading/training")
@needs("reading.see")
def reading() -> str:
    """Voluntary training, as sums that speak of no single person."""
    seen = web.me().entities_for("reading.see")
    sums = [
        (one, queries.title_of(one.course, web.locale())) for one in record.sums(clock.now(), entity_ids=seen)
    ]
    return render_template(
        "courses/reading.html", sums=sums, day=rules.month_start(clock.now()), Figure=rules.Figure
    )


def _overview(
    course: Course, form: SettingsForm, refused: Refused | None = None, status: int = 200
) -> Answer:
    data = queries.snapshot(course)
    keys = {v.edited_by for v in course.versions} | {v.published_by for v in course.versions}
    names = {key: person.name for key in keys if key and (person := db.session.get(Person, key))}
    page = render_template(
        "courses/show.html",
        course=course,
        title=queries.title_of(course, web.locale()),
        data=data,
        prints={
            kind: [rules.print_of(part) for part in getattr(data, kind)] for kind in ("lessons", "questions")
        },
        form=form,
        names=names,
        said=sentences(refused),
        may_write=actions.may_edit(web.me()),
        title_in=lambda words: queries.title_in(words, web.locale()),
    )
    return page, status


def _preview_page(course: Course, refused: Refused | None = None) -> Answer:
    if course.draft is None:
        return go(url_for("courses.show", slug=course.slug))
    data = queries.snapshot(course)
    page = render_template(
        "courses/preview.html",
        course=course,
        draft=course.draft,
        data=data,
        seen=rules.print_of(data),
        may_write=actions.may_edit(web.me()),
        lacking=[web.say(reason) for reason in rules.missing_parts(rules.begun(data))],
        said=sentences(refused),
    )
    return page, refused.status if refused else 200
