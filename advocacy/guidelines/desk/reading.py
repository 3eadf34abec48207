"""The compliance overview: what all staff must read, by entity and team, person by person, and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from flask import Response, render_template, request
from flask_babel import gettext as _

from advocacy import asked, clock, db, web
from advocacy.accounts.models import Entity, Team
from advocacy.audit import actions as audit
from advocacy.guidelines import queries, record
from advocacy.guidelines.desk.blueprint import Answer, bp
from advocacy.guidelines.models import Guideline
from advocacy.guidelines.record import Filters, Line
from advocacy.guidelines.rules import ReadingState
from advocacy.text import cell
from advocacy.web import needs, writes

Thing = TypeVar("Thing")
Slugged = TypeVar("Slugged", Entity, Team)


@bp.get("/people/reading/")
@needs("reading.see")
def reading() -> str:
    """Who has read and accepted, as sums by entity or team."""
    by_team = asked.one_of("by", {"team"}) == "team"
    filters = Filters(entity_ids=_seen())
    rows = [
        (
            guideline,
            queries.title_of(guideline, web.locale()),
            record.tallies(guideline, filters, clock.now(), by_team=by_team),
        )
        for guideline in record.recorded()
    ]
    sections = [
        (guideline, title, record.shown(tallies), record.total(tallies)) for guideline, title, tallies in rows
    ]
    return render_template("rulebook/reading.html", sections=sections, by_team=by_team)


@bp.get("/people/reading/people")
@needs("reading.see")
@writes
def reading_people() -> str:
    """The record person by person; each look is noted in the audit trail."""
    filters, guidelines, at = _filters(), record.recorded(), clock.now()
    chosen = _chosen(filters, guidelines)
    page = web.page_of(record.people(chosen, filters, at), scalars=False) if chosen else None
    known = {guideline.id: guideline for guideline in guidelines}
    lines = [record.line(row, known) for row in page.items] if page else []
    audit.record_look("reading.look", by=web.me(), at=at, about="reading:people", details=filters.told)
    return render_template(
        "rulebook/reading_people.html",
        page=page,
        lines=lines,
        filters=filters,
        titles=_titles(guidelines),
        guidelines=guidelines,
        entities=_entities(filters),
        teams=_teams(filters),
        states=state_names(),
    )


@bp.get("/people/reading/people.csv")
@needs("reading.see")
@writes
def reading_file() -> Answer:
    """The same list as a file for a spreadsheet; noted in the audit trail."""
    filters, guidelines, at = _filters(asked.refuse), record.recorded(), clock.now()
    chosen = _chosen(filters, guidelines)
    rows = db.session.execute(record.people(chosen, filters, at)).all() if chosen else []
    known = {guideline.id: guideline for guideline in guidelines}
    audit.record(
        "reading.export",
        by=web.me(),
        at=at,
        about="reading:people",
        details={**filters.told, "rows": len(rows)},
    )
    lines = (record.line(row, known) for row in rows)
    return Response(
        _file(lines, _titles(guidelines)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="reading-{_day(at)}.csv"'},
    )


def state_names() -> dict[ReadingState, str]:
    """The states of the record in the reader's language."""
    return {
        ReadingState.ACCEPTED: _("Read and accepted"),
        ReadingState.DUE: _("Due"),
        ReadingState.OVERDUE: _("Overdue"),
    }


def _file(lines: Iterator[Line], titles: dict[int, str]) -> str:
    """The lines as CSV with a byte-order mark, so that Excel reads it as UTF-8."""
    out = io.StringIO("\ufeff")
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out)
    writer.writerow(
        [
            _("Staff number"),
            _("Name"),
            _("E-mail"),
            _("Company"),
            _("Team"),
            _("Guideline"),
            _("State"),
            _("Accepted on"),
            _("Due by"),
        ]
    )
    names = state_names()
    for line in lines:
        writer.writerow([cell(value) for value in _cells(line, titles, names)])
    return out.getvalue()


def _cells(line: Line, titles: dict[int, str], names: dict[ReadingState, str]) -> list[object]:
    person = line.person
    return [
        person.staff_id,
        person.name,
        person.email,
        person.entity.name if person.entity else "",
        person.team.name if person.team else "",
        titles[line.guideline.id],
        names[line.state],
        _day(line.accepted_at),
        _day(line.due_at),
    ]


def _day(at: datetime | None) -> str:
    """The day on which it is or was for the reader, as on the page (ISO 8601)."""
    return web.local(at).date().isoformat() if at else ""


def _seen() -> frozenset[int] | None:
    """The entities whose record this colleague may see; None: the whole group."""
    seen = web.me().entities_for("reading.see")
    return None if seen is None else frozenset(seen)


def _filters(unknown: Callable[[str], None] = asked.pass_over) -> Filters:
    """What the address asks for; `unknown` is told the name of each part that means nothing."""
    state = asked.one_of("state", set(ReadingState), unknown)
    return Filters(
        entity_ids=_seen(),
        entity=_named("entity", lambda slug: _by_slug(Entity, slug), unknown),
        team=_named("team", lambda slug: _by_slug(Team, slug), unknown),
        guideline=_named("guideline", queries.published, unknown),
        state=ReadingState(state) if state else None,
        name=request.args.get("name", "").strip()[:100],
    )


def _named(name: str, find: Callable[[str], Thing | None], unknown: Callable[[str], None]) -> Thing | None:
    """What the address names by its slug."""
    slug = request.args.get(name, "").strip()
    found = find(slug) if slug else None
    if slug and found is None:
        unknown(name)
    return found


def _by_slug(kind: type[Slugged], slug: str) -> Slugged | None:
    return db.session.scalar(sa.select(kind).where(kind.slug == slug))


def _chosen(filters: Filters, guidelines: list[Guideline]) -> list[Guideline]:
    if filters.guideline is None:
        return guidelines
    return [guideline for guideline in guidelines if guideline.id == filters.guideline.id]


def _titles(guidelines: list[Guideline]) -> dict[int, str]:
    return {guideline.id: queries.title_of(guideline, web.locale()) for guideline in guidelines}


def _entities(filters: Filters) -> list[Entity]:
    found = db.session.scalars(sa.select(Entity).order_by(Entity.name))
    return [entity for entity in found if filters.entity_ids is None or entity.id in filters.entity_ids]


def _teams(filters: Filters) -> list[Team]:
    shown = {entity.id for entity in _entities(filters)}
    if filters.entity is not None:
        shown &= {filters.entity.id}
    return list(db.session.scalars(sa.select(Team).where(Team.entity_id.in_(shown)).order_by(Team.name)))
