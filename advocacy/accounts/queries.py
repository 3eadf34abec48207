"""Reads about people: who is behind an address or a link, whom a colleague may see, where someone is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import rules
from advocacy.accounts.models import (
    Entity,
    Following,
    Grant,
    Person,
    SetupLink,
    SignedIn,
    SignInLink,
    Topic,
    TopicText,
)
from advocacy.accounts.sessions import hashed
from advocacy.permissions import Role


def is_empty() -> bool:
    """Whether nobody is known here yet."""
    return db.session.scalar(sa.select(Person.id).limit(1)) is None


def has_administrator() -> bool:
    """Whether someone who may sign in administers the whole group."""
    return db.session.scalar(sa.select(sa.exists(administrators()))) or False


def administrators() -> sa.Select[int]:
    """The keys of those who administer the whole group and may sign in."""
    return (
        sa.select(Person.id)
        .join(Grant, Grant.person_id == Person.id)
        .where(Grant.role == Role.ADMIN, Grant.entity_id.is_(None))
        .where(Person.disabled_at.is_(None), Person.erased_at.is_(None))
    )


def administrators_of(person: Person) -> list[Person]:
    """Whom someone asks for what she may not do herself: who administers her company, then the group."""
    near = sa.func.max(sa.case((Grant.entity_id == person.entity_id, 1), else_=0)).label("near")
    found = (
        sa.select(Person)
        .join(Grant, Grant.person_id == Person.id)
        .where(Grant.role == Role.ADMIN, Person.disabled_at.is_(None), Person.erased_at.is_(None))
        .where(sa.or_(Grant.entity_id.is_(None), Grant.entity_id == person.entity_id))
    )
    ids = found.with_only_columns(Person.id, near).group_by(Person.id).subquery()
    rows = sa.select(Person).join(ids, ids.c.id == Person.id).order_by(ids.c.near.desc(), Person.name)
    return list(db.session.scalars(rows))


def with_email(email: str | None) -> Person | None:
    """The person with this address, whatever its capitals."""
    tidy = rules.tidy_email(email)
    return db.session.scalar(sa.select(Person).where(Person.email == tidy)) if tidy else None


def with_staff_id(staff_id: str) -> Person | None:
    """The person whom the staff register knows by this."""
    return db.session.scalar(sa.select(Person).where(Person.staff_id == staff_id))


def samples(emails: list[str]) -> list[Person]:
    """The people with these addresses who can sign in by password, in that order."""
    found = db.session.scalars(
        sa.select(Person).where(Person.email.in_(emails), Person.password_hash.is_not(None))
    ).all()
    return sorted(found, key=lambda person: emails.index(person.email or ""))


def link(secret: str, *, at: datetime) -> SignInLink | None:
    """The one-time link with this secret, when it may be used still."""
    found = db.session.scalar(sa.select(SignInLink).where(SignInLink.key_hash == hashed(secret)))
    if found is None or not found.person.is_active:
        return None
    return found if rules.link_is_good(found.expires_at, found.used_at, at=at) else None


def setup_link(secret: str) -> SetupLink | None:
    """The link that creates the first administrator, as long as there is none."""
    found = db.session.scalar(
        sa.select(SetupLink).where(SetupLink.key_hash == hashed(secret), SetupLink.used_at.is_(None))
    )
    return None if has_administrator() else found


def devices(person: Person, *, at: datetime) -> list[SignedIn]:
    """Where a person is signed in, the latest first."""
    rows = db.session.scalars(
        sa.select(SignedIn)
        .where(SignedIn.person_id == person.id, SignedIn.ended_at.is_(None))
        .order_by(SignedIn.touched_at.desc(), SignedIn.id.desc())
    )
    return [row for row in rows if not rules.session_is_over(row.created_at, row.touched_at, None, at=at)]


def session_of(person: Person, code: str) -> sa.Select[SignedIn]:
    """A person's own session with this code."""
    return sa.select(SignedIn).where(SignedIn.person_id == person.id, SignedIn.code == code)


def topics(language: str) -> list[tuple[Topic, str]]:
    """Every topic with its name in `language`, else in English, by name."""
    names = {(text.topic_id, text.language): text.name for text in db.session.scalars(sa.select(TopicText))}
    named = [
        (topic, names.get((topic.id, language)) or names.get((topic.id, "en")) or topic.slug)
        for topic in db.session.scalars(sa.select(Topic))
    ]
    return sorted(named, key=lambda pair: pair[1].casefold())


def followed(person: Person) -> set[int]:
    """The keys of the topics that a person follows."""
    return set(db.session.scalars(followed_by(person.id)))


def followed_by(person_id: Any) -> sa.Select[int]:
    """The topics (keys) that a person follows."""
    return sa.select(Following.topic_id).where(Following.person_id == person_id)


def entities(only: set[int] | None = None) -> list[Entity]:
    """The entities by name; only those with these keys, if given."""
    select = sa.select(Entity).order_by(Entity.name)
    return list(db.session.scalars(select if only is None else select.where(Entity.id.in_(only))))


def entity(slug: str) -> sa.Select[Entity]:
    """The entity with this slug."""
    return sa.select(Entity).where(Entity.slug == slug)


def visible_to(viewer: Person) -> sa.Select[Person]:
    """The people whom a colleague at the people desk may see; never by whether they joined."""
    scope = viewer.entities_for("person.see")
    select = sa.select(Person).where(Person.erased_at.is_(None))
    return select if scope is None else select.where(Person.entity_id.in_(scope))


def found(
    select: sa.Select[Person], *, words: str = "", entity: str = "", role: str = ""
) -> sa.Select[Person]:
    """Those of `select` whose name, address or staff number holds `words`, in that entity, with that role; by name."""
    for word in words.split():
        select = select.where(
            Person.name.icontains(word, autoescape=True)
            | Person.name.contains(word.title(), autoescape=True)  # SQLite folds the case of ASCII only
            | Person.email.icontains(word, autoescape=True)
            | Person.staff_id.icontains(word, autoescape=True)
        )
    if entity:
        select = select.where(Person.entity_id.in_(sa.select(Entity.id).where(Entity.slug == entity)))
    if role in set(Role):
        select = select.where(Person.id.in_(sa.select(Grant.person_id).where(Grant.role == Role(role))))
    return select.order_by(Person.name, Person.id)
