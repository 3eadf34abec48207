"""The road through the gate: each missing thing as a link that leads back, and where it goes on from there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from advocacy import clock, web
from advocacy.guidelines import queries as guidelines
from advocacy.sharing import queries
from advocacy.sharing.queries import BeforeSharing, Road
from advocacy.sharing.views.blueprint import bp
from advocacy.training import queries as training


@dataclass(frozen=True)
class Onward:
    """Where the road goes on: an address, what stands on the way, and its bare title."""

    url: str
    label: str
    title: str = ""


@bp.app_template_filter()
def steps(missing: BeforeSharing, back: str = "") -> list[Onward]:
    """Each missing thing in its order, as a link that leads back to `back` when all is done."""
    language, onward = web.me().language, back or None
    found = []
    if missing.joining:
        label = _("Join the programme")
        found.append(Onward(url_for("accounts.join", next=onward), label, label))
    for guideline in missing.guidelines:
        title = guidelines.title_of(guideline, language)
        url = url_for("guidelines.show", slug=guideline.slug, next=onward)
        found.append(Onward(url, _("Read and accept: %(title)s", title=title), title))
    for course in missing.courses:
        title = training.title_of(course, language)
        url = url_for("training.show", slug=course.slug, next=onward)
        found.append(Onward(url, _("Take the course: %(title)s", title=title), title))
    return found


@bp.app_template_global()
def road_on() -> Onward | None:
    """Where a person goes on who has just read or learnt something: the next missing thing, else back."""
    me, back = web.me(), web.way_back()
    if not me.is_authenticated or not (back or me.is_champion):
        return None
    for step in steps(queries.before_sharing(me, at=clock.now()), back):
        return Onward(step.url, _("Next: %(title)s", title=step.title))
    return Onward(back, _way_back_words(back)) if back else None


def _way_back_words(back: str) -> str:
    if back.startswith("/shares/"):
        return str(_("Back to my post"))
    if back.startswith("/kits/"):
        return str(_("Back to the story"))
    return str(_("Go on"))


@bp.app_template_global()
def road_ahead() -> Road:
    """What the reader still has to read and to learn before she can share; a stranger, all of it."""
    me = web.me()
    if me.is_authenticated:
        return queries.road_of(me, at=clock.now())
    return queries.whole_road(web.locale(), at=clock.now())


@bp.app_template_filter()
def in_short(road: Road) -> str:
    """What is to be read and learnt, and the minutes it takes: "2 guidelines and one course, about 25 minutes"."""
    parts = []
    if road.guidelines:
        parts.append(ngettext("one guideline", "%(num)d guidelines", road.guidelines))
    if road.courses:
        parts.append(ngettext("one course", "%(num)d courses", road.courses))
    what = _("%(first)s and %(second)s", first=parts[0], second=parts[1]) if len(parts) > 1 else parts[0]
    return str(
        ngettext("%(what)s, about one minute", "%(what)s, about %(num)d minutes", road.minutes, what=what)
    )
