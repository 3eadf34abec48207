"""A person's accounts, shares and posts, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit, KitAsset
from advocacy.errors import Missing
from advocacy.leaderboards import queries as leaderboards
from advocacy.leaderboards.models import Points
from advocacy.leaderboards.rules import FEWEST
from advocacy.links import queries as links
from advocacy.sharing.models import (
    Attempt,
    Connection,
    ConnectionState,
    Deletion,
    Delivery,
    DeliveryState,
    PostFigures,
    Share,
)

OPEN = (DeliveryState.WAITING, DeliveryState.HELD, DeliveryState.NEEDS_RECONNECTING)
PUBLISHED = (DeliveryState.SENT, DeliveryState.POSTED)
APPEALED = (*PUBLISHED, DeliveryState.UNKNOWN)
"""States in which its owner is to hear that she is asked to delete or change a post."""
NEEDS_OWNER = (
    DeliveryState.HELD,
    DeliveryState.NEEDS_RECONNECTING,
    DeliveryState.UNKNOWN,
    DeliveryState.FAILED,
    DeliveryState.OPENED,
)
TROUBLE = (
    DeliveryState.HELD,
    DeliveryState.NEEDS_RECONNECTING,
    DeliveryState.UNKNOWN,
    DeliveryState.FAILED,
)
"""States of which the first page tells; a post by hand that she has not spoken of is none."""
UNDER_WAY = (DeliveryState.WAITING, DeliveryState.SENDING)


def connections_of(person: Person) -> sa.Select[Connection]:
    """A person's connected accounts, those that work first."""
    order = (Connection.state, Connection.connected_at, Connection.id)
    return sa.select(Connection).where(*_connected(person.id)).order_by(*order)


def account_at(network: str, server: str, remote_id: str) -> Connection | None:
    """An account of a network, whoever connected it; one with a DID stays the same wherever its server is by now."""
    where = [Connection.network == network, Connection.remote_id == remote_id]
    if not remote_id.startswith("did:"):
        where.append(Connection.server == server)
    return db.session.scalars(sa.select(Connection).where(*where).order_by(Connection.id).limit(1)).first()


def connection_ids(person_id: Any) -> sa.Select[int]:
    """The keys of a person's connected accounts."""
    return sa.select(Connection.id).where(*_connected(person_id))


def _connected(person_id: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return Connection.person_id == person_id, Connection.state != ConnectionState.DISCONNECTED


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


def other_at(delivery: Delivery, url: str, remote_id: str) -> bool:
    """Whether another post of the same person stands at this address, or under this id on the same account."""
    same = [Delivery.remote_url == url]
    if remote_id:
        account = Delivery.connection_id == delivery.connection_id
        same.append(sa.and_(account, Delivery.remote_id == remote_id))
    hers = sa.select(Delivery.id).join(Share).where(Share.person_id == delivery.share.person_id)
    other = hers.where(Delivery.id != delivery.id, sa.or_(*same))
    return db.session.scalar(other.limit(1)) is not None


def may_be_out(delivery: Delivery) -> bool:
    """Whether a post that was refused at last may be out by an earlier try, whose answer was lost."""
    lost = sa.select(Attempt.id).where(Attempt.delivery_id == delivery.id, Attempt.outcome == "lost")
    return delivery.state is DeliveryState.FAILED and db.session.scalar(lost.limit(1)) is not None


def first_tried(delivery: Delivery) -> datetime | None:
    """When a post was tried first of all, under whatever key; None before that."""
    return db.session.scalar(
        sa.select(sa.func.min(Attempt.started_at)).where(Attempt.delivery_id == delivery.id)
    )


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


def to_be_stopped(asked: sa.Select[Delivery]) -> list[Delivery]:
    """Those that have not gone out, locked in the gate's order, once workers have written what they have to tell."""
    still = asked.where(Delivery.state.in_(OPEN)).order_by(None).order_by(Share.person_id, Delivery.id)
    locked = still.with_for_update(of=Delivery).execution_options(populate_existing=True)
    return list(db.session.scalars(locked))


def how_many_waiting(kit: Kit) -> int | None:
    """How many posts of a kit are scheduled or held; None for some of fewer than five people."""
    counted = sa.select(sa.func.count(), sa.func.count(Share.person_id.distinct())).select_from(Delivery)
    waiting = counted.join(Share).where(Share.kit_id == kit.id, Delivery.state.in_(OPEN))
    posts, heads = db.session.execute(waiting).one()
    return int(posts) if not heads or heads >= FEWEST else None


def shared_kit_ids(person: Person) -> set[int]:
    """The kits (keys) that a person has shared and not cancelled."""
    return set(db.session.scalars(shared_kits(person.id)))


def shared_kits(person_id: Any) -> sa.Select[int]:
    """The keys of the kits that a person has shared and not cancelled."""
    return (
        sa.select(Share.kit_id)
        .join(Delivery)
        .where(Share.person_id == person_id, Delivery.state != DeliveryState.CANCELLED)
    )


def posts_by_hand(person_id: Any) -> sa.Select[int]:
    """The key of one post that a person made with her own hands and did not drop, if there is one."""
    by_hand = (Delivery.connection_id.is_(None), Delivery.state != DeliveryState.CANCELLED)
    return sa.select(Delivery.id).join(Share).where(Share.person_id == person_id, *by_hand).limit(1)


def shared_before(person: Person, kit: Kit) -> list[Delivery]:
    """A person's posts of this story that are out, planned or in her hands, the newest first."""
    there = (*PUBLISHED, *UNDER_WAY, DeliveryState.UNKNOWN, DeliveryState.OPENED)
    found = sa.select(Delivery).join(Share).where(Share.person_id == person.id, Share.kit_id == kit.id)
    found = found.where(Delivery.state.in_(there)).order_by(Delivery.id.desc())
    return list(
        db.session.scalars(found.options(joinedload(Delivery.connection), joinedload(Delivery.share)))
    )


def deletions_waiting(connection: Connection) -> bool:
    """Whether posts of this account are still to be deleted."""
    waiting = sa.select(Deletion.id).join(Delivery)
    waiting = waiting.where(Delivery.connection_id == connection.id, Deletion.state == "waiting").limit(1)
    return db.session.scalar(waiting) is not None


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
    rows = db.session.execute(sa.select(Points.source, Points.amount).where(Points.source.in_(sources)))
    return {sources[source]: amount for source, amount in rows}


def uses_of_captions(kit: Kit, network: str) -> dict[int, int]:
    """How often each suggestion of a kit (by key) was posted on a network."""
    used = sa.select(Delivery.variant_id, sa.func.count()).join(Share).group_by(Delivery.variant_id)
    posted = (Share.kit_id == kit.id, Delivery.network == network, Delivery.state.in_(PUBLISHED))
    rows = db.session.execute(used.where(*posted, Delivery.variant_id.is_not(None)))
    return {key: count for key, count in rows if key is not None}


def deletions_asked(deliveries: Iterable[Delivery]) -> dict[int, Deletion]:
    """The last deletion that was asked for, by its delivery's key."""
    ids = [delivery.id for delivery in deliveries]
    rows = db.session.scalars(sa.select(Deletion).where(Deletion.delivery_id.in_(ids)).order_by(Deletion.id))
    return {row.delivery_id: row for row in rows}


def figures_of(delivery: Delivery) -> PostFigures | None:
    """What others did with a post, as far as it was read."""
    return db.session.scalar(sa.select(PostFigures).where(PostFigures.delivery_id == delivery.id))


def pictures_of(delivery: Delivery) -> list[KitAsset]:
    """The pictures that go with a post, in its order."""
    if not delivery.asset_ids:
        return []
    rows = db.session.scalars(sa.select(KitAsset).where(KitAsset.id.in_(delivery.asset_ids)))
    found = {row.id: row for row in rows}
    return [found[one] for one in delivery.asset_ids if one in found]


def how_many_open(person: Person) -> int:
    """How many of a person's posts are scheduled or held."""
    counted = deliveries_of(person, *OPEN).order_by(None).with_only_columns(sa.func.count())
    return db.session.scalar(counted) or 0


def how_many_in_trouble(person: Person) -> int:
    """How many of a person's posts wait for her word; while she pauses, those that her pause holds are at rest."""
    states = [one for one in TROUBLE if not (person.is_paused and one is DeliveryState.HELD)]
    counted = deliveries_of(person, *states).order_by(None).with_only_columns(sa.func.count())
    return db.session.scalar(counted) or 0


@dataclass(frozen=True)
class Results:
    """What a person's posts did in a time: how many there were, clicks on all her links, points earned."""

    posts: int
    clicks: int
    points: int

    def __bool__(self) -> bool:
        return bool(self.posts or self.clicks or self.points)


def results_of(person: Person, *, since: datetime, at: datetime) -> Results:
    """What a person's posts did from `since` to `at`."""
    posts = deliveries_of(person, *PUBLISHED).where(Delivery.sent_at >= since, Delivery.sent_at <= at)
    counted = posts.order_by(None).with_only_columns(sa.func.count())
    return Results(
        db.session.scalar(counted) or 0,
        links.clicks_since(person, since),
        leaderboards.earned_since(person, since, at=at),
    )
