"""A bad day: reaching the named person, and closing a call for help."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.audit.actions import record
from advocacy.mail import actions as mail
from advocacy.sharing import queries
from advocacy.sharing.models import HelpKind, HelpRequest, Share

LONGEST = 4000
BETWEEN = "\n\n"
"""What stands in a call between words that were written one after the other."""


def ask_for_help(share: Share, *, kind: HelpKind, message: str, by: Person, at: datetime) -> HelpRequest:
    """Reach the named person of one's entity; the same trouble within ten minutes is one call.

    Words that the call does not hold yet are added to it and go out by a letter of their own.
    """
    db.lock_exclusive(f"person:{by.id}")
    words = _tidy(message)
    call = db.session.scalar(
        sa.select(HelpRequest)
        .where(
            HelpRequest.share_id == share.id,
            HelpRequest.kind == kind,
            HelpRequest.closed_at.is_(None),
            HelpRequest.asked_at > at - timedelta(minutes=10),
        )
        .with_for_update()
    )
    if call is None:
        call = HelpRequest(share_id=share.id, person_id=by.id, kind=kind, message=words, asked_at=at)
        db.session.add(call)
        db.session.flush()
        _write(call, words, key=f"help:{call.code}", is_more=False, by=by, at=at)
    elif _is_said(words, call):  # a double click
        return call
    else:
        call.message = f"{call.message}{BETWEEN}{words}" if call.message else words
        key = f"help:{call.code}:{len(call.message)}"  # it only grows
        _write(call, words, key=key, is_more=True, by=by, at=at)
    record("help.ask", by=by, at=at, about=f"share:{share.code}", details={"kind": kind.value})
    return call


def _tidy(message: str) -> str:
    return "\n".join(message.splitlines()).strip()[:LONGEST]


def _is_said(words: str, call: HelpRequest) -> bool:
    """Whether a call holds these words already, as the whole of what was written at one time."""
    return not words or f"{BETWEEN}{words}{BETWEEN}" in f"{BETWEEN}{call.message}{BETWEEN}"


def _write(call: HelpRequest, words: str, *, key: str, is_more: bool, by: Person, at: datetime) -> None:
    """Tell the named person, where a letter reaches her."""
    contact = queries.help_contact(by, call.kind)
    if contact is None or not contact.email:
        return
    values = {
        "asker": by.name,
        "about": call.kind.value,
        "message": words,
        "is_more": is_more,
        "share": call.share.code,
        "posts": [d.remote_url for d in call.share.deliveries if d.remote_url],
    }
    mail.write(to=contact.email, kind="help", values=values, at=at, key=key)


def close_help(request: HelpRequest, *, by: Person, at: datetime) -> None:
    """The trouble is over."""
    request.closed_at, request.closed_by = at, by.id
    record("help.close", by=by, at=at, about=f"help:{request.code}")
