"""Writing what a folder says, each thing by the room that it belongs to."""

from __future__ import annotations

from datetime import datetime

from advocacy.audit.actions import record
from advocacy.loading.actions.organisation import keep_organisation
from advocacy.loading.actions.people import keep_people
from advocacy.loading.actions.tally import Outcome, Tally
from advocacy.loading.actions.texts import keep_courses, keep_guidelines, keep_kits, look_at
from advocacy.loading.rules.content import Content
from advocacy.loading.rules.problems import Problems

__all__ = [
    "Outcome",
    "Tally",
    "keep",
    "keep_courses",
    "keep_guidelines",
    "keep_kits",
    "keep_organisation",
    "keep_people",
]


def keep(content: Content, *, at: datetime, tally: Tally, problems: Problems) -> None:
    """Make the organisation say what a folder says; what a room refuses becomes a problem and is left out."""
    keep_organisation(content.organisation, at=at, tally=tally, problems=problems)
    keep_people(content.roster, at=at, tally=tally, problems=problems)
    keep_guidelines(content.guidelines, at=at, tally=tally, problems=problems)
    keep_courses(content.courses, at=at, tally=tally, problems=problems)
    keep_kits(content.kits, at=at, tally=tally, problems=problems)
    look_at(content.loose_pictures, problems=problems)
    if tally.has_changes:
        counts = {
            kind: {str(one): n for one, n in found.items() if n} for kind, found in tally.counts.items()
        }
        record("organisation.load", by=None, at=at, about="organisation", details=counts)
