"""The boards, my own points with their reasons, and how I appear."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advocacy import asked, clock, web
from advocacy.errors import Refused
from advocacy.leaderboards import actions, queries, rules
from advocacy.leaderboards.forms import AppearanceForm
from advocacy.leaderboards.models import Appearance
from advocacy.leaderboards.rules import Period
from advocacy.web import signed_in

bp = Blueprint("leaderboards", __name__)


class Board(StrEnum):
    """Whom a board ranks."""

    TEAMS = "teams"
    PEOPLE = "people"


Chosen = TypeVar("Chosen", bound=StrEnum)


def _asked(name: str, otherwise: Chosen) -> Chosen:
    """What the address asks for, if there is such a thing."""
    kind = type(otherwise)
    value = asked.one_of(name, set(kind))
    return kind(value) if value else otherwise


@bp.get("/leaderboards/")
@signed_in
def index() -> str:
    """Teams or people, this week, this month or all time, and where I stand."""
    at, me = clock.now(), web.me()
    board, period = _asked("board", Board.TEAMS), _asked("period", Period.MONTH)
    ranking = queries.people_board if board is Board.PEOPLE else queries.team_board
    is_on = board is Board.TEAMS or queries.sees_people(me)
    return render_template(
        "leaderboards/index.html",
        board=board,
        period=period,
        begins=rules.begins(period, at),
        lines=ranking(me, period, at=at) if is_on else [],
        is_on=is_on,
        mine=queries.standing(me, period, at=at),
        appearance=queries.appearance_of(me),
        most=queries.SHOWN,
    )


@bp.get("/leaderboards/me")
@signed_in
def me() -> str:
    """What each of my points was given for, what earns any, and how I appear."""
    shown, _name = queries.appearance_of(web.me())
    choice = queries.choice_of(web.me())
    form = AppearanceForm(data={"appearance": shown.value, "pseudonym": choice.pseudonym if choice else ""})
    return _mine(form)


def _mine(form: AppearanceForm) -> str:
    at = clock.now()
    day, _first, _last = rules.day_of(at, web.me().time_zone)
    return render_template(
        "leaderboards/me.html",
        form=form,
        page=web.page_of(queries.points_of(web.me())),
        reason_of=queries.reason_of,
        total=queries.total_of(web.me(), at=at),
        rule=rules.rule_on(actions.points_rules(), day),
        coming=[rule for rule in actions.points_rules() if rule.begins > day],
        kinds=rules.KINDS,
        is_on=queries.agreement_in(web.me().entity) is not None,
    )


@bp.post("/leaderboards/appearance")
@signed_in
def appear() -> Response | tuple[str, int]:
    """Choose how I appear; it holds at once, and for the past."""
    form = AppearanceForm()
    if not form.validate_on_submit():
        return _mine(form), 422
    try:
        actions.appear(
            Appearance(form.appearance.data), form.pseudonym.data or "", by=web.me(), at=clock.now()
        )
    except Refused as refused:
        if refused.field != "pseudonym":
            raise
        form.pseudonym.errors = [web.say(refused.reason)]
        return _mine(form), refused.status
    flash(_("Kept. It holds at once, and for the past."), "success")
    return redirect(url_for("leaderboards.me"), 303)
