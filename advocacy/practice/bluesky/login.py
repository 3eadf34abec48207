"""Sessions by app password: create, refresh, look at and delete (com.atproto.server)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select
from werkzeug.security import check_password_hash

from advocacy.practice.bluesky import inputs, shapes, tokens
from advocacy.practice.bluesky.guard import authorization, demand, guard, spend
from advocacy.practice.bluesky.models import AppPassword, Grant, Repo, Token
from advocacy.practice.bluesky.rules import Refusal
from advocacy.practice.store import practice
from advocacy.practice.wire import asked_for, note

bp = Blueprint("login", __name__)
guard(bp)


@bp.post("/xrpc/com.atproto.server.createSession")
def create_session() -> Response:
    """Sign an app in with a person's app password, or her own (server.createSession)."""
    both = {"identifier": inputs.text, "password": inputs.text}
    sent = inputs.body(both, {"authFactorToken": inputs.text, "allowTakendown": inputs.VALIDATE["validate"]})
    spend(f"session {sent['identifier'].lower()} {request.remote_addr}", "session_day", "session")
    found = _signed_in(sent["identifier"].strip(), sent["password"])
    if found is None:
        raise Refusal(401, "AuthenticationRequired", "Invalid identifier or password")
    repo, password = found
    grant = Grant(
        account_id=repo.account_id,
        app_password_id=password.id if password else None,
        name=f"App password “{password.name}”" if password else "Password",
        scopes="com.atproto.appPass" if password else "com.atproto.access",
        created_at=practice().clock(),
    )
    note().account, note().app = repo.account.username, grant.name
    access, refresh = tokens.begin_session(practice(), grant, at=grant.created_at)
    return jsonify(_own(repo) | {"accessJwt": access, "refreshJwt": refresh})


def _signed_in(identifier: str, secret: str) -> tuple[Repo, AppPassword | None] | None:
    """The repository that a name and a password open, and the app password if it is one."""
    with practice().store.reading() as session:
        named = Repo.did == identifier if identifier.startswith("did:") else Repo.handle == identifier.lower()
        repo = session.scalar(select(Repo).where(named))
        if repo is None:
            return None
        own = AppPassword.account_id == repo.account_id, AppPassword.password == secret
        password = session.scalar(select(AppPassword).where(*own))
    if password is None and not check_password_hash(repo.account.password, secret):
        return None
    return repo, password


def _own(repo: Repo) -> dict[str, Any]:
    """What a session says of its person (server.getSession#output)."""
    told = {"did": repo.did, "handle": repo.handle, "active": True}
    return told | {"didDoc": shapes.did_document(practice(), repo)}


@bp.get("/xrpc/com.atproto.server.getSession")
def show_session() -> Response:
    """Tell whose session this is (server.getSession)."""
    return jsonify(_own(demand().repo))


def _refresh_token() -> str:
    """The refresh token of this call, as a bearer."""
    scheme, secret = authorization()
    if not scheme:
        raise Refusal(401, "AuthMissing", "Authentication Required")
    if scheme != "bearer":
        raise Refusal(400, "InvalidToken", "Unexpected authorization type")
    return secret


@bp.post("/xrpc/com.atproto.server.refreshSession")
def refresh_session() -> Response:
    """Give the session's next tokens (server.refreshSession)."""
    secret, at = _refresh_token(), practice().clock()
    inputs.no_body()
    if asked_for("ended_session"):
        _end(secret)
    access, refresh, grant = tokens.renew_session(practice(), secret, at=at)
    note().account, note().app = grant.account.username, grant.name
    with practice().store.reading() as session:
        repo = session.get_one(Repo, grant.account_id)
    return jsonify(_own(repo) | {"accessJwt": access, "refreshJwt": refresh})


@bp.post("/xrpc/com.atproto.server.deleteSession")
def delete_session() -> Response:
    """End a session by its refresh token (server.deleteSession)."""
    secret = _refresh_token()
    inputs.no_body()
    with practice().store.reading() as session:
        token = tokens.checked(tokens.find(session, secret), refreshes=True, at=practice().clock())
    note().account, note().app = token.grant.account.username, token.grant.name
    _end(secret)
    return Response(status=200)


def _end(secret: str) -> None:
    with practice().store.writing() as session:
        token: Token | None = tokens.find(session, secret)
        if token is not None:
            token.grant.ended_at = practice().clock()
