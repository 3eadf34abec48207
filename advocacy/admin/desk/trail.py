"""The audit trail: who did what at the staff's desks, when, to what."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Response, flash, render_template, request
from flask_babel import gettext as _

from advocacy import asked, clock, db, text, web
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

    def in_force(self) -> dict[str, str]:
        """The filters that count, as an address has them."""
        return {name: str(value) for name, value in asdict(self).items() if value}

    def lines(self) -> sa.Select[AuditLine]:
        """The lines that fit."""
        return queries.trail(
            verb=self.verb, who=self.who, about=self.about, day=self.day, zone=web.time_zone()
        )


def _asked(unknown: Callable[[str], None]) -> Asked:
    """What the address asks for; `unknown` is told the name of each part that means nothing."""
    who, about = (request.args.get(name, "").strip() for name in ("who", "about"))
    verb = request.args.get("verb", "").strip()
    if verb and not rules.is_known(verb) and verb not in queries.verbs():
        unknown("verb")
        verb = ""
    return Asked(verb, who, about, _day(unknown))


def _day(unknown: Callable[[str], None]) -> date | None:
    told = request.args.get("day", "").strip()
    try:
        day = date.fromisoformat(told) if told else None
    except ValueError:
        day = date.min
    if day and not 1970 <= day.year < 9999:  # its bounds in another zone would be no dates any more
        unknown("day")
        return None
    return day


def _pass_over(name: str) -> None:
    """Tell the reader of the page what was passed over, and of a day how one is written."""
    if name != "day":
        asked.pass_over(name)
        return
    told = request.args.get("day", "").strip()[:40]
    flash(_("“%(day)s” is no day, so all days stand here. Write a day like 2026-11-02.", day=told), "warning")


@bp.get("/admin/audit")
@needs("audit.see")
def audit() -> str:
    """The trail, to filter and page through."""
    for_the_group("audit.see")
    chosen = _asked(_pass_over)
    page = web.page_of(chosen.lines())
    return render_template(
        "admin/audit.html",
        page=page,
        asked=chosen,
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
    chosen = _asked(asked.refuse)
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["at", "sentence", "by", "verb", "about", "details"])
    count = 0
    found = db.session.scalars(chosen.lines().execution_options(yield_per=1000))
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
