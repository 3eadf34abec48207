"""Record keys that sort by time: TIDs (https://atproto.com/specs/tid)."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta

LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOCKS = 1 << 10
MICROSECONDS = 1 << 53


def tid(at: datetime, key: str) -> str:
    """The same 13 letters for the same moment and key, so that a repeat lands on the post that is there already."""
    moment = (at - EPOCH) // timedelta(microseconds=1) % MICROSECONDS
    clock = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % CLOCKS
    number = moment * CLOCKS + clock
    return "".join(LETTERS[number >> shift & 31] for shift in range(60, -1, -5))


def moment_of(key: str) -> datetime | None:
    """When the record with this key was made; None where the key is no TID."""
    if not re.fullmatch(rf"[2-7a-j][{LETTERS}]{{12}}", key):
        return None
    number = sum(LETTERS.index(letter) << 5 * place for place, letter in enumerate(reversed(key)))
    return EPOCH + timedelta(microseconds=number // CLOCKS)
