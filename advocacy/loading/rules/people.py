"""The staff, one row each, as spreadsheets write them down."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from advocacy import text
from advocacy.loading.rules import values
from advocacy.loading.rules.known import Known, Staff, TeamFacts
from advocacy.loading.rules.organisation import TeamRow
from advocacy.loading.rules.problems import Place, Problems, decoded
from advocacy.loading.rules.values import Wrong
from advocacy.permissions import Role

COLUMNS = (
    "staff_id", "email", "name", "entity", "country", "language", "time_zone", "team", "roles", "topics",
)  # fmt: skip
REQUIRED = ("staff_id", "name", "entity")
_name = values.text(120)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person; entity, team and topics are slugs, each role with an entity's slug or None for the group."""

    staff_id: str
    email: str | None
    name: str
    entity: str
    country: str
    language: str
    time_zone: str
    team: str | None
    roles: frozenset[tuple[Role, str | None]]
    topics: tuple[str, ...]
    place: Place


@dataclass
class Roster:
    """The good rows, the file's columns with their numbers, and the teams that are made for the rows."""

    rows: list[PersonRow] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    teams: list[TeamRow] = field(default_factory=list)


def read(data: bytes, file: str, known: Known, problems: Problems) -> Roster:
    """Read the file and add its good rows to what is known."""
    content = decoded(data, file, problems)
    if content is None:
        return Roster()
    lines = _rows(content, file, problems)
    heading = next(lines, None)
    columns = _columns(heading, file, problems)
    if columns is None:
        return Roster()
    reading = _Reading(file, columns, known, problems)
    for line, cells in lines:
        reading.take(line, cells)
    return reading.finish()


def _rows(content: str, file: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty with the line on which it begins."""
    first = content.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            trimmed = [cell.strip() for cell in cells]
            if any(trimmed):
                yield begins, trimmed
            begins = reader.line_num + 1
    except csv.Error as error:
        problems.add(
            Place(file, begins),
            f"this row cannot be read ({error}), nor what follows; is a quotation mark missing?",
        )


def _columns(heading: tuple[int, list[str]] | None, file: str, problems: Problems) -> list[str] | None:
    """The names of the columns; None, and problems, when they do not serve."""
    if heading is None:
        if not problems:
            problems.add(
                Place(file), f"the file is empty; its first row names the columns: {','.join(COLUMNS)}"
            )
        return None
    line, cells = heading
    names, before = [cell.lower() for cell in cells], len(problems)
    for number, name in enumerate(names, 1):
        if name not in COLUMNS:
            problems.add(
                Place(file, line, number), f"“{name}” is not a known column; known are {', '.join(COLUMNS)}"
            )
        elif name in names[: number - 1]:
            problems.add(Place(file, line, number), f"the column {name} is given twice")
    for name in REQUIRED:
        if name not in names:
            problems.add(Place(file, line), f"the column {name} is missing")
    return names if len(problems) == before else None


class _Reading:
    """The rows read so far, and whose staff numbers and addresses they took."""

    def __init__(self, file: str, columns: list[str], known: Known, problems: Problems) -> None:
        self.file, self.columns, self.known, self.problems = file, columns, known, problems
        self.number = {name: at for at, name in enumerate(columns, 1)}
        self.roster = Roster(columns=self.number)
        self.seen: dict[str, int] = {}
        self.addresses: dict[str, tuple[int, PersonRow]] = {}

    def take(self, line: int, cells: list[str]) -> None:
        """Read one row."""
        if len(cells) > len(self.columns) and any(cells[len(self.columns) :]):
            reason = f"this row has {len(cells)} cells, but there are {len(self.columns)} headings"
            self.problems.add(Place(self.file, line, len(self.columns) + 1), reason)
            return
        before = len(self.problems)
        row = self._row(line, dict(zip(self.columns, cells, strict=False)))
        if len(self.problems) == before:
            self._settle(row)
        elif row.staff_id and row.staff_id not in self.known.staff:
            self.known.refuse("person", row.staff_id)

    def _row(self, line: int, cells: dict[str, str]) -> PersonRow:
        def cell(name: str, convert: Callable[[str], Any], default: Any = None) -> Any:
            value = cells.get(name, "")
            if not value:
                return default
            try:
                return convert(value)
            except Wrong as wrong:
                self._complain(line, name, str(wrong))
                return default

        entity = cell("entity", self._entity, "")
        facts = self.known.entities.get(entity)
        row = PersonRow(
            staff_id=cell("staff_id", self._staff_id, ""),
            email=cell("email", values.address),
            name=cell("name", _name, ""),
            entity=entity,
            country=cell("country", values.country, facts.country if facts else ""),
            language=cell("language", values.language, facts.language if facts else "en"),
            time_zone=cell("time_zone", values.time_zone, facts.time_zone if facts else "UTC"),
            team=cell("team", lambda value: self._team(value, entity)),
            roles=cell("roles", self._roles, frozenset()),
            topics=cell("topics", self._topics, ()),
            place=Place(self.file, line),
        )
        for name in REQUIRED:
            if not cells.get(name):
                self._complain(line, name, "this cell is empty")
        self._check_twice(row, line)
        return row

    def _complain(self, line: int, column: str, reason: str) -> None:
        self.problems.add(Place(self.file, line, self.number.get(column, 1)), f"{column}: {reason}")

    def _staff_id(self, value: str) -> str:
        if any(letter.isspace() for letter in value):
            raise Wrong(f"“{value}” holds a space")
        return values.text(64)(value)

    def _entity(self, value: str) -> str:
        if value not in self.known.entities:
            raise Wrong(self.known.why_not("entity", value))
        return value

    def _roles(self, value: str) -> frozenset[tuple[Role, str | None]]:
        return frozenset(self._role(one) for one in _parts(value))

    def _role(self, value: str) -> tuple[Role, str | None]:
        role, at, entity = value.partition("@")
        if role not in set(Role):
            raise Wrong(
                f"“{role}” is not a role; roles are {', '.join(Role)}, each alone or as {Role.COMMS}@entity"
            )
        return Role(role), self._entity(entity) if at else None

    def _topics(self, value: str) -> tuple[str, ...]:
        for topic in _parts(value):
            if topic not in self.known.topics:
                raise Wrong(self.known.why_not("topic", topic))
        return _parts(value)

    def _team(self, value: str, entity: str) -> str:
        """A team by its slug or its name, or else the text of a name that is new."""
        if value in self.known.teams:
            if entity and self.known.teams[value].entity != entity:
                raise Wrong(f"“{value}” is a team of {self.known.teams[value].entity}")
            return value
        if ("team", value) in self.known.refused:
            raise Wrong(self.known.why_not("team", value))
        return self.known.team_named(value, entity) or "=" + _name(value)

    def _check_twice(self, row: PersonRow, line: int) -> None:
        if row.staff_id in self.seen:
            self._complain(
                line, "staff_id", f"“{row.staff_id}” stands on line {self.seen[row.staff_id]} already"
            )
        elif row.staff_id:
            self.seen[row.staff_id] = line
        if row.email in self.addresses:
            other = self.addresses[row.email][0]
            self._complain(line, "email", f"“{row.email}” is the address of the person on line {other}")
        elif row.email:
            self.addresses[row.email] = (line, row)

    def _settle(self, row: PersonRow) -> None:
        """Keep a good row, with its team made if it is new."""
        if row.team and row.team.startswith("="):
            row = replace(row, team=self._new_team(row.team[1:], row))
        self.roster.rows.append(row)

    def _new_team(self, name: str, row: PersonRow) -> str:
        slug = text.slug(name, self.known.teams.__contains__)
        self.known.teams[slug] = TeamFacts(name, row.entity)
        self.roster.teams.append(TeamRow(slug, name, row.entity, row.place))
        return slug

    def finish(self) -> Roster:
        """Compare the addresses with those of people who are there already; what is left is good."""
        roster = self.roster
        while "email" in self.columns and (taken := self._taken()):
            roster.rows = [row for row in roster.rows if row.staff_id not in taken]
        used = {row.team for row in roster.rows}
        roster.teams = [team for team in roster.teams if team.slug in used]
        for row in roster.rows:
            if "roles" in self.columns or row.staff_id not in self.known.staff:
                self.known.staff[row.staff_id] = Staff(row.roles)
        return roster

    def _taken(self) -> set[str]:
        """Those whose address is another's who keeps it; people without a staff number are known by theirs."""
        owners = self.known.addresses
        moving = {row.staff_id for row in self.roster.rows if owners.get(row.email or "") != row.staff_id}
        found = set()
        for row in self.roster.rows:
            owner = owners.get(row.email or "")
            if owner and owner != row.staff_id and owner not in moving:
                reason = f"“{row.email}” is the address of the person with staff_id {owner}"
                self._complain(row.place.line, "email", reason)
                found.add(row.staff_id)
        return found


@cache
def _parts(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in value.split("|") if part.strip()))
