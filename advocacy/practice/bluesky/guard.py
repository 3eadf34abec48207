"""Who calls: DPoP proofs, tokens, scopes and rate limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from advocacy.practice.bluesky import proofs, rules, tokens
from advocacy.practice.bluesky.desk import desk
from advocacy.practice.bluesky.models import Grant, Repo, Token
from advocacy.practice.bluesky.proofs import InvalidProof, Proof
from advocacy.practice.bluesky.rules import Refusal
from advocacy.practice.bluesky.troubles import body, rate_headers
from advocacy.practice.limits import Budget
from advocacy.practice.store import practice
from advocacy.practice.wire import asked_for, note

#: The two places that tell nonces, each its own (RFC 9449 sections 8 and 9).
SERVER, RESOURCE = "authorisation server", "resource server"


@dataclass(frozen=True)
class Caller:
    """A person's app with a token that works."""

    grant: Grant
    repo: Repo

    def demand_write(self, collection: str, *actions: str) -> None:
        """Refuse what the app's scopes do not allow; app passwords may do all of it."""
        for action in actions:
            if self.grant.key and not rules.may_write(self.grant.scopes, collection, action):
                scope = f"repo:{collection}?action={action}"
                raise Refusal(403, "ScopeMissingError", f'Missing required scope "{scope}"')

    def demand_own(self, repo: str) -> None:
        """Refuse to write in anybody else's repository."""
        if repo.lower() not in (self.repo.did, self.repo.handle):
            raise Refusal(403, "AccountNotFound", "Account not found")


def check_proof(place: str, token: str | None = None) -> Proof:
    """The proof that this call must carry, checked whole; raises Refusal."""
    g.nonce_place = place
    sent, here = request.headers.get("DPoP"), practice()
    if sent is None:
        raise _refused(InvalidProof("DPoP proof required"))
    try:
        proof = proofs.verified(sent)
        # A tester may turn the practice network's clock forward to let tokens grow old; proofs are made by real ones.
        moments = here.clock(), datetime.now(UTC)
        proofs.check_claims(proof, request.method, here.url(request.path), token, moments)
    except InvalidProof as error:
        raise _refused(error) from None
    if asked_for("new_nonce"):
        desk().nonces.renew()
    nonce, at = proof.claims.get("nonce"), here.clock()
    if not desk().nonces.good(place, nonce, at):
        words = 'DPoP "nonce" mismatch' if nonce else "Authorization server requires nonce in DPoP proof"
        raise _nonce_wanted(place, words)
    if not desk().replays.first(proof.claims["jti"], at):
        raise _refused(InvalidProof("DPoP proof replayed"))
    return proof


def _refused(error: InvalidProof) -> Refusal:
    return Refusal(401, "invalid_dpop_proof", str(error), _challenge("invalid_dpop_proof", str(error)))


def _nonce_wanted(place: str, words: str) -> Refusal:
    if place == SERVER:
        return Refusal(400, "use_dpop_nonce", words)
    return Refusal(401, "use_dpop_nonce", words, _challenge("use_dpop_nonce", words))


def _challenge(error: str, words: str) -> dict[str, str]:
    told = words.replace('"', "'")
    return {"WWW-Authenticate": f'DPoP algs="ES256", error="{error}", error_description="{told}"'}


def authorization() -> tuple[str, str]:
    """The scheme, in small letters, and the token of this call; both empty when there are none."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower(), secret.strip()


def demand() -> Caller:
    """The app that calls, for a person; raises Refusal."""
    scheme, secret = authorization()
    if not scheme:
        raise Refusal(401, "AuthMissing", "Authentication Required")
    if scheme == "dpop":
        token = _bound_token(secret)
    elif scheme == "bearer":
        token = tokens.checked(_found(secret), refreshes=False, at=practice().clock())
    else:
        raise Refusal(400, "InvalidToken", "Unexpected authorization type")
    with practice().store.reading() as session:
        return Caller(token.grant, session.get_one(Repo, token.grant.account_id))


def demand_if_given() -> None:
    """Where anybody may read, a token that is given must be good."""
    if "Authorization" in request.headers:
        demand()


def _found(secret: str) -> Token | None:
    """The token of this call; a fault may end its session first."""
    at = practice().clock()
    with practice().store.writing() if asked_for("ended_session") else practice().store.reading() as session:
        token = tokens.find(session, secret)
        if token is not None and asked_for("ended_session"):
            token.grant.ended_at = at
    if token is not None:
        note().account, note().app = token.grant.account.username, token.grant.name
    return token


def _bound_token(secret: str) -> Token:
    """An OAuth token whose key the caller has just proved to hold (RFC 9449 section 7)."""
    proof, token, at = check_proof(RESOURCE, secret), _found(secret), practice().clock()

    def refuse(words: str) -> Refusal:
        return Refusal(401, "invalid_token", words, _challenge("invalid_token", words))

    if token is None or token.refreshes:
        raise refuse("Malformed token")
    if token.grant.key is None:
        raise refuse("Bearer token type must be used without a DPoP proof")
    if token.grant.key != proof.key:
        raise refuse("Invalid DPoP key binding")
    if token.grant.ended_at is not None:
        raise refuse("Invalid token")
    if token.expires_at <= at:
        raise refuse(f"Token expired at {token.expires_at.isoformat(timespec='seconds')}")
    return token


def spend(who: str, *budgets: str, points: int = 1) -> None:
    """Take points off budgets; raises Refusal 429 when one of them is spent."""
    here, at = practice(), practice().clock()
    for name in budgets:
        for _ in range(points):
            budget = here.limits.spend(who, name, at)
        kept: tuple[Budget, str] | None = g.get("budget")
        if kept is None or budget.remaining <= kept[0].remaining:
            g.budget = budget, name
        if budget.spent:
            raise Refusal(429, "RateLimitExceeded", "Rate Limit Exceeded")


def guard(bp: Blueprint) -> None:
    """Put every route of a blueprint under the limit of its address, and tell what is left."""
    bp.before_request(lambda: spend(f"address {request.remote_addr}", "address"))
    bp.after_request(tell)


def tell(response: Response) -> Response:
    """Tell the nonce to use next, and what is left of the budget nearest to its end."""
    if place := g.get("nonce_place"):
        response.headers["DPoP-Nonce"] = desk().nonces.told(place, practice().clock())
    if kept := g.get("budget"):
        response.headers.update(rate_headers(kept[0], rules.RATES[kept[1]][1]))
    return response


def refuse(error: Refusal) -> tuple[Response, int, dict[str, str]]:
    """The documented body of an error."""
    kind = practice().mode.kind_of(request.method, request.path) or "any"
    told: dict[str, Any] = body(kind, error.error, error.message)
    return jsonify(told), error.status, error.headers
