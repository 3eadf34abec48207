"""The law of good moments: quiet hours, how much fits into a day, and the next slot that is hers and nobody else's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Window = tuple[time, time]

DAY = timedelta(days=1)
LEAD = timedelta(minutes=10)
"""How far ahead a slot is at least, so that she has time to think again."""
STEP = timedelta(minutes=5)
DAYS_AHEAD = 28
USUAL: Mapping[int, Window] = {weekday: (time(8, 30), time(10, 0)) for weekday in range(5)}
"""When most colleagues read: for whoever has not said otherwise. Monday is 0."""


@dataclass(frozen=True)
class Pace:
    """What the operator set: shares a day, posts a day on one network (0: no limit), the gap, usual quiet hours."""

    daily: int = 0
    per_network: int = 0
    apart: timedelta = timedelta(minutes=15)
    quiet: Window | None = None


@dataclass(frozen=True)
class Hours:
    """A person's own hours by her clock: when nothing goes out, and when she likes to post, by weekday."""

    zone: str
    quiet: Window | None
    preferred: Mapping[int, Window]


@dataclass(frozen=True)
class Planned:
    """A post that is out, on its way or planned: which share it belongs to, where, and when."""

    share: int
    network: str
    moment: datetime


@dataclass(frozen=True)
class Full:
    """A limit that a day has reached; `network` None is the day's own."""

    most: int
    network: str | None = None


def clock_time(text: str | None) -> time | None:
    """A time of day written as "21:00"; None for an empty text. Raises ValueError."""
    return time.fromisoformat(text) if text else None


def window(start: str | None, end: str | None) -> Window | None:
    """The hours from `start` to `end`, which may lie on the next day; None when one is not given. Raises ValueError."""
    begins, ends = clock_time(start), clock_time(end)
    return (begins, ends) if begins is not None and ends is not None and begins != ends else None


def instant(there: datetime, zone: str) -> datetime:
    """The moment of a local time: the first where it comes twice, just after the leap where it never comes."""
    return there.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def local(moment: datetime, zone: str) -> datetime:
    """The local time of a moment, as a clock there shows it."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def read_local(text: str) -> datetime:
    """A local time as it is kept ("2026-11-22T09:30"). Raises ValueError."""
    return datetime.strptime(text[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - its zone stands beside it


def exists(there: datetime, zone: str) -> bool:
    """Whether the clocks show this local time at all."""
    return local(instant(there, zone), zone) == there


def comes_twice(there: datetime, zone: str) -> bool:
    """Whether the clocks go back over this local time, so that it comes a second time."""
    first = there.replace(tzinfo=ZoneInfo(zone), fold=0)
    return exists(there, zone) and first.utcoffset() != first.replace(fold=1).utcoffset()


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The moments at which a day begins and ends there; 23 to 25 hours apart."""
    begins, ends = (datetime.combine(one, time()) for one in (day, day + timedelta(days=1)))
    return instant(begins, zone), instant(ends, zone)


def is_quiet(moment: datetime, hours: Hours) -> bool:
    """Whether a moment lies within her quiet hours."""
    if hours.quiet is None:
        return False
    (start, end), shown = hours.quiet, local(moment, hours.zone).time()
    return start <= shown < end if start < end else shown >= start or shown < end


def waking(moment: datetime, hours: Hours) -> datetime:
    """This moment, or the end of the quiet hours that it lies in."""
    if hours.quiet is None or not is_quiet(moment, hours):
        return moment
    there, end = local(moment, hours.zone), hours.quiet[1]
    day = there.date() + timedelta(days=there.time() >= end)
    return instant(datetime.combine(day, end), hours.zone)


def full(
    posts: Iterable[Planned], wanted: Mapping[str, int], pace: Pace, *, share: int | None = None
) -> Full | None:
    """The limit that these posts of one day leave no room under for so many more (by network), all of one share.

    `share` is the share that they belong to, if it was made already: it counts once.
    """
    posts = list(posts)
    if pace.daily and len({one.share for one in posts} - {share}) >= pace.daily:
        return Full(pace.daily)
    by_network = Counter(one.network for one in posts)
    crowded = (slug for slug, more in wanted.items() if by_network[slug] + more > pace.per_network)
    return next((Full(pace.per_network, slug) for slug in crowded), None) if pace.per_network else None


def good_slot(
    hours: Hours,
    *,
    at: datetime,
    taken: Collection[datetime] = (),
    apart: timedelta = timedelta(0),
    has_room: Callable[[date], bool] = lambda _day: True,
) -> datetime | None:
    """The next moment in her preferred hours, outside her quiet ones, with room that day, `apart` from all `taken`."""
    for moment in _moments(hours, at + LEAD, has_room):
        if not is_quiet(moment, hours) and all(abs(moment - one) >= apart for one in taken):
            return moment
    return None


def _moments(hours: Hours, soonest: datetime, has_room: Callable[[date], bool]) -> Iterator[datetime]:
    first = local(soonest, hours.zone).date()
    for day in (first + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
        begins, ends = hours.preferred.get(day.weekday(), (time(), time()))
        if begins == ends or not has_room(day):
            continue
        there, end = datetime.combine(day, begins), datetime.combine(day, ends)
        while there < end:
            moment = instant(there, hours.zone)
            if moment >= soonest and exists(there, hours.zone):
                yield moment
            there += STEP


def another_moment(moment: datetime, hours: Hours, has_room: Callable[[date], bool]) -> datetime | None:
    """The nearest moment from this one on, at its time of day if it can, outside quiet hours on a day with room."""
    there = local(moment, hours.zone)
    for ahead in range(DAYS_AHEAD):
        later = waking(instant(there + timedelta(days=ahead), hours.zone), hours)
        if has_room(local(later, hours.zone).date()):
            return later
    return None
