"""Recurring work of the first page: the weekly letter."""

from __future__ import annotations

from advocacy import clock, db
from advocacy.home import actions, queries


def write_weekly() -> int:
    """Write the weekly letters whose hour it is; returns how many."""
    with db.unit_of_work(write=False):
        batches = [[person.id for person in batch] for batch in queries.letter_readers()]
    written = 0
    for ids in batches:
        with db.unit_of_work():
            written += sum(actions.write_letter(person, at=clock.now()) for person in queries.people(ids))
    return written
