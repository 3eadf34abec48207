"""The smallest mode there can be, to try what all modes share."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, abort, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from advocacy.practice.mode import Caller, Mode, json_answer, json_sent
from advocacy.practice.wire import asked_for, note


def caller(session: Session, token: str) -> Caller:
    return Caller(token.removeprefix("of "), "Toy")


def expire(session: Session, token: str, at: datetime) -> Response:
    return json_answer(401, {"toy": f"expired {token}"})


def error(status: int, kind: str) -> Response:
    return json_answer(status, {"toy": status})


def key(sent: Request) -> str | None:
    return json_sent(sent).get("key")


def toy(slug: str) -> Mode:
    """A mode of this name."""
    api, pages = Blueprint("api", __name__), Blueprint("pages", __name__)

    @api.post("/posts")
    def publish() -> Response:
        if asked_for("duplicate"):
            return json_answer(409, {"toy": "duplicate"})
        note().created, note().status_id = True, str(request.get_json()["key"])
        return json_answer(200, {})

    @api.get("/posts/<one>")
    def show(one: str) -> Response:
        abort(404)

    pages.add_url_rule("/", "timeline", lambda: "")
    pages.add_url_rule("/@<username>", "profile", lambda username: "")
    pages.add_url_rule("/apps", "apps", lambda: "")
    return Mode(
        slug=slug,
        name=slug.title(),
        blueprints=(api, pages),
        kinds=(("publish", "POST", "/posts"), ("reading", "GET", "/posts/.*")),
        publishing="publish",
        error=error,
        caller=caller,
        expire=expire,
        key=key,
        faults={"duplicate": "Refuse the post as a duplicate"},
    )
