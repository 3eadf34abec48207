"""Posts that a worker holds under its claim: read and locked, to be written under that claim alone."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.sharing.models import Attempt, Delivery, DeliveryState, Share
from advocacy.sharing.reserving import Claim

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
