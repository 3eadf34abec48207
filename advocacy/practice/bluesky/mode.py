"""Bluesky's mode: directory, personal data server, authorisation server and view in one (atproto.com/specs)."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from advocacy.practice.bluesky import feed, identity, login, oauth, pages, repo, rules, tokens, troubles
from advocacy.practice.bluesky.actions import open_repos
from advocacy.practice.bluesky.desk import Desk
from advocacy.practice.bluesky.guard import refuse
from advocacy.practice.mode import Caller, Mode, json_answer, json_sent
from advocacy.practice.store import Practice


def caller(session: Session, token: str) -> Caller | None:
    """Whose access or refresh token this is, good or not."""
    found = tokens.find(session, token)
    return None if found is None else Caller(found.grant.account.username, found.grant.name)


def expire(session: Session, token: str, at: datetime) -> Response:
    """Let a token have ended before its time: with its refresh token an app gets the next one."""
    found = tokens.find(session, token)
    if found is not None:
        found.expires_at = at
    if found is None or found.grant.key is None:
        return json_answer(400, {"error": "ExpiredToken", "message": "Token has expired"})
    words = f"Token expired at {at.isoformat(timespec='seconds')}"
    told = f'DPoP algs="ES256", error="invalid_token", error_description="{words}"'
    return json_answer(401, {"error": "invalid_token", "message": words}, {"WWW-Authenticate": told})


def record_key(request: Request) -> str | None:
    """The key of the record that a call writes, which makes it safe to repeat."""
    key = json_sent(request).get("rkey")
    return key if isinstance(key, str) else None


def equip(app: Flask) -> None:
    """Give the app its memory of proofs, everybody a repository, and refusals their bodies."""
    here: Practice = app.extensions["practice"]
    app.extensions["bluesky"] = Desk(here.store.secret("bluesky"))
    open_repos(here.store, at=here.clock())
    app.register_error_handler(rules.Refusal, refuse)


MODE = Mode(
    slug="bluesky",
    name="Bluesky",
    blueprints=(identity.bp, identity.xrpc, oauth.bp, login.bp, repo.bp, feed.bp, pages.bp),
    kinds=rules.KINDS,
    publishing="publish",
    error=troubles.error,
    headers=troubles.headers,
    caller=caller,
    expire=expire,
    for_people=("authorize", "consent"),
    key=record_key,
    faults=rules.FAULTS,
    rates=rules.RATES,
    equip=equip,
)
