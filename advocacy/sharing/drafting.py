"""Keeping what a person typed and has not shared."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.sharing.models import Draft


def save_draft(kit: Kit, network: str, text: str, *, by: Person, at: datetime) -> None:
    """Keep what a person has typed so far."""
    draft = db.session.scalar(
        sa.select(Draft).where(Draft.person_id == by.id, Draft.kit_id == kit.id, Draft.network == network)
    )
    if draft is None:
        draft = Draft(person_id=by.id, kit_id=kit.id, network=network)
        db.session.add(draft)
    draft.text, draft.saved_at = text[:20_000], at


def discard_drafts(kit: Kit, *, by: Person) -> None:
    """Forget what was typed for a kit."""
    db.session.execute(sa.delete(Draft).where(Draft.person_id == by.id, Draft.kit_id == kit.id))
