"""LinkedIn's mode: what a member's own application may call (learn.microsoft.com/linkedin)."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from advocacy.practice.linkedin import api, oauth, pages, rules, troubles
from advocacy.practice.linkedin.actions import open_company_page
from advocacy.practice.linkedin.models import Token
from advocacy.practice.mode import Caller, Mode
from advocacy.practice.store import digest


def caller(session: Session, token: str) -> Caller | None:
    """Whose access token this is, revoked or not."""
    found = session.scalar(select(Token).where(Token.digest == digest(token)))
    return None if found is None else Caller(found.member.account.username, found.app)


def expire(session: Session, token: str, at: datetime) -> Response:
    """Revoke a token as a member does, under *Permitted services*."""
    session.execute(update(Token).where(Token.digest == digest(token)).values(revoked_at=at))
    return troubles.refuse(troubles.unauthorised("revoked"))


def equip(app: Flask) -> None:
    """Give the app's refusals their bodies, and the company its page."""
    app.register_error_handler(rules.Refusal, troubles.refuse)
    app.register_error_handler(rules.TokenRefusal, troubles.refuse_token)
    open_company_page(app.extensions["practice"].store)


MODE = Mode(
    slug="linkedin",
    name="LinkedIn",
    blueprints=(api.bp, oauth.bp, pages.bp),
    kinds=rules.KINDS,
    publishing="posts",
    error=troubles.error,
    caller=caller,
    expire=expire,
    faults=rules.FAULTS,
    rates=rules.RATES,
    equip=equip,
)
