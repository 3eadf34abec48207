"""This product as authorisation servers know it: by a document at our own address (https://atproto.com/specs/oauth#clients)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from advocacy.sharing.networks.bluesky import keys
from advocacy.sharing.networks.interface import Client

DOCUMENT = "/connections/bluesky/client.json"
KEYS = "/connections/bluesky/keys.json"
NAME = "Advocacy"
LOOPBACK = ("127.0.0.1", "::1")
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SECONDS = 60


def is_published(client: Client) -> bool:
    """Whether our address is one at which servers will look us up: https, without a port."""
    place = urlsplit(client.website)
    return place.scheme == "https" and bool(place.hostname) and place.netloc == place.hostname


def is_on_this_machine(client: Client) -> bool:
    """Whether our address is this machine's own, for which servers need no document (#localhost-client-development)."""
    place = urlsplit(client.website)
    return place.scheme == "http" and place.hostname in LOOPBACK


def is_sound(client: Client) -> bool:
    """Whether servers can know us by these settings."""
    try:
        found = keys.read_all(client.secret)
    except ValueError:
        return False
    return bool(found) == bool(client.secret.strip()) and (is_published(client) or is_on_this_machine(client))


def client_id(client: Client, redirect_uri: str, scopes: Sequence[str]) -> str:
    """What servers call us: the address of our document, or the name that stands for a machine of one's own."""
    if is_published(client):
        return client.website.rstrip("/") + DOCUMENT
    asked = {"redirect_uri": redirect_uri, "scope": " ".join(scopes)}
    return f"http://localhost?{urlencode(asked, quote_via=quote)}"


def document(client: Client, redirect_uri: str, scopes: Sequence[str]) -> dict[str, Any]:
    """What we say of ourselves (https://atproto.com/specs/oauth#client-id-metadata-document)."""
    website = client.website.rstrip("/")
    said = {
        "client_id": website + DOCUMENT,
        "client_name": NAME,
        "client_uri": website,
        "application_type": "web",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": " ".join(scopes),
        "redirect_uris": [redirect_uri],
        "dpop_bound_access_tokens": True,
        "token_endpoint_auth_method": "none",
    }
    if client.secret:
        said |= {
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "ES256",
            "jwks_uri": website + KEYS,
        }
    return said


def key_set(client: Client) -> dict[str, Any]:
    """The public halves of the keys that sign for us; older ones stay as long as sessions go by them."""
    return {
        "keys": [
            {**keys.public(key), "use": "sig", "alg": "ES256", "kid": keys.thumbprint(key)}
            for key in keys.read_all(client.secret)
        ]
    }


def credentials(client: Client, named: str, issuer: str, begun_by: str = "") -> dict[str, str]:
    """What proves a request to be ours (RFC 7523, section 2.2): a name alone, or with a signature.

    A session goes on under the key with which it began: `begun_by`.
    """
    sent = {"client_id": named}
    ours = keys.read_all(client.secret) if named.startswith("https://") else []
    if not ours:
        return sent
    key = next((one for one in ours if keys.thumbprint(one) == begun_by), ours[0])
    at = int(time.time())
    claims: dict[str, Any] = {"iss": named, "sub": named, "aud": issuer, "jti": secrets.token_urlsafe(16)}
    claims |= {"iat": at, "exp": at + SECONDS}
    signed = keys.signed(key, {"typ": "JWT", "kid": keys.thumbprint(key)}, claims)
    return {**sent, "client_assertion_type": BEARER, "client_assertion": signed}


def key_id(client: Client, named: str) -> str:
    """The key by which new sessions begin, "" where we sign nothing."""
    ours = keys.read_all(client.secret) if named.startswith("https://") else []
    return keys.thumbprint(ours[0]) if ours else ""
