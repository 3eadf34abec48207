"""Pausing what goes out: everywhere or in a scope, with a reason, now or planned; and what was out before."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from advocacy import clock, db, web
from advocacy.accounts import queries as accounts
from advocacy.accounts.models import Entity, Topic
from advocacy.content import queries as content
from advocacy.content.models import Kit
from advocacy.content.stories import topic_names
from advocacy.errors import N_, Refused
from advocacy.leaderboards.queries import network_names
from advocacy.sharing import holding, queries, rules
from advocacy.sharing.banners import hold_words
from advocacy.sharing.forms import AppealForm, HoldForm
from advocacy.sharing.models import Hold, HoldScope
from advocacy.web import needs, writes

bp = Blueprint("holds", __name__)

Answer = Response | str | tuple[str, int]
Named = TypeVar("Named", Entity, Kit, Topic)


def _go(place: str) -> Response:
    return redirect(place, 303)  # type: ignore[return-value]


def _reach() -> set[int] | None:
    found: set[int] | None = web.me().entities_for("hold.place")
    return found


@bp.get("/studio/holds/")
@needs("hold.place")
def index() -> str:
    """What is paused, what is planned, and what was."""
    page = web.page_of(queries.holds(_reach()), size=20)
    return render_template("holds/index.html", page=page, as_of=clock.now(), scope=_words)


@bp.get("/studio/holds/new")
@needs("hold.place")
def new() -> str:
    """Say what is to stop."""
    return _page(_offered(HoldForm(formdata=None)))


@bp.post("/studio/holds/")
@needs("hold.place")
def hold_back() -> Answer:
    """Stop it."""
    form = _offered(HoldForm())
    if not form.validate():
        return _page(form), 422
    try:
        hold = holding.hold_back(
            _extent(form),
            reason=(form.reason.data or "").strip(),
            message=(form.message.data or "").strip(),
            starts_at=_moment(form, "starts"),
            ends_at=_moment(form, "ends"),
            by=web.me(),
            at=clock.now(),
        )
    except Refused as refusal:
        field = {"ends_at": "ends"}.get(refusal.field or "", refusal.field or "scope")
        form[field].errors = [web.say(refusal.reason)]
        return _page(form), refusal.status
    flash(_("Publishing is paused in this scope."), "success")
    return _go(url_for("holds.show", code=hold.code))


def _page(form: HoldForm) -> str:
    return render_template("holds/new.html", form=form)


def _offered(form: HoldForm) -> HoldForm:
    """What this person may choose from."""
    me, reach = web.me(), _reach()
    kits = db.session.scalars(content.in_studio(me, "kit.recall").limit(200))
    nothing = [("", "–")]
    form.network.choices = nothing + sorted(network_names().items(), key=lambda one: one[1].casefold())
    form.country.choices = nothing + [(one, one) for one in content.countries()]
    form.kit.choices = nothing + [(kit.slug, content.text_in(kit, me.language).title) for kit in kits]
    form.topic.choices = nothing + list(topic_names(me.language, clock.now()).items())
    everyone = [("", _("The whole group"))] if reach is None else []
    form.entity.choices = everyone + [(one.slug, one.name) for one in accounts.entities(reach)]
    return form


def _extent(form: HoldForm) -> holding.Extent:
    """What the form names; raises Refused where the scope needs something that was not chosen."""
    scope = HoldScope(form.scope.data)
    entity = _one(Entity, form.entity.data)
    if scope is not HoldScope.EVERYTHING and not form[scope.value].data:
        raise Refused(N_("Choose what this is about."), field=scope.value)
    wide = HoldScope.ENTITY if entity is not None and scope is HoldScope.EVERYTHING else scope
    return holding.Extent(
        scope=wide,
        network=form.chosen("network"),
        country=form.chosen("country"),
        kit=_one(Kit, form.chosen("kit")),
        topic=_one(Topic, form.chosen("topic")),
        entity=entity,
    )


def _one(kind: type[Named], slug: str | None) -> Named | None:
    return db.session.scalar(sa.select(kind).where(kind.slug == slug)) if slug else None


def _moment(form: HoldForm, field: str) -> datetime | None:
    typed = (form[field].data or "").strip()
    if not typed:
        return None
    try:
        return rules.moment(typed, web.me().time_zone, at=clock.now())
    except Refused as refusal:
        raise Refused(refusal.reason[0], field=field, **refusal.reason[1]) from refusal


@bp.get("/studio/holds/<code>")
@needs("hold.place")
def show(code: str) -> str:
    """One pause: what it holds back, and how to end it."""
    hold = queries.hold(_reach(), code)
    return render_template(
        "holds/show.html", hold=hold, as_of=clock.now(), scope=_words, waiting=queries.waiting_in(hold)
    )


@bp.post("/studio/holds/<code>/lifting")
@needs("hold.place")
def lift(code: str) -> Answer:
    """End it; what it kept back goes to its owners."""
    holding.lift(queries.hold(_reach(), code), by=web.me(), at=clock.now())
    flash(
        _("Publishing goes on. What was held back goes to its owners, and nothing goes out by itself."),
        "success",
    )
    return _go(url_for("holds.show", code=code))


@bp.get("/studio/holds/<code>/published")
@needs("hold.place")
@writes
def published(code: str) -> str:
    """What was out in its scope, by name; that someone looked stands in the trail."""
    hold = queries.hold(_reach(), code)
    holding.look_at_published(hold, by=web.me(), at=clock.now())
    return _published(hold, AppealForm(formdata=None))


def _published(hold: Hold, form: AppealForm) -> str:
    page = web.page_of(queries.published_in(hold), size=50)
    form.posts.choices = [(post.code, post.code) for post in page.items]
    return render_template(
        "holds/published.html",
        hold=hold,
        page=page,
        form=form,
        asked=queries.appeals_of(hold),
        scope=_words,
        doubtful={post.id for post in page.items if queries.is_in_doubt(post)},
    )


@bp.post("/studio/holds/<code>/appeals")
@needs("hold.place")
def ask_owners(code: str) -> Answer:
    """Ask the owners of ticked posts to delete or edit them."""
    hold, form = queries.hold(_reach(), code), AppealForm()
    if not form.validate() or not form.posts.data:
        if not form.posts.data:
            form.posts.errors = [_("Tick at least one post.")]
        return _published(hold, form), 422
    asked = holding.ask_owners(
        hold, form.posts.data, words=(form.words.data or "").strip(), by=web.me(), at=clock.now()
    )
    flash(ngettext("%(num)d owner gets a letter.", "%(num)d owners get a letter.", asked), "success")
    return _go(url_for("holds.published", code=code))


def _words(hold: Hold) -> str:
    return hold_words(hold, at=clock.now())
