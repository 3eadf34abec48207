"""What stories did: counts with the people behind them, so that rules can hide what tells about too few."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from advocacy import db
from advocacy.accounts.models import Entity, Person
from advocacy.analytics.rules import (
    IN_ALL,
    OVER_TIME,
    Course,
    Measure,
    Tally,
    both_or_none,
    counts_alike,
    course,
    courses_alike,
    shown,
    summed,
    week_starts,
)
from advocacy.content import queries as content
from advocacy.content.models import Kit, Variant
from advocacy.leaderboards.rules import FEWEST
from advocacy.links.models import Click, ClickDay
from advocacy.sharing.models import Delivery, DeliveryState, PostFigures, Share

PERMISSION = "kit.figures"
STATES = {
    Measure.POSTS: (DeliveryState.SENT, DeliveryState.POSTED),
    Measure.SENT: (DeliveryState.SENT,),
    Measure.BY_HAND: (DeliveryState.POSTED,),
}
UNDER_WAY = (
    DeliveryState.WAITING,
    DeliveryState.SENDING,
    DeliveryState.HELD,
    DeliveryState.NEEDS_RECONNECTING,
    DeliveryState.UNKNOWN,
    DeliveryState.OPENED,
)
OTHERS = "others"


@dataclass(frozen=True)
class Counted:
    """Where a measure is counted: from these rows, so many each, and which of them are from a moment on."""

    rows: sa.Select[Any]
    number: sa.ColumnElement[int]
    since: Callable[[datetime], sa.ColumnElement[bool]]


@dataclass(frozen=True)
class KitLine:
    """A kit in the list; None stands for what is hidden."""

    kit: Kit
    counts: dict[Measure, int | None]


@dataclass(frozen=True)
class Part:
    """A line of a breakdown: a network, a caption (None: own words), an entity (None: without one) or OTHERS."""

    about: Any
    counts: dict[Measure, int | None]


def _counted(measure: Measure) -> Counted:
    one = sa.literal(1)
    if measure is Measure.SHARES:
        return _shares()
    if measure is Measure.CLICKS:
        return _clicks()
    rows = _with_share(sa.select().select_from(Delivery)).where(Delivery.state.in_(STATES[measure]))
    return Counted(rows, one, lambda begins: Delivery.sent_at >= begins)


def _shares() -> Counted:
    """Shares of which a post is out, each at the moment when its first one went out."""
    out = Delivery.state.in_(STATES[Measure.POSTS])
    first = sa.select(Delivery.share_id, sa.func.min(Delivery.sent_at).label("at")).where(out)
    gone = first.group_by(Delivery.share_id).subquery()
    rows = sa.select().select_from(gone).join(Share, Share.id == gone.c.share_id)
    rows = rows.join(Kit, Kit.id == Share.kit_id).join(Person, Person.id == Share.person_id)
    return Counted(rows, sa.literal(1), lambda begins: gone.c.at >= begins)


def _clicks() -> Counted:
    """Clicks folded into days, and those not folded yet."""
    no_day, no_moment = sa.cast(sa.null(), sa.Date()), sa.cast(sa.null(), db.Instant())
    hits = sa.union_all(
        sa.select(ClickDay.link_id, ClickDay.clicks, ClickDay.day, no_moment.label("at")),
        sa.select(Click.link_id, sa.cast(1, db.Key), no_day, Click.at),
    ).subquery()
    rows = sa.select().select_from(hits).join(Delivery, Delivery.link_id == hits.c.link_id)
    return Counted(
        _with_share(rows),
        hits.c.clicks,
        lambda begins: sa.or_(hits.c.day >= begins.date(), hits.c.at >= begins),
    )


def _with_share(posts: sa.Select[Any]) -> sa.Select[Any]:
    """Posts with their share, story, person, and the caption they began with."""
    posts = posts.join(Share, Share.id == Delivery.share_id).join(Kit, Kit.id == Share.kit_id)
    posts = posts.join(Person, Person.id == Share.person_id)
    return posts.outerjoin(Variant, Variant.id == Delivery.variant_id)


def _tallies(
    measure: Measure, where: sa.ColumnElement[bool], key: Callable[[Counted], Any]
) -> dict[Any, Tally]:
    """The tallies of a measure by `key`."""
    counted = _counted(measure)
    each = counted.rows.where(where).add_columns(
        key(counted).label("key"), Person.id.label("person"), counted.number.label("number")
    ).subquery()  # fmt: skip
    grouped = sa.select(each.c.key, each.c.person, sa.func.sum(each.c.number))
    counts: dict[Any, int] = {}
    people: dict[Any, set[int]] = {}
    for name, person, number in db.session.execute(grouped.group_by(each.c.key, each.c.person)):
        counts[name] = counts.get(name, 0) + int(number)
        people.setdefault(name, set()).add(person)
    return {name: Tally(counts[name], frozenset(people[name])) for name in counts}


# ---- Over time ----


def courses(where: sa.ColumnElement[bool], *, at: datetime) -> dict[Measure, Course]:
    """Shares and clicks over the last eight weeks and before, of the kits named by `where`."""
    each = {measure: course(_tallies(measure, where, _week(at))) for measure in OVER_TIME}
    return each | {Measure.CLICKS: courses_alike(each[Measure.SHARES], each[Measure.CLICKS])}


def _week(at: datetime) -> Callable[[Counted], Any]:
    """Which of the last eight weeks a moment lies in, 0 to 7; -1 for all before."""
    starts = list(enumerate(week_starts(at)))[::-1]

    def week(counted: Counted) -> Any:
        return sa.case(*((counted.since(begins), number) for number, begins in starts), else_=-1)

    return week


def mine(person: Person) -> sa.ColumnElement[bool]:
    """The kits whose figures a person may see."""
    return content.works_on(person, PERMISSION)


def only(kit: Kit) -> sa.ColumnElement[bool]:
    """This kit alone."""
    return Kit.id == kit.id


def kit_of(person: Person, slug: str) -> Kit | None:
    """One kit whose figures a person may see."""
    return content.kit_of(person, slug, PERMISSION)


# ---- Kits ----


def kit_lines(person: Person) -> list[KitLine]:
    """The kits that were shared, the most shared first, those with hidden figures after by their age."""
    numbers = {measure: _by_kit(measure, mine(person)) for measure in IN_ALL}
    kits = db.session.scalars(
        sa.select(Kit).where(Kit.id.in_(numbers[Measure.SHARES])).options(selectinload(Kit.texts))
    )
    lines = [
        KitLine(kit, _together({measure: numbers[measure].get(kit.id, 0) for measure in IN_ALL}))
        for kit in kits
    ]
    return sorted(lines, key=lambda line: (-(line.counts[Measure.SHARES] or 0), -line.kit.id))


def in_all(kit: Kit) -> dict[Measure, int | None]:
    """What a kit did since it came out."""
    return _together({measure: _by_kit(measure, only(kit)).get(kit.id, 0) for measure in IN_ALL})


def _together(counts: Mapping[Measure, int | None]) -> dict[Measure, int | None]:
    """The figures of one kit as they may stand side by side."""
    return counts_alike(both_or_none(counts))


def reactions(kit: Kit) -> dict[str, int | None]:
    """What others did with a kit's posts, as far as at least five of their owners let it be read; None for fewer."""
    found = {}
    for name in ("reactions", "replies", "reshares", "views"):
        figure = getattr(PostFigures, name)
        rows = sa.select(sa.func.sum(figure), sa.func.count(Share.person_id.distinct())).join(
            Delivery, Delivery.id == PostFigures.delivery_id
        )
        rows = rows.join(Share, Share.id == Delivery.share_id).where(
            Share.kit_id == kit.id, figure.is_not(None)
        )
        total, heads = db.session.execute(rows).one()
        found[name] = int(total) if heads >= FEWEST else None
    return found


def under_way(kit: Kit) -> int | None:
    """How many posts of a kit are scheduled, being sent, or opened by hand and not confirmed."""
    rows = _with_share(sa.select().select_from(Delivery)).where(only(kit), Delivery.state.in_(UNDER_WAY))
    counts = rows.add_columns(sa.func.count(), sa.func.count(Person.id.distinct()))
    count, heads = db.session.execute(counts).one()
    return int(count) if heads >= FEWEST or not heads else None


def _by_kit(measure: Measure, where: sa.ColumnElement[bool]) -> dict[int, int | None]:
    """A measure by kit (key); no sum of kits is shown, so each is hidden for itself."""
    counted = _counted(measure)
    number, people = sa.func.sum(counted.number), sa.func.count(Person.id.distinct())
    rows = counted.rows.where(where).add_columns(Kit.id, number, people).group_by(Kit.id)
    return {
        kit_id: int(count) if heads >= FEWEST else None for kit_id, count, heads in db.session.execute(rows)
    }


# ---- One kit, taken apart ----


def by_network(kit: Kit) -> list[Part]:
    """Posts and clicks by network."""
    return _parts(
        {measure: _of(kit, measure, Delivery.network) for measure in (Measure.POSTS, Measure.CLICKS)}
    )


def by_caption(kit: Kit) -> list[Part]:
    """Posts and clicks by the suggested caption that stands in them; None for own words."""
    kept = sa.func.replace(Delivery.text, Variant.text, "") != Delivery.text
    wording = sa.case((kept, Variant.id), else_=None)
    captions = {variant.id: variant for variant in kit.variants}
    columns = {measure: _of(kit, measure, wording) for measure in (Measure.POSTS, Measure.CLICKS)}
    return [replace(part, about=captions.get(part.about)) for part in _parts(columns)]


def by_entity(kit: Kit) -> list[Part]:
    """Shares and clicks by the entity in which people are now (None: in none), those with few sharers as one."""
    columns = {measure: _of(kit, measure, Person.entity_id) for measure in OVER_TIME}
    few = {key for key, tally in columns[Measure.SHARES].items() if tally.is_telling}
    for measure, column in columns.items():
        rest = summed({key: column.pop(key) for key in few & column.keys()})
        columns[measure] = column | ({OTHERS: rest} if few else {})
    names = {row.id: row for row in db.session.scalars(sa.select(Entity))}
    return [replace(part, about=names.get(part.about, part.about)) for part in _parts(columns)]


def _of(kit: Kit, measure: Measure, key: Any) -> dict[Any, Tally]:
    return _tallies(measure, only(kit), lambda _counted: key)


def _parts(columns: Mapping[Measure, Mapping[Any, Tally]]) -> list[Part]:
    """The lines of a breakdown, those with the highest figures first, hidden ones after."""
    seen = {measure: shown(column) for measure, column in columns.items()}
    parts = [
        Part(key, counts_alike({measure: column.get(key, 0) for measure, column in seen.items()}))
        for key in sorted({key for column in seen.values() for key in column}, key=str)
    ]
    return sorted(parts, key=lambda part: -sum(count or 0 for count in part.counts.values()))
