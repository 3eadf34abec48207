"""Joining the programme, or not now; and the very first administrator."""

from __future__ import annotations

from flask import flash, render_template, request
from flask_babel import gettext as _

from advocacy import clock, db, web
from advocacy.accounts import actions, passwords, queries
from advocacy.accounts.forms import SetupForm
from advocacy.accounts.models import SetupLink
from advocacy.accounts.views.blueprint import Answer, bp, go
from advocacy.accounts.views.sign_in import begin
from advocacy.errors import N_, Missing
from advocacy.web import limited, public, signed_in, waits


@bp.get("/join")
@signed_in
def join() -> str:
    """The employer's promise, and the question that is put once."""
    return render_template("accounts/join.html")


@bp.post("/join")
@signed_in
def answer() -> Answer:
    """Join, or not now."""
    if request.form.get("answer") == "join":
        actions.join(web.me(), by=web.me(), at=clock.now())
        flash(_("Welcome. Here is what comes next."), "success")
        return go(web.way_back() or "/")
    actions.not_now(web.me(), by=web.me(), at=clock.now())
    flash(_("That is fine. We will not ask again. You find it under Me if you change your mind."))
    return go("/")


@bp.get("/setup/<secret>")
@public
def setup(secret: str) -> str:
    """Where the one-time link of the first start leads."""
    _setup_link(secret)
    return render_template("accounts/setup.html", form=SetupForm())


@bp.post("/setup/<secret>")
@public
@waits
@limited("sign_in_per_address")
def invite_first_administrator(secret: str) -> Answer:
    """Create the first administrator, who is signed in then."""
    found = _setup_link(secret)
    form = SetupForm()
    if not form.validate_on_submit():
        return render_template("accounts/setup.html", form=form), 422
    db.let_go()  # a hash takes its time, and may have to wait for its turn
    person = actions.invite_first_administrator(
        found,
        name=form.name.data or "",
        email=form.email.data or "",
        password_hash=passwords.hash(form.password.data or ""),
        language=web.locale(),
        at=clock.now(),
    )
    return begin(person, to="/admin/")


def _setup_link(secret: str) -> SetupLink:
    found = queries.setup_link(secret)
    if found is None:
        raise Missing(N_("This link was used before. Whoever administers this place can invite you."))
    return found
