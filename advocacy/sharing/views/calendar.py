"""My calendar: what is planned and what went out, by week or month, day by day on a phone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request
from flask_babel import format_date
from flask_babel import gettext as _

from advocacy import asked, clock, db, web
from advocacy.sharing import planning, slots
from advocacy.sharing.models import Delivery
from advocacy.sharing.queries import calendar as plans
from advocacy.sharing.views.blueprint import bp
from advocacy.sharing.when import weekday
from advocacy.web import signed_in

WEEK, MONTH = "week", "month"
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Day:
    """One day of the calendar, with its posts in their order."""

    date: date
    posts: list[Delivery]
    is_today: bool
    is_beside: bool
    """It belongs to the month before or after."""

    @property
    def is_past(self) -> bool:
        """Whether everything on it lies behind."""
        return self.date < web.local(clock.now()).date()


@bp.get("/shares/calendar")
@signed_in
def calendar() -> str:
    """What is planned and what went out, by my clock."""
    me, at = web.me(), clock.now()
    today = slots.local(at, me.time_zone).date()
    on, by = _day() or today, asked.one_of("by", (WEEK, MONTH)) or MONTH
    days = _week(on) if by == WEEK else _month(on)
    start, end = slots.bounds(days[0], me.time_zone)[0], slots.bounds(days[-1], me.time_zone)[1]
    posts = defaultdict(list)
    for post in db.session.scalars(plans.in_calendar(me, start, end)).unique():
        posts[slots.local(plans.moment_of(post), me.time_zone).date()].append(post)
    return render_template(
        "sharing/calendar.html",
        days=[Day(one, posts[one], one == today, by != WEEK and one.month != on.month) for one in days],
        by=by,
        on=on,
        today=today,
        label=_("Week of %(day)s", day=web.day(days[0])) if by == WEEK else format_date(on, "LLLL y"),
        beside=_beside(on, by),
        total=sum(len(found) for found in posts.values()),
        movable=planning.MOVABLE,
        next_planned=plans.next_planned(me, at=at),
        weekdays=[weekday(day) for day in range(7)],
    )


def _day() -> date | None:
    """The day that the address names, if it is one that a calendar can show; of another it is said so."""
    told = request.args.get("on", "").strip()
    try:
        found = date.fromisoformat(told) if told else None
    except ValueError:
        found = date.min
    if found and not _is_shown(found):
        asked.pass_over("on")
        return None
    return found


def _is_shown(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _week(on: date) -> list[date]:
    monday = on - timedelta(days=on.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def _month(on: date) -> list[date]:
    """Whole weeks, from the Monday before the month begins to the Sunday after it ends."""
    first, last = on.replace(day=1), _next_month(on) - timedelta(days=1)
    count = (_week(last)[-1] - _week(first)[0]).days + 1
    return [_week(first)[0] + timedelta(days=number) for number in range(count)]


def _next_month(on: date) -> date:
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1)


def _beside(on: date, by: str) -> tuple[date | None, date | None]:
    """A day in the week or month before, and one in the next; None where the calendar begins or ends."""
    if by == WEEK:
        before, after = on - timedelta(days=7), on + timedelta(days=7)
    else:
        before, after = (on.replace(day=1) - timedelta(days=1)).replace(day=1), _next_month(on)
    return before if _is_shown(before) else None, after if _is_shown(after) else None
