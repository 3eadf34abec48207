"""What is asked of shares, deliveries and connected accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from advocacy import db
from advocacy.accounts.models import Entity, Person
from advocacy.content import queries as content
from advocacy.content.models import Kit, KitAsset
from advocacy.content.rules import Stage
from advocacy.errors import Missing, N_, Reason
from advocacy.guidelines import queries as guidelines
from advocacy.guidelines.models import Guideline
from advocacy.leaderboards.models import Points
from advocacy.sharing.models import (
    Connection,
    ConnectionState,
    Deletion,
    Delivery,
    DeliveryState,
    Disclosure,
    Draft,
    HelpContact,
    HelpKind,
    HelpRequest,
    NetworkChoice,
    Share,
)
from advocacy.training import queries as training
from advocacy.training.models import Course

OPEN = (DeliveryState.WAITING, DeliveryState.HELD, DeliveryState.NEEDS_RECONNECTING)
PUBLISHED = (DeliveryState.SENT, DeliveryState.POSTED)
NEEDS_OWNER = (
    DeliveryState.HELD,
    DeliveryState.NEEDS_RECONNECTING,
    DeliveryState.UNKNOWN,
    DeliveryState.FAILED,
    DeliveryState.OPENED,
)
UNDER_WAY = (DeliveryState.WAITING, DeliveryState.SENDING)
WITHOUT_ENTITY = "#Employee"


@dataclass(frozen=True)
class BeforeSharing:
    """What a person still lacks before she can share through this product."""

    joining: bool
    guidelines: list[Guideline]
    courses: list[Course]

    def __bool__(self) -> bool:
        return bool(self.joining or self.guidelines or self.courses)

    def keys(self) -> list[str]:
        """The same as short texts, to be kept with a post that was held for them."""
        return (
            ["join"] * self.joining
            + [f"guideline:{guideline.slug}" for guideline in self.guidelines]
            + [f"course:{course.slug}" for course in self.courses]
        )


def before_sharing(person: Person, *, at: datetime) -> BeforeSharing:
    """What stands between a person and sharing: joining, a guideline, a certificate."""
    return BeforeSharing(
        not person.is_champion, guidelines.missing_for(person, at), training.missing_for(person, at)
    )


def reasons_against(person: Person, kit: Kit, networks: Iterable[str], *, at: datetime) -> list[Reason]:
    """Everything beside the gate for which this kit cannot be shared on these networks by this person now."""
    reasons: list[Reason] = []
    if not is_out_for(kit, person, at=at):
        reasons.append(out_of_date(kit, at=at))
    for network in sorted(set(networks) & networks_off(person)):
        reasons.append((N_("%(network)s is switched off in your company."), {"network": network}))
    return reasons


def out_of_date(kit: Kit, *, at: datetime) -> Reason:
    """Why a kit is no longer to be shared."""
    if kit.recalled_at is not None:
        return N_("This story was recalled: %(reason)s"), {"reason": kit.recall_reason or "–"}
    if kit.expires_at is not None and kit.expires_at <= at:
        return N_("This story has expired, so it is not shared any more."), {}
    return N_("This story is not out at the moment."), {}


def is_out_for(kit: Kit, person: Person, *, at: datetime) -> bool:
    """Whether this kit may be shared by this person now."""
    visible = content.visible_to(person, at).where(Kit.id == kit.id).with_only_columns(Kit.id).order_by(None)
    return db.session.scalar(visible) is not None


def is_over(kit: Kit, *, at: datetime) -> bool:
    """Whether a kit will not be shared again: it was recalled or has expired."""
    return kit.stage(at) in {Stage.RECALLED, Stage.EXPIRED}


def networks_off(person: Person) -> set[str]:
    """The networks that are switched off in the person's entity."""
    if person.entity_id is None:
        return set()
    return set(
        db.session.scalars(
            sa.select(NetworkChoice.network).where(
                NetworkChoice.entity_id == person.entity_id, NetworkChoice.is_on.is_(False)
            )
        )
    )


def connections_of(person: Person) -> sa.Select[Connection]:
    """A person's connected accounts, those that work first."""
    return (
        sa.select(Connection)
        .where(Connection.person_id == person.id, Connection.state != ConnectionState.DISCONNECTED)
        .order_by(Connection.state, Connection.connected_at, Connection.id)
    )


def connection(person: Person, code: str) -> Connection:
    """The person's own connection with this code; raises Missing."""
    found = db.session.scalar(
        sa.select(Connection).where(Connection.code == code, Connection.person_id == person.id)
    )
    if found is None:
        raise Missing()
    return found


def shares_of(person: Person) -> sa.Select[Share]:
    """A person's shares, newest first, with their deliveries."""
    return (
        sa.select(Share)
        .where(Share.person_id == person.id)
        .options(
            selectinload(Share.deliveries).joinedload(Delivery.connection),
            selectinload(Share.deliveries).joinedload(Delivery.link),
            joinedload(Share.kit).selectinload(Kit.texts),
        )
        .order_by(Share.created_at.desc(), Share.id.desc())
    )


def share(person: Person, code: str) -> Share:
    """The person's own share with this code; raises Missing."""
    found = db.session.scalar(shares_of(person).where(Share.code == code))
    if found is None:
        raise Missing()
    return found


def delivery(person: Person, code: str) -> Delivery:
    """The person's own delivery with this code; raises Missing."""
    found = db.session.scalar(
        sa.select(Delivery).join(Share).where(Delivery.code == code, Share.person_id == person.id)
    )
    if found is None:
        raise Missing()
    return found


def deliveries_of(person: Person, *states: DeliveryState) -> sa.Select[Delivery]:
    """A person's deliveries in these states, by the time they are due."""
    return (
        sa.select(Delivery)
        .join(Share)
        .where(Share.person_id == person.id, Delivery.state.in_(states))
        .order_by(Delivery.due_at, Delivery.id)
    )


def open_deliveries_of_kit(kit: Kit) -> sa.Select[Delivery]:
    """What is scheduled or held of a kit and has not gone out."""
    return sa.select(Delivery).join(Share).where(Share.kit_id == kit.id, Delivery.state.in_(OPEN))


def shared_kit_ids(person: Person) -> set[int]:
    """The kits (keys) that a person has shared and not cancelled."""
    return set(
        db.session.scalars(
            sa.select(Share.kit_id)
            .join(Delivery)
            .where(Share.person_id == person.id, Delivery.state != DeliveryState.CANCELLED)
        )
    )


def disclosure_rows(entity: Entity) -> list[Disclosure]:
    """The wordings that an entity has written, in its order."""
    return list(
        db.session.scalars(
            sa.select(Disclosure)
            .where(Disclosure.entity_id == entity.id)
            .order_by(Disclosure.position, Disclosure.id)
        )
    )


def disclosures(person: Person, language: str) -> list[str]:
    """The wordings by which the person may state her employment in this language, the default first."""
    if person.entity is None:
        return [WITHOUT_ENTITY]
    rows = disclosure_rows(person.entity)
    stem = language.split("-")[0].lower()
    fitting = [row.wording for row in rows if row.language.split("-")[0].lower() == stem]
    english = [row.wording for row in rows if row.language.startswith("en")]
    return fitting or english or [row.wording for row in rows] or [made_wording(person.entity.name)]


def made_wording(entity_name: str) -> str:
    """A wording for an entity that has written none."""
    return "#WorksAt" + "".join(part[:1].upper() + part[1:] for part in re.findall(r"\w+", entity_name))


def drafts_of(person: Person, kit: Kit) -> dict[str, str]:
    """What the person typed for this kit and has not shared, by network."""
    rows = db.session.scalars(sa.select(Draft).where(Draft.person_id == person.id, Draft.kit_id == kit.id))
    return {row.network: row.text for row in rows}


def deletions_waiting(connection: Connection) -> bool:
    """Whether posts of this account are still to be deleted."""
    waiting = sa.select(Deletion.id).join(Delivery)
    waiting = waiting.where(Delivery.connection_id == connection.id, Deletion.state == "waiting").limit(1)
    return db.session.scalar(waiting) is not None


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


def _having(*states: DeliveryState) -> sa.ColumnElement[bool]:
    return sa.exists().where(Delivery.share_id == Share.id, Delivery.state.in_(states))


def shares_needing(person: Person) -> sa.Select[Share]:
    """A person's shares in which something waits for her own hand."""
    return shares_of(person).where(_having(*NEEDS_OWNER))


def shares_under_way(person: Person) -> sa.Select[Share]:
    """A person's shares that are scheduled or on their way, and need nothing of her."""
    return shares_of(person).where(_having(*UNDER_WAY), ~_having(*NEEDS_OWNER))


def shares_over(person: Person) -> sa.Select[Share]:
    """A person's shares that came to an end, one way or another."""
    return shares_of(person).where(~_having(*UNDER_WAY, *NEEDS_OWNER))


def points_for(deliveries: Iterable[Delivery]) -> dict[int, int]:
    """How many points each delivery (by key) earned."""
    sources = {f"delivery:{delivery.id}": delivery.id for delivery in deliveries}
    rows = db.session.execute(
        sa.select(Points.source, Points.amount).where(Points.source.in_(sources))
    )
    return {sources[source]: amount for source, amount in rows}


def deletions_asked(deliveries: Iterable[Delivery]) -> dict[int, Deletion]:
    """The last deletion that was asked for, by its delivery's key."""
    ids = [delivery.id for delivery in deliveries]
    rows = db.session.scalars(sa.select(Deletion).where(Deletion.delivery_id.in_(ids)).order_by(Deletion.id))
    return {row.delivery_id: row for row in rows}


def pictures_of(delivery: Delivery) -> list[KitAsset]:
    """The pictures that go with a post, in its order."""
    rows = db.session.scalars(sa.select(KitAsset).where(KitAsset.id.in_(delivery.asset_ids)))
    found = {row.id: row for row in rows}
    return [found[one] for one in delivery.asset_ids if one in found]


def kit_for(person: Person, slug: str, *, at: datetime) -> Kit:
    """The kit with this slug that is or was out for this person; raises Missing."""
    kit = content.story(person, slug, at)
    if kit is None:
        raise Missing()
    return kit


def how_many_open(person: Person) -> int:
    """How many of a person's posts are scheduled or held."""
    counted = deliveries_of(person, *OPEN).order_by(None).with_only_columns(sa.func.count())
    return db.session.scalar(counted) or 0


def open_help(share: Share) -> HelpRequest | None:
    """The last call for help with this share that is not closed."""
    return db.session.scalar(
        sa.select(HelpRequest)
        .where(HelpRequest.share_id == share.id, HelpRequest.closed_at.is_(None))
        .order_by(HelpRequest.id.desc())
        .limit(1)
    )


def help_request(entity_ids: set[int] | None, code: str) -> HelpRequest:
    """The open request with this code from people of these entities; raises Missing."""
    found = db.session.scalar(help_requests(entity_ids).where(HelpRequest.code == code))
    if found is None:
        raise Missing()
    return found
