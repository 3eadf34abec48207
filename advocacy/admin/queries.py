"""Reads for the administrator's desk: the facts of the checklist, the entities that are hers, the trail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from advocacy import db
from advocacy.accounts import queries as accounts
from advocacy.accounts.models import Entity, Person, Team
from advocacy.admin import rules
from advocacy.admin.models import SetupStep
from advocacy.audit import queries as audit
from advocacy.audit.models import AuditLine
from advocacy.content import queries as content
from advocacy.content.models import Kit
from advocacy.errors import Missing, Reason
from advocacy.guidelines import queries as guidelines
from advocacy.guidelines.models import Guideline
from advocacy.leaderboards.models import BoardAgreement
from advocacy.mail.models import Letter
from advocacy.sharing.models import Disclosure, HelpContact, HelpKind, NetworkChoice
from advocacy.training import queries as training
from advocacy.training.models import Course


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
    versions_ending: Sequence[Reason] = (),
    needs: Mapping[str, rules.Need] | None = None,
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
        versions_ending=versions_ending,
        needs=needs or {},
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


def titles_in(lines: Iterable[AuditLine], language: str) -> dict[str, str]:
    """The names and titles of what lines speak of, by what the trail calls it, such as kit:open-day."""
    named: set[str] = set()
    for line in lines:
        named.add(line.about)
        named |= {f"{kind}:{key}" for kind, key in (line.details or {}).items() if isinstance(key, str)}
    keys: dict[str, set[str]] = {}
    for name in named:
        kind, _colon, key = name.partition(":")
        keys.setdefault(kind, set()).add(key)
    found = {kind: title(keys[kind], language) for kind, title in _TITLES.items() if kind in keys}
    return {
        f"{kind}:{key}": title for kind, titles in found.items() for key, title in titles.items() if title
    }


def titles_of_discarded(kits: Collection[str]) -> dict[str, str]:
    """The titles that kits had when they were thrown away, by what the trail calls them."""
    asked = sa.select(AuditLine.about, AuditLine.details).where(
        AuditLine.verb == "kit.discard", AuditLine.about.in_(kits)
    )
    rows = db.session.execute(asked.order_by(AuditLine.id)) if kits else ()
    return {about: str(details["title"]) for about, details in rows if details.get("title")}


Titles = Callable[[set[str], str], dict[str, str]]


def _named(key: InstrumentedAttribute[str], name: InstrumentedAttribute[Any]) -> Titles:
    def named(keys: set[str], _language: str) -> dict[str, str]:
        return {row[0]: row[1] for row in db.session.execute(sa.select(key, name).where(key.in_(keys)))}

    return named


def _kits(keys: set[str], language: str) -> dict[str, str]:
    kits = db.session.scalars(sa.select(Kit).where(Kit.slug.in_(keys)).options(selectinload(Kit.texts)))
    return {kit.slug: content.text_in(kit, language).title for kit in kits}


def _guidelines(keys: set[str], language: str) -> dict[str, str]:
    found = db.session.scalars(sa.select(Guideline).where(Guideline.slug.in_(keys)))
    return {one.slug: guidelines.title_of(one, language) for one in found}


def _courses(keys: set[str], language: str) -> dict[str, str]:
    found = db.session.scalars(sa.select(Course).where(Course.slug.in_(keys)))
    return {one.slug: training.title_of(one, language) for one in found}


_TITLES: dict[str, Titles] = {
    "person": _named(Person.code, Person.name),
    "entity": _named(Entity.slug, Entity.name),
    "team": _named(Team.slug, Team.name),
    "kit": _kits,
    "guideline": _guidelines,
    "course": _courses,
}


def help_contact(entity: Entity, kind: HelpKind) -> HelpContact | None:
    """Whom people of an entity reach for one kind of trouble."""
    return db.session.scalar(
        sa.select(HelpContact).where(HelpContact.entity_id == entity.id, HelpContact.kind == kind)
    )
