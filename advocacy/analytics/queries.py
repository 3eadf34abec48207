"""What stories did: counts with the people behind them, so that rules can hide what tells about too few."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from advocacy import db
from advocacy.accounts.models import Entity, Person
from advocacy.analytics.rules import Course, Measure, Tally, course, shown, week_starts
from advocacy.content import queries as content
from advocacy.content.models import Kit, Variant
from advocacy.leaderboards.rules import FEWEST
from advocacy.links.models import Click, ClickDay
from advocacy.sharing.models import Delivery, DeliveryState, Share

PERMISSION = "kit.figures"


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
    """A line of a breakdown: a network, a caption (None: own words) or an entity (None: without one)."""

    about: Any
    counts: dict[Measure, int | None]


def _counted(measure: Measure) -> Counted:
    one = sa.literal(1)
    if measure is Measure.SHARES:
        rows = sa.select().select_from(Share).join(Kit, Kit.id == Share.kit_id)
        rows = rows.join(Person, Person.id == Share.person_id)
        return Counted(rows, one, lambda begins: Share.created_at >= begins)
    if measure is Measure.CLICKS:
        return _clicks()
    state = DeliveryState.SENT if measure is Measure.SENT else DeliveryState.POSTED
    rows = _with_share(sa.select().select_from(Delivery)).where(Delivery.state == state)
    return Counted(rows, one, lambda begins: Delivery.sent_at >= begins)


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
    """Every measure over the last eight weeks and before, of the kits named by `where`."""
    return {measure: course(_tallies(measure, where, _week(at))) for measure in Measure}


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
    numbers = {measure: _by_kit(measure, mine(person)) for measure in Measure}
    kits = db.session.scalars(
        sa.select(Kit).where(Kit.id.in_(numbers[Measure.SHARES])).options(selectinload(Kit.texts))
    )
    lines = [KitLine(kit, {measure: numbers[measure].get(kit.id, 0) for measure in Measure}) for kit in kits]
    return sorted(lines, key=lambda line: (-(line.counts[Measure.SHARES] or 0), -line.kit.id))


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
    return _parts(kit, (Measure.SENT, Measure.BY_HAND, Measure.CLICKS), Delivery.network, None)


def by_caption(kit: Kit) -> list[Part]:
    """Posts and clicks by the suggested caption that stands in them; None for own words."""
    kept = sa.func.replace(Delivery.text, Variant.text, "") != Delivery.text
    wording = sa.case((kept, Variant.id), else_=None)
    every = {variant.id: variant for variant in kit.variants}
    return _parts(kit, (Measure.SENT, Measure.BY_HAND, Measure.CLICKS), wording, every)


def by_entity(kit: Kit) -> list[Part]:
    """Everything by the entity in which the people are now; None for those without one."""
    rows = db.session.scalars(sa.select(Entity).order_by(Entity.name, Entity.id))
    return _parts(kit, tuple(Measure), Person.entity_id, {row.id: row for row in rows})


def _parts(kit: Kit, measures: Iterable[Measure], key: Any, names: dict[int, Any] | None) -> list[Part]:
    """A kit's figures by `key`, those with the highest first, hidden ones after."""
    columns = {
        measure: shown(_tallies(measure, Kit.id == kit.id, lambda _counted: key)) for measure in measures
    }
    found = {name for column in columns.values() for name in column}
    ordered = sorted(found, key=lambda name: (name is None, str(name) if names is None else name or 0))
    parts = [
        Part(
            name if names is None else names.get(name),
            {measure: column.get(name, 0) for measure, column in columns.items()},
        )
        for name in ordered
    ]
    return sorted(parts, key=lambda part: -sum(count or 0 for count in part.counts.values()))
