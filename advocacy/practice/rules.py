"""What goes wrong on purpose in every mode, and how a call's kind is told from its address."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: The faults of every mode, in words; a mode adds its own.
FAULTS = {
    "status": "Answer with a status and its error, and do nothing",
    "delay": "Wait, then do the work and answer",
    "reset": "Close the connection before doing anything",
    "accept_then_hang_up": "Do the work, then close the connection without an answer",
    "hold_before": "Wait until released, then do the work and answer",
    "hold": "Do the work, then hold the answer back until released",
    "expired_token": "Revoke the caller's token and say so",
}


def kind_of(kinds: Iterable[tuple[str, str, str]], method: str, path: str) -> str | None:
    """The first of (kind, methods, pattern) that fits a call whole; None for pages."""
    for kind, methods, pattern in kinds:
        if re.fullmatch(methods, method) and re.fullmatch(pattern, path):
            return kind
    return None
