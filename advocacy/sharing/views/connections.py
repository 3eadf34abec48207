"""My connected accounts: connecting one at its network and back, and giving it up."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, g, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from advocacy import clock, db, web
from advocacy.accounts import queries as known
from advocacy.accounts.models import Person
from advocacy.errors import N_, Conflict, Missing, Refused
from advocacy.sharing import composing, connecting, networks, purposes, queries, renewing, rules, withdrawing
from advocacy.sharing.connecting import Account, Sealed
from advocacy.sharing.forms import ConnectForm
from advocacy.sharing.models import AccountKind, Connection, DeliveryState
from advocacy.sharing.models import Registration as Kept
from advocacy.sharing.networks.interface import Network, Registration
from advocacy.sharing.networks.rarer import Published
from advocacy.sharing.tokens import kept
from advocacy.sharing.tokens import registration as plain_registration
from advocacy.sharing.views.blueprint import Answer, go
from advocacy.web import bare, cookieless, limited, public, signed_in, waits, writes

if TYPE_CHECKING:
    from advocacy.sharing.networks.metered import Noting

bp = Blueprint("connections", __name__)
KEPT_SECONDS = 600


@bp.get("/connections/")
@signed_in
def index() -> str:
    """My accounts, how long each can be posted to, and where another may be connected."""
    form = ConnectForm(formdata=None, data={"back_to": local(request.args.get("back_to"))})
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
        topics=known.topics(me.language),
    )


def local(path: str | None) -> str:
    """Where to go on afterwards, if that is a page of ours."""
    return path if path and web.is_local(path) and len(path) <= 500 else ""


def door() -> Noting:
    """The way out of this request, which remembers whether anyone took it."""
    from advocacy.sharing.networks.metered import Noting  # an HTTP client comes with it

    found: Noting = g.setdefault("door", Noting(networks.outbound()))
    return found


def went_out(answer: Response) -> bool:
    """Whether a request to connect counts: what was mistyped and asked nobody else does not."""
    return answer.status_code < 400 or door().went_out


@bp.post("/connections/")
@signed_in
@waits
@limited("connect_per_person", by=web.mine, counting=went_out)
def connect() -> Answer:
    """Introduce ourselves to the server and show the way there: a plain link, since a form may not lead off-site."""
    form, me = ConnectForm(), web.me()
    form.offer((one.slug, one.name) for one in networks.connected())
    form.asks_for_server(one.slug for one in networks.connected() if one.can.many_servers)
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
    typed = form.server.data or ""
    server = connector.server_address(door(), typed)
    mark = rules.server_mark(server) if connector.can.own_way_back else None
    redirect_uri = web.absolute_url_for("connections.callback", network=slug, mark=mark)
    registration_id = known_as(connector, server, redirect_uri)
    state, reading = secrets.token_urlsafe(32), bool(form.may_read.data)
    ours = plain_registration(db.session.get_one(Kept, registration_id))
    db.let_go()
    departure = connector.depart(door(), ours, state, typed=typed, reading=reading)
    connecting.begin_trip(
        db.session.get_one(Kept, registration_id),
        state=state,
        secret=departure.secret,
        session_code=g.seen.session_code,
        may_read=reading,
        back_to=local(form.back_to.data),
        by=web.me(),
        at=clock.now(),
        kind=AccountKind(form.kind.data) if form.kind.data else None,
        topic_ids=form.topics.data or [],
    )
    return departure.url


def known_as(connector: Network, server: str, redirect_uri: str) -> int:
    """The id of our registration with a server; introduces us to one that does not know us yet."""
    known = connecting.registration_for(connector.slug, server, redirect_uri)
    if known is not None and connector.can.registers:
        return known.id
    db.let_go()
    made = connector.register(door(), server, redirect_uri, "Advocacy", web.absolute("/"))
    with db.apart():
        kept = connecting.keep_registration(
            connector.slug,
            server,
            redirect_uri,
            client_id=made.client_id,
            client_secret=made.client_secret,
            scopes=" ".join(made.scopes),
            at=clock.now(),
        )
        db.session.flush()
        return kept.id


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
        trip, secret = connecting.end_trip(
            request.args.get("state", ""),
            session_code=g.seen.session_code,
            by=db.session.get_one(Person, me_id),
            at=clock.now(),
        )
        registration, registration_id = plain_registration(trip.registration), trip.registration_id
        may_read, back_to, slug = trip.may_read, trip.back_to, trip.registration.network
        kind, topic_ids = trip.kind, trip.topic_ids
    expected = rules.server_mark(registration.server) if connector.can.own_way_back else ""
    connecting.check_origin(
        connector.issuer(registration, secret),
        named=request.args.getlist("iss") or [""] * connector.can.names_issuer,
        is_its_address=(slug, expected) == (connector.slug, mark),
    )
    code = request.args.get("code")
    if not code:
        return None, back_to
    account, tokens = _ask(connector, registration, code, secret)
    row = keep(registration_id, account, tokens, may_read=may_read)
    if kind is not None:
        purposes.mark(row, kind, topic_ids, by=web.me(), at=clock.now())
    return row, back_to


def keep(registration_id: int, account: Account, tokens: Sealed, *, may_read: bool) -> Connection:
    """Keep the account; where it is a colleague's, what was granted just now is given back, and Conflict raised."""
    kept = db.session.get_one(Kept, registration_id)
    try:
        return connecting.connect(kept, account, tokens, may_read=may_read, by=web.me(), at=clock.now())
    except Conflict:
        db.session.rollback()  # this unit is not kept; what follows stands in one of its own
        with db.apart():
            renewing.return_granted(registration_id, account, tokens, at=clock.now())
        raise


def _ask(connector: Network, registration: Registration, code: str, secret: str) -> tuple[Account, Sealed]:
    """Trade the code for tokens and learn whose account they open, and what its server takes."""
    outbound = networks.outbound()
    given = connector.exchange(outbound, registration, code, secret)
    who = connector.identity(outbound, registration.server, given)
    server = who.server or registration.server
    limits = asdict(connector.limits(outbound, server))
    account = Account(who.remote_id, who.handle, who.display_name, who.url, server, limits)
    return account, kept(given)


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


@bp.get("/connections/<network>/client.json")
@public
@bare
@cookieless
def client(network: str) -> Response:
    """What a network's servers read of us."""
    back = web.absolute_url_for("connections.callback", network=network)
    return _told(_published(network).client_document(back))


@bp.get("/connections/<network>/keys.json")
@public
@bare
@cookieless
def keys(network: str) -> Response:
    """The public keys by which a network's servers check our signatures."""
    return _told(_published(network).client_keys())


def _published(slug: str) -> Published:
    connector = networks.network(slug)
    if not (isinstance(connector, Published) and connector.is_published):
        raise Missing(N_("There is nothing to read here."))
    return connector


def _told(said: Mapping[str, object]) -> Response:
    answer = jsonify(said)
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return answer
