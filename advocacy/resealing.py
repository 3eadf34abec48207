"""Sealing anew, by the first key, what older ones sealed: in small batches, and as often as it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from advocacy import db, vault

BATCH = 200


@dataclass(frozen=True)
class Tally:
    """How many sealed texts there are, were sealed anew, are by an older key still, or open by no key at all."""

    found: int = 0
    anew: int = 0
    older: int = 0
    lost: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.found + other.found,
            self.anew + other.anew,
            self.older + other.older,
            self.lost + other.lost,
        )


def sealed_columns() -> list[sa.Column[str | None]]:
    """Every column that holds sealed texts: those whose names say so, in every table."""
    return [
        column
        for table in db.Model.metadata.sorted_tables
        for column in table.columns
        if column.name == "sealed" or column.name.startswith("sealed_")
    ]


def reseal(column: sa.Column[str | None], *, size: int = BATCH) -> Tally:
    """Seal a column's texts anew, each batch in a unit of its own; whoever is stopped goes on where he was."""
    done = Tally()
    for batch in _batches(column, size):
        with db.unit_of_work():
            done += _resealed(column, batch)
    return done


def count(column: sa.Column[str | None], *, size: int = BATCH) -> Tally:
    """How a column's texts are sealed."""
    found = Tally()
    for batch in _batches(column, size):
        for _id, sealed in batch:
            found += _judged(sealed)
    return found


def _batches(column: sa.Column[str | None], size: int) -> Iterator[list[tuple[int, str]]]:
    key, last = column.table.c.id, 0
    while True:
        with db.unit_of_work(write=False):
            rows = db.session.execute(
                sa.select(key, column)
                .where(key > last, column.is_not(None), column != "")
                .order_by(key)
                .limit(size)
            ).all()
        if not rows:
            return
        last = rows[-1][0]
        yield [(row[0], row[1]) for row in rows]


def _resealed(column: sa.Column[str | None], batch: list[tuple[int, str]]) -> Tally:
    """A text that somebody changed meanwhile is left alone: whoever changed it sealed it by the newest key."""
    done = Tally()
    for key, sealed in batch:
        judged = _judged(sealed)
        if judged.older:
            changed = sa.update(column.table).where(column.table.c.id == key, column == sealed)
            db.session.execute(changed.values({column.name: vault.resealed(sealed)}))
            judged = Tally(found=1, anew=1)
        done += judged
    return done


def _judged(sealed: str) -> Tally:
    if vault.is_newest(sealed):
        return Tally(found=1)
    try:
        vault.resealed(sealed)
    except vault.Unsealable:
        return Tally(found=1, lost=1)
    return Tally(found=1, older=1)
