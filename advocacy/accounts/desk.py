"""The people desk: who works here, what they are entrusted with, whom to invite; never who joined."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from advocacy import asked, clock, db, web
from advocacy.accounts import actions, queries
from advocacy.accounts.forms import GrantForm, InviteForm
from advocacy.accounts.models import Entity, Person
from advocacy.errors import Missing, Refused
from advocacy.permissions import ROLE_NAMES, Role
from advocacy.web import needs, signed_in

bp = Blueprint("people", __name__)

Answer = Response | str | tuple[str, int]


def _person(code: str) -> Person:
    """The person with this code, if the colleague at the desk may see her."""
    found = db.session.scalar(queries.visible_to(web.me()).where(Person.code == code))
    if found is None:
        raise Missing
    return found


def _entity(slug: str | None) -> Entity | None:
    return db.session.scalar(queries.entity(slug)) if slug else None


def _back(person: Person) -> Response:
    return redirect(url_for("people.show", code=person.code), 303)  # type: ignore[return-value]


@bp.get("/people/")
@needs("person.see")
def index() -> str:
    """Everyone whom I may see, to search and filter."""
    mine = queries.entities(web.me().entities_for("person.see"))
    words = request.args.get("q", "").strip()
    entity, role = asked.one_of("entity", {one.slug for one in mine}), asked.one_of("role", set(Role))
    people = queries.found(queries.visible_to(web.me()), words=words, entity=entity, role=role)
    return render_template(
        "people/index.html",
        page=web.page_of(people),
        words=words,
        entity=entity,
        role=role,
        entities=mine,
        roles=ROLE_NAMES,
    )


@bp.get("/people/administrators")
@signed_in
def administrators() -> str:
    """Whom to ask for what one may not do oneself: who administers my company, and the group."""
    return render_template("people/administrators.html", people=queries.administrators_of(web.me()))


@bp.get("/people/<string(length=16):code>")
@needs("person.see")
def show(code: str) -> str:
    """One person: what the register says, her roles, her devices."""
    return _show(_person(code), _grant_form())


def _show(person: Person, form: GrantForm, problem: str = "") -> str:
    return render_template(
        "people/show.html",
        someone=person,
        form=form,
        problem=problem,
        roles=ROLE_NAMES,
        devices=len(queries.devices(person, at=clock.now())),
        may_edit=web.me().may("person.edit"),
        may_grant=web.me().may("role.grant"),
    )


def _grant_form() -> GrantForm:
    form = GrantForm()
    scope = web.me().entities_for("role.grant")
    form.offer(queries.entities(scope), group=scope is None)
    return form


@bp.post("/people/<string(length=16):code>/roles")
@needs("role.grant")
def grant(code: str) -> Answer:
    """Entrust someone with a role."""
    person, form = _person(code), _grant_form()
    if not form.validate_on_submit():
        return _show(person, form), 422
    try:
        actions.grant(
            person, Role(form.role.data), entity=_entity(form.entity.data), by=web.me(), at=clock.now()
        )
    except Missing:
        raise
    except Refused as refused:
        return _show(person, form, web.say(refused.reason)), refused.status
    flash(_("The role is granted."), "success")
    return _back(person)


@bp.post("/people/<string(length=16):code>/roles/removal")
@needs("role.grant")
def revoke(code: str) -> Answer:
    """Take a role away."""
    person, role, slug = _person(code), request.form.get("role", ""), request.form.get("entity", "")
    entity = _entity(slug)
    if role not in set(Role) or (slug and entity is None):
        raise Missing
    actions.revoke(person, Role(role), entity=entity, by=web.me(), at=clock.now())
    flash(_("The role is taken away."), "success")
    return _back(person)


@bp.post("/people/<string(length=16):code>/suspension")
@needs("person.edit")
def disable(code: str) -> Answer:
    """Shut someone out who no longer works here."""
    person = _person(code)
    actions.disable(person, by=web.me(), at=clock.now())
    flash(_("%(name)s can no longer sign in.", name=person.name), "success")
    return _back(person)


@bp.post("/people/<string(length=16):code>/reinstatement")
@needs("person.edit")
def enable(code: str) -> Answer:
    """Let someone in again."""
    person = _person(code)
    actions.enable(person, by=web.me(), at=clock.now())
    flash(_("%(name)s can sign in again.", name=person.name), "success")
    return _back(person)


@bp.post("/people/<string(length=16):code>/sessions/closure")
@needs("person.edit")
def end_sessions(code: str) -> Answer:
    """Sign someone out everywhere."""
    person = _person(code)
    actions.end_sessions(person, by=web.me(), at=clock.now())
    flash(_("%(name)s is signed out everywhere.", name=person.name), "success")
    return _back(person)


@bp.route("/people/invitation", methods=["GET", "POST"])
@needs("person.edit")
def invite() -> Answer:
    """Write to someone with a link to choose a password."""
    form, scope = InviteForm(), web.me().entities_for("person.edit")
    form.offer(queries.entities(scope), none=scope is None)
    if not form.validate_on_submit():
        return render_template("people/invite.html", form=form), 422 if form.errors else 200
    try:
        actions.invite(
            form.email.data or "",
            form.name.data or "",
            entity=_entity(form.entity.data),
            language=form.language.data,
            by=web.me(),
            at=clock.now(),
        )
    except Missing:
        raise
    except Refused as refused:
        form.email.errors = [web.say(refused.reason)]
        return render_template("people/invite.html", form=form), refused.status
    flash(_("A letter to %(email)s is on its way.", email=form.email.data), "success")
    return redirect(url_for("people.index"), 303)  # type: ignore[return-value]
