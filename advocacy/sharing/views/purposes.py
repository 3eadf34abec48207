"""One of my accounts: what it is for, and what may be read on it."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from advocacy import clock, web
from advocacy.accounts import queries as known
from advocacy.errors import Missing
from advocacy.sharing import figures, networks, purposes, queries
from advocacy.sharing.forms import AccountForm
from advocacy.sharing.models import AccountKind, Connection, ConnectionState
from advocacy.sharing.networks.interface import Abilities
from advocacy.sharing.views.blueprint import Answer, go
from advocacy.sharing.views.connections import bp
from advocacy.web import signed_in


def _mine(code: str) -> Connection:
    account = queries.connection(web.me(), code)
    if account.state is ConnectionState.DISCONNECTED:
        raise Missing
    return account


def _abilities(account: Connection) -> Abilities:
    """What its network can do; nothing, where the network is no longer known."""
    try:
        return networks.network(account.network).can
    except Missing:
        return Abilities()


def _page(account: Connection, form: AccountForm) -> str:
    return render_template(
        "connections/show.html", account=account, form=form, can=_abilities(account), figures=figures
    )


@bp.get("/connections/<string(length=16):code>")
@signed_in
def show(code: str) -> str:
    """What this account is for, and what is read on it."""
    account = _mine(code)
    told = {"kind": account.kind.value, "topics": [one.id for one in account.topics]}
    form = AccountForm(formdata=None, data=told | _allowed(account))
    form.offer(known.topics(web.me().language))
    return _page(account, form)


def _allowed(account: Connection) -> dict[str, bool]:
    return {"may_read": account.may_read, "tells_figures": account.tells_figures}


@bp.post("/connections/<string(length=16):code>")
@signed_in
def choose(code: str) -> Answer:
    """Keep these choices; reading that the network has not allowed yet takes connecting once more."""
    account, form = _mine(code), AccountForm()
    form.offer(known.topics(web.me().language))
    if not form.validate():
        return _page(account, form), 422
    me, at = web.me(), clock.now()
    purposes.mark(account, AccountKind(form.kind.data), form.topics.data or [], by=me, at=at)
    can = _abilities(account)
    if account.may_read or can.reads_openly:
        purposes.allow_reading(account, bool(form.may_read.data) and can.readable, by=me, at=at)
    wanted = bool(form.tells_figures.data) and figures.is_offered(can)
    purposes.let_figures_be_read(account, wanted, by=me, at=at)
    flash(_("Kept."), "success")
    return go(url_for("connections.index"))


@bp.app_template_filter()
def purpose_words(account: Connection) -> str:
    """What an account is for, in a few words."""
    kind = _("For work") if account.kind is AccountKind.WORK else _("Private")
    if not account.topics:
        return str(kind)
    names = {topic.id: name for topic, name in known.topics(web.me().language)}
    topics = ", ".join(names.get(one.id, one.slug) for one in account.topics)
    return str(_("%(kind)s, for: %(topics)s", kind=kind, topics=topics))
