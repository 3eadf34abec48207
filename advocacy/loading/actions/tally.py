"""Counting what a load makes and changes, and writing each thing whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from advocacy import db
from advocacy.errors import Refused, Several
from advocacy.loading.rules.problems import Place, Problems


class Outcome(StrEnum):
    """What became of a thing in the folder."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass
class Tally:
    """How many things of each kind were made, changed or left; `step` hears of each, for a progress bar."""

    step: Callable[[int], None] = lambda number: None
    counts: dict[str, Counter[Outcome]] = field(default_factory=dict)

    def note(self, kind: str, outcome: Outcome, number: int = 1) -> None:
        """Count so many things."""
        self.counts.setdefault(kind, Counter())[outcome] += number
        self.step(number)

    @property
    def has_changes(self) -> bool:
        """Whether anything was made or changed."""
        return any(found[Outcome.CREATED] or found[Outcome.UPDATED] for found in self.counts.values())


@contextmanager
def whole(place: Place, problems: Problems) -> Iterator[None]:
    """Write a thing whole: when it is refused, nothing of it stays, and each reason is a problem at its place."""
    try:
        with db.session.begin_nested():
            yield
            db.session.flush()
    except Refused as refused:
        db.session.expire_all()
        reasons = refused.reasons if isinstance(refused, Several) else [refused.reason]
        for msgid, values in reasons:
            problems.add(place, msgid % values if values else msgid)
