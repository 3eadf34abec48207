"""Which holds stand in the way of a post, whom they concern, and what lies in their scope."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit, KitTopic
from advocacy.errors import N_, Missing, Reason
from advocacy.sharing.models import Appeal, Attempt, Delivery, DeliveryState, Hold, HoldScope, Share
from advocacy.sharing.queries.posts import APPEALED, OPEN, PUBLISHED, may_be_out

ON_HOLD = N_("Publishing is paused: %(reason)s")
NARROW = (HoldScope.KIT, HoldScope.TOPIC)


def is_on(at: datetime) -> sa.ColumnElement[bool]:
    """The law of `Hold.is_on` as SQL."""
    unended = sa.or_(Hold.ends_at.is_(None), Hold.ends_at > at)
    begun = sa.or_(Hold.starts_at <= at, Hold.starts_at <= Hold.placed_at)
    return sa.and_(Hold.lifted_at.is_(None), begun, unended)


def is_over_hold(at: datetime) -> sa.ColumnElement[bool]:
    """Whether a hold has begun and come to its end, by its time or by a hand."""
    return sa.or_(Hold.lifted_at.is_not(None), Hold.ends_at <= at)


def unended(at: datetime) -> list[Hold]:
    """The holds that are on or planned, the oldest first."""
    still = sa.or_(Hold.ends_at.is_(None), Hold.ends_at > at)
    asked = sa.select(Hold).where(Hold.lifted_at.is_(None), still).order_by(Hold.id)
    return list(db.session.scalars(asked.execution_options(populate_existing=True)))


def hold_against(person: Person, kit: Kit, network: str, *, at: datetime) -> Hold | None:
    """The hold that keeps this person's post of this kit on this network back now, the oldest first."""
    return first_against(unended(at), person, kit, network, at=at)


def first_against(
    known: Iterable[Hold], person: Person, kit: Kit, network: str, *, at: datetime
) -> Hold | None:
    """The same out of holds that were read already."""
    return next((hold for hold in known if hold.is_on(at) and hold.bars(person, kit, network)), None)


def on_hold(hold: Hold) -> Reason:
    """Why a post does not go out while this hold is on."""
    return ON_HOLD, {"reason": hold.reason}


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
    found = _deliveries().where(*_scope(hold), Delivery.state.in_(states))
    return found.order_by(Delivery.due_at, Delivery.id)


def _deliveries() -> sa.Select[Delivery]:
    return sa.select(Delivery).join(Share).join(Person, Person.id == Share.person_id)


def _scope(hold: Hold) -> list[sa.ColumnElement[bool]]:
    about = sa.select(KitTopic.kit_id).where(KitTopic.topic_id == hold.topic_id)
    limits = (
        (hold.network, Delivery.network == hold.network),
        (hold.entity_id, Person.entity_id == hold.entity_id),
        (hold.country, Person.country == hold.country),
        (hold.kit_id, Share.kit_id == hold.kit_id),
        (hold.topic_id, Share.kit_id.in_(about)),
    )
    return [law for limit, law in limits if limit is not None]


def waiting_in(hold: Hold) -> int:
    """How many posts in the hold's scope are scheduled or held."""
    return _number(in_scope(hold, *OPEN))


def published_in(hold: Hold) -> sa.Select[Delivery]:
    """The posts in the hold's scope that are out or may be, the newest first; what was asked about stays listed."""
    asked = sa.select(Appeal.delivery_id).where(Appeal.hold_id == hold.id)
    out = sa.and_(*_scope(hold), sa.or_(Delivery.state.in_(PUBLISHED), _is_in_doubt()))
    when = sa.func.coalesce(Delivery.sent_at, Delivery.first_tried_at, Delivery.due_at)
    return _deliveries().where(sa.or_(out, Delivery.id.in_(asked))).order_by(when.desc(), Delivery.id.desc())


def _is_in_doubt() -> sa.ColumnElement[bool]:
    """The law of `is_in_doubt` as SQL."""
    lost = sa.exists().where(Attempt.delivery_id == Delivery.id, Attempt.outcome == "lost")
    return sa.or_(
        Delivery.state == DeliveryState.UNKNOWN,
        sa.and_(Delivery.state.in_((*OPEN, DeliveryState.SENDING)), Delivery.lost_at.is_not(None)),
        sa.and_(Delivery.state == DeliveryState.FAILED, lost),
    )


def is_in_doubt(delivery: Delivery) -> bool:
    """Whether nobody knows if a post is out, since its network did not answer."""
    lost = delivery.lost_at is not None and delivery.state in (*OPEN, DeliveryState.SENDING)
    return delivery.state is DeliveryState.UNKNOWN or lost or may_be_out(delivery)


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


def appeals_of(hold: Hold) -> dict[int, Appeal]:
    """What the owner of each post (by key) was asked for the sake of this hold, and answered."""
    return {
        one.delivery_id: one for one in db.session.scalars(sa.select(Appeal).where(Appeal.hold_id == hold.id))
    }


def appeal_for(delivery: Delivery) -> Appeal | None:
    """What the owner of this post was last asked to do with it, while it is out or may be and she has not answered."""
    if delivery.state not in APPEALED:
        return None
    asked = sa.select(Appeal).where(Appeal.delivery_id == delivery.id, Appeal.answered_at.is_(None))
    return db.session.scalars(asked.order_by(Appeal.id.desc()).limit(1)).first()


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
