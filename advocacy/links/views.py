"""Short links: a redirect to the stored address and nothing else, ever."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from advocacy import clock, db, web
from advocacy.errors import N_, Missing
from advocacy.links import actions, queries, rules
from advocacy.links.models import Link

bp = Blueprint("links", __name__)
log = logging.getLogger(__name__)


@bp.get("/l/<code>")
@web.public
@web.cookieless
def follow(code: str) -> Response:
    """Send whoever follows a short link on; count her unless she is a robot."""
    link = queries.link(code)
    if link is None:
        raise Missing(N_("This short link leads nowhere."))
    if request.method == "GET" and rules.is_counted(request.user_agent.string, _purpose()):
        _count(link)
    answer = redirect(link.url, 302)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _purpose() -> str:
    """Why a browser asks, where it says so: it may only fetch ahead."""
    return request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or ""


def _count(link: Link) -> None:
    """Note the click apart from the redirect: a link leads on even when nothing can be written."""
    try:
        with db.apart():
            actions.count_click(link, at=clock.now())
    except sa.exc.OperationalError as error:
        log.warning("a click was not counted: %s", type(error.orig).__name__)
