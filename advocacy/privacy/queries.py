"""Reads about privacy: copies asked for, worries reported, and what others really see about a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import queries as accounts
from advocacy.accounts.models import Person
from advocacy.content.models import Kit, KitAsset
from advocacy.guidelines import queries as guidelines
from advocacy.guidelines.queries import Reading
from advocacy.guidelines.rules import in_record
from advocacy.leaderboards import queries as leaderboards
from advocacy.leaderboards.models import Appearance, BoardAgreement
from advocacy.privacy.models import Export, Report, Retention
from advocacy.privacy.rules import CopyState
from advocacy.sharing import queries as sharing
from advocacy.sharing.models import Connection, Delivery, HelpRequest, Share
from advocacy.training import queries as training
from advocacy.training.models import Certificate


@dataclass(frozen=True)
class Seen:
    """What there is about one person at one moment, sorted by who sees it."""

    appearance: Appearance
    name: str
    is_held_back: bool
    """She chose to appear, and is on no board while she is paused."""
    boards_are_on: bool
    certificates: list[Certificate]
    readings: list[Reading]
    connections: list[Connection]
    published: int
    asked_help: int
    kits: int
    devices: int


def seen(person: Person, *, at: datetime) -> Seen:
    """What others would see about this person now."""
    appearance, name = leaderboards.seen_as(person)
    chosen, _name = leaderboards.appearance_of(person)
    return Seen(
        appearance,
        name,
        person.is_champion and appearance is not chosen,
        boards_are_on(person),
        [held for held in training.certificates(person) if holds(held, at)],
        [reading for reading in guidelines.readings(person, at) if _is_recorded(reading)],
        list(db.session.scalars(sharing.connections_of(person))),
        _count(sa.select(Delivery.id).join(Share).where(_published(person))),
        _count(
            sa.select(HelpRequest.id).where(
                HelpRequest.person_id == person.id, HelpRequest.closed_at.is_(None)
            )
        ),
        _count(sa.select(Kit.id).where(Kit.author_id == person.id)),
        len(accounts.devices(person, at=at)),
    )


def boards_are_on(person: Person) -> bool:
    """Whether boards with people on them are agreed where this person works."""
    agreed = sa.select(BoardAgreement.id).where(
        BoardAgreement.entity_id == person.entity_id, BoardAgreement.ended_at.is_(None)
    )
    return db.session.scalar(sa.select(agreed.exists())) or False


def holds(certificate: Certificate, at: datetime) -> bool:
    """Whether a certificate holds at that moment."""
    ended = certificate.revoked_at or certificate.expires_at
    return ended is None or ended > at


def _is_recorded(reading: Reading) -> bool:
    guideline = reading.guideline
    return in_record(guideline.readers, guideline.unlocks_sharing, guideline.due_days)


def _published(person: Person) -> sa.ColumnElement[bool]:
    return sa.and_(Share.person_id == person.id, Delivery.state.in_(sharing.PUBLISHED))


def _count(select: sa.Select[int]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(select.subquery())) or 0


def copies_of(person: Person) -> list[Export]:
    """The copies that a person asked for and that are not cleared yet, the newest first."""
    return list(
        db.session.scalars(sa.select(Export).where(Export.person_id == person.id).order_by(Export.id.desc()))
    )


def copy_under_way(person: Person) -> Export | None:
    """The copy that is being made for a person, if one is."""
    return db.session.scalar(
        sa.select(Export).where(
            Export.person_id == person.id, Export.state.in_((CopyState.WAITING, CopyState.MAKING))
        )
    )


def ready_copy(person: Person, code: str, *, at: datetime) -> Export | None:
    """A person's own copy with this code, if it can be fetched still."""
    return db.session.scalar(
        sa.select(Export).where(
            Export.person_id == person.id,
            Export.code == code,
            Export.state == CopyState.READY,
            Export.expires_at > at,
        )
    )


def due_copies(at: datetime) -> sa.Select[int]:
    """The keys of the copies to be made now, the oldest first."""
    return sa.select(Export.id).where(is_due(at)).order_by(Export.due_at, Export.id)


def is_due(at: datetime) -> sa.ColumnElement[bool]:
    """A copy waits and is due, or was claimed by a worker that fell silent."""
    return sa.or_(
        sa.and_(Export.state == CopyState.WAITING, Export.due_at <= at),
        sa.and_(Export.state == CopyState.MAKING, Export.lease_until <= at),
    )


def past_copies(at: datetime) -> list[Export]:
    """The copies whose time has run out."""
    return list(db.session.scalars(sa.select(Export).where(Export.expires_at <= at)))


def reports(*, closed: bool) -> sa.Select[Report]:
    """The worries that were reported, the newest first."""
    told = Report.closed_at.is_not(None) if closed else Report.closed_at.is_(None)
    return sa.select(Report).where(told).order_by(Report.reported_at.desc(), Report.id.desc())


def open_reports() -> int:
    """How many worries wait for someone."""
    return _count(sa.select(Report.id).where(Report.closed_at.is_(None)))


def report(code: str) -> Report | None:
    """The worry with this code."""
    return db.session.scalar(sa.select(Report).where(Report.code == code))


def cleared() -> dict[str, Retention]:
    """When each kind of data was last cleared, by kind."""
    return {row.kind: row for row in db.session.scalars(sa.select(Retention))}


def named_files() -> set[str]:
    """The files (SHA-256) that a row names: pictures of kits, and copies of what is held about people."""
    columns = (KitAsset.digest, KitAsset.small_digest, Export.digest)
    return {digest for column in columns for digest in db.session.scalars(sa.select(column)) if digest}
