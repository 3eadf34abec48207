"""What the links room holds about a person: the short links made for her posts, and how often they were followed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.links import queries
from advocacy.links.models import Link

# What stands here about people.
TABLES = (Link,)


def export(person: Person) -> dict[str, Any]:
    """Her short links with their clicks; who clicked is known to nobody."""
    rows = db.session.scalars(queries.links_of(person)).all()
    clicks = queries.clicks([row.id for row in rows])
    return {
        "short_links": [
            {
                "code": row.code,
                "leads_to": row.url,
                "made_at": row.created_at.isoformat(),
                "clicks": clicks[row.id],
            }
            for row in rows
        ]
    }


def erase(person: Person, *, by: Any, at: datetime) -> None:
    """Keep the links, which stand in posts of hers and lead on for ever; they no longer say whose they were."""
    db.session.execute(sa.update(Link).where(Link.person_id == person.id).values(person_id=None))
