"""What was read, kept in this process for a few seconds, and dropped once this process writes what it came from.

Commits are counted. What is kept remembers how many there had been before its reading began, and from which tables it
came; it is good as long as none of them was written since. Another process learns of a write by age alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

LONGEST = timedelta(seconds=5)
EVERYTHING = "*"
MOST_OWNERS = 100_000

Value = TypeVar("Value")
Written = tuple[str, int | None]
"""A table, and whose rows in it (the key of a person; None where they may be anybody's)."""


class Table(Protocol):
    """A record's class."""

    __tablename__: str


class Reading(Protocol):
    """The unit of work in which something is read: when it began, and what it wrote itself."""

    session: Any
    write: bool
    mark: int
    written: set[Written]
    as_of: datetime | None


_lock = threading.Lock()
_commits = 0
_floor = 0
_by_table: dict[str, int] = {}
_by_anyone: dict[str, int] = {}
_by_owner: dict[Written, int] = {}


def mark() -> int:
    """How many commits there have been; asked for before the reading begins."""
    return _commits


def wrote(written: Collection[Written]) -> None:
    """Note a commit and what it wrote; called once others can see it."""
    global _commits, _floor
    if not written:
        return
    with _lock:
        now = _commits + 1
        for table, owner in written:
            _by_table[table] = now
            if owner is None:
                _by_anyone[table] = now
            else:
                _by_owner[table, owner] = now
        if len(_by_owner) > MOST_OWNERS or EVERYTHING in _by_table:
            _clear(now)
        _commits = now


def forget() -> None:
    """Keep nothing of what was read until now."""
    with _lock:
        _clear(_commits + 1)


def _clear(now: int) -> None:
    global _commits, _floor
    for known in (_by_table, _by_anyone, _by_owner):
        known.clear()
    _commits = _floor = now


@dataclass(frozen=True)
class _Kept(Generic[Value]):
    value: Value
    mark: int
    at: datetime
    owner: int | None


class Shelf(Generic[Value]):
    """Things of one kind, made of everybody's rows in the tables `of`, and of their owner's in `own`."""

    def __init__(self, *of: Table, own: Collection[Table] = (), most: int = 10_000) -> None:
        self.of = tuple(table.__tablename__ for table in of)
        self.own = tuple(table.__tablename__ for table in own)
        self.most = most
        self._kept: dict[Hashable, _Kept[Value]] = {}

    def find(self, key: Hashable, *, at: datetime, unit: Reading | None = None) -> Value | None:
        """What is kept under this key, if it is good still; `unit` is then as old as what it found."""
        found = self._kept.get(key)
        if found is None:
            return None
        if not (timedelta(0) <= at - found.at <= LONGEST and self._is_good(found)):
            self._kept.pop(key, None)
            return None
        if unit is not None:
            unit.as_of = min(unit.as_of or found.at, found.at)
        return found.value

    def _is_good(self, found: _Kept[Value]) -> bool:
        since, owner = found.mark, found.owner
        if since < _floor or any(_by_table.get(table, 0) > since for table in self.of):
            return False
        return not any(
            _by_anyone.get(table, 0) > since or _by_owner.get((table, owner), 0) > since for table in self.own
        )

    def put(
        self, key: Hashable, value: Value, *, unit: Reading, at: datetime, owner: int | None = None
    ) -> None:
        """Keep what `unit` read, unless it wrote what this comes from itself; five seconds at most."""
        if self._is_touched(unit.written):
            return
        self._kept.pop(key, None)
        self._tidy(at)
        self._kept[key] = _Kept(value, unit.mark, at, owner)

    def _tidy(self, at: datetime) -> None:
        """Let go of the two that lie longest, if they are too old: so nothing of anybody lies about for long."""
        for key in list(islice(self._kept, 2)):
            found = self._kept.get(key)
            if found is not None and abs(at - found.at) > LONGEST:
                self._kept.pop(key, None)
        if len(self._kept) >= self.most:
            self._kept.clear()

    def read(
        self,
        unit: Reading,
        key: Hashable,
        make: Callable[[], Value],
        *,
        at: datetime,
        owner: int | None = None,
    ) -> Value:
        """What is kept under this key, else what `make` reads; afresh in a unit that wrote what it comes from."""
        if unit.write:
            unit.session.flush()  # or what it is about to write would not show
        found = None if self._is_touched(unit.written) else self.find(key, at=at, unit=unit)
        if found is None:
            found = make()
            self.put(key, found, unit=unit, at=at, owner=owner)
        return found

    def _is_touched(self, written: Collection[Written]) -> bool:
        tables = {table for table, _owner in written}
        return not tables.isdisjoint((EVERYTHING, *self.of, *self.own))
