"""The page on which a kit is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from advocacy import clock, web
from advocacy.accounts import queries as accounts
from advocacy.content import actions, fitting, queries, stories
from advocacy.content.desk.blueprint import Page, bp, edition, kit_of
from advocacy.content.forms import KitForm, unsealed
from advocacy.content.models import Kit
from advocacy.content.rules import Audience, Stage
from advocacy.content.shape import Difference, Faults, KitData, Overtaken, Problem, faults
from advocacy.content.views import country_name, language_name, picture_response
from advocacy.errors import Missing, Refused


@bp.get("/studio/kits/new")
@web.needs("kit.edit")
def new() -> Page:
    """An empty kit, for the one entity that I write for if there is only one."""
    form, own = KitForm(formdata=None), _own_entities()
    entity = own[0].slug if len(own) == 1 and web.me().entities_for("kit.edit") is not None else None
    form.show(
        KitData(texts={}, entity=entity, audience=Audience(entities=(entity,) if entity else ())), 0, _zone()
    )
    return _editor(form, None)


@bp.post("/studio/kits/new")
@web.needs("kit.edit")
def create() -> Page | Answer:
    """Keep a new kit as a draft."""
    form = KitForm()
    data = _typed(form)
    if data is None:
        return _editor(form, None)
    try:
        kit = actions.create(data, by=web.me(), at=clock.now())
    except Refused as refused:
        return _faulty(form, None, refused)
    flash(_("Your draft is saved."), "success")
    return redirect(url_for("studio.show", slug=kit.slug), 303)


@bp.get("/studio/kits/<slug>/editor")
@web.needs("kit.edit")
def edit(slug: str) -> Page:
    """The page on which a kit is written."""
    kit, form = kit_of(slug), KitForm(formdata=None)
    form.show(kit.data, kit.edition, _zone())
    return _editor(form, kit)


@bp.post("/studio/kits/<slug>/editor")
@web.needs("kit.edit")
def save(slug: str) -> Page | Answer:
    """Save an edited kit; who was overtaken sees the difference and loses nothing."""
    kit, form = kit_of(slug), KitForm()
    data = _typed(form, kit)
    if data is None:
        return _editor(form, kit)
    before = kit.stage(clock.now())
    try:
        actions.save(kit, data, edition=edition(form.edition.data), by=web.me(), at=clock.now())
    except Overtaken as overtaken:
        return _overtaken(form, kit, overtaken.differences)
    except Refused as refused:
        return _faulty(form, kit, refused)
    flash(*_saved(before, kit.stage(clock.now())))
    return redirect(url_for("studio.show", slug=slug), 303)


def _saved(before: Stage, now: Stage) -> tuple[str, str]:
    """What saving did, and how loudly to say it."""
    if now is Stage.DRAFT and before is Stage.OUT:
        said = _(
            "Your changes are saved, and the story left the champions’ pages. Send it to review to bring it back."
        )
        return said, "warning"
    if now is Stage.DRAFT and before in (Stage.SCHEDULED, Stage.EXPIRED, Stage.IN_REVIEW):
        return _("Your changes are saved. It is a draft now: send it to review again."), "warning"
    return _("Your changes are saved."), "success"


@bp.get("/studio/pictures/<token>")
@web.needs("kit.edit")
def picture(token: str) -> Response:
    """A picture in the editor, saved with its kit or not yet."""
    found = unsealed(token)
    if found is None:
        raise Missing()
    return picture_response(found.digest, found.media_type)


def _zone() -> str:
    return str(web.me().time_zone)


def _own_entities() -> list[Any]:
    return accounts.entities(web.me().entities_for("kit.edit"))


def _typed(form: KitForm, kit: Kit | None = None) -> KitData | None:
    """What was typed, ready to save; None when the page is asked for again: a row to add, or something wrong."""
    tags = _tags(None)
    form.take_upload(tags[0])
    data = form.kit_data(_zone(), kit.data if kit else None)
    if "add" in request.form:
        return None
    if form.problems:  # a picture or a time: say what else is wrong in the same breath
        for problem in faults(data):
            form.fault(problem)
        return None
    return data


def _tags(kit: Kit | None) -> list[str]:
    """The languages to write in, the likeliest first: my own, English, the kit's, its company's, the others'."""
    held = sorted(text.language for text in kit.texts) if kit else []
    company = kit.entity if kit and kit.entity else web.me().entity
    mine, ours = (
        tag.lower().split("-")[0] for tag in (web.me().language, company.language if company else "en")
    )
    return list(dict.fromkeys([mine, "en", *held, ours, *queries.languages()]))


def _editor(
    form: KitForm, kit: Kit | None, differences: list[Difference] | None = None, status: int = 0
) -> Page:
    tags = _tags(kit)
    asked = request.form.get("add") == "caption"
    form.offer(tags, captions=len(form.captions) + 1 if asked else max(1, len(form.captions)))
    held = {
        text.language.data
        for text in (entry.form for entry in form.texts)
        if text.title.data or text.story.data
    }
    page = render_template(
        "studio/edit.html",
        form=form,
        kit=kit,
        stage=kit.stage(clock.now()) if kit else Stage.DRAFT,
        tags=tags,
        open_tags=[tag for tag in tags if tag in held or tag in tags[:2]],
        choices=_choices(form, tags),
        rooms=fitting.rooms(kit.data if kit else KitData(texts={}, link_url="https://example.com")),
        differences=differences or [],
        part_name=part_name,
        added=request.form.get("add", ""),
        keeping=_keeping(form, kit),
        zone=_zone(),
        whole_group=web.me().entities_for("kit.edit") is None,
    )
    return page, status or (422 if form.problems else 200)


def _keeping(form: KitForm, kit: Kit | None) -> Callable[[Any, dict[str, str]], dict[str, str]]:
    """Marks fields to be kept in the browser while typed, for this very edition: nothing of a colleague's is lost."""
    place = f"kit:{web.me().code}:{kit.slug if kit else '/new'}:{form.edition.data}"

    def marked(field: Any, attributes: dict[str, str]) -> dict[str, str]:
        return attributes | {"data-draft": f"{place}:{field.name}"}

    return marked


def _choices(form: KitForm, tags: list[str]) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen, as (value, name), with what the kit holds already."""
    group = [("", _("The whole group"))] if web.me().entities_for("kit.edit") is None else []
    named = [(slug, f"{name} ({web.number(most)})") for slug, (name, most) in fitting.networks().items()]
    offered = {
        "entity": [*group, *((entity.slug, entity.name) for entity in _own_entities())],
        "network": [("any", _("Any network")), *named],
        "language": [(tag, language_name(tag)) for tag in tags],
        "topics": list(stories.topic_names(web.me().language, clock.now()).items()),
        "entities": [(entity.slug, entity.name) for entity in _companies(form)],
        "countries": [(code, country_name(code)) for code in queries.countries()],
        "languages": [(tag, language_name(tag)) for tag in queries.languages()],
        "teams": [(team.slug, f"{team.name} · {team.entity.name}") for team in queries.teams()],
    }
    for name in ("topics", "entities", "countries", "languages", "teams"):
        known = {value for value, _name in offered[name]}
        offered[name] += [(value, value) for value in form[name].data or () if value not in known]
    return offered


def _companies(form: KitForm) -> list[Any]:
    """The companies that I may address a kit to, and those that it is addressed to."""
    hers, held = {entity.slug for entity in _own_entities()}, form.entities.data or ()
    return [entity for entity in accounts.entities() if entity.slug in hers or entity.slug in held]


def part_name(part: str) -> str:
    """What a part of a kit is called, such as "title-fr"."""
    kind, _dash, tag = part.partition("-")
    names: dict[str, str] = {
        "title": _("Title (%(language)s)", language=language_name(tag)),
        "story": _("Story (%(language)s)", language=language_name(tag)),
        "link_url": _("Link"),
        "is_paid": _("Paid for"),
        "own_posts": _("The company's own posts"),
        "pictures": _("Pictures"),
        "captions": _("Suggested captions"),
        "topics": _("Topics"),
        "audience": _("Who it is for"),
        "entity": _("Made by"),
        "publish_at": _("Publish"),
        "expires_at": _("End"),
    }
    return names[kind]


def _faulty(form: KitForm, kit: Kit | None, refused: Refused) -> Page:
    problems = (
        refused.problems if isinstance(refused, Faults) else [Problem(refused.field or "", refused.reason)]
    )
    for problem in problems:
        if not problem.field:
            raise refused
        form.fault(problem)
    return _editor(form, kit, status=refused.status)


def _overtaken(form: KitForm, kit: Kit, differences: list[Difference]) -> Page:
    """Both versions side by side; saving once more is on top of the other."""
    form.edition.data = str(kit.edition)
    return _editor(form, kit, differences, status=409)
