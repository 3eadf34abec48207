"""Making people as the staff's file says, many at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import actions as accounts
from advocacy.accounts.models import Entity, Following, Person
from advocacy.errors import Refused
from advocacy.loading import queries
from advocacy.loading.actions.organisation import keep_teams
from advocacy.loading.actions.tally import Outcome, Tally
from advocacy.loading.rules.people import PersonRow, Roster
from advocacy.loading.rules.problems import Problems

CHUNK = 1000
# What a later load changes; language, time zone and topics are the person's own choice.
FOLLOWS = ("email", "name", "entity_id", "team_id", "country")
COLUMN_OF = {"entity_id": "entity", "team_id": "team"}

Item = TypeVar("Item")


def keep_people(roster: Roster, *, at: datetime, tally: Tally, problems: Problems) -> None:
    """Make or update the people of a file; a column that it has not is left alone."""
    keep_teams(roster.teams, tally=tally)
    roster.rows = list(_at_home(roster, problems))
    if not roster.rows:
        return
    people = _People(roster, at)
    people.update(tally)
    people.insert(tally)
    _follow(roster, people)
    if "roles" in roster.columns:
        _keep_roles(roster, people, at, tally, problems)
    db.session.expire_all()  # rows changed beneath what the session remembers


def _at_home(roster: Roster, problems: Problems) -> Iterator[PersonRow]:
    """The rows whose entities stand: one that was refused when it was written takes its people's rows with it."""
    entities = queries.entity_keys()
    for row in roster.rows:
        named = {row.entity, *(entity for _, entity in row.roles if entity)}
        for slug in sorted(named - entities.keys()):
            problems.add(row.place, f"the entity “{slug}” was refused, so this is too")
        if named <= entities.keys():
            yield row


class _People:
    """The file's rows beside the people who are stored."""

    def __init__(self, roster: Roster, at: datetime) -> None:
        self.roster, self.at = roster, at
        self.entities, self.teams = queries.entity_keys(), queries.team_keys()
        stored = queries.stored_people()
        self.by_staff_id = {one.staff_id: one for one in stored if one.staff_id}
        # someone who set the product up has no staff number yet, and is the person with her address
        self.by_address = {one.email: one for one in stored if one.email and not one.staff_id}
        self.keys: dict[str, int] = {}
        self.changed: set[str] = set()
        self.new: set[str] = set()
        self.columns = {
            name for name in FOLLOWS if COLUMN_OF.get(name, name) in roster.columns or name == "country"
        }

    def _details(self, row: PersonRow) -> dict[str, Any]:
        return {
            "email": row.email,
            "name": row.name,
            "entity_id": self.entities[row.entity],
            "team_id": self.teams[row.team] if row.team else None,
            "country": row.country,
        }

    def update(self, tally: Tally) -> None:
        """Write what changed of those who are there; addresses are let go first, since they may change hands.

        Who gets another address is signed out: whoever reads the old one may have come in by it.
        """
        changes, leaving = [], []
        for row in self.roster.rows:
            held = self.by_staff_id.get(row.staff_id) or self.by_address.get(row.email or "")
            if held is None:
                continue
            self.keys[row.staff_id] = held.id
            details = {name: value for name, value in self._details(row).items() if name in self.columns}
            if held.staff_id is None or any(getattr(held, name) != value for name, value in details.items()):
                changes.append({"id": held.id, "staff_id": row.staff_id, **details})
                self.changed.add(row.staff_id)
                leaving += [held.id] if held.email and held.email != details.get("email", held.email) else []
        for keys in _chunks(leaving):
            db.session.execute(
                sa.update(Person)
                .where(Person.id.in_(keys))
                .values(email=None)
                .execution_options(synchronize_session=False)
            )
            accounts.end_for_new_address(*keys, at=self.at)
        for rows in _chunks(changes):
            db.session.execute(sa.update(Person), rows)
            tally.note("people", Outcome.UPDATED, len(rows))
        tally.note("people", Outcome.UNCHANGED, len(self.keys) - len(changes))

    def insert(self, tally: Tally) -> None:
        """Write down those who are new."""
        self.new = {row.staff_id for row in self.roster.rows} - self.keys.keys()
        rows = [
            {
                "staff_id": row.staff_id,
                "language": row.language,
                "time_zone": row.time_zone,
                "created_at": self.at,
                **self._details(row),
            }
            for row in self.roster.rows
            if row.staff_id in self.new
        ]
        for chunk in _chunks(rows):
            db.session.execute(sa.insert(Person), chunk)
            tally.note("people", Outcome.CREATED, len(chunk))
        if rows:
            stored = db.session.execute(
                sa.select(Person.staff_id, Person.id).where(Person.staff_id.is_not(None))
            )
            self.keys |= {str(staff_id): key for staff_id, key in stored if staff_id in self.new}


def _follow(roster: Roster, people: _People) -> None:
    """Let those who are new follow the file's topics; later the choice is theirs."""
    topics = queries.topic_keys()
    rows = [
        {"person_id": people.keys[row.staff_id], "topic_id": topics[topic]}
        for row in roster.rows
        if row.staff_id in people.new
        for topic in row.topics
    ]
    for chunk in _chunks(rows):
        db.session.execute(sa.insert(Following), chunk)


def _keep_roles(roster: Roster, people: _People, at: datetime, tally: Tally, problems: Problems) -> None:
    """Grant and then revoke, so that the last administrator may hand over."""
    held = queries.grants()
    given, taken = [], []
    for row in roster.rows:
        wanted = {(role, people.entities[entity] if entity else None) for role, entity in row.roles}
        has = held.get(people.keys[row.staff_id], set())
        given += [(row, role, entity) for role, entity in sorted(wanted - has, key=str)]
        taken += [(row, role, entity) for role, entity in sorted(has - wanted, key=str)]
    for row, role, entity in given:
        accounts.grant(_person(people, row), role, entity=_entity(entity), by=None, at=at)
    for row, role, entity in taken:
        try:
            accounts.revoke(_person(people, row), role, entity=_entity(entity), by=None, at=at)
        except Refused as refused:
            problems.add(row.place._replace(column=roster.columns["roles"]), f"roles: {refused}")
    _count_roles({row.staff_id for row, _, _ in given + taken}, people, tally)


def _count_roles(touched: set[str], people: _People, tally: Tally) -> None:
    """Those of whom only the roles changed were counted as unchanged."""
    number = len(touched - people.new - people.changed)
    if number:
        tally.counts["people"][Outcome.UNCHANGED] -= number
        tally.counts["people"][Outcome.UPDATED] += number


def _person(people: _People, row: PersonRow) -> Person:
    return db.session.get_one(Person, people.keys[row.staff_id])


def _entity(key: int | None) -> Entity | None:
    return db.session.get_one(Entity, key) if key else None


def _chunks(items: list[Item]) -> Iterator[list[Item]]:
    return (items[at : at + CHUNK] for at in range(0, len(items), CHUNK))
