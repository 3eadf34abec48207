"""What posts cost: reserved at the gate under a lock, settled by the outcome, held back when a budget is spent.

Every change is a new line of the ledger, with what counts against the month after it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from advocacy import db
from advocacy.accounts.models import Entity, Person
from advocacy.audit.actions import record
from advocacy.errors import N_, Forbidden, Reason
from advocacy.mail import actions as mail
from advocacy.sharing import money, queries
from advocacy.sharing.models import Budget, Delivery, Outlay
from advocacy.sharing.money import Cost, Entry, Price


def reserve(delivery: Delivery, cost: Cost, *, at: datetime) -> bool:
    """Set aside what a post costs; False where the month's budget has no room for it.

    Holds the lock of its owner's entity until the transaction ends, so that no two workers spend the same money.
    """
    entity_id = delivery.share.person.entity_id
    _lock(entity_id)
    if queries.reservation(delivery) is not None:
        return True
    return _reserve(entity_id, delivery.network, cost, about=delivery.code, at=at) is not None


def reserve_reading(delivery: Delivery, cost: Cost, *, at: datetime) -> Outlay | None:
    """Set aside what looking for a post may cost at most; None where the month's budget has no room for it."""
    entity_id = delivery.share.person.entity_id
    _lock(entity_id)
    return _reserve(entity_id, delivery.network, cost, about=delivery.code, at=at)


def reasons_against(person: Person, costs: list[tuple[str, Cost, datetime]]) -> list[Reason]:
    """Why there is no money for posts (network, cost, when due), all of a network and month together."""
    together: dict[tuple[str, str], list[tuple[Cost, datetime]]] = {}
    for network, cost, due_at in costs:
        together.setdefault((network, money.month_of(due_at)), []).append((cost, due_at))
    found = [
        queries.too_dear(person, network, [cost for cost, _due in some], at=some[0][1])
        for (network, _month), some in together.items()
    ]
    return [reason for reason in found if reason is not None]


def _lock(entity_id: int | None) -> None:
    db.lock_exclusive(f"budget:{entity_id or 0}")


def _reserve(entity_id: int | None, network: str, cost: Cost, *, about: str, at: datetime) -> Outlay | None:
    month = money.month_of(at)
    limit = queries.limit_of(entity_id, cost.currency, month)
    before = queries.counted(entity_id, cost.currency, month)
    if not money.fits(limit, before, cost.amount):
        return None
    line = Outlay(
        entity_id=entity_id,
        month=month,
        network=network,
        currency=cost.currency,
        use=cost.use,
        state=Entry.RESERVED,
        amount=cost.amount,
        balance=before + cost.amount,
        about=about,
        at=at,
    )
    db.session.add(line)
    db.session.flush()
    return line


def settle(delivery: Delivery, entry: Entry, *, at: datetime) -> None:
    """Make what was reserved for a post final, or give it back; a second word about it changes nothing."""
    settle_each([delivery.code], entry, at=at)


def settle_each(codes: Collection[str], entry: Entry, *, at: datetime) -> None:
    """The same for several posts, by their codes."""
    for line in queries.reservations(codes):
        end(line, entry, at=at)


def end(line: Outlay, entry: Entry, *, at: datetime) -> None:
    """Settle one reservation, once, in the month and the entity in which it was made."""
    _lock(line.entity_id)
    if queries.is_settled(line):
        return
    before = queries.counted(line.entity_id, line.currency, line.month)
    db.session.add(
        Outlay(
            entity_id=line.entity_id,
            month=line.month,
            network=line.network,
            currency=line.currency,
            use=line.use,
            state=entry,
            amount=line.amount,
            balance=before + money.counts(entry, line.amount),
            about=line.about,
            at=at,
        )
    )
    db.session.flush()


def end_looks(*, before: datetime, at: datetime, most: int = 50, about: str | None = None) -> int:
    """Count as spent what looks reserved before then and never settled; returns how many.

    Who looked has died: the network may have charged for it, and nobody will know.
    """
    lines = db.session.scalars(queries.open_looks(before=before, about=about).order_by(Outlay.id).limit(most))
    left = lines.all()
    for line in left:
        end(line, Entry.SPENT, at=at)
    return len(left)


def set_budget(entity: Entity, amount: int, currency: str, *, by: Person, at: datetime) -> Budget:
    """Let an entity spend so much (millionths) in this and every later month; raises Forbidden elsewhere."""
    if not by.may("budget.edit", entity_id=entity.id):
        raise Forbidden(N_("You may set the budget of your own company only."))
    _lock(entity.id)
    month = money.month_of(at)
    budget = queries.budget_of(entity.id, currency, month)
    if budget is None or budget.month != month:
        budget = Budget(entity_id=entity.id, currency=currency, month=month)
        db.session.add(budget)
    budget.amount, budget.set_at = amount, at
    db.session.flush()
    record(
        "budget.set",
        by=by,
        at=at,
        about=f"entity:{entity.slug}",
        details={"amount": f"{Decimal(amount) / money.MILLION} {currency}"},
    )
    return budget


def return_held(price: Price, *, most: int, at: datetime) -> int:
    """Tell owners of posts held for want of money that there is some again, as many as it is enough for."""
    told = 0
    for entity_id, network in queries.waiting_for_money():
        told += _return_some(entity_id, network, price, most=most - told, at=at)
    return told


def _return_some(entity_id: int | None, network: str, price: Price, *, most: int, at: datetime) -> int:
    """Give the oldest posts back to their owners while money is left beside what others were told of already."""
    promised: dict[str, int] = {}
    for post in db.session.scalars(queries.held_as(entity_id, network, queries.MONEY_AGAIN)):
        cost = price(network, post.text)
        if cost is not None:
            promised[cost.currency] = promised.get(cost.currency, 0) + cost.amount
    held = queries.held_as(entity_id, network, *queries.FOR_MONEY).limit(max(0, most))
    told = 0
    for post in db.session.scalars(held.with_for_update(skip_locked=True, of=Delivery)).all():
        cost = price(network, post.text)
        if cost is not None:
            promised[cost.currency] = promised.get(cost.currency, 0) + cost.amount
            room = queries.left(entity_id, cost.currency, at=at)
            if room is not None and promised[cost.currency] > room:
                break
        _return(post, at=at)
        told += 1
    return told


def _return(post: Delivery, *, at: datetime) -> None:
    post.reason, post.reason_values = queries.MONEY_AGAIN, {}
    mail.write(
        to=post.share.person,
        kind="money_again",
        values={"share": post.share.code, "network": post.network},
        at=at,
        key=f"money:{post.id}:{money.month_of(at)}",
    )
