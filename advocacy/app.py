"""The front door: puts settings, pipes and rooms together into one web application."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask_babel import Babel, get_locale
from flask_babel import gettext as _
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from advocacy import clock, db, http, places, storage, text, vault, web
from advocacy.accounts import models as accounts
from advocacy.accounts import passwords, sessions
from advocacy.accounts.desk import bp as people_desk
from advocacy.accounts.models import Person
from advocacy.accounts.views import bp as accounts_pages
from advocacy.admin import models as admin
from advocacy.audit import models as audit
from advocacy.content import models as content
from advocacy.content.desk import bp as studio_desk
from advocacy.content.views import bp as kits_pages
from advocacy.errors import Forbidden, N_, Refused
from advocacy.guidelines import models as guidelines
from advocacy.guidelines.desk import bp as rulebook_desk
from advocacy.guidelines.views import bp as guidelines_pages
from advocacy.home.views import bp as home_pages
from advocacy.leaderboards import models as leaderboards
from advocacy.links import models as links
from advocacy.mail import models as mail
from advocacy.mail import post
from advocacy.privacy import models as privacy
from advocacy.settings import Settings
from advocacy.sharing import models as sharing
from advocacy.training import models as training
from advocacy.training.desk import bp as courses_desk
from advocacy.training.views import bp as training_pages

# Each room's blueprints.
ROOMS: tuple[Blueprint, ...] = (
    accounts_pages,
    courses_desk,
    guidelines_pages,
    home_pages,
    kits_pages,
    people_desk,
    rulebook_desk,
    studio_desk,
    training_pages,
)
# Every room's records, so that the metadata is whole for migrations, tests and the worker.
RECORDS = (accounts, admin, audit, content, guidelines, leaderboards, links, mail, privacy, sharing, training)
SAFE = {"GET", "HEAD", "OPTIONS"}

csrf = CSRFProtect()


class Advocacy(Flask):
    """Flask, with one unit of work around the whole of a request's dispatch."""

    def full_dispatch_request(self) -> Response:
        view = self.view_functions.get(request.endpoint or "")
        if view is None or request.endpoint == "static":
            return super().full_dispatch_request()
        writing = request.method not in SAFE or getattr(view, "writes", False)
        with db.unit_of_work(write=writing and not getattr(view, "waits", False)) as unit:
            response = super().full_dispatch_request()
            if response.status_code >= 400 and not getattr(view, "commits", False):
                unit.abandon()
        if g.get("seen") is not None and response.status_code < 400:
            sessions.touch(g.seen, at=clock.now())
        return response


def connect(settings: Settings) -> None:
    """Hand each pipe its settings; the web server, the worker and the commands all begin with this."""
    vault.configure(settings.keys())
    storage.configure(settings.folder / "files")
    db.configure(settings.database_url, pool_size=settings.database.pool_size)
    http.configure(settings.outbound.allow)
    passwords.configure(settings.web.password_checks)
    letters = settings.mail
    way = post.made(
        letters.way,
        folder=settings.folder / "mail",
        host=letters.host,
        port=letters.port,
        username=letters.username,
        password=letters.password,
        encryption=letters.encryption,
    )
    post.configure(way, sender=letters.sender)


def create_app(settings: Settings, *, connected: bool = False) -> Advocacy:
    """Build the application; `connected` when the pipes have their settings already."""
    if not connected:
        connect(settings)
    app = Advocacy("advocacy", template_folder=str(places.templates()), static_folder=None)
    _configure(app, settings)
    csrf.init_app(app)
    web.limiter.init_app(app)
    Babel(
        app,
        locale_selector=web.locale,
        timezone_selector=web.time_zone,
        default_translation_directories=str(places.translations()),
    )
    _sign_in(app)
    _pages(app)
    for room in ROOMS:
        app.register_blueprint(room)
    _errors(app)
    return _wrap(app, settings)


def _configure(app: Advocacy, settings: Settings) -> None:
    app.config.update(
        ADVOCACY=settings,
        BASE_URL=settings.base_url,
        SECRET_KEY=vault.derive("cookies"),
        SESSION_COOKIE_NAME="advocacy_form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=1),
        MAX_CONTENT_LENGTH=12_000_000,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        WTF_CSRF_TIME_LIMIT=None,
        TEMPLATES_AUTO_RELOAD=False,
        RATELIMIT_STORAGE_URI=settings.limits.storage,
    )


def _wrap(app: Advocacy, settings: Settings) -> Advocacy:
    """Static files before Flask, and the addresses of the proxies that are trusted."""
    files = WhiteNoise(app.wsgi_app, root=str(places.static()), prefix="static/", max_age=31_536_000)
    app.wsgi_app = files  # type: ignore[method-assign]
    count = settings.web.trusted_proxies
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _sign_in(app: Advocacy) -> None:
    manager = LoginManager(app)
    manager.request_loader(_person_of)
    app.before_request(_let_in)
    app.after_request(_headers)


def _person_of(_request: Any) -> Person | None:
    """The person behind the request's cookie."""
    seen = sessions.look(request.cookies.get(sessions.COOKIE), at=clock.now())
    if seen is None:
        return None
    person = db.session.get(Person, seen.person_id)
    if person is None or not person.is_active:
        return None
    g.seen, g.person = seen, person
    return person


def _let_in() -> Response | None:
    """Every view says whom it is for; who may not is sent to sign in, or told so."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None
    permission = getattr(view, "permission", None)
    if permission is None:
        raise RuntimeError(f"{request.endpoint} does not say whom it is for")
    known = current_user.is_authenticated
    if permission == web.PUBLIC:
        return None
    if not known:
        back = request.full_path.rstrip("?") if request.method in SAFE else request.referrer or "/"
        return redirect(url_for("accounts.sign_in", next=back if web.is_local(back) else None), 303)  # type: ignore[return-value]
    if permission != web.SIGNED_IN and not current_user.may(permission):
        raise Forbidden(
            N_("This page is for colleagues with another role. Ask your administrator if you need it.")
        )
    return None


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", web.content_security_policy())
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store" if g.get("person") else "no-cache")
    if request.args.get("lang") in web.LANGUAGES:
        response.set_cookie("language", request.args["lang"], max_age=31_536_000, samesite="Lax", httponly=True)
    return response


def _pages(app: Advocacy) -> None:
    """What every template may use."""
    app.jinja_env.filters.update(ago=web.ago, when=web.when, day=web.day, number=web.number, say=web.say)
    app.jinja_env.filters.update(teaser=text.teaser)
    app.jinja_env.globals.update(
        csp_nonce=web.csp_nonce,
        static_url=web.static_url,
        get_locale=get_locale,
        LANGUAGES=web.LANGUAGES,
        absolute=web.absolute,
    )

    @app.context_processor
    def _frame() -> dict[str, Any]:
        person = g.get("person")
        return {
            "person": person,
            "organisation": app.config["ADVOCACY"].organisation.name,
            "brand": "Advocacy",
            "demo": app.config["ADVOCACY"].mode == "demo",
            "practice_url": app.config["ADVOCACY"].practice_url if app.config["ADVOCACY"].practice.enabled else None,
            "navigation": navigation(person) if person else [],
        }


def navigation(person: Person) -> list[dict[str, Any]]:
    """The groups of places below the champion's own five, by what the person may do."""
    groups: list[dict[str, Any]] = []
    for label, places_ in NAVIGATION():
        items = [place for place in places_ if person.may(place["permission"])]
        if items:
            groups.append({"label": label, "items": items})
    return groups


def NAVIGATION() -> list[tuple[str, list[dict[str, str]]]]:  # noqa: N802 - a table, in the reader's language
    """The staff's desks."""

    def place(label: str, url: str, icon: str, permission: str) -> dict[str, str]:
        return {"label": label, "url": url, "icon": icon, "permission": permission}

    return [
        (_("Studio"), [
            place(_("Content kits"), "/studio/", "photo", "kit.edit"),
            place(_("What it did"), "/studio/figures/", "chart-bar", "kit.figures"),
        ]),
        (_("People and learning"), [
            place(_("Guidelines"), "/people/guidelines/", "book", "guideline.edit"),
            place(_("Courses"), "/people/courses/", "school", "course.edit"),
            place(_("Compliance overview"), "/people/reading/", "list-check", "reading.see"),
        ]),
        (_("Administration"), [
            place(_("Setup"), "/admin/", "checklist", "setup.see"),
            place(_("People and roles"), "/people/", "users", "person.edit"),
            place(_("Networks"), "/admin/networks", "plug", "network.edit"),
            place(_("Entities"), "/admin/entities", "building", "entity.edit"),
            place(_("Audit trail"), "/admin/audit", "history", "audit.see"),
        ]),
        (_("Care"), [place(_("Asked for help"), "/admin/help", "lifebuoy", "help.answer")]),
    ]  # fmt: skip


def _errors(app: Advocacy) -> None:
    """Error pages read no database."""

    @app.errorhandler(Refused)
    def _refused(error: Refused) -> tuple[str, int]:
        return render_template("errors/refused.html", error=error), error.status

    @app.errorhandler(CSRFError)
    def _stale(error: CSRFError) -> tuple[str, int]:
        return render_template("errors/400.html", stale=True), 400

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.response is not None:  # a page of its own was made for it (too many tries)
            return error.get_response()
        if error.code in {400, 403, 404, 409, 413, 422, 429, 503}:
            return render_template(f"errors/{error.code}.html"), error.code, error.get_headers() and {}
        return error

    @app.errorhandler(sa.exc.OperationalError)
    def _database(error: sa.exc.OperationalError) -> tuple[str, int]:
        app.logger.exception("the database did not answer", exc_info=error)
        return render_template("errors/503.html"), 503

    @app.errorhandler(500)
    def _broken(_error: Exception) -> tuple[str, int]:
        return render_template("errors/500.html"), 500
