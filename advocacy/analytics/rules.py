"""The law of figures: weeks, what is hidden so that nobody's doing can be read from them, and what moved."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from advocacy.leaderboards.rules import FEWEST

WEEKS = 8
HALF = 4

Key = TypeVar("Key", bound=Hashable)


class Measure(StrEnum):
    """What is counted."""

    SHARES = "shares"
    POSTS = "posts"
    SENT = "sent"
    BY_HAND = "by_hand"
    CLICKS = "clicks"


# Week by week; how posts went out stands in sums only, since it could be subtracted from shares.
OVER_TIME = (Measure.SHARES, Measure.CLICKS)
IN_ALL = (Measure.SHARES, Measure.SENT, Measure.BY_HAND, Measure.CLICKS)
WAYS = (Measure.SENT, Measure.BY_HAND)


class Trend(StrEnum):
    """How a figure stands beside that of the time before; unknown where either is hidden."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Tally:
    """A count, and the people (keys) whose doing it counts."""

    count: int = 0
    people: frozenset[int] = field(default_factory=frozenset)

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.count + other.count, self.people | other.people)

    @property
    def is_telling(self) -> bool:
        """Whether it would tell about fewer than five people."""
        return 0 < len(self.people) < FEWEST


@dataclass(frozen=True)
class Course:
    """One measure over time: the whole, its last four weeks and the four before, and each of the eight weeks."""

    whole: int | None
    last: int | None
    before: int | None
    weeks: tuple[int | None, ...]


def week_starts(at: datetime) -> tuple[datetime, ...]:
    """The Mondays (0:00 UTC) on which the last eight weeks began, this one included, the oldest first."""
    today = at.astimezone(UTC).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), UTC)
    return tuple(monday - timedelta(weeks=ago) for ago in range(WEEKS - 1, -1, -1))


def summed(tallies: Mapping[Key, Tally]) -> Tally:
    """All of them together."""
    return sum(tallies.values(), Tally())


def hidden(parts: Mapping[Key, Tally], *, unseen: Collection[Key] = ()) -> set[Key]:
    """Which parts of a known whole are not shown.

    Those about fewer than five people; and as many more as it takes until what is missing from the whole is
    about five people at least, since whoever knows the whole can subtract: those that no page shows anyway
    (`unseen`) before the smallest.
    """
    found = {key for key, tally in parts.items() if tally.is_telling}
    others = sorted(
        (key for key, tally in parts.items() if tally.people and key not in found),
        key=lambda key: (key not in unseen, len(parts[key].people), parts[key].count),
        reverse=True,
    )
    while found and others and summed({key: parts[key] for key in found}).is_telling:
        found.add(others.pop())
    return found


def shown(parts: Mapping[Key, Tally], *, unseen: Collection[Key] = ()) -> dict[Key, int | None]:
    """The parts of a known whole as they may be shown; None for what is hidden."""
    closed = hidden(parts, unseen=unseen)
    return {key: None if key in closed else tally.count for key, tally in parts.items()}


def both_or_none(counts: Mapping[Measure, int | None]) -> dict[Measure, int | None]:
    """The same counts, with both ways of posting hidden when one is: beside the shares the other would tell it."""
    closed = set(WAYS) if any(counts[way] is None for way in WAYS) else set()
    return {measure: None if measure in closed else count for measure, count in counts.items()}


def alike(main: int | None, other: int | None) -> int | None:
    """The other figure of a group as it may stand beside its main one: no 0 beside one that is not shown."""
    return None if main is None and not other else other


def courses_alike(main: Course, other: Course) -> Course:
    """The same for two measures over time: what is hidden of the main one says nothing of the other either."""
    return Course(
        alike(main.whole, other.whole),
        alike(main.last, other.last),
        alike(main.before, other.before),
        tuple(alike(*pair) for pair in zip(main.weeks, other.weeks, strict=True)),
    )


def counts_alike(counts: Mapping[Measure, int | None]) -> dict[Measure, int | None]:
    """The same for the measures of one group, of which the first is its main one."""
    main = next(iter(counts.values()))
    return {measure: alike(main, count) for measure, count in counts.items()}


def course(by_week: Mapping[int, Tally]) -> Course:
    """A measure over time, from its tallies by week: 0 to 7 for the last eight, -1 for all that was before."""
    if summed(
        by_week
    ).is_telling:  # not even the weeks in which nothing happened, since they would tell the others
        return Course(None, None, None, (None,) * WEEKS)
    weeks = [by_week.get(number, Tally()) for number in range(WEEKS)]
    spans = {
        "earlier": by_week.get(-1, Tally()),
        "before": sum(weeks[:HALF], Tally()),
        "last": sum(weeks[HALF:], Tally()),
    }
    open_spans = shown(spans, unseen={"earlier"})
    each: list[int | None] = []
    for name, part in (("before", weeks[:HALF]), ("last", weeks[HALF:])):
        counts = shown(dict(enumerate(part)))
        closed = open_spans[name] is None
        each += [None if closed and counts[n] else counts[n] for n in range(HALF)]
    return Course(summed(spans).count, open_spans["last"], open_spans["before"], tuple(each))


def trend(last: int | None, before: int | None) -> Trend:
    """Whether a figure went up or down."""
    if last is None or before is None:
        return Trend.UNKNOWN
    if last == before:
        return Trend.SAME
    return Trend.UP if last > before else Trend.DOWN
