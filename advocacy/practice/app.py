"""A social network to practise on: a small server of its own that speaks Mastodon's API."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask, Response, g, jsonify, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Response as AnyResponse

from advocacy import clock as the_clock
from advocacy import places
from advocacy.practice import api, controls, instance, oauth, pages
from advocacy.practice.actions import open_accounts
from advocacy.practice.authorisation import authorisation_server
from advocacy.practice.guard import refuse
from advocacy.practice.rules import Refusal
from advocacy.practice.store import Practice, Store
from advocacy.practice.wire import Wire

ROOMS = (api.bp, instance.bp, oauth.bp, controls.bp, pages.bp)


def create_practice(
    db_path: str,
    public_url: str,
    accounts: Sequence[tuple[str, str, str]],
    templates_folder: Path | str | None = None,
    clock: Callable[[], datetime] = the_clock.now,
) -> Flask:
    """The practice network, with these people (username, display name, password) on it."""
    Path(db_path).parent.mkdir(parents=True, exist_ok=True)
    app = Flask("advocacy.practice", template_folder=str(templates_folder or places.templates()))
    here = Practice(Store(db_path), public_url.rstrip("/"), clock)
    app.extensions["practice"] = here
    app.secret_key = here.store.secret("session")
    app.config.update(
        SESSION_COOKIE_NAME="practice",
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        MAX_CONTENT_LENGTH=40 * 1024 * 1024,
    )
    open_accounts(here.store, accounts, at=clock())
    app.extensions["authorisation"] = authorisation_server(app)
    _equip(app)
    app.wsgi_app = Wire(app.wsgi_app, here)  # type: ignore[method-assign]
    return app


def _equip(app: Flask) -> None:
    for room in ROOMS:
        app.register_blueprint(room)
    app.register_error_handler(Refusal, refuse)
    app.register_error_handler(HTTPException, _wrong)
    app.register_error_handler(OperationalError, _busy)
    app.after_request(_protect)


def _wrong(error: HTTPException) -> AnyResponse | tuple[str, int] | tuple[Response, int]:
    """An error: JSON for the API, a page for people."""
    code = error.code or 500
    if code < 400:
        return error.get_response()
    if request.path.startswith(("/api/", "/oauth/token", "/oauth/revoke")):
        return jsonify(error="Record not found" if code == 404 else error.name), code
    words = "Nothing is here. It may have been deleted." if code == 404 else error.description
    context = {"title": error.name, "error": code, "error_description": words}
    return render_template("practice/error.html", **context), code


def _busy(error: OperationalError) -> tuple[Response, int]:
    """The database stayed locked for too long."""
    return jsonify(error="There was a temporary problem serving your request, please try again"), 503


def _protect(response: Response) -> Response:
    """A strict policy: no scripts, no styles but our own, forms only to here and to the app in question."""
    target = f"'self' {g.get('form_action', '')}".strip()
    policy = f"default-src 'none'; style-src 'self'; img-src 'self'; form-action {target}"
    response.headers["Content-Security-Policy"] = policy + "; base-uri 'none'; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def from_environment() -> Flask:
    """The practice network as ADVOCACY_PRACTICE_DB, _URL and _ACCOUNTS (a JSON list) describe it."""
    accounts = [tuple(one) for one in json.loads(os.environ.get("ADVOCACY_PRACTICE_ACCOUNTS", "[]"))]
    return create_practice(os.environ["ADVOCACY_PRACTICE_DB"], os.environ["ADVOCACY_PRACTICE_URL"], accounts)


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
