"""What an entity has arranged for its people: wordings, networks, and who helps."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Entity, Person
from advocacy.errors import Missing
from advocacy.sharing import rules
from advocacy.sharing.models import Disclosure, HelpContact, HelpKind, HelpRequest, NetworkChoice, Share

WITHOUT_ENTITY = "#Employee"


def networks_off(person: Person) -> set[str]:
    """The networks that are switched off in the person's entity."""
    return networks_off_in({person.entity_id} - {None}).get(person.entity_id, set())


def networks_off_in(entities: Collection[int | None]) -> dict[int | None, set[str]]:
    """The networks that are switched off in each of these entities (keys)."""
    off: dict[int | None, set[str]] = defaultdict(set)
    choices = sa.select(NetworkChoice.entity_id, NetworkChoice.network).where(
        NetworkChoice.entity_id.in_(entities), NetworkChoice.is_on.is_(False)
    )
    for entity, network in db.session.execute(choices) if entities else ():
        off[entity].add(network)
    return off


def disclosure_rows(entity: Entity) -> list[Disclosure]:
    """The wordings that an entity has written, in its order."""
    return list(
        db.session.scalars(
            sa.select(Disclosure)
            .where(Disclosure.entity_id == entity.id)
            .order_by(Disclosure.position, Disclosure.id)
        )
    )


def disclosure_rows_in(entities: Collection[int | None]) -> dict[int | None, list[Disclosure]]:
    """The same of each of these entities (keys)."""
    rows: dict[int | None, list[Disclosure]] = defaultdict(list)
    written = sa.select(Disclosure).where(Disclosure.entity_id.in_(entities))
    for row in db.session.scalars(written.order_by(Disclosure.position, Disclosure.id)) if entities else ():
        rows[row.entity_id].append(row)
    return rows


def disclosures(person: Person, language: str, *, paid: bool = False) -> list[str]:
    """The wordings by which the person may state her employment in this language, the default first.

    For a story that is paid for each begins with that.
    """
    rows = disclosure_rows(person.entity) if person.entity is not None else []
    return wordings(person.entity, rows, language, paid=paid)


def wordings(entity: Entity | None, rows: list[Disclosure], language: str, *, paid: bool) -> list[str]:
    """The same, from the rows that an entity has written."""
    found = _employment(entity, rows, language)
    return [rules.paid_wording(wording, language) for wording in found] if paid else found


def _employment(entity: Entity | None, rows: list[Disclosure], language: str) -> list[str]:
    if entity is None:
        return [WITHOUT_ENTITY]
    fitting, english = _written_in(rows, language), _written_in(rows, "en")
    return fitting or english or [row.wording for row in rows] or [made_wording(entity.name)]


def is_english_lent(person: Person, language: str) -> bool:
    """Whether the person's entity has no wording in this language, so that its English one stands in."""
    rows = disclosure_rows(person.entity) if person.entity is not None else []
    return not _written_in(rows, language) and bool(_written_in(rows, "en"))


def _written_in(rows: list[Disclosure], language: str) -> list[str]:
    stem = language.split("-")[0].lower()
    return [row.wording for row in rows if row.language.split("-")[0].lower() == stem]


def made_wording(entity_name: str) -> str:
    """A wording for an entity that has written none."""
    return "#WorksAt" + "".join(part[:1].upper() + part[1:] for part in re.findall(r"\w+", entity_name))


def help_contact(person: Person, kind: HelpKind) -> HelpContact | None:
    """Whom the person reaches in her entity for this kind of trouble, else for any."""
    contacts = help_contacts(person)
    return contacts.get(kind) or next(iter(contacts.values()), None)


def help_contacts(person: Person) -> dict[HelpKind, HelpContact]:
    """Whom the person reaches, by kind of trouble."""
    rows = db.session.scalars(
        sa.select(HelpContact).where(HelpContact.entity_id == person.entity_id).order_by(HelpContact.id)
    )
    return {row.kind: row for row in rows}


def help_requests(entity_ids: set[int] | None, *, closed: bool = False) -> sa.Select[HelpRequest]:
    """Requests for help from people of these entities (None: all), newest first."""
    asked = sa.select(HelpRequest).join(Person, HelpRequest.person_id == Person.id)
    asked = asked.where(HelpRequest.closed_at.is_not(None) if closed else HelpRequest.closed_at.is_(None))
    if entity_ids is not None:
        asked = asked.where(Person.entity_id.in_(entity_ids))
    return asked.order_by(HelpRequest.asked_at.desc())


def help_request(entity_ids: set[int] | None, code: str) -> HelpRequest:
    """The open request with this code from people of these entities; raises Missing."""
    found = db.session.scalar(help_requests(entity_ids).where(HelpRequest.code == code))
    if found is None:
        raise Missing()
    return found


def open_help(share: Share) -> HelpRequest | None:
    """The last call for help with this share that is not closed."""
    return db.session.scalar(
        sa.select(HelpRequest)
        .where(HelpRequest.share_id == share.id, HelpRequest.closed_at.is_(None))
        .order_by(HelpRequest.id.desc())
        .limit(1)
    )
