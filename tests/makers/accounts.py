"""Makes people and where they belong, for tests."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from advocacy import db
from advocacy.accounts.models import Entity, Following, Grant, Person, Team, Topic, TopicText
from advocacy.permissions import Role

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_count = itertools.count(1)


def make_entity(slug: str = "", **values: Any) -> Entity:
    """An entity in Ireland unless said otherwise."""
    n = next(_count)
    slug = slug or f"entity-{n}"
    entity = Entity(
        slug=slug, **{"name": f"Entity {n}", "country": "IE", "language": "en", "accent": ""} | values
    )
    return _kept(entity)


def make_team(entity: Entity, slug: str = "", **values: Any) -> Team:
    """A team of that entity."""
    n = next(_count)
    return _kept(Team(slug=slug or f"team-{n}", entity=entity, **{"name": f"Team {n}"} | values))


def make_topic(slug: str = "", name: str = "", fr: str = "") -> Topic:
    """A topic with its English and French names."""
    slug = slug or f"topic-{next(_count)}"
    topic = _kept(Topic(slug=slug))
    for language, text in (("en", name or slug.title()), ("fr", fr or name or slug.title())):
        db.session.add(TopicText(topic_id=topic.id, language=language, name=text))
    return topic


def make_person(
    name: str = "", *, roles: list[Role] | None = None, follows: list[Topic] | None = None, **values: Any
) -> Person:
    """A colleague, in the programme only when joined_at is given; `roles` are granted for the whole group."""
    n = next(_count)
    known = {
        "staff_id": f"S{n:05}",
        "email": f"person{n}@demo.example",
        "language": "en",
        "time_zone": "Europe/Dublin",
        "country": "IE",
        "created_at": AT,
    }
    person = Person(name=name or f"Person {n}", **known | values)
    person.grants = [Grant(role=role, granted_at=AT) for role in roles or []]
    _kept(person)
    for topic in follows or []:
        db.session.add(Following(person_id=person.id, topic_id=topic.id))
    return person


def make_champion(name: str = "", **values: Any) -> Person:
    """A colleague who has joined the programme."""
    return make_person(name, **{"joined_at": AT} | values)


def _kept(record: Any) -> Any:
    db.session.add(record)
    db.session.flush()
    return record
