"""Who stands where, and what each point was given for; how someone appears is asked when it is read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from advocacy import db, places
from advocacy.accounts.models import Entity, Person, Team
from advocacy.errors import Reason
from advocacy.leaderboards.models import Appearance, BoardAgreement, BoardChoice, Points
from advocacy.leaderboards.rules import FEWEST, Period, begins

SHOWN = 50
TEAMS_SHOWN = 20


@dataclass(frozen=True)
class Line:
    """A line of a board: a person or a team; `points` of a team are tenths of a point per champion."""

    rank: int
    name: str
    points: int
    is_mine: bool
    code: str = ""
    note: str = ""


@dataclass(frozen=True)
class Standing:
    """Where I stand: among those who appear; `rank` is None without points, or where boards are off."""

    points: int
    rank: int | None
    thanks: dict[str, int]


# ---- Points of one person ----


def points_of(person: Person) -> sa.Select[Points]:
    """What a person's points were given for, newest first."""
    return (
        sa.select(Points)
        .where(Points.person_id == person.id)
        .order_by(Points.earned_at.desc(), Points.id.desc())
    )


def total_of(person: Person, period: Period = Period.EVER, *, at: datetime) -> int:
    """How many points a person earned in this period."""
    asked = sa.select(sa.func.coalesce(sa.func.sum(Points.amount), 0))
    return int(db.session.scalar(asked.where(Points.person_id == person.id, *_since(period, at))) or 0)


def earned_since(person: Person, since: datetime, *, at: datetime) -> int:
    """How many points a person earned from `since` to `at`."""
    asked = sa.select(sa.func.coalesce(sa.func.sum(Points.amount), 0))
    asked = asked.where(Points.person_id == person.id, Points.earned_at >= since, Points.earned_at <= at)
    return int(db.session.scalar(asked) or 0)


def thanks_to(person: Person, period: Period, *, at: datetime) -> dict[str, int]:
    """How many things of each kind a person is thanked for in this period; what was taken back is left out."""
    number = sa.func.sum(sa.case((Points.amount > 0, 1), else_=-1))
    rows = db.session.execute(
        sa.select(Points.kind, number)
        .where(Points.person_id == person.id, *_since(period, at))
        .group_by(Points.kind)
    )
    return {kind: int(count) for kind, count in rows if count > 0}


def reason_of(points: Points, titles: Mapping[str, Mapping[str, str]] | None = None) -> Reason:
    """Why these points were given, with the network called by its name.

    `titles` are those of guidelines and courses (by kind, then slug) in the reader's language; what is not among
    them, or was earned before its slug was kept, keeps the title of that day.
    """
    values = dict(points.values)
    if "network" in values:
        values["network"] = network_names().get(values["network"], values["network"])
    for kind, known in (titles or {}).items():
        values["title"] = known.get(values.get(kind, "")) or values.get("title", "")
    return points.reason, values


def network_names() -> dict[str, str]:
    """What each network is called, by slug, as the file of networks says."""
    return _names_in(places.networks())


@cache
def _names_in(file: Path) -> dict[str, str]:
    known = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        slug: facts["name"] for slug, facts in known.items() if isinstance(facts, dict) and "name" in facts
    }


# ---- How someone appears ----


def choice_of(person: Person) -> BoardChoice | None:
    """What a person chose, at whatever time."""
    return db.session.scalar(sa.select(BoardChoice).where(BoardChoice.person_id == person.id))


def appearance_of(person: Person) -> tuple[Appearance, str]:
    """How a person appears where boards are on, and under which name; a choice from before she joined is over."""
    choice = choice_of(person)
    if choice is None or person.joined_at is None or choice.chosen_at < person.joined_at:
        return Appearance.HIDDEN, ""
    named = {Appearance.NAME: person.name, Appearance.PSEUDONYM: choice.pseudonym}
    return choice.appearance, named.get(choice.appearance, "")


def seen_as(person: Person) -> tuple[Appearance, str]:
    """How others see a person where boards are on: who left, or is paused, is on none whatever she chose."""
    if not person.is_champion or person.is_paused:
        return Appearance.HIDDEN, ""
    return appearance_of(person)


def agreement_in(entity: Entity | None) -> BoardAgreement | None:
    """The agreement by which individual boards are on in an entity now."""
    if entity is None:
        return None
    asked = sa.select(BoardAgreement).where(
        BoardAgreement.entity_id == entity.id, BoardAgreement.ended_at.is_(None)
    )
    return db.session.scalar(asked)


def agreements() -> dict[int, BoardAgreement]:
    """The agreements in force, by entity (key)."""
    rows = db.session.scalars(sa.select(BoardAgreement).where(BoardAgreement.ended_at.is_(None)))
    return {row.entity_id: row for row in rows}


def names_of_others(person: Person) -> Iterable[str]:
    """The real names of everyone else."""
    return db.session.scalars(
        sa.select(Person.name).where(Person.id != person.id, Person.erased_at.is_(None))
    )


def pseudonyms_of_others(person: Person) -> Iterable[str]:
    """The pseudonyms of everyone else, also of those who are hidden now."""
    asked = sa.select(BoardChoice.pseudonym)
    return db.session.scalars(asked.where(BoardChoice.pseudonym != "", BoardChoice.person_id != person.id))


# ---- Boards ----


def _since(period: Period, at: datetime) -> list[sa.ColumnElement[bool]]:
    first = begins(period, at)
    return [Points.earned_at <= at] if first is None else [Points.earned_at >= first, Points.earned_at <= at]


def _sums(period: Period, at: datetime) -> sa.CTE:
    """The points of those who appear on individual boards: champions by their own choice, where boards are on."""
    name = sa.case((BoardChoice.appearance == Appearance.NAME, Person.name), else_=BoardChoice.pseudonym)
    number = sa.cast(sa.func.sum(Points.amount), sa.BigInteger)
    agreed = sa.select(BoardAgreement.entity_id).where(BoardAgreement.ended_at.is_(None))
    return (
        sa.select(
            Person.id.label("person_id"),
            name.label("name"),
            sa.case((BoardChoice.appearance == Appearance.NAME, Person.code), else_="").label("code"),
            number.label("points"),
        )
        .join(BoardChoice, BoardChoice.person_id == Person.id)
        .join(Points, Points.person_id == Person.id)
        .where(BoardChoice.appearance != Appearance.HIDDEN, BoardChoice.chosen_at >= Person.joined_at)
        .where(*_is_champion(), Person.paused_at.is_(None), Person.entity_id.in_(agreed), *_since(period, at))
        .group_by(Person.id, Person.name, Person.code, BoardChoice.appearance, BoardChoice.pseudonym)
        .having(number > 0)
        .cte("by_person")
    )


def _is_champion() -> list[sa.ColumnElement[bool]]:
    return [
        Person.joined_at.is_not(None),
        Person.left_at.is_(None),
        Person.disabled_at.is_(None),
        Person.erased_at.is_(None),
    ]


def people_board(person: Person, period: Period, *, at: datetime, most: int = SHOWN) -> list[Line]:
    """The first of those who chose to appear, equals sharing a rank; nobody is ever shown as last."""
    sums = _sums(period, at)
    rank = sa.func.rank().over(order_by=sums.c.points.desc())
    asked = sa.select(rank.label("rank"), sums).order_by(rank, sums.c.name, sums.c.person_id).limit(most)
    return [
        Line(row.rank, row.name, row.points, row.person_id == person.id, row.code)
        for row in db.session.execute(asked)
    ]


def standing(person: Person, period: Period, *, at: datetime) -> Standing:
    """My own points, and where they stand among those who appear; for my eyes only."""
    points = total_of(person, period, at=at)
    rank = None
    if points > 0 and sees_people(person):
        sums = _sums(period, at)
        ahead = sa.select(sa.func.count()).where(sums.c.points > points, sums.c.person_id != person.id)
        rank = 1 + (db.session.scalar(ahead) or 0)
    return Standing(points, rank, thanks_to(person, period, at=at))


def sees_people(person: Person) -> bool:
    """Whether the individual board is shown to a person: a champion, where it is on."""
    return person.is_champion and agreement_in(person.entity) is not None


def _teams(period: Period, at: datetime) -> sa.CTE:
    """Tenths of a point per champion, of teams with enough champions that nobody's points can be read from them."""
    each = (
        sa.select(Points.person_id, sa.func.sum(Points.amount).label("points"))
        .where(*_since(period, at))
        .group_by(Points.person_id)
        .subquery()
    )
    heads = sa.func.count(Person.id)
    number = sa.cast(sa.func.coalesce(sa.func.sum(each.c.points), 0), sa.BigInteger)
    tenths = (number * 20 + heads) // (heads * 2)  # rounded to the nearest, alike on both databases
    return (
        sa.select(Person.team_id.label("team_id"), tenths.label("points"))
        .outerjoin(each, each.c.person_id == Person.id)
        .where(*_is_champion(), Person.team_id.is_not(None))
        .group_by(Person.team_id)
        .having(heads >= FEWEST, number > 0)
        .cte("by_team")
    )


def team_board(person: Person, period: Period, *, at: datetime, most: int = TEAMS_SHOWN) -> list[Line]:
    """The first teams by points per champion, then my own wherever it stands."""
    teams = _teams(period, at)
    ranked = sa.select(sa.func.rank().over(order_by=teams.c.points.desc()).label("rank"), teams).subquery()
    asked: sa.Select[Any] = (
        sa.select(ranked.c.rank, ranked.c.points, Team.id, Team.name, Entity.name.label("entity"))
        .join(Team, Team.id == ranked.c.team_id)
        .join(Entity, Entity.id == Team.entity_id)
        .order_by(ranked.c.rank, Team.name, Team.id)
    )
    rows = list(db.session.execute(asked.limit(most)))
    if person.team_id is not None and all(row.id != person.team_id for row in rows):
        rows += list(db.session.execute(asked.where(Team.id == person.team_id)))
    return [Line(row.rank, row.name, row.points, row.id == person.team_id, note=row.entity) for row in rows]
