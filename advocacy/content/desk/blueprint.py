"""The studio's blueprint, and what each of its pages needs."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _

from advocacy import web
from advocacy.content import queries
from advocacy.content.models import Kit
from advocacy.content.rules import Stage
from advocacy.errors import Missing

bp = Blueprint("studio", __name__)

Page = tuple[str, int]


def kit_of(slug: str, permission: str = "kit.edit") -> Kit:
    """The kit of that slug; raises Missing when the person may not know of it."""
    kit = queries.kit_of(web.me(), slug, permission)
    if kit is None:
        raise Missing()
    return kit


def stage_names() -> dict[Stage, str]:
    """What each stage is called."""
    return {
        Stage.DRAFT: _("Draft"),
        Stage.IN_REVIEW: _("In review"),
        Stage.SCHEDULED: _("Scheduled"),
        Stage.OUT: _("Out now"),
        Stage.EXPIRED: _("Ended"),
        Stage.RECALLED: _("Recalled"),
    }


def edition(text: str | None) -> int:
    """The edition that a form names; 0, which no kit has, for anything else."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
