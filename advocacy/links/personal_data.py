"""What this room holds about a person; of who clicks it holds nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.links import queries
from advocacy.links.models import Link


def export(person: Person) -> dict[str, Any]:
    """The short links in her posts, where they lead, and how often they were followed."""
    links = list(db.session.scalars(queries.links_of(person)))
    clicks = queries.clicks(link.id for link in links)
    return {
        "links": [
            {
                "code": link.code,
                "url": link.url,
                "created_at": link.created_at.isoformat(),
                "clicks": clicks[link.id],
            }
            for link in links
        ]
    }


def erase(person: Person, *, by: Any, at: datetime) -> None:
    """Links lead on, since a link never breaks, but belong to nobody."""
    db.session.execute(sa.update(Link).where(Link.person_id == person.id).values(person_id=None))
