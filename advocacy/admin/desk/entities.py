"""Entities: name and colour, wordings, whom people reach for help, boards."""

from __future__ import annotations

import re
from typing import Any

from babel import Locale, UnknownLocaleError
from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from advocacy import clock, web
from advocacy.accounts.models import Entity
from advocacy.admin import actions, queries
from advocacy.admin.desk.blueprint import Answer, bp, go
from advocacy.admin.forms import BoardsForm, ContactForm, EntityForm
from advocacy.errors import Missing, Refused
from advocacy.leaderboards import actions as leaderboards
from advocacy.leaderboards import queries as boards
from advocacy.sharing import arranging
from advocacy.sharing import queries as sharing
from advocacy.sharing.models import HelpKind
from advocacy.sharing.phrases import LONGEST_WORDING
from advocacy.web import needs

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@bp.get("/admin/entities")
@needs("entity.edit")
def entities() -> str:
    """The entities that I administer."""
    found = queries.entities_of(web.me(), "entity.edit")
    return render_template("admin/entities.html", entities=queries.arranged(found), kinds=len(HelpKind))


@bp.get("/admin/entities/<slug>")
@needs("entity.edit")
def entity(slug: str) -> str:
    """Everything that is arranged for one entity."""
    return _page(_entity(slug))


def _entity(slug: str, permission: str = "entity.edit") -> Entity:
    return queries.entity_of(web.me(), slug, permission)


def _page(shown: Entity, **changed: Any) -> str:
    """The page of an entity, with the forms that were refused in the place of fresh ones."""
    parts = {
        "form": EntityForm(formdata=None, obj=shown),
        "wordings": _wordings(shown),
        "wording_problem": "",
        "longest_wording": LONGEST_WORDING,
        "contacts": {kind: _contact_form(shown, kind) for kind in HelpKind},
        "boards_form": BoardsForm(formdata=None),
        "agreement": boards.agreement_in(shown),
        "may_enable": web.me().may("board.enable", entity_id=shown.id),
    }
    made = sharing.made_wording(shown.name)
    return render_template(
        "admin/entity.html", entity=shown, made=made, language_name=_language_name, **(parts | changed)
    )


def _language_name(tag: str) -> str:
    """A language's own name, such as "Deutsch"; its code where nobody has told us."""
    try:
        return (Locale.parse(tag, sep="-").display_name or tag).capitalize()
    except (ValueError, UnknownLocaleError):
        return tag


def _wordings(shown: Entity) -> dict[str, str]:
    """An entity's wordings, a line each, by language; its own language and ours have a place even when empty."""
    places = dict.fromkeys([shown.language.split("-")[0], *web.LANGUAGES])
    lines: dict[str, list[str]] = {language: [] for language in places}
    for row in sharing.disclosure_rows(shown):
        lines.setdefault(row.language, []).append(row.wording)
    return {language: "\n".join(wordings) for language, wordings in lines.items()}


def _contact_form(shown: Entity, kind: HelpKind, *, sent: bool = False) -> ContactForm:
    prefix = f"{kind.value}-"
    if sent:
        return ContactForm(prefix=prefix)
    return ContactForm(formdata=None, obj=queries.help_contact(shown, kind), prefix=prefix)


@bp.post("/admin/entities/<slug>")
@needs("entity.edit")
def dress(slug: str) -> Answer:
    """Keep the name and the colour."""
    shown, form = _entity(slug), EntityForm()
    if not form.validate_on_submit():
        return _page(shown, form=form), 422
    try:
        darkened = actions.dress(
            shown, name=form.name.data or "", accent=form.accent.data or "", by=web.me(), at=clock.now()
        )
    except Refused as refused:
        form[refused.field or "name"].errors = [web.say(refused.reason)]
        return _page(shown, form=form), refused.status
    if darkened:
        flash(
            _("The colour was darkened to %(colour)s, so that words in it can be read.", colour=shown.accent)
        )
    flash(_("Name and colour are kept."), "success")
    return go(url_for("admin.entity", slug=slug))


@bp.post("/admin/entities/<slug>/wordings")
@needs("entity.edit")
def keep_wordings(slug: str) -> Answer:
    """Keep the wordings, a line each, the first of a language its default."""
    shown, typed = _entity(slug), _typed_wordings()
    pairs = [
        (language, line) for language, text in typed.items() for line in text.splitlines() if line.strip()
    ]
    try:
        arranging.keep_disclosures(shown, pairs, by=web.me(), at=clock.now())
    except Refused as refused:
        return _page(shown, wordings=typed, wording_problem=web.say(refused.reason)), refused.status
    flash(_("The wordings are kept. What is planned keeps the wording that it has."), "success")
    return go(url_for("admin.entity", slug=slug))


def _typed_wordings() -> dict[str, str]:
    """What was typed, by language; a further language only where it is written as one."""
    sent = {
        name.removeprefix("wordings-"): text
        for name, text in request.form.items()
        if name.startswith("wordings-")
    }
    further = request.form.get("language", "").strip().lower()
    if further:
        sent[further] = "\n".join(filter(None, (sent.get(further), request.form.get("further", ""))))
    return {language: text for language, text in sent.items() if _LANGUAGE.fullmatch(language)}


@bp.post("/admin/entities/<slug>/help/<kind>")
@needs("entity.edit")
def keep_contact(slug: str, kind: str) -> Answer:
    """Name whom people reach for one kind of trouble."""
    shown = _entity(slug)
    if kind not in set(HelpKind):
        raise Missing
    which = HelpKind(kind)
    form = _contact_form(shown, which, sent=True)
    answers = [str(form[name].data or "") for name in ("name", "email", "phone", "note")]
    try:
        if not form.validate_on_submit():
            return _refused_contact(shown, which, form)
        name, email, phone, note = answers
        arranging.keep_help_contact(shown, which, name, email, phone, note, by=web.me(), at=clock.now())
    except Refused as refused:
        form[refused.field or "name"].errors = [web.say(refused.reason)]
        return _refused_contact(shown, which, form)
    flash(_("Kept."), "success")
    return go(url_for("admin.entity", slug=slug, _anchor="help"))


def _refused_contact(shown: Entity, kind: HelpKind, form: ContactForm) -> tuple[str, int]:
    contacts = {each: _contact_form(shown, each) for each in HelpKind} | {kind: form}
    return _page(shown, contacts=contacts), 422


@bp.post("/admin/entities/<slug>/boards")
@needs("board.enable")
def enable_boards(slug: str) -> Answer:
    """Turn boards with people on them on, by the agreement that allows it."""
    shown, form = _entity(slug, "board.enable"), BoardsForm()
    if not form.validate_on_submit():
        return _page(shown, boards_form=form), 422
    try:
        leaderboards.enable_boards(shown, form.agreement.data or "", by=web.me(), at=clock.now())
    except Refused as refused:
        form.agreement.errors = [web.say(refused.reason)]
        return _page(shown, boards_form=form), refused.status
    flash(_("Boards with people on them are on. Nobody is on one who does not choose it."), "success")
    return go(url_for("admin.entity", slug=slug, _anchor="boards"))


@bp.post("/admin/entities/<slug>/boards/closure")
@needs("board.enable")
def end_boards(slug: str) -> Answer:
    """Turn boards with people on them off."""
    leaderboards.end_boards(_entity(slug, "board.enable"), by=web.me(), at=clock.now())
    flash(_("Boards with people on them are off."), "success")
    return go(url_for("admin.entity", slug=slug, _anchor="boards"))
