"""A past to be played: what happens at which moment, in order, with the same dice for the same seed."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from advocacy import db
from advocacy.content.models import Kit

PSEUDONYMS = [
    "Grey Heron", "Night Ferry", "Third Lighthouse", "Slow Tram", "Copper Thread", "North Window",
    "Quiet Repeater", "Barn Owl", "Paper Boat", "Blue Bicycle", "Warm Solder", "Harbour Cat",
    "Late Swallow", "Second Breakfast", "Salt and Rope", "Small Umbrella", "Left Sock", "Rye Bread",
    "Morning Fog", "Half a Pear",
]  # fmt: skip

Act = Callable[..., object]


@dataclass
class Past:
    """The moments between `begin` and `end`; what would happen later is left to the living.

    `champions` are told of each story that goes live.
    """

    begin: datetime
    end: datetime
    seed: int
    base_url: str
    chance: random.Random = field(init=False)
    pseudonyms: list[str] = field(default_factory=lambda: list(PSEUDONYMS))
    champions: list[Callable[[Kit, datetime], None]] = field(default_factory=list)
    _waiting: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _number: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - a story's dice, nobody's secret

    def on(self, at: datetime, act: Act) -> None:
        """Let this happen at that moment, which it is told as `at=`."""
        self._number += 1
        heapq.heappush(self._waiting, (at, self._number, act))

    def play(self, step: Callable[[int], None] = lambda percent: None) -> None:
        """Let everything happen in order, telling `step` of every per cent."""
        told, span = 0, (self.end - self.begin).total_seconds()
        while self._waiting:
            at, _, act = heapq.heappop(self._waiting)
            if at >= self.end:
                break
            act(at=at)
            db.session.flush()
            now = min(100, max(0, int((at - self.begin).total_seconds() * 100 / span)))
            if now > told:
                step(now - told)
                told = now
        step(100 - told)

    def at_work(self, day: datetime, time_zone: str) -> datetime:
        """A moment in working hours of that day or, after a weekend, the next, there where the person lives."""
        local = day.astimezone(ZoneInfo(time_zone))
        while local.weekday() > 4 and self.chance.random() < 0.9:
            local += timedelta(days=1)
        minutes = min(1150, max(430, self.chance.gauss(self.chance.choice((620, 740, 860)), 70)))
        local = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        there = local.replace(
            hour=int(minutes) // 60, minute=int(minutes) % 60, second=self.chance.randrange(60)
        )
        return max(there, day) if there.date() == day.date() else there

    def soon(self, at: datetime, least: float, most: float) -> datetime:
        """A moment so many minutes after another."""
        return at + timedelta(minutes=self.chance.uniform(least, most))

    def days_after(self, at: datetime, days: float, time_zone: str) -> datetime:
        """A working moment about so many days (in the mean) after another."""
        return self.at_work(at + timedelta(days=self.chance.expovariate(1 / days)), time_zone)
