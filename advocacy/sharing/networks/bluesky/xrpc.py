"""One call to the server that keeps an account, and what its refusals mean (https://atproto.com/specs/xrpc)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from advocacy.errors import N_
from advocacy.http import Answer, Outbound, OutboundError
from advocacy.sharing.networks.bluesky import dpop, keys
from advocacy.sharing.networks.calls import ENDED, RECONNECT, clean, host_of, refusal, table, unanswered
from advocacy.sharing.networks.interface import Expired, NeedsReconnecting, Outcome, Temporary, Tokens

TROUBLE = N_("%(server)s has trouble at the moment. Please try again later.")
OVER = ("ExpiredToken", "InvalidToken", "invalid_token", "AuthMissing", "AuthenticationRequired")
CLOSED = ("AccountTakedown", "AccountDeactivated", "AccountSuspended", "AuthFactorTokenRequired")


def call(
    outbound: Outbound,
    method: str,
    nsid: str,
    tokens: Tokens,
    server: str,
    *,
    posts: bool = False,
    **sent: Any,
) -> Answer:
    """Call a method of the account's server by the tokens; raises an Outcome unless it succeeds."""
    url = f"{server}/xrpc/{nsid}"
    try:
        answer = _asked(outbound, method, url, tokens, **sent)
    except OutboundError as wrong:
        raise unanswered(wrong, url, posts=posts) from wrong
    if 200 <= answer.status < 300:
        return answer
    raise refused(answer, url, tokens, posts=posts)


def _asked(outbound: Outbound, method: str, url: str, tokens: Tokens, **sent: Any) -> Answer:
    if "key" in tokens.extra:
        return dpop.request(
            outbound, method, url, keys.read(tokens.extra["key"]), token=tokens.access, **sent
        )
    headers = {**sent.pop("headers", {}), "Authorization": f"Bearer {tokens.access}"}
    return outbound.request(method, url, headers=headers, **sent)


def refused(answer: Answer, url: str, tokens: Tokens | None = None, *, posts: bool = False) -> Outcome:
    """What a refusal means; an access that ran out is renewed by its refresh token, if there is one."""
    server, name = {"server": host_of(url)}, str(table(answer).get("error") or "")
    outcome: Outcome
    if _is_over(answer, name):
        renewable = tokens is not None and tokens.refresh
        outcome = Expired((ENDED, server)) if renewable else NeedsReconnecting((RECONNECT, server))
    elif (
        answer.status == 401 and name not in CLOSED
    ):  # a proof or a nonce that it does not like; the token may be good
        outcome = Temporary((TROUBLE, server))
    else:
        status = 403 if answer.status == 401 else answer.status
        outcome = refusal(status, answer.headers, _said(answer, name), url, posts=posts)
        _until(outcome, answer.headers)
    outcome.status_code, outcome.code = answer.status, name
    return outcome


def _is_over(answer: Answer, name: str) -> bool:
    challenged = answer.headers.get("www-authenticate", "")
    return answer.status in (400, 401) and (name in OVER or 'error="invalid_token"' in challenged)


def _said(answer: Answer, name: str) -> str:
    message = table(answer).get("message")
    said = message if isinstance(message, str) and message else name
    return clean(said)[:300]


def _until(outcome: Outcome, headers: Mapping[str, str]) -> None:
    """Add the moment at which the server counts anew (RateLimit-Reset, in Unix seconds), unless it said more."""
    at = headers.get("ratelimit-reset", "")
    said_more = outcome.retry_after is not None or outcome.retry_at is not None
    if isinstance(outcome, Temporary) and not said_more and at.isascii() and at.isdigit() and len(at) < 12:
        outcome.retry_at = datetime.fromtimestamp(int(at), UTC)
