"""Sums of voluntary training, for the desk: never about single people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Entity, Person
from advocacy.training import queries, rules
from advocacy.training.models import Certificate, Course


@dataclass(frozen=True)
class Sum:
    """How many hold a certificate of one course, by entity; figures about few people are not figures."""

    course: Course
    by_entity: list[tuple[Entity, int | rules.Figure]]
    at_least: int


def sums(at: datetime, *, entity_ids: set[int] | None) -> list[Sum]:
    """Sums of voluntary training at the month's beginning; `entity_ids` None: the whole group."""
    at = rules.month_start(at)
    entities = [
        e for e in db.session.scalars(sa.select(Entity).order_by(Entity.name)) if _sees(e, entity_ids)
    ]
    staff = _staff_by_entity()
    return [_sum(course, entities, staff, _holders(course, at)) for course in queries.taught()]


def _sees(entity: Entity, entity_ids: set[int] | None) -> bool:
    return entity_ids is None or entity.id in entity_ids


def _sum(course: Course, entities: list[Entity], staff: dict[int, int], holders: dict[int, int]) -> Sum:
    rows = [(e, rules.figure(holders.get(e.id, 0), staff.get(e.id, 0))) for e in entities]
    # The total adds up only what is shown: a true total would betray a hidden figure by subtraction.
    return Sum(course, rows, sum(shown for _, shown in rows if not isinstance(shown, rules.Figure)))


def _staff_by_entity() -> dict[int, int]:
    rows = db.session.execute(
        sa.select(Person.entity_id, sa.func.count())
        .where(Person.disabled_at.is_(None), Person.erased_at.is_(None), Person.entity_id.is_not(None))
        .group_by(Person.entity_id)
    )
    return {entity_id: count for entity_id, count in rows if entity_id is not None}


def _holders(course: Course, at: datetime) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(Person.entity_id, sa.func.count(sa.distinct(Person.id)))
        .join(Certificate, Certificate.person_id == Person.id)
        .where(Certificate.course_id == course.id, *queries.holding(at))
        .where(Person.disabled_at.is_(None), Person.erased_at.is_(None), Person.entity_id.is_not(None))
        .group_by(Person.entity_id)
    )
    return {entity_id: count for entity_id, count in rows if entity_id is not None}
