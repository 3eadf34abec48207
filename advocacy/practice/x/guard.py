"""Who calls the API and with what: tokens, scopes, rate limits, query strings and bodies."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, request
from sqlalchemy import select
from werkzeug.exceptions import BadRequest

from advocacy.practice.limits import Budget
from advocacy.practice.store import digest, practice
from advocacy.practice.wire import asked_for, note
from advocacy.practice.x import rules
from advocacy.practice.x.actions import end_family
from advocacy.practice.x.models import Family, Token
from advocacy.practice.x.rules import Refusal
from advocacy.practice.x.troubles import (
    invalid,
    no_credits,
    rate_headers,
    unauthorised,
    unsupported_authentication,
    usage_capped,
    words,
)


def guard(bp: Blueprint) -> None:
    """Tell the budgets with every answer of a blueprint."""
    bp.after_request(_tell_budgets)


def demand(kind: str, *scopes: str) -> Family:
    """Whose call it is, by a valid token with these scopes, within its limits; raises Refusal 401, 402, 403 or 429."""
    family = _bearer().family
    note().app, note().account = family.app, family.account.username
    _spend(kind, family)
    if not set(scopes) <= set(family.scope.split()):
        raise Refusal(403, words(403)[1])
    if asked_for("usage_capped"):
        raise usage_capped()
    if asked_for("credits_depleted"):
        raise no_credits()
    return family


def _bearer() -> Token:
    """The caller's valid token (fundamentals/authentication/oauth-2-0)."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme and scheme.lower() != "bearer":
        raise unsupported_authentication()
    secret, at = secret.strip(), practice().clock()
    if asked_for("revoked_permission"):
        _take_back(secret)
    with practice().store.reading() as session:
        token = session.scalar(select(Token).where(Token.digest == digest(secret)))
    if token is None or not token.is_active(at) or practice().client(token.family.client_id) is None:
        raise unauthorised()
    return token


def _take_back(secret: str) -> None:
    with practice().store.writing() as session:
        token = session.get(Token, digest(secret))
        if token is not None:
            end_family(session, token.family_id, practice().clock())


def _spend(kind: str, family: Family) -> None:
    """Count a call: by user and application in its window, and posts by day; raises Refusal 429."""
    limits, at = practice().limits, practice().clock()
    who = f"{family.client_id} {family.account_id}"
    g.budgets = {"x-rate-limit": limits.spend(who, kind, at)}
    if kind == "posts":
        g.budgets["x-user-limit-24hour"] = limits.spend(who, "user day", at)
        g.budgets["x-app-limit-24hour"] = limits.spend(family.client_id, "app day", at)
    if any(budget.spent for budget in g.budgets.values()):
        title, detail = words(429)
        raise Refusal(429, detail, title)


def _tell_budgets(response: Response) -> Response:
    budgets: dict[str, Budget] = g.get("budgets", {})
    for name, budget in budgets.items():
        response.headers.update(rate_headers(name, budget))
    return response


def sent_json() -> Any:
    """The JSON that the call carries; raises Refusal 400."""
    if request.mimetype != "application/json":
        raise invalid("Requests with bodies must have content-type of application/json.")
    try:
        return request.get_json()
    except BadRequest:
        raise invalid("The request body is not valid JSON.") from None


def check_parameters(*allowed: str) -> None:
    """Hold the query string to these parameters, each there once; raises Refusal 400."""
    for name in request.args:
        if name not in allowed:
            raise invalid(
                f"The query parameter [{name}] is not one of [{','.join(allowed)}]",
                **{name: request.args[name]},
            )
        if len(request.args.getlist(name)) > 1:
            raise invalid(f"The query parameter [{name}] is there more than once", **{name: ""})


def fields(name: str, known: str) -> list[str]:
    """The fields that a parameter asks for, separated by commas (x-api/fundamentals/fields); raises Refusal 400."""
    if name not in request.args:
        return []
    asked = request.args[name].split(",")
    for one in asked:
        if one not in known.split():
            raise invalid(
                f"The `{name}` query parameter value [{one}] is not one of [{known.replace(' ', ',')}]",
                **{name: request.args[name]},
            )
    return list(dict.fromkeys(asked))


def check_id(value: str, name: str = "id") -> str:
    """An id of an address or a query string; raises Refusal 400."""
    if not rules.is_id(value):
        raise invalid(
            f"The `{name}` query parameter value [{value}] does not match ^[0-9]{{1,19}}$", **{name: value}
        )
    return value
