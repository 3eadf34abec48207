"""What is known, who sees it, how to take it along or have it erased; and a worry about a post."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from advocacy import clock, storage, web
from advocacy.accounts import sessions
from advocacy.accounts.rules import SESSION_LIFE
from advocacy.errors import Missing, Refused
from advocacy.privacy import actions, queries, rules
from advocacy.privacy.forms import ErasureForm, ReportForm
from advocacy.web import bare, limited, public, signed_in

bp = Blueprint("privacy", __name__)

Answer = Response | str | tuple[str, int]


def _go(place: str) -> Response:
    return redirect(place, 303)  # type: ignore[return-value]


@bp.get("/privacy")
@public
@bare
def policy() -> str:
    """What is recorded and what is not, for staff and for those who follow a link."""
    cookies = {
        "session": sessions.COOKIE,
        "session_days": SESSION_LIFE.days,
        "form": current_app.config["SESSION_COOKIE_NAME"],
        "language": web.LANGUAGE_COOKIE,
        "language_days": web.LANGUAGE_LIFE.days,
    }
    return render_template("privacy/policy.html", retention=rules.RETENTION, cookies=cookies)


@bp.get("/accessibility")
@public
@bare
def accessibility() -> str:
    """How well everyone can use these pages, and whom to tell when they cannot."""
    return render_template("privacy/accessibility.html")


@bp.get("/report")
@public
@bare
def report() -> str:
    """Where someone says that a post worries them."""
    return render_template("privacy/report.html", form=ReportForm())


def noted(answer: Response) -> bool:
    """Whether a report counts against its sender: one that was refused wrote nothing, and may be put right at once."""
    return answer.status_code < 400


@bp.post("/report")
@public
@limited("report_per_address", counting=noted)
def tell() -> Answer:
    """Note the worry."""
    form = ReportForm()
    if not form.validate_on_submit():
        return render_template("privacy/report.html", form=form), 422
    try:
        actions.report(
            form.address.data or "", form.worry.data or "", reply_to=form.reply_to.data or "", at=clock.now()
        )
    except Refused as refused:
        form.address.errors = [web.say(refused.reason)]
        return render_template("privacy/report.html", form=form), refused.status
    return _go(url_for("privacy.thanks"))


@bp.get("/report/thanks")
@public
@bare
def thanks() -> str:
    """What happens with a worry now."""
    return render_template("privacy/thanks.html")


@bp.get("/me/seen")
@signed_in
def seen() -> str:
    """What others see about me, from what is really there."""
    return render_template("privacy/seen.html", seen=queries.seen(web.me(), at=clock.now()))


@bp.get("/me/export")
@signed_in
def export() -> str:
    """The copies that I asked for."""
    return render_template(
        "privacy/export.html",
        copies=queries.copies_of(web.me()),
        under_way=queries.copy_under_way(web.me()) is not None,
        days=rules.COPY_LIFE.days,
        now=clock.now(),
    )


@bp.post("/me/export")
@signed_in
@limited("export_per_person", by=web.mine)
def ask_for_copy() -> Answer:
    """Ask for a copy."""
    actions.ask_for_copy(by=web.me(), at=clock.now())
    flash(_("Your copy is being made. You need not wait here."), "success")
    return _go(url_for("privacy.export"))


@bp.get("/me/export/<string(length=16):code>")
@signed_in
def download(code: str) -> Response:
    """My copy, as a ZIP."""
    copy = queries.ready_copy(web.me(), code, at=clock.now())
    if copy is None or copy.digest is None or copy.made_at is None:
        raise Missing
    answer = Response(storage.read(copy.digest), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"my-data-{copy.made_at:%Y-%m-%d}.zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/me/erasure")
@signed_in
def erasure() -> str:
    """What erasing means, before it is done."""
    return render_template("privacy/erasure.html", form=ErasureForm())


@bp.post("/me/erasure")
@signed_in
def erase() -> Answer:
    """Erase me."""
    form = ErasureForm()
    if not form.validate_on_submit():
        return render_template("privacy/erasure.html", form=form), 422
    try:
        actions.erase_me(
            current_app.config["PERSONAL"], typed=form.typed.data or "", by=web.me(), at=clock.now()
        )
    except Refused as refused:
        form.typed.errors = [web.say(refused.reason)]
        return render_template("privacy/erasure.html", form=form), refused.status
    answer = _go(url_for("privacy.erased"))
    answer.delete_cookie(sessions.COOKIE)
    return answer


@bp.get("/erased")
@public
@bare
def erased() -> str:
    """Nothing that names you is left here."""
    return render_template("privacy/erased.html")
