"""What others did or asked about a person's posts, told on her first page until she has seen it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.sharing.models import Appeal, Delivery, DeliveryState, Share
from advocacy.sharing.queries.gate import RECALLED
from advocacy.sharing.queries.posts import APPEALED, shares_of


@dataclass(frozen=True)
class Notice:
    """What to tell about one share: who did it ("" when that is not known any more), and why."""

    share: Share
    is_appeal: bool
    who: str
    why: str


def shares_recalled(person_id: Any, since: Any) -> sa.Select[int]:
    """The keys of a person's shares of which a recall cancelled something after `since`, and which she has not seen."""
    cancelled = (
        Delivery.state == DeliveryState.CANCELLED,
        Delivery.reason == RECALLED,
        Delivery.ended_at > since,
    )
    mine = sa.select(Share.id).join(Delivery).where(Share.person_id == person_id, *cancelled)
    return mine.where(Share.recall_seen_at.is_(None))


def shares_asked_about(person_id: Any) -> sa.Select[int]:
    """The keys of a person's shares about whose posts she was asked something that she has not answered."""
    asked = sa.select(Share.id).join(Delivery).join(Appeal, Appeal.delivery_id == Delivery.id)
    unanswered = (Appeal.answered_at.is_(None), Delivery.state.in_(APPEALED))
    return asked.where(Share.person_id == person_id, *unanswered)


def notices(person: Person, *, recalled: Iterable[int], asked: Iterable[int]) -> list[Notice]:
    """What to tell about these shares (keys), what she is asked first."""
    wanted = set(recalled) | set(asked)
    if not wanted:
        return []
    rows = list(db.session.scalars(shares_of(person).where(Share.id.in_(wanted))).unique())
    return [_appeal(one) for one in rows if one.id in set(asked)] + [
        _recall(one) for one in rows if one.id in set(recalled)
    ]


def _appeal(share: Share) -> Notice:
    keys = [one.id for one in share.deliveries]
    asked = sa.select(Appeal).where(Appeal.delivery_id.in_(keys), Appeal.answered_at.is_(None))
    appeal = db.session.scalars(asked.order_by(Appeal.id.desc()).limit(1)).one()
    return Notice(share, True, appeal.asker.name if appeal.asker else "", appeal.hold.reason)


def _recall(share: Share) -> Notice:
    values = next(one.reason_values for one in share.deliveries if one.reason == RECALLED)
    who = db.session.scalar(sa.select(Person.name).where(Person.code == values.get("by", "")))
    return Notice(share, False, who or "", str(values.get("reason", "")))
