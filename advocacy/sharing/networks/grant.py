"""Trading a code, or a refresh token, for tokens (RFC 6749, sections 4.1.3 and 6), through the guarded transport."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import requests
from oauthlib.oauth2 import InvalidGrantError, MissingTokenError, OAuth2Error
from requests_oauthlib import OAuth2Session

from advocacy.errors import N_
from advocacy.http import Outbound, OutboundError
from advocacy.sharing.networks.calls import RECONNECT, host_of, refusal, unanswered
from advocacy.sharing.networks.interface import (
    NeedsReconnecting,
    Outcome,
    Permanent,
    Registration,
    Temporary,
    Tokens,
)

logging.getLogger("requests_oauthlib").setLevel(logging.INFO)  # its debug lines hold secrets
DENIED = N_("%(server)s did not accept the sign-in. It may have taken too long: please connect again.")
SPENT = re.compile(
    r"refresh token.*(?:invalid|expired|revoked)|(?:invalid|expired|revoked).*refresh token", re.IGNORECASE
)

# oauthlib takes what a stranger's answer holds for what it should be, and stumbles over it in any of these ways.
MALFORMED = (requests.RequestException, ValueError, TypeError, AttributeError, OverflowError, OSError)

Hook = Callable[[requests.Response], requests.Response]


def challenge(verifier: str) -> str:
    """What is shown of a verifier beforehand (RFC 7636, section 4.2: S256)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def traded(
    outbound: Outbound,
    url: str,
    registration: Registration,
    code: str,
    verifier: str,
    *,
    tidied: Hook | None = None,
) -> Tokens:
    """The tokens for a code, proven by the client's secret and PKCE's verifier ("": none); raises an Outcome.

    `tidied` puts the network's answer into the standard's form.
    """
    proof: dict[str, Any] = {"code_verifier": verifier} if verifier else {}
    try:
        with _session(outbound, url, registration, tidied) as session:
            token = session.fetch_token(
                url, code=code, client_secret=registration.client_secret, include_client_id=True, **proof
            )
            return _tokens(token, registration)
    except OutboundError as wrong:
        raise unanswered(wrong, url) from wrong
    except (OAuth2Error, *MALFORMED) as wrong:
        raise Permanent((DENIED, {"server": host_of(url)})) from wrong


def renewed(
    outbound: Outbound, url: str, registration: Registration, tokens: Tokens, *, tidied: Hook | None = None
) -> Tokens:
    """New tokens for a refresh token (RFC 6749, section 6), asked for once; raises an Outcome.

    The refresh token stays where the answer brings no other; what the module keeps beside the tokens stays too.
    """
    ours: dict[str, Any] = {"client_id": registration.client_id, "client_secret": registration.client_secret}
    try:
        with _session(outbound, url, registration, tidied) as session:
            token = session.refresh_token(url, refresh_token=tokens.refresh, **ours)
            return replace(_tokens(token, registration), extra=tokens.extra)
    except OutboundError as wrong:
        raise unanswered(wrong, url) from wrong
    except OAuth2Error as wrong:
        raise _not_renewed(wrong, url) from wrong
    except MALFORMED as wrong:
        raise unreadable(url) from wrong


def unreadable(url: str) -> Temporary:
    """An answer that makes no sense, to a call that posted nothing."""
    return Temporary((N_("%(host)s did not answer in the form that was expected."), {"host": host_of(url)}))


def _not_renewed(wrong: OAuth2Error, url: str) -> Outcome:
    """Only where the network says that the refresh token is dead does the person have to come again."""
    if isinstance(wrong, MissingTokenError):
        return unreadable(url)
    if isinstance(wrong, InvalidGrantError) or SPENT.search(wrong.description or ""):
        return NeedsReconnecting((RECONNECT, {"server": host_of(url)}))
    return Permanent((DENIED, {"server": host_of(url)}))


@contextmanager
def _session(
    outbound: Outbound, url: str, registration: Registration, tidied: Hook | None
) -> Iterator[OAuth2Session]:
    with OAuth2Session(registration.client_id, redirect_uri=registration.redirect_uri) as session:
        outbound.protect(session)
        for kind in ("access_token_response", "refresh_token_response"):
            session.register_compliance_hook(kind, _in_trouble)
            if tidied:
                session.register_compliance_hook(kind, tidied)
        with outbound.plain_oauth(url):
            yield session


def _in_trouble(answer: requests.Response) -> requests.Response:
    """A busy or broken server has not said no."""
    if answer.status_code == 429 or answer.status_code >= 500:
        raise refusal(answer.status_code, answer.headers, "", answer.url)
    return answer


def _tokens(token: dict[str, Any], registration: Registration) -> Tokens:
    expires_at = token.get("expires_at")
    scope = token.get("scope") or registration.scopes
    return Tokens(
        access=str(token["access_token"]),
        refresh=token.get("refresh_token") or None,
        expires_at=datetime.fromtimestamp(expires_at, UTC) if expires_at else None,
        scopes=tuple(scope.split() if isinstance(scope, str) else scope),
    )
