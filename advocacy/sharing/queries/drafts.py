"""What a person typed for a kit and has not shared."""

from __future__ import annotations

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.sharing.models import Draft


def drafts_of(person: Person, kit: Kit) -> dict[str, str]:
    """What the person typed for this kit and has not shared, by network."""
    rows = db.session.scalars(sa.select(Draft).where(Draft.person_id == person.id, Draft.kit_id == kit.id))
    return {row.network: row.text for row in rows}


def alts_of(person: Person, kit: Kit) -> dict[str, str]:
    """How the person described pictures of this kit in what she has not shared, by their fields."""
    mine = sa.select(Draft.alts).where(Draft.person_id == person.id, Draft.kit_id == kit.id)
    return db.session.scalar(mine.where(Draft.network == "any")) or {}
