"""How every mode's pages look: what their templates may use, and one shape for posts of all networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template
from markupsafe import Markup
from sqlalchemy import select

from advocacy.practice.models import Account
from advocacy.practice.sessions import form_token, visitor
from advocacy.practice.store import practice

bp = Blueprint("look", __name__)


@dataclass(frozen=True)
class Picture:
    """A picture on a page: the addresses of its two sizes, in pixels, and the words that stand for it."""

    original: str
    small: str
    width: int
    height: int
    description: str


@dataclass(frozen=True)
class Card:
    """A link's preview; `picture` is an address."""

    url: str
    host: str
    title: str
    description: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Post:
    """A post as timelines show it; `body` is safe HTML, `facts` stand below it, `spoiler` hides it until opened.

    `handle` is the author's name on this network where it is more than the user name.
    """

    address: str
    account: Account
    at: datetime
    language: str
    text: str
    body: Markup
    facts: Sequence[str]
    spoiler: str = ""
    pictures: Sequence[Picture] = ()
    card: Card | None = None
    handle: str = ""


@bp.app_context_processor
def everywhere() -> dict[str, Any]:
    """What every template may use."""
    here, now = practice(), practice().clock()
    return {
        "mode": here.mode,
        "visitor": visitor,
        "form_token": form_token,
        "ago": lambda at: ago(at, now),
        "exact": lambda at: at.strftime("%-d %B %Y, %H:%M UTC"),
        "colour": lambda account: sum(account.username.encode()) % 6,
        "initials": initials,
    }


def ago(at: datetime, now: datetime) -> str:
    """How long ago, as timelines say it."""
    seconds = max(int((now - at).total_seconds()), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            count = seconds // size
            return at.strftime("%-d %b %Y") if unit == "d" and count > 6 else f"{count} {unit}"
    return "now"


def initials(account: Account) -> str:
    """One or two letters for a person without a picture."""
    words = account.display_name.split() or [account.username]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@bp.get("/avatars/<username>.svg")
def avatar(username: str) -> Response:
    """A person's picture: initials on a colour."""
    with practice().store.reading() as session:
        account = session.scalar(select(Account).where(Account.username == username))
    if account is None:
        abort(404)
    return Response(render_template("practice/avatar.svg", account=account), mimetype="image/svg+xml")
