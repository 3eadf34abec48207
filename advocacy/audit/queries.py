"""Reads of the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from advocacy.audit.models import AuditLine


def lines(verb: str | None = None, about: str | None = None, by: int | None = None) -> sa.Select[AuditLine]:
    """The trail, the newest first: of one verb or a family of them ("kit."), about one thing, by one person (key)."""
    select = sa.select(AuditLine).order_by(AuditLine.at.desc(), AuditLine.id.desc())
    if verb:
        select = select.where(
            AuditLine.verb.startswith(verb, autoescape=True) if verb.endswith(".") else AuditLine.verb == verb
        )
    if about:
        select = select.where(AuditLine.about == about)
    return select if by is None else select.where(AuditLine.by_person == by)


def done_since(verb: str, *, last: str) -> sa.Select[AuditLine]:
    """The lines of one verb that no line of the verb `last` about the same thing has followed yet."""
    later = aliased(AuditLine)
    followed = sa.exists().where(later.about == AuditLine.about, later.verb == last, later.id > AuditLine.id)
    return sa.select(AuditLine).where(AuditLine.verb == verb, ~followed)


def verbs() -> sa.Select[str]:
    """Every verb that stands in the trail, in order."""
    return sa.select(AuditLine.verb).distinct().order_by(AuditLine.verb)
