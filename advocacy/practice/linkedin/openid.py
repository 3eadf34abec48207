"""ID tokens, signed as LinkedIn signs them: RS256, by a key that lives as long as the process."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from advocacy.practice.linkedin.models import Member
from advocacy.practice.linkedin.shapes import CLAIMS, claims
from advocacy.practice.mode import Client
from advocacy.practice.store import practice

KEY_NAME = "practice"
LIFE = timedelta(hours=1)


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def id_token(client: Client, member: Member, scope: str) -> str:
    """Who signed in, as a signed token (sign-in-with-linkedin-v2#id-token)."""
    at, here = practice().clock(), practice()
    told = claims(scope, member.subject, member.account, here.public_url)
    seconds = int(at.timestamp())
    told |= {
        "iss": here.url("/oauth"),
        "aud": client.id,
        "iat": seconds,
        "exp": seconds + int(LIFE.total_seconds()),
    }
    header = {"typ": "JWT", "alg": "RS256", "kid": KEY_NAME}
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in (header, told))
    signature = _key().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_encoded(signature)}"


def keys() -> dict[str, Any]:
    """The public key, by which anybody checks an ID token."""
    numbers = _key().public_key().public_numbers()
    n, e = (_encoded(one.to_bytes((one.bit_length() + 7) // 8, "big")) for one in (numbers.n, numbers.e))
    return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_NAME, "n": n, "e": e}]}


def metadata() -> dict[str, Any]:
    """Where everything is (oauth/.well-known/openid-configuration)."""
    url = practice().url
    return {
        "issuer": url("/oauth"),
        "authorization_endpoint": url("/oauth/v2/authorization"),
        "token_endpoint": url("/oauth/v2/accessToken"),
        "userinfo_endpoint": url("/v2/userinfo"),
        "jwks_uri": url("/oauth/openid/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": ["iss", "aud", "iat", "exp", "sub", *CLAIMS],
    }
