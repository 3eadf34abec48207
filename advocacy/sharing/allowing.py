"""Keeping to what networks allow: rows that all workers share, so that none of them calls before its time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from advocacy import db
from advocacy.sharing.models import Allowance, Connection
from advocacy.sharing.rules import CallKind, Told, merged


def closed(connection: Connection, *, at: datetime) -> list[Told]:
    """The kinds of calls that may not be made for this connection now."""
    return closed_at(connection.network, connection.server, connection.code, at=at)


def closed_at(network: str, server: str, whose: str, *, at: datetime) -> list[Told]:
    """The same, by where the connection is and its code: it may be given up already."""
    return [
        row.told for row in db.session.scalars(_of([network], [server], [whose], at)) if row.remaining <= 0
    ]


def open_of(connections: Sequence[Connection], *, at: datetime) -> list[Allowance]:
    """What is open for any of these connections, locked in an order in which nobody waits crosswise."""
    return list(db.session.scalars(_open(connections, at).with_for_update())) if connections else []


def take(
    connection: Connection, kinds: Iterable[CallKind], known: Iterable[Allowance]
) -> tuple[datetime | None, list[Told]]:
    """Count one call of each kind if all may be made now, else say when; and which other kinds are closed.

    `known` are the rows that `open_of` locked, for several connections perhaps.
    """
    wanted, place = set(kinds), (connection.network, connection.server)
    rows = [row for row in known if (row.network, row.server) == place and row.whose in ("", connection.code)]
    shut = [row for row in rows if row.remaining <= 0]
    until = max((row.resets_at for row in shut if row.kind in wanted), default=None)
    if until is None:
        for row in rows:
            row.remaining -= row.kind in wanted
    return until, [row.told for row in shut]


def note(network: str, server: str, whose: str, heard: Iterable[Told]) -> None:
    """Keep what a network said of a connection (its code), where it is worth counting."""
    heard = list(heard)
    if len(heard) > 1:
        lock([(network, server, whose)])
    for told in heard:
        owner = "" if told.shared else whose
        row = _row(network, server, owner, told.kind)
        if row is not None:
            row.say(merged(row.told, told))
        elif told.is_near_its_end:
            _add(Allowance(network=network, server=server, whose=owner, kind=told.kind), told)


def lock(places: Sequence[tuple[str, str, str]]) -> None:
    """Lock all that is known of these connections (network, server, code), in the order in which the gate does."""
    if places:
        networks, servers, whose = (set(kind) for kind in zip(*places, strict=True))
        db.session.execute(_of(networks, servers, whose, None).with_for_update())


def forget(*, at: datetime) -> int:
    """Delete what has run out; returns how many rows went."""
    gone = sa.delete(Allowance).where(Allowance.resets_at < at).returning(Allowance.id)
    return len(db.session.scalars(gone.execution_options(synchronize_session=False)).all())


def _open(connections: Sequence[Connection], at: datetime) -> sa.Select[Allowance]:
    return _of(
        {one.network for one in connections},
        {one.server for one in connections},
        {one.code for one in connections},
        at,
    )


def _of(
    networks: Collection[str], servers: Collection[str], whose: Collection[str], at: datetime | None
) -> sa.Select[Allowance]:
    """What is open for connections, or all for no moment, in an order in which nobody waits crosswise."""
    return (
        sa.select(Allowance)
        .where(
            Allowance.network.in_(networks),
            Allowance.server.in_(servers),
            Allowance.whose.in_({"", *whose}),
            sa.true() if at is None else Allowance.resets_at > at,
        )
        .order_by(Allowance.id)
        .execution_options(populate_existing=True)
    )


def _row(network: str, server: str, whose: str, kind: CallKind) -> Allowance | None:
    return db.session.scalar(
        sa.select(Allowance)
        .where(
            Allowance.network == network,
            Allowance.server == server,
            Allowance.whose == whose,
            Allowance.kind == kind,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _add(row: Allowance, told: Told) -> None:
    row.say(told)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # another worker heard it at the same moment
        there = _row(row.network, row.server, row.whose, row.kind)
        if there is not None:
            there.say(merged(there.told, told))
