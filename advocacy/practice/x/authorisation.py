"""Giving tokens (fundamentals/authentication/oauth-2-0/authorization-code, .../user-access-token)."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from advocacy.practice.mode import Client
from advocacy.practice.models import Account
from advocacy.practice.store import digest, practice
from advocacy.practice.wire import asked_for
from advocacy.practice.x import rules
from advocacy.practice.x.actions import end_family
from advocacy.practice.x.models import Code, Family, Refresh, Token
from advocacy.practice.x.rules import TokenRefusal
from advocacy.practice.x.troubles import BAD_TOKEN, unauthorised_client

BAD_CODE = "Value passed for the authorization code was invalid."
BAD_URI = "Value passed for the redirect uri did not match the uri of the authorization code."
BAD_VERIFIER = "Value passed for the code verifier did not match the code challenge."


def parameters(form: MultiDict[str, str], *wanted: str) -> list[str]:
    """These parameters of a form, each there once; raises TokenRefusal."""
    for name in form:
        if len(form.getlist(name)) > 1:
            raise TokenRefusal(f"Parameter [{name}] is there more than once.")
    for name in wanted:
        if not form.get(name):
            raise TokenRefusal(f"Missing required parameter [{name}].")
    return [form[name] for name in wanted]


def client_of() -> Client:
    """The application that shows its id and secret by HTTP Basic, as confidential ones must; raises TokenRefusal."""
    shown = request.authorization
    if shown is None or shown.type != "basic" or shown.username is None:
        raise unauthorised_client()
    client = practice().client(shown.username)
    if client is None or not hmac.compare_digest(client.secret.encode(), (shown.password or "").encode()):
        raise unauthorised_client()
    if request.form.get("client_id", client.id) != client.id:
        raise TokenRefusal("Value passed for the client id did not match the authorization header.")
    return client


def new_code(
    client: Client, account: Account, redirect_uri: str, scopes: list[str], challenge: str, method: str
) -> str:
    """A code that can be exchanged once, within thirty seconds, by whoever has the challenge's verifier."""
    code, at = secrets.token_urlsafe(64), practice().clock()
    with practice().store.writing() as session:
        session.add(
            Code(
                digest=digest(code),
                account_id=account.id,
                client_id=client.id,
                redirect_uri=redirect_uri,
                scope=" ".join(scopes),
                challenge=challenge,
                method=method,
                expires_at=at + rules.CODE_LIFE,
            )
        )
    return code


def exchange(client: Client, form: MultiDict[str, str]) -> tuple[dict[str, Any], Account]:
    """Tokens for a code, the first of a new family; raises TokenRefusal."""
    sent, redirect_uri, verifier = parameters(form, "code", "redirect_uri", "code_verifier")
    at = practice().clock()
    with practice().store.writing() as session:
        code = session.get(Code, digest(sent))
        if code is None or code.client_id != client.id or code.used_at is not None or code.expires_at <= at:
            raise TokenRefusal(BAD_CODE)
        if code.redirect_uri != redirect_uri:
            raise TokenRefusal(BAD_URI)
        if not rules.matches(verifier, code.challenge, code.method):
            raise TokenRefusal(BAD_VERIFIER)
        code.used_at = at
        account = session.get_one(Account, code.account_id)
        family = Family(id=secrets.token_hex(16), account_id=account.id, client_id=client.id, app=client.name)
        family.scope, family.created_at = code.scope, at
        session.add(family)
        session.flush()
        return _tokens(session, family, at), account


def renew(client: Client, form: MultiDict[str, str]) -> tuple[dict[str, Any], Account]:
    """New tokens for a refresh token, which is then used up; to use it again ends the family. Raises TokenRefusal."""
    (sent,) = parameters(form, "refresh_token")
    at = practice().clock()
    with practice().store.writing() as session:
        kept = session.get(Refresh, digest(sent))
        if kept is None or kept.family.client_id != client.id or kept.family.revoked_at is not None:
            raise TokenRefusal(BAD_TOKEN)
        account, again = kept.family.account, kept.used_at is not None or asked_for("rotated_refresh_token")
        if again:
            end_family(session, kept.family_id, at)
        elif kept.expires_at > at:
            kept.used_at = at
            return _tokens(session, kept.family, at), account
    raise TokenRefusal(BAD_TOKEN)


def _tokens(session: Session, family: Family, at: datetime) -> dict[str, Any]:
    """A new access token, and a refresh token where the person allowed it, as the endpoint answers them."""
    secret = secrets.token_urlsafe(66)
    session.add(Token(digest=digest(secret), family_id=family.id, expires_at=at + rules.TOKEN_LIFE))
    answer: dict[str, Any] = {
        "token_type": "bearer",
        "expires_in": int(rules.TOKEN_LIFE.total_seconds()),
        "access_token": secret,
        "scope": family.scope,
    }
    if "offline.access" in family.scope.split():
        answer["refresh_token"] = secret = secrets.token_urlsafe(66)
        session.add(Refresh(digest=digest(secret), family_id=family.id, expires_at=at + rules.REFRESH_LIFE))
    return answer


def revoke(client: Client, form: MultiDict[str, str]) -> Account | None:
    """End an access token, or with a refresh token the family; what is unknown is ended already (RFC 7009)."""
    (sent,) = parameters(form, "token")
    at = practice().clock()
    with practice().store.writing() as session:
        found: Token | Refresh | None = session.get(Token, digest(sent)) or session.get(Refresh, digest(sent))
        if found is None or found.family.client_id != client.id:
            return None
        if isinstance(found, Token):
            found.revoked_at = found.revoked_at or at
        else:
            end_family(session, found.family_id, at)
        return found.family.account
