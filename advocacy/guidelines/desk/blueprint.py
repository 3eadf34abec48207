"""The blueprint that the pages of this desk share."""

from __future__ import annotations

from flask import Blueprint, Response, redirect

bp = Blueprint("rulebook", __name__)

Answer = Response | str | tuple[str, int]


def go(place: str) -> Response:
    """Lead on after a POST."""
    return redirect(place, 303)  # type: ignore[return-value]
