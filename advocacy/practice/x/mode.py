"""X's mode: what an application may call for a user (docs.x.com/x-api)."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from advocacy.practice.mode import Caller, Mode
from advocacy.practice.store import digest
from advocacy.practice.x import api, oauth, pages, rules, troubles
from advocacy.practice.x.actions import open_company
from advocacy.practice.x.models import Token


def caller(session: Session, token: str) -> Caller | None:
    """Whose access token this is, valid or not."""
    found = session.scalar(select(Token).where(Token.digest == digest(token)))
    return None if found is None else Caller(found.family.account.username, found.family.app)


def expire(session: Session, token: str, at: datetime) -> Response:
    """Let an access token run out of its time; its refresh token lives."""
    session.execute(update(Token).where(Token.digest == digest(token)).values(expires_at=at))
    return troubles.refuse(troubles.unauthorised())


def equip(app: Flask) -> None:
    """Give the app's refusals their bodies, and the company its posts."""
    app.register_error_handler(rules.Refusal, troubles.refuse)
    app.register_error_handler(rules.TokenRefusal, troubles.refuse_token)
    open_company(app.extensions["practice"].store)


MODE = Mode(
    slug="x",
    name="X",
    blueprints=(api.bp, oauth.bp, pages.bp),
    kinds=rules.KINDS,
    publishing="posts",
    error=troubles.error,
    headers=troubles.headers,
    caller=caller,
    expire=expire,
    faults=rules.FAULTS,
    rates=rules.RATES,
    equip=equip,
)
