"""Someone outside says that a post worries them, and someone inside takes care of it."""

from __future__ import annotations

from datetime import datetime

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.audit import actions as audit
from advocacy.errors import Refused
from advocacy.privacy import rules
from advocacy.privacy.models import Report


def report(address: str, worry: str, *, reply_to: str = "", at: datetime) -> Report:
    """Note that a post worries someone; raises Refused for what is no address of a post."""
    address = address.strip()
    problem = rules.address_problem(address)
    if problem:
        raise Refused(problem[0], field="address")
    told = Report(
        address=address[: rules.LONGEST_ADDRESS],
        worry=worry.strip()[: rules.LONGEST_WORRY],
        reply_to=reply_to.strip(),
        reported_at=at,
    )
    db.session.add(told)
    db.session.flush()
    return told


def close_report(told: Report, *, by: Person, at: datetime) -> None:
    """Note that a worry was taken care of; once is enough."""
    if told.closed_at is None:
        told.closed_at, told.closed_by = at, by.id
        audit.record("report.close", by=by, at=at, about=f"report:{told.code}")
