"""What a person's days hold, her own hours, and the slots that colleagues with the same story have taken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.errors import N_, Reason
from advocacy.leaderboards import queries as leaderboards
from advocacy.sharing import slots
from advocacy.sharing.models import Delivery, DeliveryState, Rhythm, Share
from advocacy.sharing.slots import Full, Hours, Pace, Planned

DAY_IS_FULL = N_("That day has as many of your shares as a day may have (%(most)s). Choose another day.")
NETWORK_IS_FULL = N_(
    "That day has as many of your posts on %(network)s as a day may have (%(most)s). Choose another day."
)
OUT = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.POSTED)

_pace = [Pace()]


def keep_pace(pace: Pace) -> None:
    """Go by these limits from now on."""
    _pace[:] = [pace]


def limits() -> Pace:
    """The limits in force."""
    return _pace[0]


def rhythm_of(person: Person) -> Rhythm | None:
    """The hours that a person chose; None when she has said nothing."""
    return db.session.scalar(sa.select(Rhythm).where(Rhythm.person_id == person.id))


def hours_of(person: Person) -> Hours:
    """A person's hours, her own or the usual ones."""
    chosen = rhythm_of(person)
    if chosen is None:
        return Hours(person.time_zone, limits().quiet, slots.USUAL)
    windows = {int(day): slots.window(*pair) for day, pair in chosen.preferred.items()}
    preferred = {day: found for day, found in windows.items() if found is not None}
    return Hours(person.time_zone, slots.window(chosen.quiet_from, chosen.quiet_until), preferred)


def posts_between(
    person: Person, start: datetime, end: datetime, *, planned: bool, but: Delivery | None = None
) -> list[Planned]:
    """A person's posts from `start` to `end` that are out or on their way, with those `planned` where that is asked."""
    asked = _between([person.id], start, end, planned=planned)
    asked = asked.where(Delivery.id != (but.id if but is not None else 0))
    return [Planned(row.share_id, row.network, row.moment) for row in db.session.execute(asked)]


def out_on_her_day(people: Collection[Person], moment: datetime) -> dict[int, list[Planned]]:
    """What is out or on its way on each person's (by key) own local day of `moment`, read at once.

    Nothing is read where days have no limits.
    """
    found: dict[int, list[Planned]] = {person.id: [] for person in people}
    if not found or not (limits().daily or limits().per_network):
        return found
    zones = {person.id: person.time_zone for person in people}
    days = {zone: slots.bounds(slots.local(moment, zone).date(), zone) for zone in set(zones.values())}
    first, last = min(start for start, _end in days.values()), max(end for _start, end in days.values())
    for row in db.session.execute(_between(list(found), first, last, planned=False)):
        start, end = days[zones[row.person_id]]
        if start <= row.moment < end:
            found[row.person_id].append(Planned(row.share_id, row.network, row.moment))
    return found


def _between(people: list[int], start: datetime, end: datetime, *, planned: bool) -> sa.Select[Any]:
    waiting = Delivery.state == DeliveryState.WAITING
    moment = sa.case(
        (waiting, Delivery.due_at),
        else_=sa.func.coalesce(Delivery.sent_at, Delivery.first_tried_at, Delivery.due_at),
    )
    states = (*OUT, DeliveryState.WAITING) if planned else OUT
    return (
        sa.select(Share.person_id, Delivery.share_id, Delivery.network, moment.label("moment"))
        .join(Share)
        .where(Share.person_id.in_(people), Delivery.state.in_(states), moment >= start, moment < end)
    )


def full_on(
    person: Person,
    moment: datetime,
    wanted: Mapping[str, int],
    *,
    planned: bool = True,
    but: Delivery | None = None,
) -> Full | None:
    """The limit that leaves no room on the local day of `moment` for so many more posts, by network."""
    if not limits().daily and not limits().per_network:
        return None
    day = slots.local(moment, person.time_zone).date()
    posts = posts_between(person, *slots.bounds(day, person.time_zone), planned=planned, but=but)
    return slots.full(posts, wanted, limits(), share=but.share_id if but is not None else None)


def why_full(limit: Full) -> Reason:
    """Why nothing more goes out that day."""
    if limit.network is None:
        return DAY_IS_FULL, {"most": limit.most}
    name = leaderboards.network_names().get(limit.network, limit.network)
    return NETWORK_IS_FULL, {"most": limit.most, "network": name}


def room(
    person: Person, wanted: Mapping[str, int], *, at: datetime, but: Delivery | None = None
) -> Callable[[date], bool]:
    """Whether a day has room for so many more posts of hers (by network); her posts are read once."""
    until = at + timedelta(days=2 * slots.DAYS_AHEAD + 180)
    posts = posts_between(person, at - timedelta(days=2), until, planned=True, but=but)
    share = but.share_id if but is not None else None

    def has_room(day: date) -> bool:
        that_day = (one for one in posts if slots.local(one.moment, person.time_zone).date() == day)
        return slots.full(that_day, wanted, limits(), share=share) is None

    return has_room


def taken_by_colleagues(
    kit: Kit, networks: Collection[str], person: Person, *, since: datetime, until: datetime
) -> list[datetime]:
    """When colleagues' posts of this story are due on these networks."""
    asked = (
        sa.select(Delivery.due_at)
        .join(Share)
        .where(
            Share.kit_id == kit.id,
            Share.person_id != person.id,
            Delivery.network.in_(networks),
            Delivery.state.in_((DeliveryState.WAITING, *OUT)),
            Delivery.due_at.between(since, until),
        )
    )
    return list(db.session.scalars(asked))


def good_slot(
    person: Person, kit: Kit, networks: Iterable[str], *, at: datetime, but: Delivery | None = None
) -> datetime | None:
    """The next moment that suits her, apart from colleagues with the same story; None when there is none for weeks."""
    wanted = dict.fromkeys(networks, 1)
    apart = limits().apart
    until = at + timedelta(days=slots.DAYS_AHEAD + 1)
    taken = taken_by_colleagues(kit, list(wanted), person, since=at - apart, until=until)
    moment = slots.good_slot(
        hours_of(person), at=at, taken=taken, apart=apart, has_room=room(person, wanted, at=at, but=but)
    )
    over = moment is not None and kit.expires_at is not None and moment >= kit.expires_at
    return None if over else moment
