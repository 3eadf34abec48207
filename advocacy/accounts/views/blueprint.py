"""The blueprint that the pages of this room share."""

from __future__ import annotations

from flask import Blueprint, Response, redirect

bp = Blueprint("accounts", __name__)

Answer = Response | str | tuple[str, int]


def go(place: str) -> Response:
    """Lead on after a POST."""
    return redirect(place, 303)  # type: ignore[return-value]
