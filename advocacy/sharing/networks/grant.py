"""Trading an authorisation code for tokens, and renewing them (RFC 6749, sections 4.1.3 and 6), under guard."""

from __future__ import annotations

import base64
import functools
import hashlib
import logging
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import requests
from oauthlib.oauth2 import MissingTokenError, OAuth2Error
from requests.auth import HTTPBasicAuth
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
LONGEST_LIFE = 10 * 366 * 86_400
UNRENEWED = N_("%(server)s did not renew our permission to act for you. This is tried again.")
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
    by_header: bool = False,
    tidied: Hook | None = None,
) -> Tokens:
    """The tokens for a code, proven by the client's secret and PKCE's verifier ("": none); raises an Outcome.

    Our name and secret go in the body, or `by_header` in the header alone (RFC 6749, section 2.3.1); `tidied` puts the
    network's answer into the standard's form.
    """
    in_body = {"client_secret": registration.client_secret, "include_client_id": True}
    known: dict[str, Any] = {"auth": _header(registration)} if by_header else in_body
    known |= {"code_verifier": verifier} if verifier else {}
    try:
        with _session(outbound, url, registration, _in_trouble, tidied) as session:
            return _tokens(session.fetch_token(url, code=code, **known), registration)
    except OutboundError as wrong:
        raise unanswered(wrong, url) from wrong
    except (OAuth2Error, *MALFORMED) as wrong:
        raise Permanent((DENIED, {"server": host_of(url)})) from wrong


def renewed(
    outbound: Outbound,
    url: str,
    registration: Registration,
    tokens: Tokens,
    *,
    by_header: bool = False,
    tidied: Hook | None = None,
    dead: Collection[str] = ("invalid_grant",),
) -> Tokens:
    """New tokens for a refresh token (RFC 6749, section 6), asked for once and never again by itself.

    `dead` are the errors by which the server says that the old ones are; raises NeedsReconnecting for these and for
    words that say so, Temporary for whatever else went wrong. The refresh token stays where the answer brings no other.
    """
    in_body = {"client_id": registration.client_id, "client_secret": registration.client_secret}
    known: dict[str, Any] = {"auth": _header(registration)} if by_header else in_body
    try:
        with _session(outbound, url, registration, _yes_or_no, tidied) as session:
            token = session.refresh_token(url, refresh_token=tokens.refresh, **known)
            return replace(_tokens(token, registration), extra=tokens.extra)
    except OutboundError as wrong:
        raise Temporary(wrong.reason) from wrong
    except OAuth2Error as wrong:
        raise _not_renewed(wrong, url, dead) from wrong
    except MALFORMED as wrong:
        raise unreadable(url) from wrong


def unreadable(url: str) -> Temporary:
    """An answer that makes no sense, to a call that posted nothing."""
    return Temporary((N_("%(host)s did not answer in the form that was expected."), {"host": host_of(url)}))


def basic(registration: Registration) -> str:
    """Our name and secret as a header's value (RFC 7617)."""
    known = f"{registration.client_id}:{registration.client_secret}".encode()
    return f"Basic {base64.b64encode(known).decode('ascii')}"


def _header(registration: Registration) -> HTTPBasicAuth:
    return HTTPBasicAuth(registration.client_id, registration.client_secret)


def _not_renewed(wrong: OAuth2Error, url: str, dead: Collection[str]) -> Outcome:
    """Only where the network says that the refresh token is dead does the person have to come again."""
    if isinstance(wrong, MissingTokenError):
        return unreadable(url)
    if wrong.error in dead or SPENT.search(wrong.description or ""):
        return NeedsReconnecting((RECONNECT, {"server": host_of(url)}))
    return Temporary((UNRENEWED, {"server": host_of(url)}))


@contextmanager
def _session(
    outbound: Outbound, url: str, registration: Registration, *hooks: Hook | None
) -> Iterator[OAuth2Session]:
    with OAuth2Session(registration.client_id, redirect_uri=registration.redirect_uri) as session:
        outbound.protect(session)
        for kind in ("access_token_response", "refresh_token_response"):
            session.register_compliance_hook(kind, _one_by_one([hook for hook in (*hooks, _sound) if hook]))
        with outbound.plain_oauth(url):
            yield session


def _one_by_one(hooks: Sequence[Hook]) -> Hook:
    """The session keeps its hooks in no order, and these have one."""
    return lambda answer: functools.reduce(lambda so_far, hook: hook(so_far), hooks, answer)


def _yes_or_no(answer: requests.Response) -> requests.Response:
    """Only these two say anything of the tokens; that our own secret is refused (401) says nothing of them."""
    if answer.status_code in (200, 400):
        return answer
    outcome = refusal(answer.status_code, answer.headers, "", answer.url)
    raise (
        outcome if isinstance(outcome, Temporary) else Temporary((UNRENEWED, {"server": host_of(answer.url)}))
    )


def _in_trouble(answer: requests.Response) -> requests.Response:
    """A busy or broken server has not said no."""
    if answer.status_code == 429 or answer.status_code >= 500:
        raise refusal(answer.status_code, answer.headers, "", answer.url)
    return answer


def _sound(answer: requests.Response) -> requests.Response:
    """oauthlib stumbles over JSON of another shape than the standard's; what is no JSON, it reads as a form."""
    try:
        found = answer.json()
    except requests.JSONDecodeError:
        return answer
    except RecursionError as wrong:
        raise ValueError("nested without end") from wrong
    kinds = {"access_token": str, "refresh_token": str, "scope": str | list, "expires_in": int | float | str}
    if not isinstance(found, dict) or not all(
        isinstance(found.get(name) or None, kind | None) for name, kind in kinds.items()
    ):
        raise ValueError("not an answer of the standard's shape")
    if abs(float(found.get("expires_in") or 0)) > LONGEST_LIFE:
        raise ValueError("longer than any token lasts")
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
