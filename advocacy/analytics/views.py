"""What stories did, for those who made them: figures of groups, never who shared."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, render_template
from flask_babel import format_date
from flask_babel import gettext as _

from advocacy import asked, clock, text, web
from advocacy.analytics import queries, rules
from advocacy.analytics.rules import IN_ALL, OVER_TIME, Course, Measure, Trend
from advocacy.content import queries as content
from advocacy.content.models import Kit
from advocacy.errors import N_, Missing
from advocacy.sharing.networks import connected, dialogs
from advocacy.web import Page, needs

bp = Blueprint("analytics", __name__)

NAMES = {
    Measure.SHARES: N_("Shares"),
    Measure.POSTS: N_("Posts"),
    Measure.SENT: N_("Posts sent"),
    Measure.BY_HAND: N_("Posts by hand"),
    Measure.CLICKS: N_("Clicks"),
}
REACTIONS = {
    "reactions": N_("Reactions"),
    "replies": N_("Replies"),
    "reshares": N_("Passed on"),
    "views": N_("Views"),
}
PAGE = 25


@bp.get("/studio/figures/")
@needs(queries.PERMISSION)
def index() -> str:
    """The last eight weeks, and every story that was shared."""
    at = clock.now()
    lines = queries.kit_lines(web.me())
    last = max(1, -(-len(lines) // PAGE))
    number = min(max(1, asked.number("page", 1)), last)
    return render_template(
        "analytics/index.html",
        courses=queries.courses(queries.mine(web.me()), at=at),
        page=Page(lines[(number - 1) * PAGE : number * PAGE], number, PAGE, len(lines)),
        title_of=_title,
        **_frame(at),
    )


@bp.get("/studio/figures/<slug>")
@needs(queries.PERMISSION)
def show(slug: str) -> str:
    """One story: what it did, week by week, by caption, network and company."""
    kit, at = _kit(slug), clock.now()
    return render_template(
        "analytics/show.html",
        kit=kit,
        title=_title(kit),
        courses=queries.courses(queries.only(kit), at=at),
        counts=queries.in_all(kit),
        under_way=queries.under_way(kit),
        reactions=queries.reactions(kit),
        reaction_names=REACTIONS,
        captions=queries.by_caption(kit),
        networks=queries.by_network(kit),
        entities=queries.by_entity(kit),
        network_names=_network_names(),
        **_frame(at),
    )


def _network_names() -> dict[str, str]:
    names = {one.slug: one.name for one in connected()}
    return names | {one.slug: one.name for one in dialogs()}


def _frame(at: datetime) -> dict[str, Any]:
    return {
        "weeks": [format_date(begins.date(), "d MMM") for begins in rules.week_starts(at)],
        "Measure": Measure,
        "OVER_TIME": OVER_TIME,
        "IN_ALL": IN_ALL,
        "names": NAMES,
        "trend": _trend,
        "message": _message,
    }


def _kit(slug: str) -> Kit:
    kit = queries.kit_of(web.me(), slug)
    if kit is None:
        raise Missing
    return kit


def _title(kit: Kit) -> str:
    return content.text_in(kit, web.me().language).title


def _trend(course: Course) -> str:
    """How the last four weeks stand beside the four before, in words."""
    said = {
        Trend.UP: _("%(more)s more than in the four weeks before", more=_difference(course)),
        Trend.DOWN: _("%(fewer)s fewer than in the four weeks before", fewer=_difference(course)),
        Trend.SAME: _("as many as in the four weeks before"),
        Trend.UNKNOWN: "",
    }
    return str(said[rules.trend(course.last, course.before)])


def _difference(course: Course) -> str:
    return web.number(abs((course.last or 0) - (course.before or 0)))


def _message(measure: Measure, course: Course) -> str:
    """What a chart says, as its title."""
    turn = rules.trend(course.last, course.before)
    if turn is Trend.UNKNOWN:
        return str(_("%(what)s by week", what=_(NAMES[measure])))
    values = {"what": _(NAMES[measure]), "last": web.number(course.last or 0)}
    values["before"] = web.number(course.before or 0)
    said = {
        Trend.UP: _("%(what)s went up: %(last)s in four weeks, %(before)s in the four before", **values),
        Trend.DOWN: _("%(what)s went down: %(last)s in four weeks, %(before)s in the four before", **values),
        Trend.SAME: _("%(what)s stayed the same: %(last)s in four weeks", **values),
    }
    return str(said[turn])


# ---- Export ----


@bp.get("/studio/figures/weeks.csv")
@needs(queries.PERMISSION)
def weeks_csv() -> Response:
    """The last eight weeks as a table."""
    at = clock.now()
    return _table("weeks", _weeks(queries.courses(queries.mine(web.me()), at=at), at))


@bp.get("/studio/figures/stories.csv")
@needs(queries.PERMISSION)
def stories_csv() -> Response:
    """Every story that was shared as a table."""
    lines = queries.kit_lines(web.me())
    rows = [[_title(line.kit), *(_cell(line.counts[measure]) for measure in IN_ALL)] for line in lines]
    return _table("stories", [[_("Story"), *_headings(IN_ALL)], *rows])


@bp.get("/studio/figures/<slug>.csv")
@needs(queries.PERMISSION)
def story_csv(slug: str) -> Response:
    """One story by week as a table."""
    kit, at = _kit(slug), clock.now()
    return _table(kit.slug, _weeks(queries.courses(queries.only(kit), at=at), at))


def _headings(measures: Iterable[Measure]) -> list[str]:
    return [_(NAMES[measure]) for measure in measures]


def _weeks(courses: dict[Measure, Course], at: datetime) -> list[list[str]]:
    rows = [
        [begins.date().isoformat(), *(_cell(courses[measure].weeks[number]) for measure in OVER_TIME)]
        for number, begins in enumerate(rules.week_starts(at))
    ]
    return [[_("Week from (UTC)"), *_headings(OVER_TIME)], *rows]


def _cell(count: int | None) -> str:
    return _("not shown") if count is None else str(count)


def _table(name: str, rows: Iterable[Iterable[object]]) -> Response:
    out = io.StringIO()
    csv.writer(out).writerows([text.cell(value) for value in row] for row in rows)
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")  # the mark makes Excel read UTF-8
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
