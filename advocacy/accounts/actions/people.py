"""What the people desk and loading do to people: details, roles, access."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import reach, rules, sessions
from advocacy.accounts.models import (
    Entity,
    Grant,
    Person,
    SignedIn,
    SignInLink,
    Team,
)
from advocacy.audit import actions as audit
from advocacy.errors import N_, Refused
from advocacy.permissions import Role

# What loading and the people desk may change of a person.
DETAILS = ("staff_id", "email", "name", "entity", "team", "country", "language", "time_zone")


def add_person(
    *,
    name: str,
    by: Person | None,
    at: datetime,
    email: str | None = None,
    staff_id: str | None = None,
    entity: Entity | None = None,
    team: Team | None = None,
    country: str = "",
    language: str = "en",
    time_zone: str = "UTC",
) -> Person:
    """Write someone down; she is in no programme and cannot sign in by password yet."""
    person = Person(
        name=name,
        email=rules.tidy_email(email),
        staff_id=staff_id,
        entity=entity,
        team=team,
        country=country,
        language=language,
        time_zone=time_zone,
        created_at=at,
    )
    db.session.add(person)
    if by is not None:  # loading 20,000 people writes one line for all of them
        db.session.flush()
        audit.record("person.add", by=by, at=at, about=about(person))
    return person


def update_person(person: Person, *, by: Person | None, at: datetime, **details: Any) -> list[str]:
    """Change what is known of someone (see DETAILS); returns the names of what changed.

    A new address ends what the old one let in: see `end_for_new_address`.
    """
    if unknown := set(details) - set(DETAILS):
        raise ValueError(f"not a detail of a person: {', '.join(sorted(unknown))}")
    if "email" in details:
        details["email"] = rules.tidy_email(details["email"])
    changed = [name for name, value in details.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, details[name])
    if "email" in changed:
        end_for_new_address(person.id, at=at)
    if changed and by is not None:
        audit.record("person.update", by=by, at=at, about=about(person), details={"changed": changed})
    return changed


def end_session(session: SignedIn, *, by: Person, at: datetime) -> None:
    """End one session of one's own, or someone's whom one may edit."""
    if session.person_id != by.id:
        reach.check_person(session.person, by, "person.edit")
        audit.record("session.end", by=by, at=at, about=about(session.person))
    sessions.end(session, at=at)


def end_sessions(person: Person, *, by: Person, at: datetime, but: str | None = None) -> int:
    """End every session of a person, save the one with the code `but`, and every link that would begin another.

    Returns how many sessions ended.
    """
    if person.id != by.id:
        reach.check_person(person, by, "person.edit")
        audit.record("session.end", by=by, at=at, about=about(person))
    end_links(person.id, at=at)
    return sessions.end_all(person, at=at, but=but)


def disable(person: Person, *, by: Person | None, at: datetime) -> None:
    """Shut someone out who no longer works here, and end her sessions and the links that wait for her."""
    if by is not None:
        reach.check_person(person, by, "person.edit")
        if person.id == by.id:
            raise Refused(N_("You cannot disable your own account. Ask another administrator."))
    reach.keep_an_administrator(person)
    if person.disabled_at is None:
        person.disabled_at = at
        sessions.end_all(person, at=at)
        end_links(person.id, at=at)
        audit.record("person.disable", by=by, at=at, about=about(person))


def end_links(*people: int, at: datetime) -> None:
    """End every one-time link that waits for these people (keys)."""
    db.session.execute(
        sa.update(SignInLink)
        .where(SignInLink.person_id.in_(people), SignInLink.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )


def end_for_new_address(*people: int, at: datetime) -> None:
    """End the links and the sessions of people (keys) who get another address.

    Links were written to whoever reads the old one, who may have been the wrong person and be signed in by now.
    """
    end_links(*people, at=at)
    sessions.end_of(*people, at=at)


def enable(person: Person, *, by: Person | None, at: datetime) -> None:
    """Let someone in again."""
    if by is not None:
        reach.check_person(person, by, "person.edit")
    if person.disabled_at is not None:
        person.disabled_at = None
        audit.record("person.enable", by=by, at=at, about=about(person))


def grant(
    person: Person, role: Role, *, entity: Entity | None = None, by: Person | None, at: datetime
) -> None:
    """Entrust someone with a role, for one entity or the whole group; once is enough."""
    if by is not None:
        reach.check_person(person, by, "role.grant")
        reach.check_extent(entity, by)
    if any(held.role == role and held.entity_id == (entity.id if entity else None) for held in person.grants):
        return
    person.grants.append(Grant(role=role, entity=entity, granted_at=at))
    db.session.flush()
    audit.record("role.grant", by=by, at=at, about=about(person), details=_extent(role, entity))


def revoke(
    person: Person, role: Role, *, entity: Entity | None = None, by: Person | None, at: datetime
) -> None:
    """Take a role away again; the last administrator of the group stays."""
    if by is not None:
        reach.check_person(person, by, "role.grant")
        reach.check_extent(entity, by)
    held = [g for g in person.grants if g.role == role and g.entity_id == (entity.id if entity else None)]
    if held and role == Role.ADMIN and entity is None:
        reach.keep_an_administrator(person)
    for one in held:
        person.grants.remove(one)
        db.session.delete(one)
        audit.record("role.revoke", by=by, at=at, about=about(person), details=_extent(role, entity))
    db.session.flush()


def about(person: Person) -> str:
    """What the audit trail calls a person."""
    return f"person:{person.code}"


def _extent(role: Role, entity: Entity | None) -> dict[str, str]:
    return {"role": role.value, "entity": entity.slug if entity else ""}
