"""Short links: a redirect to the stored address and nothing else, ever."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from advocacy import clock, web
from advocacy.errors import Missing, N_
from advocacy.links import actions, queries, rules

bp = Blueprint("links", __name__)


@bp.get("/l/<code>")
@web.public
@web.writes
def follow(code: str) -> Response:
    """Send whoever follows a short link on; count her unless she is a robot."""
    link = queries.link(code)
    if link is None:
        raise Missing(N_("This short link leads nowhere."))
    if request.method == "GET" and not rules.is_bot(request.user_agent.string):
        actions.count_click(link, at=clock.now())
    answer = redirect(link.url, 302)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
