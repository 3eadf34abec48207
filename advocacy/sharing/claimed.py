"""Posts that a worker holds under its claim: read and locked, to be written under that claim alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.errors import Reason
from advocacy.sharing.models import Attempt, Delivery, DeliveryState, Share
from advocacy.sharing.reserving import Claim

ATTEMPTS = db.table(Attempt)
OWNER = contains_eager(Delivery.share).selectinload(Share.person).lazyload(Person.grants)
FOR_THE_GATE = (
    selectinload(Delivery.connection),  # not joined: who reads such a post again may want to lock it
    selectinload(Delivery.link),
    *(
        contains_eager(Delivery.share).selectinload(Share.kit).selectinload(several)
        for several in (Kit.texts, Kit.variants, Kit.assets, Kit.audience, Kit.topics)
    ),
)


def held_by(claim: Claim, state: DeliveryState) -> Delivery | None:
    """The delivery if this claim still holds it in this state."""
    return next(iter(held_by_each([claim], state)), None)


def held_by_each(
    claims: Iterable[Claim], state: DeliveryState, *, for_the_gate: bool = False
) -> list[Delivery]:
    """The deliveries that these claims still hold in this state, in the order in which rows are locked.

    Their owners are read with them; `for_the_gate`, what it asks of their stories and accounts too.
    """
    held = {(claim.id, claim.token) for claim in claims}
    rows = db.session.scalars(
        sa.select(Delivery)
        .join(Delivery.share)
        .where(Delivery.id.in_({key for key, _token in held}), Delivery.state == state)
        .order_by(Share.person_id, Delivery.id)
        .options(OWNER, *(FOR_THE_GATE if for_the_gate else ()))
        .with_for_update(of=Delivery)
        .execution_options(populate_existing=True)
    )
    return [row for row in rows if (row.id, row.claim_token) in held]


@dataclass(frozen=True)
class Owner:
    """As much of a post's owner as its points ask for."""

    id: int
    time_zone: str
    entity_id: int | None
    team_id: int | None


@dataclass(frozen=True)
class Going:
    """As much of a post that is being sent as its end asks for."""

    id: int
    code: str
    network: str
    kit_id: int
    owner: Owner


def going(delivery: Delivery) -> Going:
    """The same of a post that was read whole."""
    owner = delivery.share.person
    return Going(
        delivery.id,
        delivery.code,
        delivery.network,
        delivery.share.kit_id,
        Owner(owner.id, owner.time_zone, owner.entity_id, owner.team_id),
    )


def going_of_each(claims: Iterable[Claim]) -> dict[Claim, Going]:
    """What these claims are sending and no answer was lost of, locked in the order of `held_by_each`."""
    by_key = {(claim.id, claim.token): claim for claim in claims}
    rows = db.session.execute(
        _GOING.where(Delivery.id.in_({key for key, _token in by_key})), {"state": DeliveryState.SENDING}
    )
    return {
        claim: Going(row.id, row.code, row.network, row.kit_id, Owner(*row[5:]))
        for row in rows
        if (claim := by_key.get((row.id, row.claim_token or ""))) is not None
    }


_GOING = (
    sa.select(
        Delivery.id,
        Delivery.code,
        Delivery.network,
        Delivery.claim_token,
        Share.kit_id,
        Person.id.label("person_id"),
        Person.time_zone,
        Person.entity_id,
        Person.team_id,
    )
    .join(Delivery.share)
    .join(Share.person)
    .where(Delivery.state == sa.bindparam("state"), Delivery.lost_at.is_(None))
    .order_by(Share.person_id, Delivery.id)
    .with_for_update(of=Delivery)
)


def may_have_posted(claim: Claim) -> Delivery | None:
    """The delivery if this claim tried it, and what came of that try is still open."""
    still_open = sa.or_(
        Delivery.state.in_((DeliveryState.SENDING, DeliveryState.UNKNOWN)),
        sa.and_(Delivery.state == DeliveryState.WAITING, Delivery.lost_at.is_not(None)),
    )
    tried = sa.exists().where(
        Attempt.delivery_id == Delivery.id,
        Attempt.claim_token == claim.token,
        Attempt.started_at >= Delivery.first_tried_at,
    )
    return db.session.scalar(
        sa.select(Delivery)
        .where(Delivery.id == claim.id, still_open, tried)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def end_attempts(claims: Sequence[Claim], outcome: str, reason: Reason = ("", {}), *, at: datetime) -> None:
    """Write down what came of the tries that these claims made and that are open still."""
    own = ATTEMPTS.c
    mine = sa.tuple_(own.delivery_id, own.claim_token).in_([(one.id, one.token) for one in claims])
    db.session.flush()  # which a statement on the table itself does not see to
    db.session.execute(
        sa.update(ATTEMPTS)
        .where(own.delivery_id.in_([one.id for one in claims]), mine, own.ended_at.is_(None))
        .values(ended_at=at, outcome=outcome, reason=reason[0] or None, reason_values=reason[1])
    )
