"""What people decide about themselves."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import queries
from advocacy.accounts.models import (
    Following,
    Person,
    Theme,
    Topic,
)
from advocacy.errors import N_, Refused


def follow(person: Person, topic: Topic) -> None:
    """Follow a topic; once is enough."""
    if topic.id not in queries.followed(person):
        db.session.add(Following(person_id=person.id, topic_id=topic.id))
        db.session.flush()


def unfollow(person: Person, topic: Topic) -> None:
    """Follow a topic no longer."""
    db.session.execute(
        sa.delete(Following).where(Following.person_id == person.id, Following.topic_id == topic.id)
    )


def follow_only(person: Person, topics: list[Topic]) -> None:
    """Follow these topics and no others."""
    for topic in db.session.scalars(sa.select(Topic)):
        (follow if topic in topics else unfollow)(person, topic)


def change_language(person: Person, language: str) -> None:
    """Read everything in another language from now on."""
    person.language = language


def choose(person: Person, *, language: str, theme: Theme, time_zone: str, weekly_letter: bool) -> None:
    """Set how the product speaks to a person."""
    change_language(person, language)
    person.theme, person.time_zone, person.weekly_letter = theme, time_zone, weekly_letter


def join(person: Person, *, by: Person, at: datetime) -> None:
    """Join the programme of one's own accord."""
    _refuse_another(person, by)
    if not person.is_champion:
        person.joined_at, person.left_at, person.not_now_at = at, None, None


def not_now(person: Person, *, by: Person, at: datetime) -> None:
    """Say that one would rather not join now; the question is not put again."""
    _refuse_another(person, by)
    if not person.is_champion:
        person.not_now_at = at


def _refuse_another(person: Person, by: Person) -> None:
    """Joining is everyone's own act."""
    if person.id != by.id:
        raise Refused(N_("Everyone decides about joining for herself."))
