"""Who calls the API: tokens, scopes and rate limits."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, request
from sqlalchemy import select

from advocacy.practice.limits import Budget
from advocacy.practice.mastodon.models import Token
from advocacy.practice.mastodon.rules import Refusal
from advocacy.practice.mastodon.troubles import rate_headers
from advocacy.practice.models import Account
from advocacy.practice.store import digest, practice
from advocacy.practice.wire import note


def bearer() -> Token | None:
    """The token of this call, revoked or not; None when there is none or it is unknown."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        return None
    with practice().store.reading() as session:
        token = session.scalar(select(Token).where(Token.digest == digest(secret.strip())))
    if token is not None:
        note().app, note().account = token.app.name, token.username
    return token


def demand(*scopes: str) -> Token:
    """The caller's valid token, holding one of these scopes; raises Refusal 401 or 403."""
    token: Token | None = g.token
    if token is None:
        raise _unauthorised("The access token is invalid")
    if token.revoked_at is not None:
        raise _unauthorised("The access token was revoked")
    if scopes and not set(scopes) & set(token.scope.split()):
        raise Refusal(403, "This action is outside the authorized scopes")
    return token


def demand_account(*scopes: str) -> tuple[Token, Account]:
    """The same for calls that only a person's token may make; raises Refusal 422 for an app's."""
    token = demand(*scopes)
    if token.account is None:
        raise Refusal(422, "This method requires an authenticated user")
    return token, token.account


def demand_if_given(*scopes: str) -> Account | None:
    """Who is reading, where anybody may read; a token that is given must be good."""
    return demand(*scopes).account if "Authorization" in request.headers else None


def _unauthorised(error: str) -> Refusal:
    challenge = f'Bearer realm="Doorkeeper", error="invalid_token", error_description="{error}"'
    return Refusal(401, error, {"WWW-Authenticate": challenge})


def guard(bp: Blueprint) -> None:
    """Put every route of a blueprint under tokens and rate limits."""
    bp.before_request(_enter)
    bp.after_request(_tell_budget)


def _enter() -> None:
    g.token = bearer()
    who = (
        f"account {g.token.account_id}"
        if g.token and g.token.account_id
        else f"address {request.remote_addr}"
    )
    names = {"media": ["any", "media"], "delete": ["any", "delete"]}
    kind = practice().mode.kind_of(request.method, request.path) or ""
    counted = names.get(kind, ["any"]) if kind != "media" or request.method == "POST" else ["any"]
    here, at = practice(), practice().clock()
    budgets = [here.limits.spend(who, name, at) for name in counted]
    g.budget = min(budgets, key=lambda budget: budget.remaining)
    if any(budget.spent for budget in budgets):
        raise Refusal(429, "Too many requests")


def _tell_budget(response: Response) -> Response:
    budget: Budget | None = g.get("budget")
    if budget is not None:
        response.headers.update(rate_headers(budget.limit, budget.remaining, budget.reset))
    return response


def refuse(error: Refusal) -> tuple[Response, int, dict[str, str]]:
    """The documented body of an error."""
    return jsonify(error=error.error), error.status, error.headers
