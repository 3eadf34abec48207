"""Keys on the curve P-256 and what they sign: ES256 tokens (RFC 7515, RFC 7518 section 3.4)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)


def new_pem() -> str:
    """A new private key as text (PKCS #8, PEM)."""
    made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.decode()


def read(pem: str) -> ec.EllipticCurvePrivateKey:
    """The key in a PEM text; raises ValueError if it is no private key on P-256."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)):
        raise ValueError("not a private key on P-256")
    return key


def read_all(text: str) -> list[ec.EllipticCurvePrivateKey]:
    """Every key in a text, in order; raises ValueError."""
    return [read(found[0]) for found in PEM.finditer(text.replace("\\n", "\n"))]


def public(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """A key's public half as others read it (RFC 7518, section 6.2.1)."""
    numbers = key.public_key().public_numbers()
    x, y = (encoded(half.to_bytes(32, "big")) for half in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def thumbprint(key: ec.EllipticCurvePrivateKey) -> str:
    """The name of a key that follows from the key itself (RFC 7638)."""
    canonical = json.dumps(public(key), separators=(",", ":"), sort_keys=True)
    return digest(canonical)


def signed(key: ec.EllipticCurvePrivateKey, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Claims under a key's signature, as a compact token."""
    parts = [encoded(json.dumps(one).encode()) for one in ({"alg": "ES256", **header}, claims)]
    halves = decode_dss_signature(key.sign(".".join(parts).encode(), ec.ECDSA(hashes.SHA256())))
    return ".".join([*parts, encoded(b"".join(half.to_bytes(32, "big") for half in halves))])


def digest(text: str) -> str:
    """The SHA-256 of a text, in base64url."""
    return encoded(hashlib.sha256(text.encode()).digest())


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, its signature unchecked; {} if it is none."""
    part = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        said = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
