"""Everything under "Me": how the product speaks to me, what I follow, where I am signed in."""

from __future__ import annotations

import flask_babel
from flask import flash, g, render_template, url_for
from flask_babel import gettext as _

from advocacy import clock, db, web
from advocacy.accounts import actions, passwords, queries, rules
from advocacy.accounts.forms import ChangePasswordForm, SettingsForm, TopicsForm
from advocacy.accounts.models import Theme
from advocacy.accounts.views.blueprint import Answer, bp, go
from advocacy.errors import Missing
from advocacy.web import limited, signed_in, waits


@bp.get("/me")
@signed_in
def me() -> str:
    """Everything that is mine, a word and a link each."""
    mine = queries.followed(web.me())
    followed = [name for topic, name in queries.topics(web.locale()) if topic.id in mine]
    return render_template("accounts/me.html", followed=followed)


@bp.route("/me/settings", methods=["GET", "POST"])
@signed_in
def settings() -> Answer:
    """Language, look, time zone, and the weekly letter."""
    form = SettingsForm(obj=web.me())
    if not form.validate_on_submit():
        return render_template("accounts/settings.html", form=form), 422 if form.errors else 200
    actions.choose(
        web.me(),
        language=form.language.data,
        theme=Theme(form.theme.data),
        time_zone=form.time_zone.data,
        weekly_letter=bool(form.weekly_letter.data),
    )
    flask_babel.refresh()  # what follows is said in the language just chosen
    flash(_("Your settings are kept."), "success")
    return go(url_for("accounts.me"))


@bp.route("/me/topics", methods=["GET", "POST"])
@signed_in
def topics() -> Answer:
    """The topics that decide which stories come first."""
    every = queries.topics(web.locale())
    form = TopicsForm(data={"topics": list(queries.followed(web.me()))})
    form.offer(every)
    if not form.validate_on_submit():
        return render_template("accounts/topics.html", form=form), 422 if form.errors else 200
    actions.follow_only(web.me(), [topic for topic, _name in every if topic.id in (form.topics.data or [])])
    flash(_("Your topics are kept."), "success")
    return go(url_for("accounts.me"))


@bp.get("/me/devices")
@signed_in
def devices() -> str:
    """Where I am signed in."""
    rows = queries.devices(web.me(), at=clock.now())
    return render_template("accounts/devices.html", devices=rows, this=g.seen.session_code)


@bp.post("/me/devices/<code>/closure")
@signed_in
def end_device(code: str) -> Answer:
    """Sign out on one device."""
    row = db.session.scalar(queries.session_of(web.me(), code))
    if row is None:
        raise Missing
    actions.end_session(row, by=web.me(), at=clock.now())
    flash(_("You are signed out there."), "success")
    return go(url_for("accounts.devices"))


@bp.post("/me/devices/closure")
@signed_in
def end_other_devices() -> Answer:
    """Sign out everywhere but here."""
    actions.end_sessions(web.me(), by=web.me(), at=clock.now(), but=g.seen.session_code)
    flash(_("You are signed in on this device only."), "success")
    return go(url_for("accounts.devices"))


@bp.route("/me/password", methods=["GET", "POST"])
@signed_in
@waits
@limited("sign_in_per_account", by=web.mine)
def password() -> Answer:
    """Choose a password, or another one; who signed in a while ago gives the present one too."""
    form = ChangePasswordForm()
    form.person, asked = web.me(), _asks_for_present_password()
    if not asked:
        del form.present
    if not form.validate_on_submit():
        return _password_page(form)
    kept, new = web.me().password_hash, form.password.data or ""
    db.let_go()
    if asked and not passwords.matches(kept, form.present.data or ""):
        form.present.errors = [_("This is not your present password.")]
        return _password_page(form)
    new_hash = passwords.hash(new)
    actions.set_password(web.me(), new_hash, by=web.me(), at=clock.now(), keep=g.seen.session_code)
    flash(_("Your password is kept. Other devices were signed out."), "success")
    return go(url_for("accounts.me"))


def _asks_for_present_password() -> bool:
    has_one = web.me().password_hash is not None
    return has_one and not rules.session_is_fresh(g.seen.created_at, at=clock.now())


def _password_page(form: ChangePasswordForm) -> Answer:
    return render_template("accounts/password.html", form=form), 422 if form.errors else 200
