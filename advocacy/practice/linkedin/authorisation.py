"""Giving tokens (shared/authentication/authorization-code-flow, programmatic-refresh-tokens, token-introspection)."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from advocacy.practice.linkedin import actions, rules
from advocacy.practice.linkedin.models import Code, Member, Refresh, Token
from advocacy.practice.linkedin.rules import TokenRefusal
from advocacy.practice.mode import Client
from advocacy.practice.models import Account
from advocacy.practice.store import digest, practice

MISMATCH = (
    "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. "
    "Or authorization code expired. Or external member binding exists"
)
BAD_GRANT = "The provided authorization grant or refresh token is invalid, expired or revoked"


def bad(description: str, error: str = "invalid_request") -> TokenRefusal:
    """A request for a token that cannot be met."""
    return TokenRefusal(400, error, description)


def parameters(form: MultiDict[str, str], *wanted: str) -> list[str]:
    """These parameters of a form, each there once; raises TokenRefusal."""
    for name in form:
        if len(form.getlist(name)) > 1:
            raise bad(f'The parameter "{name}" is there more than once')
    for name in wanted:
        if not form.get(name):
            raise bad(f'A required parameter "{name}" is missing')
    return [form[name] for name in wanted]


def client_of(form: MultiDict[str, str]) -> Client:
    """The application that shows its id and secret in the form; raises TokenRefusal 400 or 401."""
    client_id, secret = parameters(form, "client_id", "client_secret")
    client = practice().client(client_id)
    if client is None or not hmac.compare_digest(client.secret.encode(), secret.encode()):
        raise TokenRefusal(401, "invalid_client", "Client authentication failed")
    return client


def has_granted(client: Client, account: Account, scopes: list[str]) -> bool:
    """Whether a token of exactly these scopes still works, so that nobody needs to be asked."""
    at = practice().clock()
    theirs = Token.subject == rules.subject(client.id, account.id), Token.revoked_at.is_(None)
    with practice().store.reading() as session:
        living = session.scalars(select(Token).where(*theirs, Token.expires_at > at))
        return any(set(token.scope.split()) == set(scopes) for token in living)


def new_code(client: Client, account: Account, redirect_uri: str, scopes: list[str]) -> str:
    """A code that can be exchanged once, within thirty minutes."""
    code, at, subject = secrets.token_urlsafe(48), practice().clock(), rules.subject(client.id, account.id)
    with practice().store.writing() as session:
        session.merge(Member(subject=subject, account_id=account.id, client_id=client.id))
        session.flush()
        session.add(
            Code(
                digest=digest(code),
                subject=subject,
                redirect_uri=redirect_uri,
                scope=" ".join(scopes),
                authorised_at=at,
                expires_at=at + rules.CODE_LIFE,
            )
        )
    return code


def exchange(client: Client, form: MultiDict[str, str]) -> tuple[dict[str, Any], Member]:
    """Tokens for a code; raises TokenRefusal."""
    sent, redirect_uri = parameters(form, "code", "redirect_uri")
    at = practice().clock()
    with practice().store.writing() as session:
        code = session.get(Code, digest(sent))
        member = session.get(Member, code.subject) if code else None
        if code is None or member is None or code.used_at is not None:
            raise bad("Unable to retrieve access token: authorization code not found")
        if code.redirect_uri != redirect_uri:
            raise bad(MISMATCH, "invalid_redirect_uri")
        # A code of this flow was made without a challenge: no verifier can match it.
        if member.client_id != client.id or code.expires_at <= at or "code_verifier" in form:
            raise bad(MISMATCH)
        code.used_at = at
        _end_other_scopes(session, code, at)
        answer = _access(session, client, member, code.scope, code.authorised_at, at, rules.TOKEN_LIFE)
        if client.partner:
            answer |= _refresh(session, code, at)
    return answer, member


def _end_other_scopes(session: Session, code: Code, at: datetime) -> None:
    """A grant of other scopes ends what was given before it (authorization-code-flow, "scope")."""
    theirs = select(Token).where(Token.subject == code.subject, Token.revoked_at.is_(None))
    if any(set(token.scope.split()) != set(code.scope.split()) for token in session.scalars(theirs)):
        actions.revoke(session, [code.subject], at)


def _access(
    session: Session,
    client: Client,
    member: Member,
    scope: str,
    authorised: datetime,
    at: datetime,
    life: Any,
) -> dict[str, Any]:
    """A new access token as the endpoint answers it; its scopes are parted by commas."""
    secret = "AQ" + secrets.token_urlsafe(160)
    session.add(
        Token(
            digest=digest(secret),
            subject=member.subject,
            app=client.name,
            scope=scope,
            authorised_at=authorised,
            created_at=at,
            expires_at=at + life,
        )
    )
    seconds = int(life.total_seconds())
    return {"access_token": secret, "expires_in": seconds, "scope": commas(scope), "token_type": "Bearer"}


def _refresh(session: Session, code: Code, at: datetime) -> dict[str, Any]:
    secret = "AQ" + secrets.token_urlsafe(160)
    ends = code.authorised_at + rules.REFRESH_LIFE
    values = {"digest": digest(secret), "subject": code.subject, "scope": code.scope, "expires_at": ends}
    session.add(Refresh(**values, authorised_at=code.authorised_at))
    return {"refresh_token": secret, "refresh_token_expires_in": int((ends - at).total_seconds())}


def commas(scope: str) -> str:
    """Scopes as tokens tell them."""
    return ",".join(sorted(scope.split()))


def renew(client: Client, form: MultiDict[str, str]) -> tuple[dict[str, Any], Member]:
    """A new access token for a refresh token, which stays as it is; raises TokenRefusal."""
    (sent,) = parameters(form, "refresh_token")
    at = practice().clock()
    with practice().store.writing() as session:
        kept = session.get(Refresh, digest(sent))
        member = session.get(Member, kept.subject) if kept else None
        if kept is None or member is None or member.client_id != client.id or not client.partner:
            raise bad(BAD_GRANT)
        if kept.revoked_at is not None or kept.expires_at <= at:
            raise bad(BAD_GRANT)
        life = min(rules.TOKEN_LIFE, kept.expires_at - at)
        answer = _access(session, client, member, kept.scope, kept.authorised_at, at, life)
        left = int((kept.expires_at - at).total_seconds())
    return answer | {"refresh_token": sent, "refresh_token_expires_in": left}, member


def introspect(client: Client, form: MultiDict[str, str]) -> Mapping[str, Any]:
    """What is known of a token of this application; raises TokenRefusal."""
    (sent,) = parameters(form, "token")
    with practice().store.reading() as session:
        token = session.get(Token, digest(sent))
    if token is None or token.member.client_id != client.id:
        raise bad("The token is invalid or belongs to another application")
    status = token.status(practice().clock())
    moments = {
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "authorized_at": token.authorised_at,
    }
    return {
        "active": status == "active",
        "status": status,
        "scope": commas(token.scope),
        "client_id": client.id,
        "auth_type": "3L",
        **{name: int(moment.timestamp()) for name, moment in moments.items()},
    }
