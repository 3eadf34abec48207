"""The way to tokens and back: pushed requests, a code, renewals (https://atproto.com/specs/oauth).

By hand over the guarded door, not by requests-oauthlib: that one can neither prove a key nor repeat for a nonce.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from advocacy.errors import N_
from advocacy.http import Answer, Outbound, OutboundError
from advocacy.sharing.networks.bluesky import application, dpop, keys, resolving
from advocacy.sharing.networks.calls import RECONNECT, host_of, refusal, table, unanswered, words
from advocacy.sharing.networks.grant import DENIED, challenge
from advocacy.sharing.networks.interface import (
    Client,
    Departure,
    NeedsReconnecting,
    Outcome,
    Permanent,
    Registration,
    Temporary,
    Tokens,
)

ANOTHER = N_(
    "%(server)s signed in another account than the one you named. Please connect your account again."
)


@dataclass(frozen=True)
class Trip:
    """What is kept, sealed, while a person is away; the account's fields are "" when she named only a server."""

    issuer: str
    token: str
    revoke: str
    verifier: str = field(repr=False)
    key: str = field(repr=False)
    did: str = ""
    handle: str = ""
    pds: str = ""

    def as_text(self) -> str:
        """The trip as the text that is sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Trip:
        """The trip back from the text that was sealed."""
        return cls(**json.loads(text))


def depart(
    outbound: Outbound,
    client: Client,
    registration: Registration,
    state: str,
    meant: resolving.Meant,
    *,
    again: bool = False,
) -> Departure:
    """Push what is asked for to the authorisation server and learn where the person allows it (RFC 9126)."""
    to = resolving.grantor(outbound, meant.server)
    who, verifier, pem = meant.account, secrets.token_urlsafe(48), keys.new_pem()
    asked = {
        **application.credentials(client, registration.client_id, to.issuer),
        "response_type": "code",
        "redirect_uri": registration.redirect_uri,
        "scope": " ".join(registration.scopes),
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    asked |= {"login_hint": who.handle or who.did} if who else {}
    asked |= {"prompt": "login"} if again else {}
    answer = _asked(outbound, to.push, pem, asked)
    if not 200 <= answer.status < 300:
        status = 400 if answer.status == 401 else answer.status  # nobody is connected yet
        raise refusal(status, answer.headers, words(answer), to.push)
    request_uri = table(answer).get("request_uri")
    if not isinstance(request_uri, str):
        raise Permanent(resolving.strange(to.push))
    onward = urlencode({"client_id": registration.client_id, "request_uri": request_uri})
    trip = Trip(
        to.issuer, to.token, to.revoke, verifier, pem, *((who.did, who.handle, who.pds) if who else ())
    )
    return Departure(f"{to.authorise}{'&' if '?' in to.authorise else '?'}{onward}", trip.as_text())


def exchange(
    outbound: Outbound,
    client: Client,
    registration: Registration,
    code: str,
    trip: Trip,
    addresses: Mapping[str, str],
) -> Tokens:
    """Trade a code for tokens of the named account, or of one whose own server trusts the issuer."""
    sent = {
        **application.credentials(client, registration.client_id, trip.issuer),
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": registration.redirect_uri,
        "code_verifier": trip.verifier,
    }
    answer = _asked(outbound, trip.token, trip.key, sent)
    if answer.status == 429 or answer.status >= 500:
        raise refusal(answer.status, answer.headers, "", trip.token)
    said = table(answer)
    if not 200 <= answer.status < 300 or not _is_grant(said):
        raise Permanent((DENIED, {"server": host_of(trip.token)}))
    extra = {
        "key": trip.key, "issuer": trip.issuer, "token": trip.token, "revoke": trip.revoke,
        "key_id": application.key_id(client, registration.client_id),
    }  # fmt: skip
    try:
        who = _whose(outbound, trip, said["sub"], addresses)
    except Outcome:
        with suppress(Outcome):  # what we will not keep, nobody should
            revoke(outbound, client, registration, _tokens(said, extra))
        raise
    return _tokens(said, {**extra, "did": who.did, "handle": who.handle, "pds": who.pds})


def _is_grant(said: dict[str, Any]) -> bool:
    texts = [said.get(name) for name in ("access_token", "token_type", "scope", "sub")]
    if not all(isinstance(text, str) and text for text in texts):
        return False
    return said["token_type"].lower() == "dpop" and "atproto" in said["scope"].split()


def _whose(outbound: Outbound, trip: Trip, sub: str, addresses: Mapping[str, str]) -> resolving.Account:
    """The account that was signed in; any server may say any name, so that only the account's own word counts."""
    if trip.did:
        if sub != trip.did:
            raise Permanent((ANOTHER, {"server": host_of(trip.issuer)}))
        return resolving.Account(trip.did, trip.handle, trip.pds)
    who = resolving.account(outbound, addresses, sub)
    if resolving.grantor(outbound, who.pds).issuer != trip.issuer:
        raise Permanent((ANOTHER, {"server": host_of(trip.issuer)}))
    return who


def _tokens(said: dict[str, Any], extra: Mapping[str, str]) -> Tokens:
    seconds, refresh = said.get("expires_in"), said.get("refresh_token")
    ends = time.time() + seconds if isinstance(seconds, int) and 0 < seconds < 10**9 else None
    return Tokens(
        access=said["access_token"],
        refresh=refresh if isinstance(refresh, str) and refresh else None,
        expires_at=datetime.fromtimestamp(ends, UTC) if ends else None,
        scopes=tuple(said["scope"].split()),
        extra=extra,
    )


def renew(outbound: Outbound, client: Client, registration: Registration, tokens: Tokens) -> Tokens:
    """The next pair of tokens; the old refresh token is good once, and a second use of it ends the whole session."""
    at = tokens.extra["token"]
    if not tokens.refresh:
        raise NeedsReconnecting((RECONNECT, {"server": host_of(at)}))
    sent = {
        **_credentials(client, registration, tokens),
        "grant_type": "refresh_token",
        "refresh_token": tokens.refresh,
    }
    answer = _asked(outbound, at, tokens.extra["key"], sent)
    said = table(answer)
    if 200 <= answer.status < 300 and _is_grant(said) and said["sub"] == tokens.extra["did"]:
        return _tokens(said, tokens.extra)
    raise _not_renewed(answer, said, at)


def _not_renewed(answer: Answer, said: dict[str, Any], at: str) -> Outcome:
    """Only `invalid_grant` says that the session is over; all else may pass, or is for the operator."""
    if answer.status in (400, 401) and said.get("error") == "invalid_grant":
        return NeedsReconnecting((RECONNECT, {"server": host_of(at)}))
    if answer.status in (408, 425, 429) or answer.status >= 500:
        return refusal(answer.status, answer.headers, "", at)
    if 200 <= answer.status < 300 or answer.status == 401:
        return Temporary(resolving.strange(at))
    return refusal(answer.status, answer.headers, words(answer), at)


def revoke(outbound: Outbound, client: Client, registration: Registration, tokens: Tokens) -> None:
    """End the session (RFC 7009); one that is over already is no error."""
    at = tokens.extra.get("revoke")
    if not at:
        return
    sent = {**_credentials(client, registration, tokens), "token": tokens.refresh or tokens.access}
    answer = _asked(outbound, at, tokens.extra["key"], sent)
    if answer.status >= 300 and answer.status not in (400, 401, 404):
        raise refusal(answer.status, answer.headers, words(answer), at)


def _credentials(client: Client, registration: Registration, tokens: Tokens) -> dict[str, str]:
    extra = tokens.extra
    return application.credentials(client, registration.client_id, extra["issuer"], extra.get("key_id", ""))


def _asked(outbound: Outbound, url: str, pem: str, sent: Mapping[str, str]) -> Answer:
    try:
        return dpop.request(outbound, "POST", url, keys.read(pem), data=sent)
    except OutboundError as wrong:
        raise unanswered(wrong, url) from wrong
