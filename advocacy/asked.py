"""What an address asks for behind its question mark; what says nothing there is passed over, and said so."""

from __future__ import annotations

from collections.abc import Callable, Container

from flask import flash, request
from flask_babel import gettext as _

from advocacy.errors import N_, Unreadable


def pass_over(name: str) -> None:
    """Tell the reader that one part of her address was passed over."""
    said = _(
        "The address asks for %(name)s=%(value)s, which means nothing here. It was passed over; the rest is as asked.",
        name=name,
        value=_shortened(name),
    )
    flash(said, "warning")


def refuse(name: str) -> None:
    """Refuse what the address asks for: a file with more in it than was asked for would say so to nobody."""
    raise Unreadable(
        N_("The address asks for %(name)s=%(value)s, which means nothing here, so no file was made."),
        name=name,
        value=_shortened(name),
    )


def _shortened(name: str) -> str:
    value = request.args.get(name, "").strip()
    return f"{value[:40]}…" if len(value) > 40 else value


def one_of(name: str, known: Container[str], unknown: Callable[[str], None] = pass_over) -> str:
    """The value of that name if it is one of the known; empty when none is asked for, or none of these."""
    value = request.args.get(name, "").strip()
    if value and value not in known:
        unknown(name)
        return ""
    return value


def number(name: str, otherwise: int) -> int:
    """The whole number of that name, else the other one."""
    found = request.args.get(name, type=int)
    if found is None and request.args.get(name, "").strip():
        pass_over(name)
    return otherwise if found is None else found
