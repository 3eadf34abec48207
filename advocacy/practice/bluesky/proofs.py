"""DPoP: proofs that a caller holds the key its token is bound to, and the nonces they must carry (RFC 9449)."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

NONCE_MINUTES = 3
OLDEST, NEWEST = 190, 180  # seconds that a proof's moment may lie in the past, and in the future


class InvalidProof(Exception):
    """A proof that proves nothing; its text says why."""


@dataclass(frozen=True)
class Proof:
    """A proof whose signature is right: the thumbprint of its key (RFC 7638), and what it claims."""

    key: str
    claims: dict[str, Any]


def b64(data: bytes) -> str:
    """Base 64 for addresses, without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of such a text; raises ValueError."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


def verified(text: str) -> Proof:
    """A proof as the header carries it, its form and signature checked (section 4.3); raises InvalidProof."""
    wrong = InvalidProof("Failed to verify DPoP proof: Invalid Compact JWS")
    try:
        head, body, signature = text.split(".")
        header, claims, raw = json.loads(unb64(head)), json.loads(unb64(body)), unb64(signature)
    except ValueError:
        raise wrong from None
    if not isinstance(header, dict) or not isinstance(claims, dict) or len(raw) != 64:
        raise wrong
    if header.get("typ") != "dpop+jwt":
        raise InvalidProof('Failed to verify DPoP proof: unexpected "typ" JWT header value')
    if header.get("alg") != "ES256":
        raise InvalidProof('Failed to verify DPoP proof: "alg" must be ES256')
    key, thumbprint = _public_key(header.get("jwk"))
    pair = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    try:
        key.verify(encode_dss_signature(*pair), f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise InvalidProof("Failed to verify DPoP proof: signature verification failed") from None
    return Proof(thumbprint, claims)


def _public_key(jwk: object) -> tuple[ec.EllipticCurvePublicKey, str]:
    """The key that a proof carries, and its thumbprint."""
    wrong = InvalidProof(
        'Failed to verify DPoP proof: "jwk" (JSON Web Key) Header Parameter must be a public key'
    )
    if not isinstance(jwk, dict) or "d" in jwk or (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256"):
        raise wrong
    try:
        x, y = (int.from_bytes(unb64(jwk[name]), "big") for name in ("x", "y"))
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except (KeyError, ValueError, AttributeError):
        raise wrong from None
    names = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return key, b64(hashlib.sha256(json.dumps(names, separators=(",", ":")).encode()).digest())


def check_claims(proof: Proof, method: str, url: str, token: str | None, moments: Iterable[datetime]) -> None:
    """Check what a proof claims but its nonce; `moments` are the clocks of which one must agree."""
    claims = proof.claims
    made = claims.get("iat")
    if not isinstance(made, (int, float)) or isinstance(made, bool):
        raise InvalidProof('Failed to verify DPoP proof: missing required "iat" claim')
    ages = [moment.timestamp() - made for moment in moments]
    if not any(-NEWEST <= age <= OLDEST for age in ages):
        raise InvalidProof('Failed to verify DPoP proof: "iat" claim timestamp check failed')
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise InvalidProof('DPoP "jti" missing')
    if claims.get("htm") != method:
        raise InvalidProof('DPoP "htm" mismatch')
    if not same_place(claims.get("htu"), url):
        raise InvalidProof('DPoP "htu" mismatch')
    if token is None and "ath" in claims:
        raise InvalidProof('DPoP "ath" claim not allowed')
    if token is not None and claims.get("ath") != b64(hashlib.sha256(token.encode()).digest()):
        raise InvalidProof('DPoP "ath" mismatch')


def same_place(claimed: object, url: str) -> bool:
    """Whether an `htu` is this address, without query and fragment."""
    if not isinstance(claimed, str) or "?" in claimed or "#" in claimed:
        return False
    said, meant = urlsplit(claimed), urlsplit(url)
    origins = (said.scheme.lower(), said.netloc.lower()) == (meant.scheme.lower(), meant.netloc.lower())
    return origins and said.path == meant.path


class Nonces:
    """Nonces that the server makes from its secret: each good for three minutes, at one kind of place."""

    def __init__(self, secret: str) -> None:
        self._secret, self._generation = secret.encode(), 0

    def told(self, place: str, at: datetime) -> str:
        """The nonce that is told now."""
        return self._made(place, int(at.timestamp()) // 60)

    def good(self, place: str, nonce: object, at: datetime) -> bool:
        """Whether a nonce was told there in the last three minutes."""
        minute = int(at.timestamp()) // 60
        return nonce in [self._made(place, minute - ago) for ago in range(NONCE_MINUTES)]

    def renew(self) -> None:
        """Let every nonce told so far be worth nothing."""
        self._generation += 1

    def _made(self, place: str, minute: int) -> str:
        told = f"{place} {self._generation} {minute}".encode()
        return b64(hmac.digest(self._secret, told, "sha256"))


class Replays:
    """The proofs seen so far, each of which works once; kept in two halves, so that forgetting costs nothing."""

    def __init__(self) -> None:
        self._lock, self._began = Lock(), 0.0
        self._new, self._old = set[str](), set[str]()

    def first(self, jti: str, at: datetime) -> bool:
        """Whether this is a proof's first use; one that is forgotten is too old to be good."""
        with self._lock:
            if not 0 <= at.timestamp() - self._began < OLDEST + NEWEST:
                self._new, self._old, self._began = set(), self._new, at.timestamp()
            known = jti in self._new or jti in self._old
            self._new.add(jti)
        return not known
