"""Requests that prove the possession of a key: DPoP (RFC 9449; https://atproto.com/specs/oauth#demonstrating-proof-of-possession-dpop)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from advocacy.http import Answer, Outbound
from advocacy.sharing.networks.bluesky import keys
from advocacy.sharing.networks.calls import table

MOST_NONCES = 5000
_nonces: dict[str, str] = {}


def proof(
    key: EllipticCurvePrivateKey, method: str, url: str, *, nonce: str = "", token: str = "", at: float
) -> str:
    """The proof for one request (RFC 9449, section 4.2)."""
    claims = {
        "jti": secrets.token_urlsafe(16),
        "htm": method,
        "htu": url.partition("?")[0].partition("#")[0],
        "iat": int(at),
    }
    if nonce:
        claims["nonce"] = nonce
    if token:
        claims["ath"] = keys.digest(token)
    return keys.signed(key, {"typ": "dpop+jwt", "jwk": keys.public(key)}, claims)


def request(
    outbound: Outbound,
    method: str,
    url: str,
    key: EllipticCurvePrivateKey,
    *,
    token: str = "",
    headers: Mapping[str, str] | None = None,
    **sent: Any,
) -> Answer:
    """Ask with a proof; once more where the server did nothing but ask for its nonce in it (RFC 9449, section 8).

    Each server's latest nonce is kept in this process, so that most requests pass at once.
    """
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    for is_last in (False, True):
        nonce = _nonces.get(origin, "")
        shown = {"DPoP": proof(key, method, url, nonce=nonce, token=token, at=time.time())}
        if token:
            shown["Authorization"] = f"DPoP {token}"
        answer = outbound.request(method, url, headers={**(headers or {}), **shown}, **sent)
        _keep(origin, answer.headers.get("dpop-nonce", ""))
        if is_last or not wants_nonce(answer):
            break
    return answer


def wants_nonce(answer: Answer) -> bool:
    """Whether a server refused for the lack of its nonce alone."""
    asked = answer.headers.get("www-authenticate", "")
    said = table(answer).get("error") if answer.status in (400, 401) else ""
    return answer.status in (400, 401) and (said == "use_dpop_nonce" or 'error="use_dpop_nonce"' in asked)


def _keep(origin: str, nonce: str) -> None:
    if not nonce.isascii() or not nonce.isprintable() or not 0 < len(nonce) <= 512:
        return
    if len(_nonces) >= MOST_NONCES:
        _nonces.clear()
    _nonces[origin] = nonce
