"""What stands against the moment at which a post would go out, and which other moment there is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.errors import N_, Reason, Refused
from advocacy.leaderboards import queries as leaderboards
from advocacy.sharing import rules, slots
from advocacy.sharing.models import Connection, Delivery
from advocacy.sharing.queries import pace
from advocacy.sharing.slots import Planned

QUIET = N_("%(time)s lies within your quiet hours (%(start)s to %(end)s). Is that what you want?")
WAS_FULL = N_("Your day was full when its time came (%(most)s shares a day at most). Choose another time.")
WAS_FULL_THERE = N_(
    "Your day was full on %(network)s when its time came (%(most)s posts a day at most). Choose another time."
)
LATE = N_("It should have gone out earlier and we were late. Send it now, at another time, or let it be.")
NOT_BEFORE = N_(
    "%(network)s takes no post of yours before %(when)s, and you wanted it out earlier. "
    "Choose a time after that, or let it be."
)
NOT_TAKEN = N_(
    "%(network)s did not take it when its time came, and we tried for long enough. "
    "Send it now, at another time, or let it be."
)
QUIET_BY_NOW = N_(
    "It did not go out in time, and your quiet hours (%(start)s to %(end)s) have come. "
    "Send it now, at another time, or let it be."
)
PROMPT = timedelta(minutes=5)
"""So long after its time a post goes out as if it were its time."""


class Untimely(Refused):
    """Not at that moment; `offer` is the next one that would do; `may_insist` says that hers is possible still."""

    def __init__(self, reason: Reason, *, offer: datetime | None, may_insist: bool = False) -> None:
        super().__init__(reason[0], field="local_time", **reason[1])
        self.offer = offer
        self.may_insist = may_insist


def check(
    kit: Kit,
    planned: Iterable[tuple[str, datetime]],
    *,
    insisted: bool,
    by: Person,
    at: datetime,
    but: Delivery | None = None,
) -> None:
    """Raise Untimely for posts (network, moment) on a day that is full, or in quiet hours unless she `insisted`."""
    by_moment: dict[datetime, Counter[str]] = defaultdict(Counter)
    for network, moment in planned:
        by_moment[moment][network] += 1
    for moment, wanted in by_moment.items():
        limit = pace.full_on(by, moment, wanted, but=but)
        if limit is not None:
            raise Untimely(pace.why_full(limit), offer=_offer(kit, moment, wanted, by, at, but))
        hours = pace.hours_of(by)
        if hours.quiet is not None and not insisted and slots.is_quiet(moment, hours):
            start, end = hours.quiet
            shown = slots.local(moment, by.time_zone)
            values = {"time": f"{shown:%H:%M}", "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
            offer = _offer(kit, moment, wanted, by, at, but)
            raise Untimely((QUIET, values), offer=offer, may_insist=True)


def _offer(
    kit: Kit, moment: datetime, wanted: Counter[str], by: Person, at: datetime, but: Delivery | None
) -> datetime | None:
    """The next moment that would do, while the story is out."""
    has_room = pace.room(by, wanted, at=at, but=but)
    found = slots.another_moment(moment, pace.hours_of(by), has_room)
    over = found is not None and kit.expires_at is not None and found >= kit.expires_at
    return None if over else found


def why_ask(
    delivery: Delivery, moment: datetime, *, at: datetime, named: datetime | None = None
) -> Reason | None:
    """Why its owner is asked before a post goes out at `moment`: long after her time, or in her quiet hours.

    `named` is the moment before which the network wants no other try.
    """
    if moment - delivery.wanted_at <= PROMPT:
        return None
    person, quiet = delivery.share.person, None
    if not rules.is_late(delivery.wanted_at, at=moment):
        hours = pace.hours_of(person)
        hers = slots.is_quiet(delivery.wanted_at, hours)
        if hours.quiet is None or hers or not slots.is_quiet(moment, hours):
            return None
        quiet = hours.quiet
    name = leaderboards.network_names().get(delivery.network, delivery.network)
    if named is not None and named > at:
        when = slots.local(named, person.time_zone) + timedelta(seconds=59)  # a whole minute, none too early
        return NOT_BEFORE, {"network": name, "when": f"{when:%Y-%m-%d %H:%M}"}
    if quiet is not None:
        return QUIET_BY_NOW, {"start": f"{quiet[0]:%H:%M}", "end": f"{quiet[1]:%H:%M}"}
    return (NOT_TAKEN, {"network": name}) if moment > at else (LATE, {})


def lock_days(people: Iterable[Person]) -> None:
    """Lock the accounts of these people where days have limits, so that two posts of one do not pass at once."""
    limits = pace.limits()
    if limits.daily or limits.per_network:
        theirs = sa.select(Connection.id).where(Connection.person_id.in_({one.id for one in people}))
        db.session.execute(theirs.order_by(Connection.id).with_for_update(key_share=True))


def full_now(delivery: Delivery, *, at: datetime) -> Reason | None:
    """Why a post does not fit into its owner's day any more, which `lock_days` has locked."""
    person = delivery.share.person
    return _was_full(pace.full_on(person, at, {delivery.network: 1}, planned=False, but=delivery))


def full_at_the_gate(delivery: Delivery, days: Mapping[int, list[Planned]]) -> Reason | None:
    """The same for one that waits, by what is out on the day of each owner (by her key)."""
    posts = days[delivery.share.person_id]
    return _was_full(slots.full(posts, {delivery.network: 1}, pace.limits(), share=delivery.share_id))


def _was_full(limit: slots.Full | None) -> Reason | None:
    if limit is None:
        return None
    msgid, values = pace.why_full(limit)
    return {pace.DAY_IS_FULL: WAS_FULL, pace.NETWORK_IS_FULL: WAS_FULL_THERE}[msgid], values
