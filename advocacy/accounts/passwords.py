"""Passwords by argon2id, so few at once that sign-ins cannot exhaust the memory.

The hasher and its native library are loaded with the first password, not when a process starts.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from advocacy.errors import N_, Refused

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LONGEST_WAIT = 10.0  # seconds

# A hash that is checked in vain, so that an unknown address takes as long as a known one, from the first on.
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$xvkzvFHJIYYAaN5r6nkUhA$ydB0mvtpSKoqh3fpFvStbofdQ+hcZTehiuyhII1pN4g"
_places = threading.BoundedSemaphore(2)


class Busy(Refused):
    """Too many passwords are being checked at this moment (HTTP 503)."""

    status = 503


def configure(checks: int) -> None:
    """Check at most so many passwords at once; each check takes 64 MiB."""
    global _places
    _places = threading.BoundedSemaphore(max(1, checks))


def hash(password: str) -> str:  # noqa: A001 - read as passwords.hash
    """The form in which a password is kept; raises Busy."""
    with _place():
        return _hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password behind the hash; without a hash the same work is done in vain. Raises Busy."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _place():
        try:
            return _hasher().verify(password_hash or NOBODYS, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@contextmanager
def _place() -> Iterator[None]:
    places = _places
    if not places.acquire(timeout=LONGEST_WAIT):
        raise Busy(N_("Many people are signing in at this moment. Please try again in a minute."))
    try:
        yield
    finally:
        places.release()
