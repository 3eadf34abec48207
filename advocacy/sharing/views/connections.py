"""My connected accounts: connecting one at its network and back, and giving it up."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import asdict

from flask import Blueprint, flash, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from advocacy import clock, db, web
from advocacy.accounts.models import Person
from advocacy.errors import Refused
from advocacy.sharing import composing, connecting, networks, queries, rules, withdrawing
from advocacy.sharing.connecting import Account, Sealed
from advocacy.sharing.forms import ConnectForm
from advocacy.sharing.models import Connection, DeliveryState
from advocacy.sharing.models import Registration as Kept
from advocacy.sharing.networks.interface import Network, Registration
from advocacy.sharing.views.blueprint import Answer, go
from advocacy.web import limited, signed_in, waits, writes

bp = Blueprint("connections", __name__)


@bp.get("/connections/")
@signed_in
def index() -> str:
    """My accounts, how long each can be posted to, and where another may be connected."""
    form = ConnectForm(formdata=None, data={"back_to": _local(request.args.get("back_to"))})
    return _page(form)


def _page(form: ConnectForm) -> str:
    me = web.me()
    accounts = list(db.session.scalars(queries.connections_of(me)))
    still = db.session.scalars(queries.deliveries_of(me, *queries.OPEN)).all()
    waiting = Counter(one.connection_id for one in still)
    waited = Counter(one.connection_id for one in still if one.state is DeliveryState.NEEDS_RECONNECTING)
    offered = composing.networks_to_connect(queries.networks_off(me))
    form.offer((one.slug, one.name) for one in offered)
    return render_template(
        "connections/index.html",
        form=form,
        accounts=accounts,
        waiting=waiting,
        waited=waited,
        offered=offered,
    )


def _local(path: str | None) -> str:
    """Where to go on afterwards, if that is a page of ours."""
    return path if path and web.is_local(path) and len(path) <= 500 else ""


@bp.post("/connections/")
@signed_in
@waits
@limited("connect_per_person", by=web.mine)
def connect() -> Answer:
    """Introduce ourselves to the server and show the way there: a plain link, since a form may not lead off-site."""
    form, me = ConnectForm(), web.me()
    form.offer((one.slug, one.name) for one in networks.connected())
    if not form.validate():
        return _page(form), 422
    try:
        connecting.check(form.network.data, by=me)
        onward = _set_out(networks.network(form.network.data), form)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        form.server.errors = [web.say(refusal.reason)]
        return _page(form), 422
    return render_template("connections/onward.html", onward=onward, network=form.network.data)


def _set_out(connector: Network, form: ConnectForm) -> str:
    """Note the trip and return the address at which the person allows us to post."""
    slug = form.network.data
    db.let_go()
    server = connector.server_address(networks.outbound(), form.server.data or "")
    mark = rules.server_mark(server) if connector.needs_server else None
    redirect_uri = web.absolute_url_for("connections.callback", network=slug, mark=mark)
    registration = connecting.registration_for(slug, server, redirect_uri)
    if registration is None:
        registration = _introduce(connector, slug, server, redirect_uri)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    connecting.begin_trip(
        registration,
        state=state,
        verifier=verifier,
        session_code=g.seen.session_code,
        may_read=bool(form.may_read.data),
        back_to=_local(form.back_to.data),
        by=web.me(),
        at=clock.now(),
    )
    return connector.authorise_url(
        _plain(registration), redirect_uri, state, verifier, reading=bool(form.may_read.data)
    )


def _introduce(connector: Network, slug: str, server: str, redirect_uri: str) -> Kept:
    """Register with a server that does not know us yet."""
    db.let_go()
    made = connector.register(networks.outbound(), server, redirect_uri, "Advocacy", web.absolute("/"))
    return connecting.keep_registration(
        slug,
        server,
        redirect_uri,
        client_id=made.client_id,
        client_secret=made.client_secret,
        scopes=" ".join(made.scopes),
        at=clock.now(),
    )


def _plain(row: Kept) -> Registration:
    return Registration(
        row.server, row.redirect_uri, row.client_id, connecting.secret_of(row), tuple(row.scopes.split())
    )


@bp.get("/connections/callback/<network>")
@bp.get("/connections/callback/<network>/<string(length=16):mark>")
@signed_in
@writes
@waits
def callback(network: str, mark: str = "") -> Answer:
    """Where the network sends the person back: the state is checked once, the code traded, the account kept."""
    try:
        row, back_to = _come_back(networks.network(network), mark)
    except Refused as refusal:
        return render_template("connections/callback.html", reason=web.say(refusal.reason)), refusal.status
    if row is None:
        flash(_("You did not allow it there, so nothing was connected."))
    else:
        flash(_("%(account)s is connected.", account=row.account), "success")
    return go(back_to or url_for("connections.index"))


def _come_back(connector: Network, mark: str) -> tuple[Connection | None, str]:
    """The account that was connected, None when the person said no there; and where to go on."""
    me_id = web.me().id
    db.let_go()
    with db.apart():
        trip, verifier = connecting.end_trip(
            request.args.get("state", ""),
            session_code=g.seen.session_code,
            by=db.session.get_one(Person, me_id),
            at=clock.now(),
        )
        registration, registration_id = _plain(trip.registration), trip.registration_id
        may_read, back_to, slug = trip.may_read, trip.back_to, trip.registration.network
    expected = rules.server_mark(registration.server) if connector.needs_server else ""
    connecting.check_origin(
        registration.server,
        issuers=request.args.getlist("iss"),
        is_its_address=(slug, expected) == (connector.slug, mark),
    )
    code = request.args.get("code")
    if not code:
        return None, back_to
    account, tokens = _ask(connector, registration, code, verifier)
    kept = db.session.get_one(Kept, registration_id)
    row = connecting.connect(kept, account, tokens, may_read=may_read, by=web.me(), at=clock.now())
    return row, back_to


def _ask(connector: Network, registration: Registration, code: str, verifier: str) -> tuple[Account, Sealed]:
    """Trade the code for tokens and learn whose account they open, and what its server takes."""
    outbound = networks.outbound()
    tokens = connector.exchange(outbound, registration, registration.redirect_uri, code, verifier)
    who = connector.identity(outbound, registration.server, tokens)
    limits = asdict(connector.limits(outbound, registration.server))
    account = Account(who.remote_id, who.handle, who.display_name, who.url, limits)
    return account, Sealed(tokens.access, tokens.refresh, tokens.expires_at, tuple(tokens.scopes))


@bp.post("/connections/<code>/disconnection")
@signed_in
def disconnect(code: str) -> Answer:
    """Give one account up."""
    cancelled = connecting.disconnect(queries.connection(web.me(), code), by=web.me(), at=clock.now())
    flash(_disconnected(cancelled), "success")
    return go(url_for("connections.index"))


@bp.post("/connections/disconnection")
@signed_in
def disconnect_all() -> Answer:
    """Give every account up."""
    withdrawing.disconnect_all(by=web.me(), at=clock.now())
    flash(_("All accounts are disconnected. Nothing goes out from here any more."), "success")
    return go(url_for("connections.index"))


def _disconnected(cancelled: int) -> str:
    if not cancelled:
        return str(_("The account is disconnected."))
    return str(
        ngettext(
            "The account is disconnected, and one scheduled post was cancelled.",
            "The account is disconnected, and %(num)d scheduled posts were cancelled.",
            cancelled,
        )
    )
