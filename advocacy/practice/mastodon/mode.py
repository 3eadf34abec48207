"""Mastodon's mode: its API word for word (docs.joinmastodon.org)."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from advocacy.practice.mastodon import api, instance, oauth, pages, rules, troubles
from advocacy.practice.mastodon.authorisation import authorisation_server
from advocacy.practice.mastodon.guard import refuse
from advocacy.practice.mastodon.models import Token
from advocacy.practice.mode import Caller, Mode, json_answer
from advocacy.practice.store import digest


def caller(session: Session, token: str) -> Caller | None:
    """Whose access token this is, revoked or not."""
    found = session.scalar(select(Token).where(Token.digest == digest(token)))
    return None if found is None else Caller(found.username, found.app.name)


def expire(session: Session, token: str, at: datetime) -> Response:
    """Revoke a token as a person does, under *Authorized apps*."""
    session.execute(update(Token).where(Token.digest == digest(token)).values(revoked_at=at))
    return json_answer(401, {"error": "The access token was revoked"})


def path(address: str) -> str:
    """Like Rails, the API does not mind a slash at the end of an address."""
    return address.rstrip("/") if address.startswith("/api/") else address


def equip(app: Flask) -> None:
    """Give the app its authorisation server, and its refusals their bodies."""
    app.extensions["authorisation"] = authorisation_server(app)
    app.register_error_handler(rules.Refusal, refuse)


MODE = Mode(
    slug="mastodon",
    name="Mastodon",
    blueprints=(api.bp, instance.bp, oauth.bp, pages.bp),
    kinds=rules.KINDS,
    publishing="statuses",
    error=troubles.error,
    headers=troubles.headers,
    caller=caller,
    expire=expire,
    path=path,
    faults=rules.FAULTS,
    rates=rules.RATES,
    equip=equip,
)
