"""The address that people type, for threads that have no application at hand."""

from __future__ import annotations

_typed = ""


def configure(base_url: str) -> None:
    """Go by this address, without a slash at its end."""
    global _typed
    _typed = base_url


def typed() -> str:
    """The address as it was last configured; "" if it never was."""
    return _typed
