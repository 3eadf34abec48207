"""What an administrator arranges for an entity: wordings for where people work, who helps, which networks are on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Entity, Person
from advocacy.audit.actions import record
from advocacy.errors import N_, Refused
from advocacy.sharing import queries
from advocacy.sharing.models import Disclosure, HelpContact, HelpKind, NetworkChoice
from advocacy.sharing.phrases import BARE_WORDING, LONGEST_WORDING


def keep_disclosures(
    entity: Entity, wordings: Iterable[tuple[str, str]], *, by: Person | None, at: datetime
) -> None:
    """Make these (language, wording) the entity's own, in this order: the first of a language is its default.

    Raises Refused for a wording that is empty, too long, or as bare as "#ad".
    """
    wanted = list(
        dict.fromkeys((language.strip(), " ".join(wording.split())) for language, wording in wordings)
    )
    for _language, wording in wanted:
        _check_wording(wording)
    before = {(row.language, row.wording): row for row in queries.disclosure_rows(entity)}
    for gone in before.keys() - set(wanted):
        db.session.delete(before[gone])
    for position, (language, wording) in enumerate(wanted):
        row = before.get((language, wording))
        if row is None:
            row = Disclosure(entity_id=entity.id, language=language, wording=wording)
            db.session.add(row)
        row.position = position
    db.session.flush()
    record("entity.disclosures", by=by, at=at, about=f"entity:{entity.slug}", details={"wordings": wanted})


def _check_wording(wording: str) -> None:
    if not wording:
        raise Refused(N_("Write the wording, or take its line away."), field="wordings")
    if len(wording) > LONGEST_WORDING:
        raise Refused(
            N_("A wording has at most %(most)d characters."), field="wordings", most=LONGEST_WORDING
        )
    if BARE_WORDING.fullmatch(wording):
        raise Refused(
            N_("%(wording)s does not say where a person works. Name the company."),
            field="wordings",
            wording=wording,
        )


def keep_help_contact(
    entity: Entity,
    kind: HelpKind,
    name: str,
    email: str,
    phone: str,
    note: str,
    *,
    by: Person | None,
    at: datetime,
) -> HelpContact | None:
    """Name whom the entity's people reach for this kind of trouble; no name at all takes the contact away.

    Raises Refused when there is no way to reach the named person.
    """
    name, email, phone = name.strip(), email.strip(), phone.strip()
    row = db.session.scalar(
        sa.select(HelpContact).where(HelpContact.entity_id == entity.id, HelpContact.kind == kind)
    )
    if not name and not email and not phone:
        if row is not None:
            db.session.delete(row)
    elif not name:
        raise Refused(N_("Name the person who helps."), field="name")
    elif not email and not phone:
        raise Refused(N_("Give an e-mail address or a telephone number."), field="email")
    else:
        row = row or HelpContact(entity_id=entity.id, kind=kind)
        row.name, row.email, row.phone, row.note = name, email, phone, note.strip()
        db.session.add(row)
    db.session.flush()
    record("entity.help_contact", by=by, at=at, about=f"entity:{entity.slug}", details={"kind": kind.value})
    return row if name else None


def switch_network(entity: Entity, network: str, on: bool, *, by: Person | None, at: datetime) -> None:
    """Let the entity's people share on a network, or not; what is scheduled there is held when its time comes."""
    row = db.session.scalar(
        sa.select(NetworkChoice).where(NetworkChoice.entity_id == entity.id, NetworkChoice.network == network)
    )
    if row is None:
        row = NetworkChoice(entity_id=entity.id, network=network)
        db.session.add(row)
    row.is_on, row.changed_at = on, at
    db.session.flush()
    record(
        "network.on" if on else "network.off",
        by=by,
        at=at,
        about=f"entity:{entity.slug}",
        details={"network": network},
    )
