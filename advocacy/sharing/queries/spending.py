"""What may be spent, what was, and what stands against a post that costs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from advocacy import db
from advocacy.accounts.models import Entity, Person
from advocacy.errors import N_, Reason
from advocacy.leaderboards import queries as leaderboards
from advocacy.sharing import money
from advocacy.sharing.models import Budget, Delivery, DeliveryState, Outlay, Share
from advocacy.sharing.money import POSTS, Cost, Entry, Use

SPENT = N_("Your company has spent what it set aside for %(network)s this month. Post it by hand, or wait.")
NOTHING = N_("Your company pays for no posts on %(network)s. Post it by hand instead.")
MONEY_AGAIN = N_("There is money for this post again. Send it now, or let it be.")
FOR_MONEY = (SPENT, NOTHING)

_usual: list[int | None] = [None]


def go_by(usual: int | None) -> None:
    """From now on let this be a month's budget (millionths) where an entity has none; None is no limit."""
    _usual[0] = usual


def budget_of(entity_id: int | None, currency: str, month: str) -> Budget | None:
    """The budget that an administrator set for this month or an earlier one."""
    rows = sa.select(Budget).where(
        Budget.entity_id == entity_id, Budget.currency == currency, Budget.month <= month
    )
    return db.session.scalars(rows.order_by(Budget.month.desc()).limit(1)).first()


def limit_of(entity_id: int | None, currency: str, month: str) -> int | None:
    """What may be spent in a month, in millionths; None without a limit."""
    budget = budget_of(entity_id, currency, month)
    return budget.amount if budget is not None else _usual[0]


def counted(entity_id: int | None, currency: str, month: str) -> int:
    """What counts against a month's budget, in millionths: spent, or reserved and not settled yet."""
    rows = sa.select(Outlay.balance).where(
        Outlay.entity_id == entity_id, Outlay.month == month, Outlay.currency == currency
    )
    return db.session.scalar(rows.order_by(Outlay.id.desc()).limit(1)) or 0


def left(entity_id: int | None, currency: str, *, at: datetime) -> int | None:
    """What may still be spent this month, in millionths; None without a limit."""
    month = money.month_of(at)
    limit = limit_of(entity_id, currency, month)
    return None if limit is None else max(0, limit - counted(entity_id, currency, month))


def reservation(delivery: Delivery) -> Outlay | None:
    """The line that reserved money for this post, if that is still open."""
    return next(iter(reservations([delivery.code])), None)


def reservations(codes: Collection[str]) -> list[Outlay]:
    """The lines that reserved money for these posts and are still open, in the order in which budgets are locked."""
    rows = sa.select(Outlay).where(Outlay.about.in_(codes), Outlay.use.in_(POSTS)).order_by(Outlay.id)
    last = {row.about: row for row in db.session.scalars(rows)}
    still = (row for row in last.values() if row.state is Entry.RESERVED)
    return sorted(still, key=lambda row: (row.entity_id or 0, row.id))


def is_settled(line: Outlay) -> bool:
    """Whether a later line says what became of what this one reserved."""
    return db.session.scalar(sa.select(_settling(line.about, line.use, line.id))) or False


def open_looks(*, before: datetime, about: str | None = None) -> sa.Select[Outlay]:
    """What looks (for the post of this code, or any) reserved before then and nobody settled."""
    found = sa.select(Outlay).where(
        Outlay.use == Use.READ,
        Outlay.state == Entry.RESERVED,
        Outlay.at < before,
        ~_settling(Outlay.about, Outlay.use, Outlay.id),
    )
    return found.where(Outlay.about == about) if about is not None else found


def _settling(about: Any, use: Any, key: Any) -> sa.Exists:
    later = aliased(Outlay)
    return sa.exists().where(
        later.about == about, later.use == use, later.id > key, later.state != Entry.RESERVED
    )


def too_dear(person: Person, network: str, costs: Iterable[Cost], *, at: datetime) -> Reason | None:
    """Why posts at these costs cannot go out on a network at that moment; None when there is money for all."""
    sums: dict[str, int] = {}
    for cost in costs:
        sums[cost.currency] = sums.get(cost.currency, 0) + cost.amount
    month = money.month_of(at)
    for currency, amount in sums.items():
        limit = limit_of(person.entity_id, currency, month)
        if not money.fits(limit, counted(person.entity_id, currency, month), amount):
            return no_money(network, limit)
    return None


def no_money(network: str, limit: int | None) -> Reason:
    """Why a post that costs does not go out: all is spent, or nothing may be."""
    name = leaderboards.network_names().get(network, network)
    return (SPENT if limit else NOTHING), {"network": name}


def waiting_for_money() -> list[tuple[int | None, str]]:
    """The entities (keys) whose posts on a network are held for want of money."""
    found = sa.select(Person.entity_id, Delivery.network).distinct()
    rows = found.select_from(Delivery).join(Share).join(Person, Person.id == Share.person_id)
    held = rows.where(Delivery.state == DeliveryState.HELD, Delivery.reason.in_(FOR_MONEY))
    return [(row.entity_id, row.network) for row in db.session.execute(held)]


def held_as(entity_id: int | None, network: str, *reasons: str) -> sa.Select[Delivery]:
    """The posts of an entity's people on a network that are held for one of these reasons, the oldest first."""
    held = sa.select(Delivery).join(Share).join(Person, Person.id == Share.person_id)
    mine = (Person.entity_id == entity_id, Delivery.network == network)
    return held.where(Delivery.state == DeliveryState.HELD, Delivery.reason.in_(reasons), *mine).order_by(
        Delivery.due_at, Delivery.id
    )


@dataclass(frozen=True)
class MonthSum:
    """An entity's month in one currency, in millionths; `limit` None is none."""

    entity: Entity | None
    currency: str
    spent: int
    reserved: int
    limit: int | None

    @property
    def left(self) -> int | None:
        """What may still be spent."""
        return None if self.limit is None else max(0, self.limit - self.spent - self.reserved)


def ledger(
    entities: Collection[int] | None, month: str, *, open_or_settled: bool = False
) -> sa.Select[Outlay]:
    """The lines of a month for these entities (keys; None: all), the newest first.

    With `open_or_settled` without those that reserved what a later line settles.
    """
    found = sa.select(Outlay).where(Outlay.month == month)
    if open_or_settled:
        settled = _settling(Outlay.about, Outlay.use, Outlay.id)
        found = found.where(sa.or_(Outlay.state != Entry.RESERVED, ~settled))
    if entities is not None:
        found = found.where(Outlay.entity_id.in_(entities))
    return found.order_by(Outlay.id.desc())


def ledger_months(entities: Collection[int] | None) -> list[str]:
    """The months in which these entities had expenses, the latest first."""
    found = sa.select(Outlay.month).distinct().order_by(Outlay.month.desc())
    if entities is not None:
        found = found.where(Outlay.entity_id.in_(entities))
    return list(db.session.scalars(found))


def month_sums(entities: Iterable[Entity | None], currencies: Iterable[str], month: str) -> list[MonthSum]:
    """What each entity (None: people of no company) spent and has left in a month."""
    keys = sa.select(Outlay.entity_id, Outlay.currency, Outlay.state, sa.func.sum(Outlay.amount))
    rows = keys.where(Outlay.month == month).group_by(Outlay.entity_id, Outlay.currency, Outlay.state)
    sums = {(row[0], row[1], row[2]): int(row[3]) for row in db.session.execute(rows)}
    wanted = list(currencies)
    found = []
    for entity in entities:
        key = entity.id if entity else None
        for currency in wanted:
            taken, spent, back = (sums.get((key, currency, one), 0) for one in Entry)
            limit = limit_of(key, currency, month)
            found.append(MonthSum(entity, currency, spent, taken - spent - back, limit))
    return found
