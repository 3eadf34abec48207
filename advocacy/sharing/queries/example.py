"""A post as a colleague might write it, for those who wonder what this is."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content import queries as content
from advocacy.content.models import Kit, KitAudience
from advocacy.content.rules import Stage, language_keys

LOOKED_AT = 10


def example_words(person: Person | None, language: str, *, at: datetime) -> str:
    """The suggested words of a story that is out, in the reader's language; "" where there are none.

    A stranger is shown none but what was approved for everybody: words that anyone may post already.
    """
    for kit in db.session.scalars(_for(person, at).limit(LOOKED_AT)).unique():
        for caption in content.captions_for(kit, "any", language):
            if language_keys(caption.language) & language_keys(language):
                return caption.text
    return ""


def _for(person: Person | None, at: datetime) -> sa.Select[Kit]:
    if person is not None:
        return content.visible_to(person, at)
    limited = sa.exists().where(KitAudience.kit_id == Kit.id)
    out = sa.select(Kit).where(content.at_stage(Stage.OUT, at), ~limited)
    return out.order_by(Kit.publish_at.desc(), Kit.id.desc())
