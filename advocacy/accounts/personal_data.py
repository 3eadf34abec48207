"""What this room holds about a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import queries, reach
from advocacy.accounts.models import Following, Grant, LinkRequest, Person, SignedIn, SignInLink, Theme, Topic

# What stands here about people.
TABLES = (Following, Grant, LinkRequest, Person, SignedIn, SignInLink)

_TEXTS = ("code", "staff_id", "email", "name", "country", "language", "time_zone", "weekly_letter")
_MOMENTS = ("created_at", "joined_at", "left_at", "not_now_at", "paused_at", "disabled_at")


def export(person: Person) -> dict[str, Any]:
    """Who a person is here, what she follows, her roles, and where she was signed in."""
    followed = sa.select(Topic.slug).where(Topic.id.in_(queries.followed(person))).order_by(Topic.slug)
    signed_in = sa.select(SignedIn).where(SignedIn.person_id == person.id).order_by(SignedIn.id)
    return {
        **{name: getattr(person, name) for name in _TEXTS},
        **{name: _written(getattr(person, name)) for name in _MOMENTS},
        "theme": Theme(person.theme).value,
        "has_password": person.password_hash is not None,
        "entity": person.entity.name if person.entity else None,
        "team": person.team.name if person.team else None,
        "topics": list(db.session.scalars(followed)),
        "roles": [
            {
                "role": g.role.value,
                "entity": g.entity.name if g.entity else None,
                "since": _written(g.granted_at),
            }
            for g in person.grants
        ],
        "sessions": [
            {"device": s.device, "since": _written(s.created_at), "last_used": _written(s.touched_at)}
            for s in db.session.scalars(signed_in)
        ],
        "links_asked_for": [
            _written(moment)
            for moment in db.session.scalars(
                sa.select(LinkRequest.asked_at).where(LinkRequest.address == person.email)
            )
        ],
    }


def erase(person: Person, *, by: Any, at: datetime) -> None:
    """Empty a person's row and delete what hangs on it; the key stays, since ledger and trail name it."""
    reach.keep_an_administrator(person)
    for record in (SignedIn, SignInLink, Following, Grant):
        db.session.execute(sa.delete(record).where(record.person_id == person.id))
    db.session.execute(sa.delete(LinkRequest).where(LinkRequest.address == person.email))
    db.session.expire(person, ["grants"])
    person.name, person.country, person.language, person.time_zone = "—", "", "en", "UTC"
    person.staff_id = person.email = person.password_hash = None
    person.entity = person.team = None
    person.joined_at = person.left_at = person.not_now_at = person.paused_at = None
    person.theme, person.weekly_letter = Theme.AUTO, False
    person.erased_at = at


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
