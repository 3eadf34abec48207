"""What the pages of this desk share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect

from advocacy import web
from advocacy.errors import N_, Missing, Refused, Several
from advocacy.training import queries
from advocacy.training.models import Course

bp = Blueprint("courses", __name__)

Answer = Response | str | tuple[str, int]


def go(place: str) -> Response:
    """Lead on after a POST."""
    return redirect(place, 303)  # type: ignore[return-value]


def known(slug: str) -> Course:
    """The course at this address, published or not."""
    course = queries.with_slug(slug)
    if course is None:
        raise Missing(N_("There is no course at this address."))
    return course


def sentences(refused: Refused | None) -> list[str]:
    """What stands against it, in the reader's language."""
    if refused is None:
        return []
    reasons: list[Any] = refused.reasons if isinstance(refused, Several) else [refused.reason]
    return [web.say(reason) for reason in reasons]
