"""What an address asks for behind its question mark; what says nothing there is passed over, and said so."""

from __future__ import annotations

from collections.abc import Container

from flask import flash, request
from flask_babel import gettext as _


def pass_over(name: str) -> None:
    """Tell the reader that one part of her address was passed over."""
    value = request.args.get(name, "").strip()
    said = _(
        "The address asks for %(name)s=%(value)s, which means nothing here. It was passed over; the rest is as asked.",
        name=name,
        value=f"{value[:40]}…" if len(value) > 40 else value,
    )
    flash(said, "warning")


def one_of(name: str, known: Container[str]) -> str:
    """The value of that name if it is one of the known; empty when none is asked for, or none of these."""
    value = request.args.get(name, "").strip()
    if value and value not in known:
        pass_over(name)
        return ""
    return value


def number(name: str, otherwise: int) -> int:
    """The whole number of that name, else the other one."""
    found = request.args.get(name, type=int)
    if found is None and request.args.get(name, "").strip():
        pass_over(name)
    return otherwise if found is None else found
