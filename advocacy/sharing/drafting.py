"""Keeping what a person typed and has not shared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.sharing.models import Draft


def save_draft(
    kit: Kit, network: str, text: str, *, by: Person, at: datetime, alts: Mapping[str, str] | None = None
) -> None:
    """Keep what a person has typed so far; for a network where that is nothing of its own, nothing is kept."""
    draft = db.session.scalar(
        sa.select(Draft).where(Draft.person_id == by.id, Draft.kit_id == kit.id, Draft.network == network)
    )
    if not text and network != "any":
        if draft is not None:
            db.session.delete(draft)
        return
    if draft is None:
        draft = Draft(person_id=by.id, kit_id=kit.id, network=network)
        db.session.add(draft)
    draft.text, draft.saved_at, draft.alts = text[:20_000], at, dict(alts or {})


def discard_drafts(kit: Kit, *, by: Person) -> None:
    """Forget what was typed for a kit."""
    db.session.execute(sa.delete(Draft).where(Draft.person_id == by.id, Draft.kit_id == kit.id))
