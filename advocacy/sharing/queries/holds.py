"""Which holds stand in the way of a post, whom they concern, and what lies in their scope."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit, KitTopic
from advocacy.errors import N_, Missing, Reason
from advocacy.sharing.models import Appeal, Delivery, DeliveryState, Hold, HoldScope, Share
from advocacy.sharing.queries.posts import OPEN, PUBLISHED

ON_HOLD = N_("Publishing is paused: %(reason)s")
NARROW = (HoldScope.KIT, HoldScope.TOPIC)


def is_on(at: datetime) -> sa.ColumnElement[bool]:
    """The law of `Hold.is_on` as SQL."""
    unended = sa.or_(Hold.ends_at.is_(None), Hold.ends_at > at)
    return sa.and_(Hold.lifted_at.is_(None), Hold.starts_at <= at, unended)


def is_over_hold(at: datetime) -> sa.ColumnElement[bool]:
    """Whether a hold has begun and come to its end, by its time or by a hand."""
    return sa.or_(Hold.lifted_at.is_not(None), Hold.ends_at <= at)


def hold_against(person: Person, kit: Kit, network: str, *, at: datetime) -> Hold | None:
    """The hold that keeps this person's post of this kit on this network back now, the widest first."""
    about = sa.select(KitTopic.topic_id).where(KitTopic.kit_id == kit.id)
    fits = (
        sa.or_(Hold.network.is_(None), Hold.network == network),
        sa.or_(Hold.kit_id.is_(None), Hold.kit_id == kit.id),
        sa.or_(Hold.topic_id.is_(None), Hold.topic_id.in_(about)),
    )
    return db.session.scalars(
        sa.select(Hold).where(is_on(at), *_concerns(person), *fits).order_by(Hold.id).limit(1)
    ).first()


def on_hold(hold: Hold) -> Reason:
    """Why a post does not go out while this hold is on."""
    return ON_HOLD, {"reason": hold.reason}


def _concerns(person: Person) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        sa.or_(Hold.entity_id.is_(None), Hold.entity_id == (person.entity_id or 0)),
        sa.or_(Hold.country.is_(None), Hold.country == person.country),
    )


def is_wide() -> sa.ColumnElement[bool]:
    """Whether a hold reaches beyond one story or topic, so that a banner tells of it on every page."""
    return Hold.scope.not_in(NARROW)


def holds(entities: Collection[int] | None) -> sa.Select[Hold]:
    """The holds of these entities (keys), or of everyone for None; the newest first."""
    found = sa.select(Hold).order_by(Hold.placed_at.desc(), Hold.id.desc())
    return found if entities is None else found.where(Hold.entity_id.in_(entities))


def hold(entities: Collection[int] | None, code: str) -> Hold:
    """The hold with this code, if it is one of these entities; raises Missing."""
    found = db.session.scalar(holds(entities).where(Hold.code == code))
    if found is None:
        raise Missing()
    return found


def in_scope(hold: Hold, *states: DeliveryState) -> sa.Select[Delivery]:
    """The posts in these states on which the hold's scope lies, whoever's they are."""
    found = sa.select(Delivery).join(Share).join(Person, Person.id == Share.person_id)
    if hold.network is not None:
        found = found.where(Delivery.network == hold.network)
    if hold.entity_id is not None:
        found = found.where(Person.entity_id == hold.entity_id)
    if hold.country is not None:
        found = found.where(Person.country == hold.country)
    if hold.kit_id is not None:
        found = found.where(Share.kit_id == hold.kit_id)
    if hold.topic_id is not None:
        about = sa.select(KitTopic.kit_id).where(KitTopic.topic_id == hold.topic_id)
        found = found.where(Share.kit_id.in_(about))
    return found.where(Delivery.state.in_(states)).order_by(Delivery.due_at, Delivery.id)


def waiting_in(hold: Hold) -> int:
    """How many posts in the hold's scope are scheduled or held."""
    return _number(in_scope(hold, *OPEN))


def published_in(hold: Hold) -> sa.Select[Delivery]:
    """The posts in the hold's scope that are out, the newest first."""
    return in_scope(hold, *PUBLISHED).order_by(None).order_by(Delivery.sent_at.desc(), Delivery.id.desc())


def held_by_hold(hold: Hold) -> sa.Select[Delivery]:
    """The posts that this hold has kept back and that still wait."""
    return sa.select(Delivery).where(Delivery.hold_code == hold.code, Delivery.state == DeliveryState.HELD)


def concerned(hold: Hold, *, after: int, most: int) -> list[Person]:
    """The champions whom the hold concerns, by their keys, those after `after`."""
    found = sa.select(Person).where(
        Person.id > after,
        Person.joined_at.is_not(None),
        Person.left_at.is_(None),
        Person.disabled_at.is_(None),
    )
    if hold.entity_id is not None:
        found = found.where(Person.entity_id == hold.entity_id)
    if hold.country is not None:
        found = found.where(Person.country == hold.country)
    if hold.scope in NARROW or hold.network is not None:
        planned = in_scope(hold, *OPEN).with_only_columns(Share.person_id).order_by(None)
        found = found.where(Person.id.in_(planned))
    return list(db.session.scalars(found.order_by(Person.id).limit(most)))


def appeals_of(hold: Hold) -> dict[int, datetime]:
    """When the owner of each post (by key) was asked for the sake of this hold."""
    rows = db.session.execute(sa.select(Appeal.delivery_id, Appeal.asked_at).where(Appeal.hold_id == hold.id))
    return {row.delivery_id: row.asked_at for row in rows}


def appeal_for(delivery: Delivery) -> Appeal | None:
    """What the owner of this post was last asked to do with it."""
    asked = sa.select(Appeal).where(Appeal.delivery_id == delivery.id).order_by(Appeal.id.desc()).limit(1)
    return db.session.scalars(asked).first()


def hold_to_tell(at: datetime) -> Hold | None:
    """A hold that is on and whose message has not reached everyone."""
    asked = sa.select(Hold).where(is_on(at), Hold.told_at.is_(None)).order_by(Hold.id).limit(1)
    return db.session.scalars(asked.with_for_update(skip_locked=True)).first()


def hold_to_end(at: datetime) -> Hold | None:
    """A hold that is over and has not given everything back."""
    asked = sa.select(Hold).where(is_over_hold(at), Hold.returned_at.is_(None)).order_by(Hold.id).limit(1)
    return db.session.scalars(asked.with_for_update(skip_locked=True)).first()


def _number(asked: sa.Select[Delivery]) -> int:
    return db.session.scalar(asked.order_by(None).with_only_columns(sa.func.count())) or 0
