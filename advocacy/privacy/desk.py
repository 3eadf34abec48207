"""The desk for worries that the public reported."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from advocacy import asked, clock, web
from advocacy.errors import Missing
from advocacy.privacy import actions, queries
from advocacy.web import needs

bp = Blueprint("reports", __name__)


def _for_the_group() -> None:
    """Raise Missing unless I administer the whole group: a worry names no company, so it is not one company's."""
    if web.me().entities_for("report.see") is not None:
        raise Missing


@bp.get("/admin/reports")
@needs("report.see")
def index() -> str:
    """The worries, open or closed."""
    _for_the_group()
    closed = asked.one_of("state", {"closed"}) == "closed"
    return render_template(
        "reports/index.html",
        page=web.page_of(queries.reports(closed=closed), size=20),
        state="closed" if closed else "",
        waiting=queries.open_reports(),
    )


@bp.post("/admin/reports/<string(length=16):code>/closing")
@needs("report.see")
def close(code: str) -> Response:
    """Close a worry that was taken care of."""
    _for_the_group()
    told = queries.report(code)
    if told is None:
        raise Missing
    actions.close_report(told, by=web.me(), at=clock.now())
    flash(_("The report is closed."), "success")
    return redirect(url_for("reports.index"), 303)  # type: ignore[return-value]
