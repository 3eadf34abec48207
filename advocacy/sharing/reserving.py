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
    return _reserved(_reserving(DeliveryState.WAITING, lane), most=most, lease=lease, at=at)


def reserve_lost(*, most: int, lease: timedelta, at: datetime, lane: Lane | None = None) -> list[Claim]:
    """Reserve posts whose sender fell silent: *sending* was committed and the lease has run out."""
    return _reserved(_reserving(DeliveryState.SENDING, lane), most=most, lease=lease, at=at)


def _reserved(reserving: sa.Executable, *, most: int, lease: timedelta, at: datetime) -> list[Claim]:
    token = secrets.token_hex(16)
    rows = db.session.execute(reserving, {"now": at, "most": most, "token": token, "until": at + lease})
    return [Claim(row.id, token, row.network) for row in rows]


@cache
def _reserving(state: DeliveryState, lane: Lane | None) -> sa.Executable:
    """The statement that reserves posts in this state, put together once, since every lane asks each second."""
    now = sa.bindparam("now", type_=POSTS.c.due_at.type)
    conditions = [POSTS.c.state == state, POSTS.c.lease_until < now]
    if state is DeliveryState.WAITING:
        free = sa.or_(POSTS.c.lease_until.is_(None), POSTS.c.lease_until < now)
        conditions[1:] = [POSTS.c.connection_id.is_not(None), POSTS.c.due_at <= now, free]
    if lane is not None:
        conditions.insert(0, lane.holds(POSTS.c.network))
    chosen = (
        sa.select(POSTS.c.id)
        .where(*conditions)
        .order_by(POSTS.c.due_at, POSTS.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )
    return (
        sa.update(POSTS)
        .where(POSTS.c.id.in_(once(chosen.with_for_update(skip_locked=True))))
        .values(claim_token=sa.bindparam("token"), lease_until=sa.bindparam("until"))
        .returning(POSTS.c.id, POSTS.c.network)
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
    token = secrets.token_hex(16)
    own = {"now": at, "most": most, "token": token, "until": at + lease}
    return [Claim(row.id, token, "") for row in db.session.execute(_reserving_of(model, lane), own)]


@cache
def _reserving_of(model: type[Deletion] | type[Revocation], lane: Lane | None) -> sa.Executable:
    table = db.table(model)
    now = sa.bindparam("now", type_=table.c.due_at.type)
    due = sa.select(table.c.id).where(
        table.c.state == "waiting",
        table.c.due_at <= now,
        sa.or_(table.c.lease_until.is_(None), table.c.lease_until < now),
    )
    if lane is not None and model is Deletion:
        of_lane = sa.select(POSTS.c.id).where(lane.holds(POSTS.c.network))
        due = due.where(table.c.delivery_id.in_(of_lane))
    chosen = due.order_by(table.c.due_at).limit(sa.bindparam("most", type_=sa.Integer))
    return (
        sa.update(table)
        .where(table.c.id.in_(once(chosen.with_for_update(skip_locked=True))))
        .values(claim_token=sa.bindparam("token"), lease_until=sa.bindparam("until"))
        .returning(table.c.id)
    )


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
