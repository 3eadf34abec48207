"""Who calls the API and in which manner: tokens, scopes, versions, protocol, and daily limits."""

from __future__ import annotations

from typing import Any

from flask import Request, request
from sqlalchemy import select, update
from werkzeug.exceptions import BadRequest

from advocacy.practice.linkedin import rules
from advocacy.practice.linkedin.models import Token
from advocacy.practice.linkedin.rules import Refusal
from advocacy.practice.linkedin.troubles import WORDS, forbidden, inactive, unauthorised
from advocacy.practice.store import digest, practice
from advocacy.practice.wire import asked_for, note


def bearer() -> Token:
    """The caller's valid token; raises Refusal 401 with its code (shared/api-guide/concepts/error-handling)."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        raise unauthorised("empty")
    if scheme.lower() != "bearer" or not secret.strip():
        raise unauthorised("invalid")
    if asked_for("lapsed_token"):
        _let_lapse(secret.strip())
    with practice().store.reading() as session:
        token = session.scalar(select(Token).where(Token.digest == digest(secret.strip())))
    if token is None or practice().client(token.member.client_id) is None:
        raise unauthorised("invalid")
    note().app, note().account = token.app, token.member.account.username
    status = token.status(practice().clock())
    if status != "active" or asked_for("revoked_for_now"):
        raise unauthorised("revoked" if status == "active" else status)
    return token


def _let_lapse(secret: str) -> None:
    ended = update(Token).where(Token.digest == digest(secret)).values(expires_at=practice().clock())
    with practice().store.writing() as session:
        session.execute(ended)


def demand(action: str, budget: str | None = "posts", *, scope: str = "w_member_social") -> Token:
    """The token of a call to /rest that is made as it must be; raises Refusal 400, 401, 403, 426 or 429."""
    token = bearer()
    version = check_version()
    if request.headers.get("X-Restli-Protocol-Version") != rules.PROTOCOL:
        raise Refusal(400, f"The header X-Restli-Protocol-Version must be {rules.PROTOCOL}")
    if scope not in token.scope.split():
        raise forbidden(f"Not enough permissions to access: {action}.{rules.full_version(version)}")
    spend(token, budget)
    return token


def check_version() -> str:
    """The version that was asked for, which must be an active one (marketing/versioning); raises Refusal."""
    version = request.headers.get("LinkedIn-Version", "").strip()
    if not version:
        words = "A version must be present. Please specify a version by adding the LinkedIn-Version header."
        raise Refusal(400, words, code="VERSION_MISSING")
    if not rules.is_active(version, practice().clock()) or asked_for("sunset"):
        raise inactive(version)
    return version


def spend(token: Token, budget: str | None) -> None:
    """Count a call against the day of the application and of the member; raises Refusal 429."""
    limits, at = practice().limits, practice().clock()
    spent = [limits.spend(token.member.client_id, "application", at)]
    if budget is not None:
        spent.append(limits.spend(token.subject, budget, at))
    if any(one.spent for one in spent):
        words, more = WORDS[429]
        raise Refusal(429, words, **more)


def sent_json() -> Any:
    """The JSON that the call carries; raises Refusal 415 or 400."""
    if request.mimetype != "application/json":
        raise Refusal(415, "Unsupported Media Type: the Content-Type must be application/json")
    try:
        return request.get_json()
    except BadRequest:
        raise Refusal(400, "Cannot parse request entity: it is not JSON") from None


def check_method(*allowed: str) -> None:
    """Hold the call to one of Rest.li's methods; an empty one allows to leave the header out. Raises Refusal 400."""
    method = request.headers.get("X-RestLi-Method", "").upper()
    if method not in allowed:
        raise Refusal(
            400, f"X-RestLi-Method must be {' or '.join(one for one in allowed if one)}, not {method!r}"
        )


def check_parameters(**allowed: str) -> None:
    """Hold the query string to these parameters; raises Refusal 400."""
    for name, value in request.args.items(multi=True):
        if name not in allowed:
            raise Refusal(400, f"Unpermitted fields present in PARAMETER: /{name}")
        if value != allowed[name]:
            raise Refusal(400, f"Invalid value of the parameter {name}: {value}")
    for name in allowed:
        if name not in request.args:
            raise Refusal(400, f"Query parameter {name} is required")


def check_encoding(sent: Request) -> None:
    """Demand a URN in a path with its colons encoded, where the server underneath tells; raises Refusal 400."""
    raw = sent.environ.get("REQUEST_URI") or sent.environ.get("RAW_URI") or ""
    if ":" in raw.partition("?")[0].rpartition("/")[2]:
        raise Refusal(400, "Syntax exception in path variables")
