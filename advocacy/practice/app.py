"""A social network to practise on: small servers of its own, one for each network's protocol that it speaks."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from flask import Flask, Response, g, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Response as AnyResponse

from advocacy import clock as the_clock
from advocacy import places
from advocacy.practice import controls, look, sessions
from advocacy.practice.actions import open_accounts
from advocacy.practice.bluesky import mode as bluesky
from advocacy.practice.linkedin import mode as linkedin
from advocacy.practice.mastodon import mode as mastodon
from advocacy.practice.mode import Client, Mode
from advocacy.practice.store import Practice, Store, practice
from advocacy.practice.wire import Wire
from advocacy.practice.x import mode as x

#: What the practice network speaks; `advocacy.practice_modes` tells the rest of the program of it.
MODES = (mastodon.MODE, linkedin.MODE, x.MODE, bluesky.MODE)
SHARED = (controls.bp, look.bp, sessions.bp)

People = Iterable[tuple[str, str, str]]
Clock = Callable[[], datetime]
Clients = Mapping[str, Sequence[Client]]


def open_store(db_path: str, people: People, clock: Clock = the_clock.now) -> Store:
    """The database of all modes, with these people (username, display name, password) in it."""
    Path(db_path).parent.mkdir(parents=True, exist_ok=True)
    store = Store(db_path)
    open_accounts(store, people, at=clock())
    return store


def create_mode(
    mode: Mode, store: Store, public_url: str, clock: Clock = the_clock.now, clients: Sequence[Client] = ()
) -> Flask:
    """One mode of the practice network, at an origin of its own; `clients` are the applications it knows."""
    app = Flask("advocacy.practice", template_folder=str(places.templates()))
    here = Practice(store, mode, public_url.rstrip("/"), clock, tuple(clients))
    app.extensions["practice"] = here
    app.secret_key = store.secret("session")
    app.config.update(
        SESSION_COOKIE_NAME=f"practice_{mode.slug}",  # browsers keep cookies by host, whatever the port
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        MAX_CONTENT_LENGTH=40 * 1024 * 1024,
    )
    for part in (*mode.blueprints, *SHARED):
        app.register_blueprint(part)
    app.register_error_handler(HTTPException, _wrong)
    app.register_error_handler(OperationalError, _busy)
    app.after_request(_protect)
    mode.equip(app)
    app.wsgi_app = Wire(app.wsgi_app, here)  # type: ignore[method-assign]
    return app


def create_practice(
    db_path: str,
    public_urls: Mapping[str, str],
    people: People,
    clock: Clock = the_clock.now,
    clients: Clients = MappingProxyType({}),
) -> dict[str, Flask]:
    """Every mode that is given an address, by slug, on one database; `clients` are the applications, by slug."""
    store = open_store(db_path, people, clock)
    return {
        mode.slug: create_mode(mode, store, public_urls[mode.slug], clock, clients.get(mode.slug, ()))
        for mode in MODES
        if mode.slug in public_urls
    }


def from_environment() -> Flask:
    """The mode of ADVOCACY_PRACTICE_MODE (Mastodon's if none), with _DB, _URL, and _ACCOUNTS, _CLIENTS (JSON lists)."""
    people = [tuple(one) for one in json.loads(os.environ.get("ADVOCACY_PRACTICE_ACCOUNTS", "[]"))]
    slug = os.environ.get("ADVOCACY_PRACTICE_MODE", MODES[0].slug)
    urls = {slug: os.environ["ADVOCACY_PRACTICE_URL"]}
    handed_in = json.loads(os.environ.get("ADVOCACY_PRACTICE_CLIENTS", "[]"))
    clients = [Client(**one | {"redirect_uris": tuple(one["redirect_uris"])}) for one in handed_in]
    return create_practice(os.environ["ADVOCACY_PRACTICE_DB"], urls, people, clients={slug: clients})[slug]


def _wrong(error: HTTPException) -> AnyResponse | tuple[str, int]:
    """An error: in the network's words for its API, a page for people."""
    code, mode = error.code or 500, practice().mode
    if code < 400:
        return error.get_response()
    kind = mode.kind_of(request.method, request.path)
    if kind is not None and kind not in mode.for_people:
        return mode.error(code, kind)
    words = "Nothing is here. It may have been deleted." if code == 404 else error.description
    context = {"title": error.name, "error": code, "error_description": words}
    return render_template("practice/error.html", **context), code


def _busy(error: OperationalError) -> AnyResponse:
    """The database stayed locked for too long."""
    mode = practice().mode
    return mode.error(503, mode.kind_of(request.method, request.path) or "any")


def _protect(response: Response) -> Response:
    """A strict policy: no scripts, no styles but our own, forms only to here and to the app in question."""
    target = f"'self' {g.get('form_action', '')}".strip()
    policy = f"default-src 'none'; style-src 'self'; img-src 'self'; form-action {target}"
    response.headers["Content-Security-Policy"] = policy + "; base-uri 'none'; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


class _Quiet(WSGIRequestHandler):
    """No line per request: the ledger has them."""

    def log_request(self, *_: object, **__: object) -> None:
        """Say nothing."""


def server(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """A threaded server that lends its sockets, so that `reset` closes without a byte."""
    return make_server(host, port, app, threaded=True, request_handler=_Quiet)


def serve_in_thread(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """The same, running in the background; `shutdown()` ends it."""
    running = server(app, host, port)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    return running


def serve(apps: Mapping[str, Flask], host: str, ports: Mapping[str, int]) -> None:
    """Serve each mode at its own port for ever; all ports are open before the first call is answered."""
    first, *others = [server(app, host, ports[slug]) for slug, app in apps.items()]
    for other in others:
        threading.Thread(target=other.serve_forever, daemon=True).start()
    first.serve_forever()
