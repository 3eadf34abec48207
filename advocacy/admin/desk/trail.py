"""The audit trail: who did what at the staff's desks, when, to what."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Response, flash, render_template, request
from flask_babel import gettext as _

from advocacy import clock, db, text, web
from advocacy.admin import actions, queries, rules
from advocacy.admin.desk.blueprint import bp, for_the_group
from advocacy.admin.desk.telling import Told
from advocacy.audit.models import AuditLine
from advocacy.web import needs, writes


@dataclass(frozen=True)
class Asked:
    """What the page was asked to show."""

    verb: str
    who: str
    about: str
    day: date | None

    def __bool__(self) -> bool:
        return bool(self.verb or self.who or self.about or self.day)

    def lines(self) -> sa.Select[AuditLine]:
        """The lines that fit."""
        return queries.trail(
            verb=self.verb, who=self.who, about=self.about, day=self.day, zone=web.time_zone()
        )


def _asked() -> Asked:
    verb, who, about = (request.args.get(name, "").strip() for name in ("verb", "who", "about"))
    return Asked(verb, who, about, _day())


def _day() -> date | None:
    """The day that is asked for; what is none is passed over, and said so."""
    told = request.args.get("day", "").strip()
    try:
        day = date.fromisoformat(told) if told else None
    except ValueError:
        day = date.min
    if day and not 1970 <= day.year < 9999:  # its bounds in another zone would be no dates any more
        said = _("“%(day)s” is no day, so all days stand here. Write a day like 2026-11-02.", day=told[:40])
        flash(said, "warning")
        return None
    return day


@bp.get("/admin/audit")
@needs("audit.see")
def audit() -> str:
    """The trail, to filter and page through."""
    for_the_group("audit.see")
    asked = _asked()
    page = web.page_of(asked.lines())
    return render_template(
        "admin/audit.html",
        page=page,
        asked=asked,
        told=Told.about(page.items),
        verbs=queries.verbs(),
        words=rules.verb_words,
    )


@bp.get("/admin/audit.csv")
@needs("audit.see")
@writes
def export_audit() -> Response:
    """The lines that fit, as a table for a spreadsheet; that it was exported stands in the trail."""
    for_the_group("audit.see")
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["at", "sentence", "by", "verb", "about", "details"])
    count = 0
    found = db.session.scalars(_asked().lines().execution_options(yield_per=1000))
    for some in found.partitions():
        told = Told.about(some)
        lines.writerows(_cells(line, told) for line in some)
        count += len(some)
    actions.note_export(count, by=web.me(), at=clock.now())
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename="audit-trail.csv")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _cells(line: AuditLine, told: Told) -> list[Any]:
    details = json.dumps(line.details, ensure_ascii=False) if line.details else ""
    values = (
        web.local(line.at).isoformat(timespec="seconds"),
        told.whole(line),
        line.by_name or "",
        line.verb,
        line.about,
        details,
    )
    return [text.cell(value) for value in values]
