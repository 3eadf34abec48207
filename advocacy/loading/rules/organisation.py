"""The organisation's own file: its topics, entities with their wordings and contacts, and teams."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from advocacy.loading.rules import toml, values
from advocacy.loading.rules.known import EntityFacts, Known, TeamFacts
from advocacy.loading.rules.nodes import Table
from advocacy.loading.rules.problems import Place, Problems
from advocacy.sharing.phrases import BARE_WORDING, LONGEST_WORDING

HELP_KINDS = ("attacked", "mistake", "press", "taken_over")

Row = TypeVar("Row")


@dataclass(frozen=True)
class TopicRow:
    """A topic with its names by language."""

    slug: str
    names: dict[str, str]
    place: Place


@dataclass(frozen=True)
class HelpRow:
    """Whom people of an entity reach for one kind of trouble."""

    kind: str
    name: str
    email: str
    phone: str
    note: str


@dataclass(frozen=True)
class EntityRow:
    """An entity; `disclosure` as (language, wording) in the file's order."""

    slug: str
    name: str
    country: str
    language: str
    time_zone: str
    accent: str
    disclosure: tuple[tuple[str, str], ...]
    help: tuple[HelpRow, ...]
    place: Place


@dataclass(frozen=True)
class TeamRow:
    """A team of an entity (slug)."""

    slug: str
    name: str
    entity: str
    place: Place


@dataclass
class Organisation:
    """The good parts of the file."""

    topics: list[TopicRow] = field(default_factory=list)
    entities: list[EntityRow] = field(default_factory=list)
    teams: list[TeamRow] = field(default_factory=list)


def read(data: bytes, file: str, known: Known, problems: Problems) -> Organisation:
    """Read the file and add what is good in it to what is known."""
    top = toml.read(data, file, problems)
    if top is None:
        return Organisation()
    top.need("name", values.text())
    found = Organisation()
    for table in top.tables("topics"):
        _keep(table, _topic(table, found), "topic", known, found.topics)
    entities = top.tables("entities")
    if not entities and not known.entities:
        problems.add(top.at, "entities: at least one is needed")
    for table in entities:
        _keep(table, _entity(table, found), "entity", known, found.entities)
    known.topics |= {row.slug for row in found.topics}
    for row in found.entities:
        known.entities[row.slug] = EntityFacts(row.name, row.country, row.language, row.time_zone)
        known.wordings[row.slug] = _by_language(row.disclosure)
    for table in top.tables("teams"):
        _keep(table, _team(table, known, found), "team", known, found.teams)
    known.teams |= {row.slug: TeamFacts(row.name, row.entity) for row in found.teams}
    top.close()
    return found


def _keep(table: Table, row: Row | None, kind: str, known: Known, rows: list[Row]) -> None:
    """Add a good row; of a refused one remember the slug."""
    if row is not None:
        rows.append(row)
    elif table.slug:
        known.refuse(kind, table.slug)


def _slug(table: Table, rows: list[Row]) -> str:
    """The table's slug, which no other of its kind has; its table remembers it for those who lean on it."""
    found = table.need("slug", values.slug) or ""
    if found and any(getattr(row, "slug", "") == found for row in rows):
        table.complain("slug", f"“{found}” is used twice")
        return ""
    table.slug = found
    return found


def _topic(table: Table, found: Organisation) -> TopicRow | None:
    with table.watched() as watch:
        slug = _slug(table, found.topics)
        names = {"en": table.need("name", values.text(60)) or ""}
        for key in [key for key in table.left() if key.startswith("name_")]:
            names[_tag(table, key)] = table.take(key, values.text(60), "")
        table.close()
    names = {tag: name for tag, name in names.items() if name}
    return TopicRow(slug, names, table.at) if watch.is_good else None


def _tag(table: Table, key: str) -> str:
    try:
        return values.language(key.partition("_")[2].replace("_", "-"))
    except values.Wrong as wrong:
        table.complain(key, str(wrong))
        return ""


def _entity(table: Table, found: Organisation) -> EntityRow | None:
    with table.watched() as watch:
        row = EntityRow(
            slug=_slug(table, found.entities),
            name=table.need("name", values.text(120)) or "",
            country=table.need("country", values.country) or "",
            language=table.need("language", values.language) or "",
            time_zone=table.need("time_zone", values.time_zone) or "",
            accent=table.take("accent", values.colour, ""),
            disclosure=_disclosure(table),
            help=_help(table),
            place=table.at,
        )
        if any(row.name.casefold() == other.name.casefold() for other in found.entities):
            table.complain("name", f"“{row.name}” is the name of another entity")
        table.close()
    return row if watch.is_good else None


def _disclosure(table: Table) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for entry in table.tables("disclosure"):
        language = entry.need("language", values.language)
        wording = entry.need("wording", values.text(LONGEST_WORDING))
        entry.close()
        if wording and BARE_WORDING.fullmatch(wording):
            entry.complain("wording", f"“{wording}” does not say where someone works")
        if wording and language and (language, wording) in found:
            entry.complain("wording", f"“{wording}” stands there twice in one language")
        if wording and language:
            found.append((language, wording))
    return tuple(found)


def _by_language(disclosure: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    return {
        language: tuple(wording for tag, wording in disclosure if tag == language)
        for language, _ in disclosure
    }


def _help(table: Table) -> tuple[HelpRow, ...]:
    found: list[HelpRow] = []
    for entry in table.tables("help"):
        row = HelpRow(
            kind=entry.need("kind", values.one_of(*HELP_KINDS)) or "",
            name=entry.need("name", values.text(120)) or "",
            email=entry.take("email", values.address, ""),
            phone=entry.take("phone", values.phone, ""),
            note=entry.take("note", values.text(200), ""),
        )
        entry.close()
        if not entry.says("email") and not entry.says("phone"):
            entry.complain("name", "give an email or a phone, or nobody can be reached")
        if row.kind and any(row.kind == other.kind for other in found):
            entry.complain("kind", f"“{row.kind}” stands there twice")
        found.append(row)
    return tuple(found)


def _team(table: Table, known: Known, found: Organisation) -> TeamRow | None:
    with table.watched() as watch:
        slug = _slug(table, found.teams)
        name = table.need("name", values.text(120)) or ""
        entity = table.need("entity", values.slug) or ""
        if entity and entity not in known.entities:
            table.complain("entity", known.why_not("entity", entity))
        if any((name.casefold(), entity) == (row.name.casefold(), row.entity) for row in found.teams):
            table.complain("name", f"“{name}” stands twice in this entity")
        table.close()
    return TeamRow(slug, name, entity, table.at) if watch.is_good else None
