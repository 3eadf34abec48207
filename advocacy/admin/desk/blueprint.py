"""The blueprint that the pages of this desk share."""

from __future__ import annotations

from flask import Blueprint, Response, redirect

from advocacy import web
from advocacy.admin import queries
from advocacy.errors import N_, Forbidden

bp = Blueprint("admin", __name__)

Answer = Response | str | tuple[str, int]


def go(place: str) -> Response:
    """Lead on after a POST."""
    return redirect(place, 303)  # type: ignore[return-value]


def for_the_group(permission: str) -> None:
    """Raise Forbidden unless the one who asks has this permission for the whole group."""
    if not queries.is_group_wide(web.me(), permission):
        raise Forbidden(
            N_("This page is for administrators of the whole group. Ask one of them if you need it.")
        )
