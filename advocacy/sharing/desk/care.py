"""Recalling a story, and answering calls for help."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from advocacy import clock, db, web
from advocacy.content import queries as content
from advocacy.content.models import Kit
from advocacy.errors import Missing, Refused
from advocacy.sharing import helping, queries, withdrawing
from advocacy.sharing.forms import RecallForm
from advocacy.web import needs

bp = Blueprint("care", __name__)

Answer = Response | str | tuple[str, int]


def _go(place: str) -> Response:
    return redirect(place, 303)  # type: ignore[return-value]


def _kit(slug: str) -> Kit:
    kit = content.kit_of(web.me(), slug, "kit.recall")
    if kit is None:
        raise Missing()
    return kit


def _page(kit: Kit, form: RecallForm) -> str:
    waiting = queries.how_many_waiting(kit)
    return render_template("care/recall.html", kit=kit, form=form, waiting=waiting, onward=_onward(kit))


@bp.get("/studio/kits/<slug>/recall")
@needs("kit.recall")
def recall(slug: str) -> str:
    """Ask by naming what will happen."""
    return _page(_kit(slug), RecallForm(formdata=None))


@bp.post("/studio/kits/<slug>/recall")
@needs("kit.recall")
def recall_kit(slug: str) -> Answer:
    """Recall a story and cancel what is scheduled of it."""
    form, kit = RecallForm(), _kit(slug)
    if not form.validate():
        return _page(kit, form), 422
    waiting = queries.how_many_waiting(kit)
    try:
        withdrawing.recall_kit(kit, reason=form.reason.data or "", by=web.me(), at=clock.now())
    except Refused as refusal:
        form.reason.errors = [web.say(refusal.reason)]
        return _page(kit, form), refusal.status
    flash(_cancelled(waiting), "success")
    return _go(_onward(kit))


def _cancelled(waiting: int | None) -> str:
    """What a recall did, without a number that would tell of a few people."""
    if waiting is None:
        return str(_("The story is recalled, and what was scheduled of it is cancelled."))
    return str(
        ngettext(
            "The story is recalled. %(num)d scheduled post was cancelled.",
            "The story is recalled. %(num)d scheduled posts were cancelled.",
            waiting,
        )
    )


def _onward(kit: Kit) -> str:
    """The kit's page in the studio, where I may go there; who only recalls goes back to her own desk."""
    if not web.me().may("kit.edit"):
        return "/admin/"
    its_page = content.kit_of(web.me(), kit.slug, "kit.edit") is not None
    return f"/studio/kits/{kit.slug}" if its_page else "/studio/"


@bp.get("/admin/help")
@needs("help.answer")
def help_requests() -> str:
    """Who asked for help, the oldest call last; those that are over beneath."""
    entities = web.me().entities_for("help.answer")
    return render_template(
        "care/help_requests.html",
        waiting=db.session.scalars(queries.help_requests(entities)).all(),
        page=web.page_of(queries.help_requests(entities, closed=True), size=20),
    )


@bp.post("/admin/help/<code>/closure")
@needs("help.answer")
def close_help(code: str) -> Answer:
    """The trouble is over."""
    request = queries.help_request(web.me().entities_for("help.answer"), code)
    helping.close_help(request, by=web.me(), at=clock.now())
    flash(_("Closed."), "success")
    return _go(url_for("care.help_requests"))
