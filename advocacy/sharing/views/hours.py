"""My own hours: when nothing goes out, and when I like to post."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from advocacy import clock, web
from advocacy.sharing import planning
from advocacy.sharing.queries import pace
from advocacy.sharing.views.blueprint import Answer, bp, go
from advocacy.sharing.when import HoursForm, weekday
from advocacy.web import signed_in


@bp.route("/me/hours", methods=["GET", "POST"])
@signed_in
def hours() -> Answer:
    """Quiet hours, and the hours of each weekday out of which good slots are taken."""
    me = web.me()
    form = HoursForm.of(pace.hours_of(me), pace.limits().quiet)
    chosen = form.chosen() if form.validate_on_submit() else None
    if chosen is None:
        page = render_template("sharing/hours.html", form=form, weekday=weekday, limits=pace.limits())
        return page, 422 if form.errors else 200
    quiet, preferred = chosen
    planning.keep_rhythm(quiet, preferred, by=me, at=clock.now())
    flash(_("Your hours are kept."), "success")
    return go(web.way_back() or url_for("accounts.me"))


@bp.app_template_global()
def my_hours() -> str:
    """My quiet hours in a few words."""
    quiet = pace.hours_of(web.me()).quiet
    if quiet is None:
        return str(_("No quiet hours"))
    start, end = (f"{one:%H:%M}" for one in quiet)
    return str(_("Quiet from %(start)s to %(end)s", start=start, end=end))
