"""Seals what must not be read from the database: tokens, bound to what they belong to.

The first key seals, each of them opens. Where the keys lie in a file, it is looked at again before each use, so that
a running process knows a new key as soon as it is there.

The cipher's library takes 8 MiB: it is loaded when something is first sealed or opened, not when a process starts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

Stamp = tuple[int, int, int] | None


class Unsealable(Exception):
    """The sealed text was made with another key, or for another purpose."""


@dataclass(frozen=True)
class Ring:
    """The keys in use, the first of which seals; `stamp` tells one state of their file from the next."""

    keys: tuple[str, ...]
    file: Path | None
    stamp: Stamp

    @cached_property
    def fernet(self) -> MultiFernet:
        """What seals with the first key and opens with each."""
        from cryptography.fernet import Fernet, MultiFernet  # loaded when something is first sealed or opened

        return MultiFernet([Fernet(key.encode()) for key in self.keys])


_ring: Ring | None = None


def configure(keys: Sequence[str], *, file: Path | None = None) -> None:
    """Use these Fernet keys; the first seals, each of them unseals. `file` is where they are to be looked for again."""
    global _ring
    _ring = _made(keys, file)


def seal(purpose: str, text: str) -> str:
    """Seal `text` so that it opens for the same `purpose` only."""
    return _vault().fernet.encrypt(json.dumps([purpose, text]).encode()).decode()


def unseal(purpose: str, sealed: str) -> str:
    """Open what `seal` closed; raises Unsealable."""
    with _opening():
        meant, text = json.loads(_vault().fernet.decrypt(sealed.encode()))
    if meant != purpose:
        raise Unsealable("sealed for another purpose")
    return str(text)


def is_newest(sealed: str) -> bool:
    """Whether the first key opens this."""
    from cryptography.fernet import Fernet

    try:
        with _opening():
            Fernet(_vault().keys[0]).decrypt(sealed.encode())
    except Unsealable:
        return False
    return True


def resealed(sealed: str) -> str:
    """The same, sealed by the first key and for the same purpose; raises Unsealable."""
    with _opening():
        return _vault().fernet.rotate(sealed.encode()).decode()


def derive(purpose: str) -> str:
    """A secret for `purpose` (64 hexadecimal digits), the same as long as the first key is."""
    return derived(purpose)[0]


def derived(purpose: str) -> list[str]:
    """The secret for `purpose` of each key, the one to be used first and those that are still good after it."""
    return [hmac.new(key.encode(), purpose.encode(), hashlib.sha256).hexdigest() for key in _vault().keys]


def new_key() -> str:
    """A new Fernet key as text."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def is_weak(key: str) -> bool:
    """Whether `key` is no Fernet key of 32 bytes, or one that a person typed rather than drew."""
    try:
        return len(set(_raw(key))) < 16
    except ValueError:
        return True


def is_open(file: Path) -> bool:
    """Whether others than the owner and her group may read the keys in this file."""
    return bool(file.stat().st_mode & 0o007)


def read_or_make(file: Path) -> list[str]:
    """The keys in `file`; makes the file with one key, readable by its owner only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(new_key() + "\n")
    return listed(file.read_text())


def write(file: Path, keys: Sequence[str]) -> None:
    """Put these keys in the file's place, whole or not at all, readable as the old one was."""
    mode, beside = file.stat().st_mode & 0o777, file.with_name(file.name + ".new")
    with suppress(FileNotFoundError):
        beside.unlink()
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write("".join(f"{key}\n" for key in keys))
        out.flush()
        os.fsync(out.fileno())
    beside.chmod(mode)
    beside.replace(file)


def listed(text: str) -> list[str]:
    """The keys in a text, one a line or with commas between them."""
    return [key for key in re.split(r"[,\s]+", text) if key]


def _made(keys: Sequence[str], file: Path | None) -> Ring:
    """Raises ValueError where one of them is no key, or none is given."""
    if not [_raw(key) for key in keys]:
        raise ValueError("no keys")
    return Ring(tuple(keys), file, _stamp(file))


def _raw(key: str) -> bytes:
    """The 32 bytes of a Fernet key; raises ValueError if it is none."""
    raw = base64.urlsafe_b64decode(key.encode())
    if len(raw) != 32:
        raise ValueError("not a Fernet key of 32 bytes")
    return raw


@contextmanager
def _opening() -> Iterator[None]:
    from cryptography.fernet import InvalidToken

    try:
        yield
    except InvalidToken as error:
        raise Unsealable("wrong key, or damaged") from error


def _stamp(file: Path | None) -> Stamp:
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _vault() -> Ring:
    """The keys as they stand now; those that were known go on where the file is gone or makes no sense."""
    global _ring
    if _ring is None:
        raise RuntimeError("vault.configure was not called")
    stamp = _stamp(_ring.file)
    if _ring.file is not None and stamp is not None and stamp != _ring.stamp:
        with suppress(OSError, ValueError):
            keys = listed(_ring.file.read_text())
            if keys:
                made = _made(keys, _ring.file)
                _ring = Ring(made.keys, made.file, stamp)
    return _ring
