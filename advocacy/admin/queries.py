"""Reads for the administrator's desk: the facts of the checklist, the entities that are hers, the trail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from advocacy import db
from advocacy.accounts import queries as accounts
from advocacy.accounts.models import Entity, Person
from advocacy.admin import rules
from advocacy.admin.models import SetupStep
from advocacy.audit import queries as audit
from advocacy.audit.models import AuditLine
from advocacy.errors import Missing
from advocacy.guidelines import queries as guidelines
from advocacy.leaderboards.models import BoardAgreement
from advocacy.mail.models import Letter
from advocacy.sharing.models import Disclosure, HelpContact, HelpKind, NetworkChoice
from advocacy.training import queries as training


@dataclass(frozen=True)
class Arranged:
    """An entity with what was arranged for it so far."""

    entity: Entity
    wordings: int
    contacts: int
    has_boards: bool


def is_group_wide(person: Person, permission: str) -> bool:
    """Whether someone has a permission for the whole group."""
    return person.may(permission) and person.entities_for(permission) is None


def entities_of(person: Person, permission: str) -> list[Entity]:
    """The entities for which someone has a permission, by name."""
    return accounts.entities(person.entities_for(permission))


def entity_of(person: Person, slug: str, permission: str) -> Entity:
    """The entity with this slug, if someone has the permission for it; raises Missing."""
    found = db.session.scalar(accounts.entity(slug))
    if found is None or not person.may(permission, entity_id=found.id):
        raise Missing
    return found


def arranged(entities: Iterable[Entity]) -> list[Arranged]:
    """What was arranged for each of these entities."""
    wordings, contacts = _counted(Disclosure.entity_id), _counted(HelpContact.entity_id)
    on = set(db.session.scalars(sa.select(BoardAgreement.entity_id).where(BoardAgreement.ended_at.is_(None))))
    return [Arranged(e, wordings.get(e.id, 0), contacts.get(e.id, 0), e.id in on) for e in entities]


def _counted(column: InstrumentedAttribute[int]) -> dict[int, int]:
    rows = db.session.execute(sa.select(column, sa.func.count()).group_by(column))
    return {row[0]: row[1] for row in rows}


def networks_off() -> set[tuple[int, str]]:
    """The (entity, network) pairs that are switched off."""
    off = sa.select(NetworkChoice.entity_id, NetworkChoice.network).where(NetworkChoice.is_on.is_(False))
    return {(entity_id, network) for entity_id, network in db.session.execute(off)}


def facts(
    person: Person,
    networks: Iterable[str],
    *,
    sends_mail: bool,
    address_is_safe: bool,
    stays_here: bool = False,
) -> rules.Facts:
    """What the checklist is made of, for the entities that are hers."""
    places = arranged(entities_of(person, "setup.see"))
    off = networks_off()
    return rules.Facts(
        is_group=is_group_wide(person, "setup.see"),
        sends_mail=sends_mail,
        mail_arrived_at=_done_at("mail"),
        address_is_safe=address_is_safe,
        stays_here=stays_here,
        people=_people(person.entities_for("setup.see")),
        entities=len(places),
        without_wording=[each.entity.name for each in places if not each.wordings],
        without_help=[each.entity.name for each in places if not each.contacts],
        networks_on=sum(
            1
            for network in networks
            if not places or any((each.entity.id, network) not in off for each in places)
        ),
        guidelines=len(guidelines.in_force()),
        has_course=any(course.unlocks_sharing for course in training.taught()),
        backup_at=_done_at("backup"),
    )


def _people(scope: set[int] | None) -> int:
    active = sa.select(sa.func.count(Person.id)).where(
        Person.disabled_at.is_(None), Person.erased_at.is_(None)
    )
    return db.session.scalar(active if scope is None else active.where(Person.entity_id.in_(scope))) or 0


def setup_step(step: str) -> SetupStep | None:
    """A step of the checklist that someone has done."""
    return db.session.scalar(sa.select(SetupStep).where(SetupStep.step == step))


def _done_at(step: str) -> datetime | None:
    row = setup_step(step)
    return row.done_at if row else None


def last_test() -> Letter | None:
    """The last test letter that was written."""
    return db.session.scalar(
        sa.select(Letter).where(Letter.kind == "test").order_by(Letter.id.desc()).limit(1)
    )


def trail(
    *, verb: str = "", who: str = "", about: str = "", day: date | None = None, zone: str = "UTC"
) -> sa.Select[AuditLine]:
    """The trail of the staff's desks, the newest first: by verb, by a part of a name, about something, on a day."""
    select = audit.lines(verb=verb or None)
    for own in rules.OWN_ACTS:
        select = select.where(AuditLine.verb.not_like(f"{own}%"))
    if who:
        select = select.where(AuditLine.by_name.icontains(who, autoescape=True))
    if about:
        select = select.where(sa.or_(AuditLine.about.icontains(about, autoescape=True), _about_person(about)))
    if day:
        begins = datetime.combine(day, time(), ZoneInfo(zone))
        select = select.where(AuditLine.at >= begins, AuditLine.at < begins + timedelta(days=1))
    return select


def _about_person(words: str) -> sa.ColumnElement[bool]:
    named = sa.select("person:" + Person.code).where(Person.name.icontains(words, autoescape=True))
    return AuditLine.about.in_(named)


def verbs() -> list[str]:
    """The verbs of the staff's desks that stand in the trail."""
    return [verb for verb in db.session.scalars(audit.verbs()) if not rules.is_own_act(verb)]


def names_about(lines: Iterable[AuditLine]) -> dict[str, str]:
    """What lines about people and entities are about, by name."""
    keys = {line.about.partition(":")[2] for line in lines}
    people = db.session.execute(sa.select(Person.code, Person.name).where(Person.code.in_(keys)))
    entities = db.session.execute(sa.select(Entity.slug, Entity.name).where(Entity.slug.in_(keys)))
    named = {f"person:{code}": name for code, name in people}
    return named | {f"entity:{slug}": name for slug, name in entities}


def help_contact(entity: Entity, kind: HelpKind) -> HelpContact | None:
    """Whom people of an entity reach for one kind of trouble."""
    return db.session.scalar(
        sa.select(HelpContact).where(HelpContact.entity_id == entity.id, HelpContact.kind == kind)
    )
