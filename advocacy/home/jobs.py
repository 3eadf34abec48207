"""Recurring work of the first page: the weekly letter."""

from __future__ import annotations

from advocacy import clock, db
from advocacy.home import actions, queries, rules


def write_weekly() -> int:
    """Write the weekly letters whose hour it is; returns how many.

    Each is a unit of its own, which asks again whether she wants it: she may have stopped it meanwhile.
    """
    at = clock.now()
    with db.unit_of_work(write=False):
        ids = [
            person.id
            for batch in queries.letter_readers()
            for person in batch
            if rules.letter_week(person.time_zone, at=at)
        ]
    written = 0
    for one in ids:
        with db.unit_of_work():
            reader = queries.letter_reader(one)
            written += reader is not None and actions.write_letter(reader, at=clock.now())
    return written
