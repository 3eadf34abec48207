"""Tokens: opaque ones for OAuth, JSON web tokens for app passwords; refresh tokens that work once."""

from __future__ import annotations

import hmac
import json
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from advocacy.practice.bluesky import rules
from advocacy.practice.bluesky.desk import desk
from advocacy.practice.bluesky.models import Grant, Repo, Token
from advocacy.practice.bluesky.proofs import b64
from advocacy.practice.bluesky.rules import Refusal
from advocacy.practice.store import Practice, digest


def find(session: Session, secret: str) -> Token | None:
    """The token of these letters, good or not."""
    return session.scalar(select(Token).where(Token.digest == digest(secret)))


def give(session: Session, grant: Grant, *, at: datetime) -> tuple[dict[str, Any], Token]:
    """A pair of OAuth tokens as the token endpoint answers, and the row of the refresh token."""
    secret, again = secrets.token_urlsafe(32), f"ref-{secrets.token_hex(32)}"
    end = grant.created_at + rules.GRANT_LIFE
    _keep(
        session, Token(digest=digest(secret), refreshes=False, expires_at=at + rules.ACCESS_LIFE), grant, at
    )
    refresh = Token(digest=digest(again), refreshes=True, expires_at=end)
    _keep(session, refresh, grant, at)
    answer = {
        "access_token": secret,
        "token_type": "DPoP",
        "refresh_token": again,
        "scope": grant.scopes,
        "expires_in": int(rules.ACCESS_LIFE.total_seconds()),
        "sub": rules.did_of(grant.account.username),
    }
    return answer, refresh


def _keep(session: Session, token: Token, grant: Grant, at: datetime) -> None:
    token.grant_id, token.created_at, token.jti = grant.id, at, token.jti or secrets.token_hex(16)
    session.add(token)
    session.flush()


def renew(
    here: Practice, secret: str, client_id: str, key: str, *, at: datetime
) -> tuple[dict[str, Any], Grant]:
    """New tokens for a refresh token; its second use ends everything that came of it (RFC 6749 section 10.4)."""
    with here.store.writing() as session:
        token = find(session, secret)
        if (
            token is None
            or not token.refreshes
            or token.grant.key is None
            or token.grant.ended_at is not None
        ):
            raise Refusal(400, "invalid_grant", "Invalid refresh token")
        grant, wrong = token.grant, _wrong_with(token, client_id, key, at)
        if wrong is None:
            _outdate(session, grant, at)
            answer, following = give(session, grant, at=at)
            token.used_at, token.next_id = at, following.id
        else:
            grant.ended_at = at
    if wrong is not None:
        raise Refusal(400, "invalid_grant", wrong)
    return answer, grant


def _outdate(session: Session, grant: Grant, at: datetime) -> None:
    """A renewal makes older access tokens worthless, as the reference server does."""
    old = Token.grant_id == grant.id, Token.refreshes.is_(False), Token.expires_at > at
    session.execute(update(Token).where(*old).values(expires_at=at))


def _wrong_with(token: Token, client_id: str, key: str, at: datetime) -> str | None:
    if token.used_at is not None:
        return "Refresh token replayed"
    if token.grant.client_id != client_id:
        return "Token was not issued to this client"
    if token.grant.key != key:
        return "DPoP proof does not match the expected JKT"
    return "Session expired" if token.expires_at <= at else None


def end(here: Practice, secret: str, client_id: str, key: str, *, at: datetime) -> Grant | None:
    """Revoke what a token belongs to, if it is this client's; nothing is told to anybody else (RFC 7009)."""
    with here.store.writing() as session:
        token = find(session, secret)
        if token is None or (token.grant.client_id, token.grant.key) != (client_id, key):
            return None
        token.grant.ended_at = token.grant.ended_at or at
        return token.grant


def begin_session(here: Practice, grant: Grant, *, at: datetime) -> tuple[str, str]:
    """The access and the refresh token of a new session (server.createSession)."""
    with here.store.writing() as session:
        session.add(grant)
        session.flush()
        return _pair(here, session, grant, at)[:2]


def _pair(here: Practice, session: Session, grant: Grant, at: datetime) -> tuple[str, str, Token]:
    told, rows = [], []
    for refreshes, life in ((False, rules.JWT_ACCESS_LIFE), (True, rules.JWT_REFRESH_LIFE)):
        row = Token(
            refreshes=refreshes, jti=secrets.token_hex(16), created_at=at, expires_at=_second(at) + life
        )
        told.append(_signed(here, session, grant, row))
        row.digest = digest(told[-1])
        _keep(session, row, grant, at)
        rows.append(row)
    return told[0], told[1], rows[1]


def _second(at: datetime) -> datetime:
    """Web tokens count whole seconds."""
    return at.replace(microsecond=0)


def _signed(here: Practice, session: Session, grant: Grant, token: Token) -> str:
    """A JSON web token that says the same of the same row each time (RFC 7519, HS256)."""
    host = here.public_url.split("://", 1)[1].replace(":", "%3A")
    claims = {
        "scope": "com.atproto.refresh" if token.refreshes else grant.scopes,
        "aud": f"did:web:{host}",
        "sub": session.get_one(Repo, grant.account_id).did,
        "jti": token.jti,
        "iat": int(token.created_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
    }
    header = {"typ": "refresh+jwt" if token.refreshes else "at+jwt", "alg": "HS256"}
    text = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{text}.{b64(hmac.digest(desk().secret.encode(), text.encode(), 'sha256'))}"


def renew_session(here: Practice, secret: str, *, at: datetime) -> tuple[str, str, Grant]:
    """A session's next tokens; for two hours the old refresh token answers with the same next one again."""
    with here.store.writing() as session:
        token = checked(find(session, secret), refreshes=True, at=at)
        grant = token.grant
        following = session.get(Token, token.next_id) if token.next_id else None
        if following is not None and token.used_at is not None and at >= token.used_at + rules.JWT_GRACE:
            raise Refusal(400, "ExpiredToken", "Token has been revoked")
        access, again, refresh = _pair(here, session, grant, at)
        if following is None:
            token.used_at, token.next_id = at, refresh.id
        else:
            session.delete(refresh)
            again = _signed(here, session, grant, following)
    return access, again, grant


def checked(token: Token | None, *, refreshes: bool, at: datetime) -> Token:
    """A session's token of the right kind that still works; raises Refusal 400 (never 401)."""
    if token is None:
        raise Refusal(400, "InvalidToken", "Token could not be verified")
    if token.expires_at <= at:
        raise Refusal(400, "ExpiredToken", "Token has expired")
    if token.grant.key is not None:
        raise Refusal(400, "InvalidToken", "Malformed token")
    if token.refreshes is not refreshes:
        raise Refusal(400, "InvalidToken", "Invalid token type")
    if token.grant.ended_at is not None:
        raise Refusal(400, "ExpiredToken", "Token has been revoked")
    return token
