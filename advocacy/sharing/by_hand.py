"""What a person does with her own hands after all: a post that was to go out from here."""

from __future__ import annotations

from datetime import datetime

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.audit.actions import record
from advocacy.errors import N_, Conflict
from advocacy.sharing import actions, queries
from advocacy.sharing.models import Delivery, DeliveryState


def take_in_hand(delivery: Delivery, *, by: Person, at: datetime) -> None:
    """Post by hand what is scheduled or held: nothing is sent from here any more, and its network's page opens.

    Raises Conflict for what is on its way, or may be out already.
    """
    db.lock_exclusive(actions.SENDING)
    db.session.refresh(delivery, with_for_update=True)
    if delivery.state not in queries.OPEN or delivery.lost_at is not None or delivery.is_by_hand:
        raise Conflict(N_("This post is not waiting for your word any more."))
    delivery.state, delivery.connection = DeliveryState.OPENED, None
    delivery.local_time = delivery.time_zone = None
    delivery.reason, delivery.reason_values, delivery.missing, delivery.hold_code = None, {}, [], None
    delivery.claim_token = delivery.lease_until = None
    db.session.flush()
    record("delivery.by_hand", by=by, at=at, about=f"delivery:{delivery.code}")
