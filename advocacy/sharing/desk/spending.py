"""What posts cost: a budget for each company, and the ledger by month. Nobody's name stands on either page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from babel.dates import format_date
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from advocacy import asked, clock, db, web
from advocacy.accounts import queries as accounts
from advocacy.accounts.models import Entity
from advocacy.audit.actions import record
from advocacy.errors import Missing, Refused
from advocacy.sharing import money, queries, spending
from advocacy.sharing.forms import BudgetForm
from advocacy.sharing.models import Outlay
from advocacy.sharing.money import Entry, Use
from advocacy.sharing.networks import currencies
from advocacy.text import cell
from advocacy.web import needs, writes

bp = Blueprint("spending", __name__)

Answer = Response | str | tuple[str, int]


@bp.get("/admin/costs/budgets")
@needs("budget.edit")
def budgets() -> str:
    """What each company may spend in a month, and what it has this month."""
    return _budgets({})


def _budgets(refused: Mapping[str, BudgetForm]) -> str:
    month = money.month_of(clock.now())
    sums = queries.month_sums(accounts.entities(web.me().entities_for("budget.edit")), currencies(), month)
    forms = [_form(one, refused) for one in sums]
    return render_template("spending/budgets.html", rows=zip(sums, forms, strict=True), month=month)


def _form(one: queries.MonthSum, refused: Mapping[str, BudgetForm]) -> BudgetForm:
    """The form of one company's budget: as it was refused, or with the budget that it has."""
    assert one.entity is not None
    prefix = f"{one.entity.slug}-{one.currency}-"
    if prefix in refused:
        return refused[prefix]
    form = BudgetForm(formdata=None, prefix=prefix)
    form.amount.data = "" if one.limit is None else f"{one.limit / money.MILLION:.2f}".removesuffix(".00")
    return form


@bp.post("/admin/entities/<slug>/budget/<currency>")
@needs("budget.edit")
def set_budget(slug: str, currency: str) -> Answer:
    """Set what a company may spend from this month on."""
    entity = db.session.scalar(accounts.entity(slug))
    if entity is None or not web.me().may("budget.edit", entity_id=entity.id) or currency not in currencies():
        raise Missing
    prefix = f"{slug}-{currency}-"
    form = BudgetForm(prefix=prefix)
    try:
        spending.set_budget(
            entity, money.micros(form.amount.data or ""), currency, by=web.me(), at=clock.now()
        )
    except Refused as refused:
        form.amount.errors = [web.say(refused.reason)]
        return _budgets({prefix: form}), refused.status
    flash(
        _("The budget of %(company)s is kept. It counts from this month on.", company=entity.name), "success"
    )
    return redirect(url_for("spending.budgets"), 303)  # type: ignore[return-value]


@bp.get("/admin/costs")
@needs("ledger.see")
def ledger() -> str:
    """What was spent in a month, by company, line by line."""
    reach, month = web.me().entities_for("ledger.see"), _month()
    everyone: list[Entity | None] = [*accounts.entities(reach), *([None] if reach is None else [])]
    sums = [
        one
        for one in queries.month_sums(everyone, currencies(), month)
        if one.spent or one.reserved or one.entity is not None
    ]
    months = dict.fromkeys([money.month_of(clock.now()), *queries.ledger_months(reach)])
    return render_template(
        "spending/ledger.html",
        sums=sums,
        page=web.page_of(queries.ledger(reach, month, open_or_settled=True), size=50),
        month=month,
        months=list(months),
        may_set=web.me().may("budget.edit"),
    )


@bp.get("/admin/costs.csv")
@needs("ledger.see")
@writes
def export_ledger() -> Response:
    """The lines of a month as a table for a spreadsheet; that it was exported stands in the trail."""
    month = _month(asked.refuse)
    lines = db.session.scalars(queries.ledger(web.me().entities_for("ledger.see"), month)).all()
    record("ledger.export", by=web.me(), at=clock.now(), about="ledger", details={"lines": len(lines)})
    answer = Response(_file(lines), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"ledger-{month}.csv")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _file(lines: Iterable[Outlay]) -> str:
    """The lines as CSV with a byte-order mark, so that Excel reads it as UTF-8."""
    out = io.StringIO("\ufeff")
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out)
    head = [_("Line"), _("Day"), _("Company"), _("Network"), _("What for"), _("State"), _("Amount")]
    writer.writerow([*head, _("Currency")])
    for line in lines:
        told = (
            line.id,
            f"{line.at:%Y-%m-%d}",
            line.entity.name if line.entity else "",
            line.network,
            use_words(line.use),
            entry_words(line.state),
            f"{line.amount / money.MILLION:.6f}",
            line.currency,
        )
        writer.writerow([cell(value) for value in told])
    return out.getvalue()


def _month(unknown: Callable[[str], None] = asked.pass_over) -> str:
    """The month that is asked for, this one without; `unknown` is told when what is asked for is none."""
    told = request.args.get("month", "").strip()
    if re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", told, re.ASCII):
        return told
    if told:
        unknown("month")
    return money.month_of(clock.now())


@bp.app_template_filter()
def use_words(use: Use) -> str:
    """What money went out for, in words."""
    words: dict[Use, str] = {
        Use.POST: _("A post"),
        Use.POST_WITH_LINK: _("A post with a link"),
        Use.READ: _("Looking whether a post is there"),
    }
    return words[use]


@bp.app_template_filter()
def entry_words(entry: Entry) -> str:
    """What a line of the ledger says of its amount."""
    words: dict[Entry, str] = {
        Entry.RESERVED: _("set aside"),
        Entry.SPENT: _("spent"),
        Entry.RETURNED: _("not spent after all"),
    }
    return words[entry]


@bp.app_template_filter()
def month_words(month: str) -> str:
    """A month such as "2026-11" in words."""
    first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    return str(format_date(first, "LLLL y", locale=web.locale()))
