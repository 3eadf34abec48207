"""Connecting by an app password, the older way (https://docs.bsky.app/docs/api/com-atproto-server-create-session)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from advocacy.errors import N_
from advocacy.http import Answer, Outbound, OutboundError
from advocacy.sharing.networks.bluesky import keys
from advocacy.sharing.networks.bluesky.resolving import Account, strange
from advocacy.sharing.networks.bluesky.xrpc import refused
from advocacy.sharing.networks.calls import RECONNECT, host_of, table, unanswered
from advocacy.sharing.networks.interface import NeedsReconnecting, Permanent, Temporary, Tokens

SCOPES = ("com.atproto.appPass",)
WRONG = N_("%(server)s does not know this password. Please make a new app password there and use that one.")
OWN = N_(
    "This is your account's own password. Please never give it to anyone; make an app password at "
    "%(server)s instead (Settings, Privacy and security, App passwords)."
)


def sign_in(outbound: Outbound, who: Account, password: str) -> Tokens:
    """Tokens for an app password; the account's own password is refused, and its session ended at once.

    Signing in is limited to 30 times in five minutes and 300 a day, so that a session is renewed and never begun anew.
    """
    url = f"{who.pds}/xrpc/com.atproto.server.createSession"
    answer = _asked(outbound, url, json={"identifier": who.did, "password": password})
    if answer.status == 401:
        raise Permanent((WRONG, {"server": host_of(url)}))
    said = _session(answer, url)
    if said["did"] != who.did:
        raise Permanent(strange(url))
    tokens = _tokens(said, {"did": who.did, "handle": who.handle, "pds": who.pds})
    if keys.claims_of(tokens.access).get("scope") == "com.atproto.access":
        revoke(outbound, tokens)
        raise Permanent((OWN, {"server": host_of(url)}))
    return tokens


def renew(outbound: Outbound, tokens: Tokens) -> Tokens:
    """The next pair of tokens (com.atproto.server.refreshSession)."""
    url = f"{tokens.extra['pds']}/xrpc/com.atproto.server.refreshSession"
    answer = _asked(outbound, url, headers=_bearer(tokens))
    ended = table(answer).get("error") in ("ExpiredToken", "InvalidToken") and answer.status in (400, 401)
    if ended:
        raise NeedsReconnecting((RECONNECT, {"server": host_of(url)}))
    said = _session(answer, url)
    if said["did"] != tokens.extra["did"]:
        raise Temporary(strange(url))
    return _tokens(said, dict(tokens.extra))


def revoke(outbound: Outbound, tokens: Tokens) -> None:
    """End the session (com.atproto.server.deleteSession); one that is over already is no error."""
    url = f"{tokens.extra['pds']}/xrpc/com.atproto.server.deleteSession"
    answer = _asked(outbound, url, headers=_bearer(tokens))
    if answer.status >= 300 and answer.status not in (400, 401, 404):
        raise refused(answer, url)


def _asked(outbound: Outbound, url: str, **sent: Any) -> Answer:
    try:
        return outbound.request("POST", url, **sent)
    except OutboundError as wrong:
        raise unanswered(wrong, url) from wrong


def _bearer(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.refresh}"}


def _session(answer: Answer, url: str) -> dict[str, Any]:
    if not 200 <= answer.status < 300:
        raise refused(answer, url)
    said = table(answer)
    if not all(isinstance(said.get(name), str) for name in ("accessJwt", "refreshJwt", "did")):
        raise Permanent(strange(url))
    return said


def _tokens(said: dict[str, Any], extra: dict[str, str]) -> Tokens:
    ends = keys.claims_of(said["accessJwt"]).get("exp")
    sound = isinstance(ends, int) and 0 < ends < 10**11
    return Tokens(
        access=said["accessJwt"],
        refresh=said["refreshJwt"],
        expires_at=datetime.fromtimestamp(ends, UTC) if sound and ends else None,
        scopes=SCOPES,
        extra=extra,
    )
