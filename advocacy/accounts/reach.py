"""Whom an administrator may change, and for whom she may grant roles."""

from __future__ import annotations

from advocacy import db
from advocacy.accounts import queries
from advocacy.accounts.models import Entity, Person
from advocacy.errors import N_, Missing, Refused


def reaches(person: Person, by: Person, permission: str) -> bool:
    """Whether `by` has `permission` where this person works."""
    scope = by.entities_for(permission)
    return scope is None or person.entity_id in scope


def check_place(entity: Entity | None, by: Person) -> None:
    """Raise Missing unless `by` may write people down in this entity, or (None) in none."""
    scope = by.entities_for("person.edit")
    if scope is not None and (entity is None or entity.id not in scope):
        raise Missing


def check_person(person: Person, by: Person, permission: str) -> None:
    """Raise Missing unless `by` may use `permission` on this very person.

    Whoever administers some entities reaches the people there, save those who are entrusted with the whole group.
    """
    if not reaches(person, by, permission):
        raise Missing
    if by.entities_for(permission) is not None and any(held.entity_id is None for held in person.grants):
        raise Refused(N_("Only an administrator of the whole group can change this person."))


def check_extent(entity: Entity | None, by: Person) -> None:
    """Raise unless `by` may grant and revoke roles for this entity, or (None) for the whole group."""
    scope = by.entities_for("role.grant")
    if scope is None:
        return
    if entity is None:
        raise Refused(
            N_("Only an administrator of the whole group can grant a role for the whole group."),
            field="entity",
        )
    if entity.id not in scope:
        raise Missing


def keep_an_administrator(person: Person) -> None:
    """Raise Refused when the group would have no administrator left who can sign in."""
    left = set(db.session.scalars(queries.administrators()))
    if left == {person.id}:
        raise Refused(
            N_("This is the last administrator of the group. Make someone else administrator first.")
        )
