"""Clearing what is past its time, kind by kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from advocacy import db, storage
from advocacy.accounts.models import LinkRequest, Person, SignedIn, SignInLink
from advocacy.accounts.rules import SESSION_LIFE, SESSION_SILENCE
from advocacy.audit.models import AuditLine
from advocacy.guidelines.models import Acknowledgement, ReadingReminder
from advocacy.mail import actions as mail
from advocacy.mail.models import Letter, LetterState
from advocacy.privacy import queries, rules
from advocacy.privacy.models import Report, Retention
from advocacy.privacy.rules import Keeping
from advocacy.sharing.models import Attempt, Authorisation, Draft, HelpRequest, Revocation

_OPEN_LETTERS = (LetterState.WAITING, LetterState.SENDING)


def clear(keeping: Keeping, *, at: datetime) -> int:
    """Delete what is past its time of one kind, and note how many rows went."""
    before = rules.has_run_out(keeping, at)
    if keeping.kind == "copies":
        rows = forget_copies(at=at)
    elif keeping.kind == "letters":
        rows = mail.forget(sa.and_(Letter.state.not_in(_OPEN_LETTERS), Letter.created_at < before))
    else:
        rows = _delete(*STATEMENTS[keeping.kind](before))
    note = queries.cleared().get(keeping.kind) or Retention(kind=keeping.kind, cleared=0)
    note.cleared_at, note.cleared = at, note.cleared + rows
    db.session.add(note)
    db.session.flush()
    return rows


def forget_copies(*, at: datetime) -> int:
    """Delete copies whose time has run out: the file first, so that no file is left without its row."""
    past = queries.past_copies(at)
    for copy in past:
        if copy.digest:
            storage.forget(copy.digest)
        db.session.delete(copy)
    db.session.flush()
    return len(past)


def _delete(*statements: sa.Delete) -> int:
    done = (
        db.session.execute(each.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
        for each in statements
    )
    return sum(done)


def _sessions(before: datetime) -> list[sa.Delete]:
    over = (SignedIn.ended_at < before, SignedIn.touched_at < before - SESSION_SILENCE)
    return [sa.delete(SignedIn).where(sa.or_(*over, SignedIn.created_at < before - SESSION_LIFE))]


def _acceptances(before: datetime) -> list[sa.Delete]:
    gone = sa.select(Person.id).where(sa.or_(Person.disabled_at < before, Person.erased_at < before))
    return [sa.delete(row).where(row.person_id.in_(gone)) for row in (Acknowledgement, ReadingReminder)]


STATEMENTS: dict[str, Callable[[datetime], list[sa.Delete]]] = {
    "sessions": _sessions,
    "sign_in_links": lambda before: [
        sa.delete(SignInLink).where(SignInLink.expires_at < before),
        sa.delete(LinkRequest).where(LinkRequest.asked_at < before),
    ],
    "authorisations": lambda before: [sa.delete(Authorisation).where(Authorisation.created_at < before)],
    "revocations": lambda before: [sa.delete(Revocation).where(Revocation.done_at < before)],
    "attempts": lambda before: [sa.delete(Attempt).where(Attempt.started_at < before)],
    "drafts": lambda before: [sa.delete(Draft).where(Draft.saved_at < before)],
    "help": lambda before: [sa.delete(HelpRequest).where(HelpRequest.closed_at < before)],
    "reports": lambda before: [sa.delete(Report).where(Report.reported_at < before)],
    "acceptances": _acceptances,
    "audit": lambda before: [sa.delete(AuditLine).where(AuditLine.at < before)],
}
