"""Connecting by a password that a person makes for this product alone, where a network's own consent cannot be had."""

from __future__ import annotations

from dataclasses import asdict

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from advocacy import db, web
from advocacy.errors import N_, Missing, Refused
from advocacy.sharing import connecting, networks
from advocacy.sharing.connecting import Account
from advocacy.sharing.forms import PasswordForm
from advocacy.sharing.models import Connection
from advocacy.sharing.networks.rarer import TakesPasswords
from advocacy.sharing.tokens import kept
from advocacy.sharing.views.blueprint import Answer, go
from advocacy.sharing.views.connections import bp, door, keep, known_as, local, went_out
from advocacy.web import limited, signed_in, waits


def _connector(slug: str) -> TakesPasswords:
    found = networks.network(slug)
    if not (isinstance(found, TakesPasswords) and found.can.passwords and found.is_ready):
        raise Missing(N_("There is no connection to this network."))
    return found


def _page(connector: TakesPasswords, form: PasswordForm) -> str:
    return render_template("connections/password.html", network=connector, form=form)


@bp.get("/connections/<network>/password")
@signed_in
def password(network: str) -> str:
    """What an app password is, what it may do, and a form for it."""
    back = local(request.args.get("back_to"))
    return _page(_connector(network), PasswordForm(formdata=None, data={"back_to": back}))


@bp.post("/connections/<network>/password")
@signed_in
@waits
@limited("connect_per_person", by=web.mine, counting=went_out)
def connect_by_password(network: str) -> Answer:
    """Begin a session by it, once; the password itself is not kept, its session is sealed as tokens are."""
    connector, form = _connector(network), PasswordForm()
    if not form.validate():
        return _page(connector, form), 422
    try:
        connecting.check(connector.slug, by=web.me())
        row = _begin(connector, form)
    except Refused as refusal:
        if refusal.status not in (409, 422):
            raise
        field = form.word if refusal.field == "word" else form.server
        field.errors = [web.say(refusal.reason)]
        return _page(connector, form), refusal.status
    flash(_("%(account)s is connected.", account=row.account), "success")
    return go(local(form.back_to.data) or url_for("connections.index"))


def _begin(connector: TakesPasswords, form: PasswordForm) -> Connection:
    """Sign in, learn whose account it is, and keep it."""
    typed, outbound = form.server.data or "", door()
    db.let_go()
    server = connector.server_address(outbound, typed)
    redirect_uri = web.absolute_url_for("connections.callback", network=connector.slug)
    registration_id = known_as(connector, server, redirect_uri)
    db.let_go()
    try:
        tokens = connector.by_password(outbound, typed, form.word.data or "")
    except Refused as refusal:
        refusal.field = "word"
        raise
    who = connector.identity(outbound, server, tokens)
    at_home = who.server or server
    limits = asdict(connector.limits(outbound, at_home))
    account = Account(who.remote_id, who.handle, who.display_name, who.url, at_home, limits)
    return keep(registration_id, account, kept(tokens), may_read=bool(form.may_read.data))
