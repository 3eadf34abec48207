"""What the content room holds about a person: the kits she made, and her reviews of others'."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit, Review

# What stands here about people.
TABLES = (Kit, Review)


def export(person: Person) -> dict[str, Any]:
    """Everything here that names the person."""
    kits = db.session.scalars(sa.select(Kit).where(Kit.author_id == person.id).order_by(Kit.id))
    edited = db.session.scalars(sa.select(Kit.slug).where(Kit.edited_by == person.id).order_by(Kit.id))
    mine = sa.or_(Review.asked_by == person.id, Review.decided_by == person.id)
    reviews = db.session.scalars(sa.select(Review).where(mine).order_by(Review.id))
    return {
        "kits_written": [_kit(kit) for kit in kits],
        "kits_edited_last": list(edited),
        "reviews": [_review(review, person) for review in reviews],
    }


def erase(person: Person, *, by: Any, at: datetime) -> None:
    """Keep kits and reviews, which are the organisation's: they hold the key of a row that is emptied, no name."""


def _kit(kit: Kit) -> dict[str, Any]:
    return {
        "slug": kit.slug,
        "title": kit.data.title,
        "created_at": kit.created_at.isoformat(),
        "state": str(kit.state),
        "recall_reason": kit.recall_reason,
    }


def _review(review: Review, person: Person) -> dict[str, Any]:
    return {
        "kit": review.kit.slug,
        "asked_by_you": review.asked_by == person.id,
        "asked_at": review.asked_at.isoformat(),
        "decided_by_you": review.decided_by == person.id,
        "decided_at": review.decided_at.isoformat() if review.decided_at else None,
        "verdict": str(review.verdict) if review.verdict else None,
        "remark": review.remark if review.decided_by == person.id else "",
    }
