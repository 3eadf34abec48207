"""Everything that is done to people, and that people do about themselves."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import queries, reach, rules, sessions
from advocacy.accounts.models import (
    Entity,
    Following,
    Grant,
    Person,
    SetupLink,
    SignedIn,
    SignInLink,
    Team,
    Theme,
    Topic,
)
from advocacy.audit import actions as audit
from advocacy.errors import Missing, N_, Refused
from advocacy.mail import actions as mail
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
    """Change what is known of someone (see DETAILS); returns the names of what changed."""
    if unknown := set(details) - set(DETAILS):
        raise ValueError(f"not a detail of a person: {', '.join(sorted(unknown))}")
    if "email" in details:
        details["email"] = rules.tidy_email(details["email"])
    changed = [name for name, value in details.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, details[name])
    if changed and by is not None:
        audit.record("person.update", by=by, at=at, about=about(person), details={"changed": changed})
    return changed


def invite(
    email: str, name: str, *, by: Person | None, at: datetime, entity: Entity | None = None, language: str = "en"
) -> Person:
    """Write to someone with a link to choose a password, writing her down first if she is new.

    Whom `by` may not see gets no letter, and `by` is not told.
    """
    if by is not None:
        reach.check_place(entity, by)
    person = queries.with_email(email)
    if person is None:
        person = add_person(name=name, email=email, entity=entity, language=language, by=by, at=at)
        db.session.flush()
    elif by is not None and not reach.reaches(person, by, "person.edit"):
        return person
    send_link(person, purpose=rules.INVITATION, at=at)
    audit.record("person.invite", by=by, at=at, about=about(person))
    return person


def send_link(person: Person, *, at: datetime, purpose: str = rules.SIGN_IN, onward: str = "/") -> None:
    """Write someone a letter with a link that signs her in once."""
    if not person.is_active or not person.email:
        return
    secret = secrets.token_urlsafe(32)
    db.session.add(
        SignInLink(
            key_hash=sessions.hashed(secret),
            person_id=person.id,
            purpose=purpose,
            created_at=at,
            expires_at=at + rules.link_life(purpose),
        )
    )
    kind = "invitation" if purpose == rules.INVITATION else "sign_in_link"
    mail.write(person, kind=kind, values={"next": onward}, sealed={"secret": secret}, at=at)


def use_link(link: SignInLink, *, at: datetime) -> Person:
    """Use a one-time link, and with it every other one that waits for this person; raises Missing the second time."""
    used = db.session.execute(
        sa.update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None), SignInLink.expires_at > at)
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        raise Missing(N_("This link was used before, or its time has passed. Ask for a new one."))
    db.session.execute(
        sa.update(SignInLink)
        .where(SignInLink.person_id == link.person_id, SignInLink.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )
    return link.person


def accept_invitation(link: SignInLink, password_hash: str, *, at: datetime) -> Person:
    """Use an invitation by choosing a password."""
    person = use_link(link, at=at)
    set_password(person, password_hash, by=person, at=at)
    return person


def make_setup_link(*, at: datetime) -> str:
    """Make the one-time link that creates the first administrator, and return its secret; older ones end."""
    db.session.execute(sa.delete(SetupLink).where(SetupLink.used_at.is_(None)))
    secret = secrets.token_urlsafe(32)
    db.session.add(SetupLink(key_hash=sessions.hashed(secret), created_at=at))
    db.session.flush()
    return secret


def invite_first_administrator(
    link: SetupLink, *, name: str, email: str, password_hash: str, language: str = "en", at: datetime
) -> Person:
    """Create the first administrator by the setup link, which is used then; raises Missing when there is one."""
    used = db.session.execute(
        sa.update(SetupLink)
        .where(SetupLink.id == link.id, SetupLink.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )
    if not used.rowcount or queries.has_administrator():  # type: ignore[attr-defined]
        raise Missing(N_("This link was used before."))
    person = queries.with_email(email) or add_person(name=name, email=email, language=language, by=None, at=at)
    person.password_hash, person.disabled_at = password_hash, None
    db.session.flush()
    grant(person, Role.ADMIN, by=None, at=at)
    return person


def set_password(person: Person, password_hash: str, *, by: Person | None, at: datetime, keep: str | None = None) -> None:
    """Keep the hash of someone's new password, and end her sessions save the one with the code `keep`."""
    person.password_hash = password_hash
    sessions.end_all(person, at=at, but=keep)
    audit.record("person.password", by=by, at=at, about=about(person))


def end_session(session: SignedIn, *, by: Person, at: datetime) -> None:
    """End one session of one's own, or someone's whom one may edit."""
    if session.person_id != by.id:
        reach.check_person(session.person, by, "person.edit")
        audit.record("session.end", by=by, at=at, about=about(session.person))
    sessions.end(session, at=at)


def end_sessions(person: Person, *, by: Person, at: datetime, but: str | None = None) -> int:
    """End every session of a person, save the one with the code `but`; returns how many ended."""
    if person.id != by.id:
        reach.check_person(person, by, "person.edit")
        audit.record("session.end", by=by, at=at, about=about(person))
    return sessions.end_all(person, at=at, but=but)


def disable(person: Person, *, by: Person | None, at: datetime) -> None:
    """Shut someone out who no longer works here, and end her sessions."""
    if by is not None:
        reach.check_person(person, by, "person.edit")
        if person.id == by.id:
            raise Refused(N_("You cannot disable your own account. Ask another administrator."))
    reach.keep_an_administrator(person)
    if person.disabled_at is None:
        person.disabled_at = at
        sessions.end_all(person, at=at)
        audit.record("person.disable", by=by, at=at, about=about(person))


def enable(person: Person, *, by: Person | None, at: datetime) -> None:
    """Let someone in again."""
    if by is not None:
        reach.check_person(person, by, "person.edit")
    if person.disabled_at is not None:
        person.disabled_at = None
        audit.record("person.enable", by=by, at=at, about=about(person))


def grant(person: Person, role: Role, *, entity: Entity | None = None, by: Person | None, at: datetime) -> None:
    """Entrust someone with a role, for one entity or the whole group; once is enough."""
    if by is not None:
        reach.check_person(person, by, "role.grant")
        reach.check_extent(entity, by)
    if any(held.role == role and held.entity_id == (entity.id if entity else None) for held in person.grants):
        return
    person.grants.append(Grant(role=role, entity=entity, granted_at=at))
    db.session.flush()
    audit.record("role.grant", by=by, at=at, about=about(person), details=_extent(role, entity))


def revoke(person: Person, role: Role, *, entity: Entity | None = None, by: Person | None, at: datetime) -> None:
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


def about(person: Person) -> str:
    """What the audit trail calls a person."""
    return f"person:{person.code}"


def _refuse_another(person: Person, by: Person) -> None:
    """Joining is everyone's own act."""
    if person.id != by.id:
        raise Refused(N_("Everyone decides about joining for herself."))


def _extent(role: Role, entity: Entity | None) -> dict[str, str]:
    return {"role": role.value, "entity": entity.slug if entity else ""}
