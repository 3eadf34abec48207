"""Seals what must not be read from the database: tokens, bound to what they belong to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_fernet: MultiFernet | None = None
_first: bytes = b""


class Unsealable(Exception):
    """The sealed text was made with another key, or for another purpose."""


def configure(keys: list[str]) -> None:
    """Use these Fernet keys; the first seals, each of them unseals."""
    global _fernet, _first
    _fernet = MultiFernet([Fernet(key.encode()) for key in keys])
    _first = keys[0].encode()


def seal(purpose: str, text: str) -> str:
    """Seal `text` so that it opens for the same `purpose` only."""
    return _vault().encrypt(json.dumps([purpose, text]).encode()).decode()


def unseal(purpose: str, sealed: str) -> str:
    """Open what `seal` closed; raises Unsealable."""
    try:
        meant, text = json.loads(_vault().decrypt(sealed.encode()))
    except InvalidToken as error:
        raise Unsealable("wrong key, or damaged") from error
    if meant != purpose:
        raise Unsealable("sealed for another purpose")
    return str(text)


def derive(purpose: str) -> str:
    """A secret for `purpose` (64 hexadecimal digits), the same as long as the first key is."""
    return hmac.new(_first, purpose.encode(), hashlib.sha256).hexdigest()


def new_key() -> str:
    """A new Fernet key as text."""
    return Fernet.generate_key().decode()


def is_weak(key: str) -> bool:
    """Whether `key` is no Fernet key of 32 bytes, or one that a person typed rather than drew."""
    try:
        raw = base64.urlsafe_b64decode(key.encode())
    except ValueError:
        return True
    return len(raw) != 32 or len(set(raw)) < 16


def is_open(file: Path) -> bool:
    """Whether others than the owner and her group may read the keys in this file."""
    return bool(file.stat().st_mode & 0o007)


def read_or_make(file: Path) -> list[str]:
    """The keys in `file`, one a line; makes the file with one key, readable by its owner only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(new_key() + "\n")
    return [line.strip() for line in file.read_text().splitlines() if line.strip()]


def _vault() -> MultiFernet:
    if _fernet is None:
        raise RuntimeError("vault.configure was not called")
    return _fernet
