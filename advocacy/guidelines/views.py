"""Guidelines, for everyone to read and for colleagues to accept."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from advocacy import asked, clock, text, web
from advocacy.errors import N_, Conflict, Missing
from advocacy.guidelines import actions, queries
from advocacy.guidelines.models import Guideline, GuidelineVersion
from advocacy.guidelines.queries import Reading
from advocacy.web import public, signed_in

bp = Blueprint("guidelines", __name__)
bp.url_defaults(web.keep_way_back)
bp.add_app_template_filter(datetime.fromisoformat, "moment")
bp.add_app_template_filter(text.markdown, "markdown")

Answer = Response | str | tuple[str, int]


def language() -> str:
    """The language to read in: the one asked for, the person's own, the browser's."""
    asked = request.args.get("lang")
    return asked or (g.person.language if g.get("person") else web.locale())


@bp.app_template_global("guidelines_to_read")
def to_read() -> list[Reading]:
    """What is still asked of the person who is signed in, for the page on which she learns."""
    return queries.to_read(web.me(), clock.now())


@bp.app_template_global("guideline_titles")
def titles() -> dict[str, str]:
    """The title of each guideline in the reader's language, by slug."""
    return {guideline.slug: queries.title_of(guideline, web.locale()) for guideline in queries.everything()}


@bp.get("/guidelines/")
@public
def index() -> str:
    """Every guideline in force."""
    accepted = {}
    if g.get("person"):
        accepted = queries.accepted(g.person, queries.in_force())
    rows = [
        (guideline, queries.text_of(guideline.current, language()), accepted.get(guideline.id))
        for guideline in queries.in_force()
        if guideline.current
    ]
    return render_template("guidelines/index.html", rows=rows)


@bp.get("/guidelines/<slug>")
@public
def show(slug: str) -> str:
    """One guideline, or with ?version= an earlier wording of it."""
    guideline = _published(slug)
    wanted = asked.number("version", 0)
    version = queries.version(guideline, wanted) if wanted else guideline.current
    if version is None:
        raise Missing(N_("There is no such version of this guideline."))
    return _page(guideline, version)


@bp.post("/guidelines/<slug>/acknowledgement")
@signed_in
def acknowledge(slug: str) -> Answer:
    """Read and accepted, for the version that was shown."""
    guideline = _published(slug)
    number = request.form.get("version", default=0, type=int)
    shown = request.form.get("language", default="en")[:16]
    try:
        actions.acknowledge(guideline, number=number, language=shown, by=web.me(), at=clock.now())
    except Conflict as conflict:
        assert guideline.current is not None
        return _page(guideline, guideline.current, problem=web.say(conflict.reason)), conflict.status
    return redirect(url_for("guidelines.show", slug=slug), 303)  # type: ignore[return-value]


def _published(slug: str) -> Guideline:
    guideline = queries.published(slug)
    if guideline is None:
        raise Missing(N_("There is no guideline at this address. It may have been retired."))
    return guideline


def _page(guideline: Guideline, version: GuidelineVersion, problem: str = "") -> str:
    shown = queries.text_of(version, language())
    person = g.get("person")
    accepted_at = queries.accepted(person, [guideline]).get(guideline.id) if person else None
    return render_template(
        "guidelines/show.html",
        guideline=guideline,
        version=version,
        text=shown,
        accepted_at=accepted_at,
        due_at=queries.due_at(person, guideline) if person else None,
        earlier=[v for v in guideline.versions if v.published_at and v.number < version.number][::-1],
        problem=problem,
    )
