"""What is there already that a load leans on or must not collide with."""

from __future__ import annotations

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Entity, Grant, Person, Team, Topic
from advocacy.loading.rules.known import EntityFacts, Known, Staff, TeamFacts
from advocacy.permissions import Role
from advocacy.sharing.models import Disclosure


def known() -> Known:
    """Entities, topics, teams, people and wordings as they are stored."""
    entities = db.session.scalars(sa.select(Entity)).all()
    teams = db.session.execute(sa.select(Team.slug, Team.name, Entity.slug).join(Entity)).all()
    people = db.session.execute(
        sa.select(Person.staff_id, Person.email).where(Person.erased_at.is_(None))
    ).all()
    roles = _roles()
    return Known(
        entities={
            one.slug: EntityFacts(one.name, one.country, one.language, one.time_zone) for one in entities
        },
        topics=set(db.session.scalars(sa.select(Topic.slug))),
        teams={slug: TeamFacts(name, entity) for slug, name, entity in teams},
        staff={staff_id: Staff(roles.get(staff_id, frozenset())) for staff_id, _ in people if staff_id},
        addresses={email: staff_id or "" for staff_id, email in people if email},
        wordings=_wordings(),
    )


def _roles() -> dict[str, frozenset[tuple[Role, str | None]]]:
    held: dict[str, set[tuple[Role, str | None]]] = {}
    for staff_id, role, entity in db.session.execute(
        sa.select(Person.staff_id, Grant.role, Entity.slug)
        .join(Grant, Grant.person_id == Person.id)
        .outerjoin(Entity, Entity.id == Grant.entity_id)
        .where(Person.staff_id.is_not(None))
    ):
        held.setdefault(str(staff_id), set()).add((role, entity))
    return {staff_id: frozenset(roles) for staff_id, roles in held.items()}


def _wordings() -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for entity, language, wording in db.session.execute(
        sa.select(Entity.slug, Disclosure.language, Disclosure.wording)
        .join(Entity, Entity.id == Disclosure.entity_id)
        .order_by(Disclosure.position, Disclosure.id)
    ):
        said = found.setdefault(entity, {})
        said[language] = (*said.get(language, ()), wording)
    return found


def entity_keys() -> dict[str, int]:
    """The key of each entity by its slug."""
    return _keys(Entity)


def team_keys() -> dict[str, int]:
    """The key of each team by its slug."""
    return _keys(Team)


def topic_keys() -> dict[str, int]:
    """The key of each topic by its slug."""
    return _keys(Topic)


def _keys(record: type[Entity] | type[Team] | type[Topic]) -> dict[str, int]:
    return {str(one.slug): int(one.id) for one in db.session.execute(sa.select(record.slug, record.id))}


def stored_people() -> list[sa.Row[tuple[int, str | None, str | None, str, int | None, int | None, str]]]:
    """The keys and the details that follow the file, of everyone who was not erased."""
    return list(
        db.session.execute(
            sa.select(
                Person.id,
                Person.staff_id,
                Person.email,
                Person.name,
                Person.entity_id,
                Person.team_id,
                Person.country,
            ).where(Person.erased_at.is_(None))
        )
    )


def grants() -> dict[int, set[tuple[Role, int | None]]]:
    """The roles of each person (key), each with an entity's key or None for the group."""
    held: dict[int, set[tuple[Role, int | None]]] = {}
    for person_id, role, entity_id in db.session.execute(
        sa.select(Grant.person_id, Grant.role, Grant.entity_id)
    ):
        held.setdefault(person_id, set()).add((role, entity_id))
    return held
