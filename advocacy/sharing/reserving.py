"""Reserving rows that are due: one statement each, which any number of workers may run at once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from advocacy import db
from advocacy.sharing import rules
from advocacy.sharing.models import Deletion, Delivery, DeliveryState, Revocation

Row = TypeVar("Row", Deletion, Revocation)
POSTS = db.table(Delivery)


@dataclass(frozen=True)
class Lane:
    """One network's share of the work; the lane that knows all others takes what belongs to none of them, too."""

    network: str
    known: tuple[str, ...] = ()

    def holds(self, column: Any) -> sa.ColumnElement[bool]:
        """Whether a row's network is of this lane."""
        own: sa.ColumnElement[bool] = column == self.network
        return sa.or_(own, column.not_in(self.known)) if self.known else own


@dataclass(frozen=True)
class Claim:
    """A row that this process holds until the lease runs out."""

    id: int
    token: str
    network: str


class Place(Protocol):
    """One of so many calls that are made to a network at once."""

    def await_turn(self, *, ahead: bool) -> bool:
        """Wait for the place, or to be let through the gate `ahead` of it; False when nothing is begun any more."""

    def take(self) -> bool:
        """Have the place now at the latest; False where none came free in time."""

    def give_up(self) -> None:
        """Let another call be made."""


class OwnPlace:
    """The place of who is alone: there at once, and for ever."""

    def await_turn(self, *, ahead: bool) -> bool:
        """There it is."""
        return True

    def take(self) -> bool:
        """It is ours already."""
        return True

    def give_up(self) -> None:
        """Nobody waits for it."""


def reserve_due(*, most: int, lease: timedelta, at: datetime, lane: Lane | None = None) -> list[Claim]:
    """Reserve posts that are due, the longest waiting first, with one statement."""
    return _reserved(_of_posts(DeliveryState.WAITING, lane), most=most, lease=lease, at=at)


def reserve_lost(*, most: int, lease: timedelta, at: datetime, lane: Lane | None = None) -> list[Claim]:
    """Reserve posts whose sender fell silent: *sending* was committed and the lease has run out."""
    return _reserved(_of_posts(DeliveryState.SENDING, lane), most=most, lease=lease, at=at)


def _reserved(reserving: sa.Executable, *, most: int, lease: timedelta, at: datetime) -> list[Claim]:
    token = secrets.token_hex(16)
    rows = db.session.execute(reserving, {"now": at, "most": most, "token": token, "until": at + lease})
    return [Claim(row.id, token, row.network) for row in rows]


# Statements are put together once, since every lane asks each second.


@cache
def _of_posts(state: DeliveryState, lane: Lane | None) -> sa.Executable:
    own = POSTS.c
    over = own.lease_until < _now(POSTS)
    if state is DeliveryState.WAITING:
        free = sa.or_(own.lease_until.is_(None), over)
        over = sa.and_(own.connection_id.is_not(None), own.due_at <= _now(POSTS), free)
    lanes = () if lane is None else (lane.holds(own.network),)
    chosen = sa.select(own.id).where(*lanes, own.state == state, over).order_by(own.due_at, own.id)
    return _reserving(POSTS, chosen, own.network)


def _now(table: sa.Table) -> sa.BindParameter[datetime]:
    return sa.bindparam("now", type_=table.c.due_at.type)


def _reserving(table: sa.Table, chosen: sa.Select[int], network: sa.ColumnElement[str]) -> sa.Executable:
    """Holds the first of the rows that are chosen; what another worker has locked is passed over."""
    first = chosen.limit(sa.bindparam("most", type_=sa.Integer)).with_for_update(skip_locked=True)
    return (
        sa.update(table)
        .where(table.c.id.in_(once(first)))
        .values(claim_token=sa.bindparam("token"), lease_until=sa.bindparam("until"))
        .returning(table.c.id, network.label("network"))
    )


def once(chosen: sa.Select[int]) -> sa.Select[int]:
    """The keys that a statement chooses and locks, chosen once: PostgreSQL may ask a subquery again for each row."""
    rows = chosen.cte("chosen")
    return sa.select(rows.c[0])


def give_up(claims: Iterable[Claim]) -> None:
    """Let others have what was reserved and not begun, at once and not when the lease has run out."""
    for claim in claims:
        db.session.execute(
            sa.update(Delivery)
            .where(
                Delivery.id == claim.id,
                Delivery.claim_token == claim.token,
                Delivery.state == DeliveryState.WAITING,
            )
            .values(claim_token=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )


def reserve(
    model: type[Deletion] | type[Revocation],
    *,
    most: int,
    lease: timedelta,
    at: datetime,
    lane: Lane | None = None,
) -> list[Claim]:
    """Reserve deletions or revocations that are due; a lane counts for deletions alone."""
    return _reserved(_of_deeds(model, lane), most=most, lease=lease, at=at)


@cache
def _of_deeds(model: type[Deletion] | type[Revocation], lane: Lane | None) -> sa.Executable:
    table = db.table(model)
    own, now = table.c, _now(table)
    free = sa.or_(own.lease_until.is_(None), own.lease_until < now)
    due = sa.select(own.id).where(own.state == "waiting", own.due_at <= now, free)
    if lane is not None and model is Deletion:
        of_lane = sa.select(POSTS.c.id).where(lane.holds(POSTS.c.network))
        due = due.where(own.delivery_id.in_(of_lane))
    return _reserving(table, due.order_by(own.due_at), sa.literal_column("''"))


def held(model: type[Row], claim: Claim) -> Row | None:
    """The deletion or revocation if this claim holds it still; what another has taken up is not ours to end."""
    return db.session.scalar(
        sa.select(model)
        .where(model.id == claim.id, model.claim_token == claim.token, model.state == "waiting")
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def put_off(
    row: Deletion | Revocation,
    *,
    at: datetime,
    retry_after: int | None = None,
    retry_at: datetime | None = None,
) -> bool:
    """Try a deletion or revocation again later; False when it was tried often enough."""
    again = rules.next_try(row.attempts + 1, at=at, retry_after=retry_after, retry_at=retry_at)
    began = row.asked_at if isinstance(row, Deletion) else row.created_at
    named = retry_after is not None or retry_at is not None
    row.attempts += rules.uses_attempt(began, named=named, at=at)
    row.claim_token = row.lease_until = None
    if again is not None:
        row.due_at = again
        return True
    row.state, row.done_at = "failed", at
    return False
