"""What the operator lets out, kept apart from the HTTP client, so that a process that calls nobody never loads one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_allow: tuple[str, ...] = ()
_options: dict[str, Any] = {}


def configure(allow: Sequence[str] = (), **options: Any) -> None:
    """Let these hosts and networks be private, plain http, and carry a port; `options` are those of `http.Outbound`."""
    global _allow, _options
    _allow, _options = tuple(allow), options


def allowed() -> tuple[tuple[str, ...], dict[str, Any]]:
    """What is let out, and the options, as they were last configured."""
    return _allow, _options
