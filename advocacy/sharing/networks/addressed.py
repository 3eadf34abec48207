"""What the address and the id of a post tell: whether it stands where it should, and when it was made."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import SplitResult, unquote, urlsplit

import idna

SOONEST, LATEST = 1_262_304_000, 4_102_444_800
"""The years 2010 and 2100, in seconds: what lies beyond them was counted otherwise."""
MIRROR = re.compile(r"^(?:www|m|mobile)\.")


def path_at(url: str, *origins: str) -> str | None:
    """The path of an address at one of these servers, unescaped and without a slash at its end; None elsewhere."""
    try:
        parts = urlsplit(url.strip())
        place = _place(parts)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or place not in {_place(urlsplit(one)) for one in origins}:
        return None
    return unquote(parts.path).rstrip("/")


def _place(parts: SplitResult) -> tuple[str, int]:
    host = (parts.hostname or "").rstrip(".")
    host = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    return MIRROR.sub("", host), parts.port or (80 if parts.scheme == "http" else 443)


def moment_in(told: str, *, shift: int, beginning: int = 0) -> datetime | None:
    """When the post was made whose number stands in `told`, if its bits above `shift` count milliseconds.

    `beginning` is where they are counted from. A number that is none of that kind tells no moment that can be.
    """
    found = re.search(r"(?<![0-9])[0-9]{15,19}(?![0-9])", told)
    seconds = ((int(found[0]) >> shift) + beginning) / 1000 if found else 0.0
    return datetime.fromtimestamp(seconds, UTC) if SOONEST < seconds < LATEST else None
