"""Reads of the record of all staff: by entity and team, person by person, and who is due a reminder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Entity, Person, Team
from advocacy.guidelines import queries, rules
from advocacy.guidelines.models import Acknowledgement, Guideline, ReadingReminder
from advocacy.guidelines.rules import ReadingState, Stage
from advocacy.leaderboards.rules import FEWEST


@dataclass(frozen=True)
class Filters:
    """What to show of the record; `entity_ids` is what the reader may see at all (None: the whole group)."""

    entity_ids: frozenset[int] | None = None
    entity: Entity | None = None
    team: Team | None = None
    guideline: Guideline | None = None
    state: ReadingState | None = None
    name: str = ""

    @property
    def told(self) -> dict[str, str]:
        """The filters as the audit trail keeps them."""
        return {
            key: value
            for key, value in (
                ("entity", self.entity.slug if self.entity else ""),
                ("team", self.team.slug if self.team else ""),
                ("guideline", self.guideline.slug if self.guideline else ""),
                ("state", self.state or ""),
                ("name", self.name),
            )
            if value
        }


@dataclass(frozen=True)
class Tally:
    """How many people of one entity or team have accepted one guideline, are due, or overdue."""

    entity: Entity | None
    team: Team | None
    accepted: int
    due: int
    overdue: int
    is_rest: bool = False  # several small groups together

    @property
    def is_telling(self) -> bool:
        """Whether its figures would tell about fewer than five people."""
        return self.people < FEWEST

    @property
    def people(self) -> int:
        """How many people are asked."""
        return self.accepted + self.due + self.overdue


@dataclass(frozen=True)
class Line:
    """One person and one guideline of the record."""

    person: Person
    guideline: Guideline
    accepted_at: datetime | None
    due_at: datetime | None
    state: ReadingState


def recorded() -> list[Guideline]:
    """The guidelines in force that all staff must read."""
    return [g for g in queries.in_force() if rules.in_record(g.readers, g.unlocks_sharing, g.due_days)]


def _is_past(guideline: Guideline, at: datetime) -> sa.ColumnElement[bool]:
    """Whether a person's due date lies before `at`; the same law as rules.due_at."""
    if guideline.due_days is None:
        return sa.false()
    cutoff = at - timedelta(days=guideline.due_days)
    return Person.created_at <= cutoff if queries.asked_at(guideline) <= cutoff else sa.false()


def _accepted_at(guideline: Guideline) -> sa.ScalarSelect[datetime]:
    versions = [v.id for v in queries.counting(guideline)]
    return (
        sa.select(sa.func.min(Acknowledgement.at))
        .where(Acknowledgement.person_id == Person.id, Acknowledgement.version_id.in_(versions))
        .correlate(Person)
        .scalar_subquery()
    )


def _staff(entity_ids: frozenset[int] | None) -> list[sa.ColumnElement[bool]]:
    scope = [] if entity_ids is None else [Person.entity_id.in_(entity_ids)]
    return [Person.disabled_at.is_(None), Person.erased_at.is_(None), *scope]


def _cells(guidelines: Sequence[Guideline], filters: Filters, at: datetime) -> sa.Subquery:
    """One row for each person and guideline: when accepted, and whether the due date is past."""
    selects = [
        sa.select(
            Person.id.label("person_id"),
            sa.literal(guideline.id).label("guideline_id"),
            _accepted_at(guideline).label("accepted_at"),
            _is_past(guideline, at).label("is_past"),
        ).where(*_staff(filters.entity_ids))
        for guideline in guidelines
    ]
    return sa.union_all(*selects).subquery()


def _state(cells: sa.Subquery) -> sa.Case[Any]:
    return sa.case(
        (cells.c.accepted_at.is_not(None), ReadingState.ACCEPTED.value),
        (cells.c.is_past, ReadingState.OVERDUE.value),
        else_=ReadingState.DUE.value,
    )


def tallies(guideline: Guideline, filters: Filters, at: datetime, *, by_team: bool = False) -> list[Tally]:
    """The record of one guideline by entity, or by entity and team."""
    cells = _cells([guideline], filters, at)
    state = _state(cells)
    counts = [sa.func.count(sa.case((state == wanted.value, 1))) for wanted in ReadingState]
    keys: list[Any] = [Person.entity_id, Person.team_id] if by_team else [Person.entity_id]
    rows = db.session.execute(
        sa.select(*keys, *counts).join(cells, cells.c.person_id == Person.id).group_by(*keys)
    ).all()
    entities = {entity.id: entity for entity in db.session.scalars(sa.select(Entity))}
    teams = {team.id: team for team in db.session.scalars(sa.select(Team))} if by_team else {}
    found = [Tally(entities.get(row[0]), teams.get(row[1]) if by_team else None, *row[-3:]) for row in rows]
    return sorted(found, key=_by_name)


def _by_name(tally: Tally) -> tuple[str, str]:
    last = "\uffff"
    return tally.entity.name if tally.entity else last, tally.team.name if tally.team else last


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of several tallies."""
    rows = list(tallies)
    return Tally(None, None, *(sum(getattr(row, s.value) for row in rows) for s in ReadingState))


def shown(tallies: Sequence[Tally]) -> list[Tally]:
    """The tallies as a list of groups: those under five people in one, with the next larger until it is five."""
    by_size = sorted(tallies, key=lambda tally: tally.people)
    few = [tally for tally in by_size if tally.is_telling]
    others = by_size[len(few) :]
    while few and others and total(few).is_telling:
        few.append(others.pop(0))
    rest = [replace(total(few), is_rest=True)] if few else []
    return [tally for tally in tallies if tally in others] + rest


def people(guidelines: Sequence[Guideline], filters: Filters, at: datetime) -> sa.Select[Any]:
    """The record person by person: rows of (person, guideline key, accepted at, state)."""
    cells = _cells(guidelines, filters, at)
    state = _state(cells).label("state")
    wanted: list[sa.ColumnElement[bool]] = []
    if filters.entity is not None:
        wanted.append(Person.entity_id == filters.entity.id)
    if filters.team is not None:
        wanted.append(Person.team_id == filters.team.id)
    if filters.state is not None:
        wanted.append(state == filters.state.value)
    if filters.name:
        wanted.append(Person.name.icontains(filters.name, autoescape=True))
    return (
        sa.select(Person, cells.c.guideline_id, cells.c.accepted_at, state)
        .join(cells, cells.c.person_id == Person.id)
        .where(*wanted)
        .order_by(Person.name, Person.id, cells.c.guideline_id)
    )


def line(row: Any, guidelines: dict[int, Guideline]) -> Line:
    """One row of `people` with its guideline and due date."""
    person, key, accepted_at, state = row
    guideline = guidelines[key]
    return Line(person, guideline, accepted_at, queries.due_at(person, guideline), ReadingState(state))


def accepted_by_language(guideline: Guideline) -> dict[str, int]:
    """How many people's acceptance of a guideline counts now, by the language in which they last accepted it."""
    mine = sa.and_(
        Acknowledgement.person_id == Person.id,
        Acknowledgement.version_id.in_([version.id for version in queries.counting(guideline)]),
    )
    last = sa.select(Acknowledgement.language).where(mine).order_by(Acknowledgement.at.desc()).limit(1)
    language = last.correlate(Person).scalar_subquery().label("language")
    each = sa.select(language).where(*_staff(None)).subquery()
    rows = db.session.execute(
        sa.select(each.c.language, sa.func.count())
        .where(each.c.language.is_not(None))
        .group_by(each.c.language)
    )
    return {str(tag): count for tag, count in rows}


def due_reminders(at: datetime, limit: int) -> list[Person]:
    """People who can be written to, were not this week, and have something due within seven days or overdue."""
    guidelines = [g for g in recorded() if g.due_days is not None]
    if not guidelines:
        return []
    asked = sa.or_(*(_wants_reminder(g, stage, at) for g in guidelines for stage in Stage))
    lately = sa.exists().where(
        ReadingReminder.person_id == Person.id, ReadingReminder.at > at - rules.REMIND_EVERY
    )
    found = db.session.scalars(
        sa.select(Person)
        .where(*_staff(None), Person.paused_at.is_(None), Person.email.is_not(None), asked, ~lately)
        .order_by(Person.id)
        .limit(limit)
    )
    return list(found)


def _wants_reminder(guideline: Guideline, stage: Stage, at: datetime) -> sa.ColumnElement[bool]:
    horizon = at if stage == Stage.OVERDUE else at + rules.REMIND_BEFORE
    told = sa.exists().where(
        ReadingReminder.person_id == Person.id,
        ReadingReminder.version_id == queries.counting(guideline)[0].id,
        ReadingReminder.stage.in_([stage, Stage.OVERDUE]),
    )
    return sa.and_(_is_past(guideline, horizon), _accepted_at(guideline).is_(None), ~told)


def reminders(person: Person) -> set[tuple[int, Stage]]:
    """What this person was reminded of: version and stage."""
    rows = db.session.execute(
        sa.select(ReadingReminder.version_id, ReadingReminder.stage).where(
            ReadingReminder.person_id == person.id
        )
    )
    return {(version_id, stage) for version_id, stage in rows}
