"""Handing a kit over for review and back, so that whoever is next hears of it by letter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Grant, Person
from advocacy.content import actions, queries
from advocacy.content.models import Kit, Review
from advocacy.mail import actions as mail
from advocacy.permissions import Role, granted


def send_to_review(kit: Kit, *, by: Person, at: datetime) -> None:
    """Ask for a review, and write to each colleague who may give it; raises as `actions.send_to_review`."""
    review = actions.send_to_review(kit, by=by, at=at)
    readers = (one for one in reviewers_of(kit) if one is not by)
    _write("kit_to_review", review, readers, {"asker": by.name}, at)


def send_back(kit: Kit, remark: str, *, by: Person, at: datetime) -> None:
    """Give a kit back with a remark, which its author gets by letter; raises as `actions.send_back`."""
    review = kit.open_review
    actions.send_back(kit, remark, by=by, at=at)
    assert review is not None, "what was sent back was in review"
    _write("kit_sent_back", review, _whose(review, by), {"reviewer": by.name, "remark": review.remark}, at)


def approve(kit: Kit, *, by: Person, at: datetime, edition: int | None = None) -> None:
    """Approve a kit, and tell its author when it goes out; raises as `actions.approve`."""
    review = kit.open_review
    actions.approve(kit, by=by, at=at, edition=edition)
    assert review is not None and kit.publish_at is not None, "an approved kit was in review, and goes out"
    later = kit.publish_at.isoformat() if kit.publish_at > at else ""
    _write("kit_approved", review, _whose(review, by), {"reviewer": by.name, "goes_out": later}, at)


def reviewers_of(kit: Kit) -> list[Person]:
    """Who may approve this very kit: by role for its company, with no hand in it, and speaking for its audience."""
    roles = [role for role in Role if granted(role, "kit.approve")]
    reach = sa.or_(Grant.entity_id.is_(None), Grant.entity_id == kit.entity_id)  # NULL equals nothing
    holders = sa.select(Grant.person_id).where(Grant.role.in_(roles), reach)
    active = (Person.disabled_at.is_(None), Person.erased_at.is_(None))
    found = db.session.scalars(sa.select(Person).where(Person.id.in_(holders), *active).order_by(Person.id))
    hands = actions.hands_in(kit)
    return [
        one for one in found if one.id not in hands and actions.reason_against_audience(kit, by=one) is None
    ]


def _whose(review: Review, by: Person) -> list[Person]:
    """Who waits for the outcome: the kit's author, and whoever sent it to review, each once."""
    waiting = dict.fromkeys((review.kit.author, review.asker))
    return [one for one in waiting if one is not None and one is not by]


def _write(
    kind: str, review: Review, readers: Iterable[Person], values: dict[str, Any], at: datetime
) -> None:
    for reader in readers:
        title = queries.text_in(review.kit, reader.language).title
        mail.write(
            reader,
            kind=kind,
            values={"slug": review.kit.slug, "title": title, **values},
            at=at,
            key=f"{kind}:{review.id}:{reader.id}",
        )
