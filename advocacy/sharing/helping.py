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


def ask_for_help(share: Share, *, kind: HelpKind, message: str, by: Person, at: datetime) -> HelpRequest:
    """Reach the named person of one's entity; the same trouble within ten minutes is one request."""
    db.lock_exclusive(f"person:{by.id}")
    recent = db.session.scalar(
        sa.select(HelpRequest).where(
            HelpRequest.share_id == share.id,
            HelpRequest.kind == kind,
            HelpRequest.closed_at.is_(None),
            HelpRequest.asked_at > at - timedelta(minutes=10),
        )
    )
    if recent is not None:
        return recent
    request = HelpRequest(share_id=share.id, person_id=by.id, kind=kind, message=message[:4000], asked_at=at)
    db.session.add(request)
    db.session.flush()
    contact = queries.help_contact(by, kind)
    if contact is not None and contact.email:
        mail.write(
            to=contact.email,
            kind="help",
            values={
                "asker": by.name,
                "about": kind.value,
                "message": request.message,
                "share": share.code,
                "posts": [d.remote_url for d in share.deliveries if d.remote_url],
            },
            at=at,
            key=f"help:{request.code}",
        )
    record("help.ask", by=by, at=at, about=f"share:{share.code}", details={"kind": kind.value})
    return request


def close_help(request: HelpRequest, *, by: Person, at: datetime) -> None:
    """The trouble is over."""
    request.closed_at, request.closed_by = at, by.id
    record("help.close", by=by, at=at, about=f"help:{request.code}")
