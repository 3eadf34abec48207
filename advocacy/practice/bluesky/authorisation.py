"""The OAuth 2 authorisation server: pushed requests, and codes that work once (atproto.com/specs/oauth)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from advocacy.practice.bluesky import rules, tokens
from advocacy.practice.bluesky.clients import Client, localhost_client
from advocacy.practice.bluesky.models import Asking, Grant
from advocacy.practice.bluesky.proofs import b64
from advocacy.practice.bluesky.rules import Refusal
from advocacy.practice.models import Account
from advocacy.practice.store import Practice, digest

URN = "urn:ietf:params:oauth:request_uri:"
PROMPTS = ("login", "consent", "select_account", "create")


def client_of(sent: Mapping[str, str]) -> Client:
    """The client that sent a form; it has no secret and signs no assertion."""
    if not sent.get("client_id"):
        raise Refusal(400, "invalid_client", "Client credentials missing: Required at body.client_id")
    client = localhost_client(sent["client_id"])
    for name in ("client_secret", "client_assertion"):
        if name in sent:
            raise Refusal(400, "invalid_client", f'The localhost client is public and sends no "{name}"')
    return client


def push(here: Practice, sent: Mapping[str, str], client: Client, key: str, *, at: datetime) -> str:
    """Keep an authorisation request for five minutes and return its name (RFC 9126)."""
    _check_request(sent, client)
    number = secrets.token_hex(16)
    asking = Asking(
        digest=digest(number),
        client_id=client.client_id,
        client_name=client.name,
        redirect_uri=sent["redirect_uri"],
        scope=rules.known_scopes(sent["scope"]),
        state=sent["state"],
        challenge=sent["code_challenge"],
        key=key,
        login_hint=sent.get("login_hint", "").lower() or None,
        prompt=sent.get("prompt"),
        expires_at=at + rules.REQUEST_LIFE,
    )
    with here.store.writing() as session:
        session.add(asking)
    return f"{URN}req-{number}"


def _check_request(sent: Mapping[str, str], client: Client) -> None:
    """Refuse what the profile does not allow, in the order of the reference server."""

    def refuse(message: str, error: str = "invalid_request") -> Refusal:
        return Refusal(400, error, message)

    for name in ("response_type", "redirect_uri", "scope", "state"):
        if not sent.get(name):
            raise refuse(f"Invalid authorization request: Required at body.{name}")
    for name in ("nonce", "claims", "id_token_hint"):
        if name in sent:
            raise refuse(f'Unsupported "{name}" parameter')
    if sent["response_type"] != "code":
        words = f'Unsupported response_type "{sent["response_type"]}"'
        raise refuse(words, "unsupported_response_type")
    if sent.get("response_mode", "query") != "query":
        raise refuse("The practice network sends people back with a query only")
    for scope in sent["scope"].split(" "):
        if scope not in client.scopes:
            raise refuse(f'Scope "{scope}" is not declared in the client metadata', "invalid_scope")
    if not client.may_return_to(sent["redirect_uri"]):
        raise refuse(f"Invalid redirect_uri {sent['redirect_uri']}")
    if not sent.get("code_challenge"):
        raise refuse("Use of PKCE is required")
    if sent.get("code_challenge_method") != "S256":
        raise refuse('atproto requires use of "S256" code_challenge_method')
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", sent["code_challenge"]):
        raise refuse("The code_challenge is no SHA-256 in base64url")
    if "atproto" not in sent["scope"].split(" "):
        raise refuse('The "atproto" scope is required', "invalid_scope")
    if "openid" in sent["scope"].split(" "):
        raise refuse("OpenID Connect is not compatible with atproto", "invalid_scope")
    if sent.get("prompt", "login") not in PROMPTS:
        raise refuse("Public clients are not allowed to use silent-sign-on")
    hint = sent.get("login_hint", "").lower()
    if hint and not rules.HANDLE.fullmatch(hint) and not rules.DID.fullmatch(hint):
        raise refuse(f'Invalid login_hint "{hint}"')


def asking_of(here: Practice, request_uri: str, client_id: str) -> Asking:
    """A pushed request by its name; raises Refusal."""
    name = request_uri.removeprefix(f"{URN}req-")
    with here.store.reading() as session:
        asking = session.scalar(select(Asking).where(Asking.digest == digest(name)))
    if not request_uri.startswith(f"{URN}req-") or asking is None:
        raise Refusal(400, "invalid_request", "Unknown request_uri")
    if asking.client_id != client_id:
        raise Refusal(400, "invalid_request", "This request was initiated for another client")
    if asking.decided_at is not None:
        raise Refusal(400, "invalid_request", "This request was already authorized")
    return asking


def sign_out_once(here: Practice, asking: Asking, *, at: datetime) -> bool:
    """Whether the person is to be signed out for this request, which happens once."""
    fresh = Asking.id == asking.id, Asking.signed_out_at.is_(None)
    with here.store.writing() as session:
        claim = update(Asking).where(*fresh).values(signed_out_at=at).returning(Asking.id)
        return session.scalar(claim) is not None


def decide(here: Practice, asking: Asking, account: Account | None, *, at: datetime) -> str | None:
    """The code for a request that its person allowed; None when they did not, or somebody was faster."""
    code = f"cod-{secrets.token_hex(32)}"
    values: dict[str, Any] = {"decided_at": at}
    if account is not None:
        values |= {
            "account_id": account.id,
            "code_digest": digest(code),
            "code_expires_at": at + rules.CODE_LIFE,
        }
    open_still = Asking.id == asking.id, Asking.decided_at.is_(None)
    with here.store.writing() as session:
        claim = update(Asking).where(*open_still).values(**values).returning(Asking.id)
        claimed = session.scalar(claim) is not None
    return code if claimed and account is not None else None


def exchange(
    here: Practice, sent: Mapping[str, str], client: Client, key: str, *, at: datetime
) -> tuple[Any, Grant]:
    """Tokens for a code. Whatever comes of it the code is used up; a second use ends what the first one gave."""
    with here.store.writing() as session:
        asking = session.scalar(select(Asking).where(Asking.code_digest == digest(sent["code"])))
        wrong = "Invalid code" if asking is None or asking.code_used_at else None
        if asking is not None and wrong:
            session.execute(update(Grant).where(Grant.asking_id == asking.id).values(ended_at=at))
        if asking is not None and not wrong:
            asking.code_used_at = at
            wrong = _wrong_with(asking, sent, client, key, at)
        if asking is not None and not wrong:
            grant = _granted(session, asking, at)
            return tokens.give(session, grant, at=at)[0], grant
    raise Refusal(400, "invalid_grant", wrong or "Invalid code")


def _granted(session: Session, asking: Asking, at: datetime) -> Grant:
    """What the person allowed, from now on."""
    account = session.get_one(Account, asking.account_id)
    who = {"account_id": account.id, "asking_id": asking.id, "client_id": asking.client_id}
    grant = Grant(**who, name=asking.client_name, scopes=asking.scope, key=asking.key, created_at=at)
    session.add(grant)
    session.flush()
    session.refresh(grant)
    return grant


def _wrong_with(
    asking: Asking, sent: Mapping[str, str], client: Client, key: str, at: datetime
) -> str | None:
    verifier = sent.get("code_verifier", "")
    if asking.code_expires_at is None or asking.code_expires_at <= at:
        return "This code has expired"
    if asking.client_id != client.client_id:
        return "Token was not issued to this client"
    if asking.key != key:
        return "DPoP proof does not match the expected JKT"
    if asking.redirect_uri != sent.get("redirect_uri"):
        return "The redirect_uri parameter must match the one used in the authorization request"
    if not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier):
        return "code_verifier too short" if verifier else "code_verifier is required"
    challenge = b64(hashlib.sha256(verifier.encode()).digest())
    return None if hmac.compare_digest(challenge, asking.challenge) else "Invalid code_verifier"
