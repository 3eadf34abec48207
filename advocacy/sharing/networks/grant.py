"""Trading an authorisation code for tokens (RFC 6749, section 4.1.3), through the guarded transport."""

from __future__ import annotations

import base64
import hashlib
import logging
from datetime import UTC, datetime
from typing import Any

import requests
from oauthlib.oauth2 import OAuth2Error
from requests_oauthlib import OAuth2Session

from advocacy.errors import N_
from advocacy.http import Outbound, OutboundError
from advocacy.sharing.networks.calls import host_of, refusal, unanswered
from advocacy.sharing.networks.interface import Permanent, Registration, Tokens

logging.getLogger("requests_oauthlib").setLevel(logging.INFO)  # its debug lines hold secrets
DENIED = N_("%(server)s did not accept the sign-in. It may have taken too long: please connect again.")


def challenge(verifier: str) -> str:
    """What is shown of a verifier beforehand (RFC 7636, section 4.2: S256)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def traded(outbound: Outbound, url: str, registration: Registration, code: str, verifier: str) -> Tokens:
    """The tokens for a code, proven by the client's secret and PKCE's verifier; raises an Outcome."""
    with OAuth2Session(registration.client_id, redirect_uri=registration.redirect_uri) as session:
        outbound.protect(session)
        session.register_compliance_hook("access_token_response", _in_trouble)
        try:
            with outbound.plain_oauth(url):
                token = session.fetch_token(
                    url,
                    code=code,
                    code_verifier=verifier,
                    client_secret=registration.client_secret,
                    include_client_id=True,
                )
        except OutboundError as wrong:
            raise unanswered(wrong, url) from wrong
        except (OAuth2Error, requests.RequestException, ValueError) as wrong:
            raise Permanent((DENIED, {"server": host_of(url)})) from wrong
    return _tokens(token, registration)


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
