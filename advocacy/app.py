"""The front door: puts settings, pipes and rooms together into one web application."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_babel import Babel
from sqlalchemy.exc import IntegrityError
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from advocacy import (
    clock,
    db,
    doorkeeper,
    formwords,
    frame,
    outward,
    places,
    routes,
    storage,
    vault,
    web,
    website,
)
from advocacy.accounts import models as accounts
from advocacy.accounts import passwords, sessions
from advocacy.accounts import personal_data as accounts_data
from advocacy.accounts.desk import bp as people_desk
from advocacy.accounts.views import bp as accounts_pages
from advocacy.admin import models as admin
from advocacy.admin import personal_data as admin_data
from advocacy.admin.desk import bp as admin_desk
from advocacy.admin.views import bp as probes
from advocacy.analytics.views import bp as analytics_pages
from advocacy.audit import models as audit
from advocacy.audit import personal_data as audit_data
from advocacy.content import fitting
from advocacy.content import models as content
from advocacy.content import personal_data as content_data
from advocacy.content.desk import bp as studio_desk
from advocacy.content.views import bp as kits_pages
from advocacy.guidelines import models as guidelines
from advocacy.guidelines import personal_data as guidelines_data
from advocacy.guidelines.desk import bp as rulebook_desk
from advocacy.guidelines.views import bp as guidelines_pages
from advocacy.home.views import bp as home_pages
from advocacy.leaderboards import models as leaderboards
from advocacy.leaderboards import personal_data as leaderboards_data
from advocacy.leaderboards.views import bp as leaderboards_pages
from advocacy.links import models as links
from advocacy.links import personal_data as links_data
from advocacy.links.views import bp as links_pages
from advocacy.mail import models as mail
from advocacy.mail import personal_data as mail_data
from advocacy.mail import post
from advocacy.privacy import models as privacy
from advocacy.privacy import personal_data as privacy_data
from advocacy.privacy.actions import Held
from advocacy.privacy.desk import bp as reports_desk
from advocacy.privacy.views import bp as privacy_pages
from advocacy.settings import Settings
from advocacy.sharing import captions, composing, money, networks, slots
from advocacy.sharing import models as sharing
from advocacy.sharing import personal_data as sharing_data
from advocacy.sharing import queries as sharing_facts
from advocacy.sharing.desk import care as care_desk
from advocacy.sharing.desk import holds as holds_desk
from advocacy.sharing.desk import spending as spending_desk
from advocacy.sharing.queries import pace
from advocacy.sharing.slots import Pace
from advocacy.sharing.views import bp as sharing_pages
from advocacy.sharing.views import connections_pages
from advocacy.training import models as training
from advocacy.training import personal_data as training_data
from advocacy.training.desk import bp as courses_desk
from advocacy.training.views import bp as training_pages

# Each room's blueprints.
ROOMS: tuple[Blueprint, ...] = (
    accounts_pages,
    admin_desk,
    analytics_pages,
    care_desk,
    connections_pages,
    courses_desk,
    guidelines_pages,
    holds_desk,
    home_pages,
    kits_pages,
    leaderboards_pages,
    links_pages,
    people_desk,
    privacy_pages,
    probes,
    reports_desk,
    rulebook_desk,
    sharing_pages,
    spending_desk,
    studio_desk,
    training_pages,
)
# Every room's records, so that the metadata is whole for migrations, tests and the worker.
RECORDS = (accounts, admin, audit, content, guidelines, leaderboards, links, mail, privacy, sharing, training)
# Each room that holds something about a person, in the order in which they forget her; her own row comes last.
PERSONAL: tuple[Held, ...] = (
    admin_data,
    privacy_data,
    sharing_data,
    content_data,
    guidelines_data,
    training_data,
    leaderboards_data,
    links_data,
    audit_data,
    mail_data,
    accounts_data,
)

csrf = doorkeeper.FormGuard()


class Advocacy(Flask):
    """Flask, with one unit of work around the whole of a request's dispatch."""

    url_rule_class = routes.Route

    def full_dispatch_request(self) -> Response:
        view = self.view_functions.get(request.endpoint or "")
        if view is None or request.endpoint == "static":
            return super().full_dispatch_request()
        try:
            return self._in_one_unit(view)
        except IntegrityError:
            if getattr(view, "waits", False) or request.files:
                raise  # what was asked of another server, or read from an upload, cannot be had twice
            doorkeeper.forget()
            return self._in_one_unit(view)  # a double click: the other one's row stands now, and is found

    def _in_one_unit(self, view: object) -> Response:
        writing = request.method not in doorkeeper.SAFE or getattr(view, "writes", False)
        with db.unit_of_work(write=writing and not getattr(view, "waits", False)) as unit:
            response = super().full_dispatch_request()
            if response.status_code >= 400 and not getattr(view, "commits", False):
                unit.abandon()
        if g.get("seen") is not None and response.status_code < 400:
            sessions.touch(g.seen, at=clock.now())
        if getattr(view, "cookieless", False):  # Flask and its extensions write these without being asked
            response.headers.remove("Set-Cookie")
            response.headers.remove("Vary")
        return response


def connect(settings: Settings) -> None:
    """Hand each pipe its settings; the web server, the worker and the commands all begin with this."""
    vault.configure(settings.keys(), file=settings.watched_keys)
    storage.configure(settings.folder / "files")
    website.configure(settings.base_url)
    db.configure(settings.database_url, pool_size=settings.database.pool_size)
    practice = (
        [urlsplit(url).netloc for url in settings.practice_urls.values()] if settings.practice.enabled else []
    )
    outward.configure([*settings.outbound.allow, *practice])
    passwords.configure(settings.web.password_checks)
    _introduce_networks(settings)
    fitting.measure_by(captions.MEASURE)
    _pace_sharing(settings)
    sharing_facts.configure_likeness(
        sharing_facts.Terms(settings.likeness.percent, settings.likeness.days, composing.refuses_alike)
    )
    letters = settings.mail
    way = post.made(
        letters.way,
        folder=settings.folder / "mail",
        host=letters.host,
        port=letters.port,
        username=letters.username,
        password=letters.password,
        encryption=letters.encryption,
        shown=settings.mode != "production",
    )
    post.configure(way, sender=letters.sender)


def _pace_sharing(settings: Settings) -> None:
    """Tell the sharing room how much a day holds, and when it is usually quiet."""
    chosen = settings.sharing
    pace.keep_pace(
        Pace(
            daily=chosen.daily_cap,
            per_network=chosen.daily_cap_per_network,
            apart=timedelta(minutes=chosen.spread_minutes),
            quiet=slots.window(chosen.quiet_from, chosen.quiet_until),
        )
    )


def _introduce_networks(settings: Settings) -> None:
    """Tell the networks' modules which applications are ours, and where the practice network stands in for them."""
    facts = Path(settings.networks.facts) if settings.networks.facts else None
    clients = {
        "linkedin": networks.Client(
            settings.linkedin.client_id,
            settings.linkedin.client_secret,
            trusts_duplicates=settings.linkedin.trust_duplicate_refusal,
        ),
        "x": networks.Client(settings.x.client_id, settings.x.client_secret),
        "bluesky": networks.Client(secret=settings.bluesky.client_key),
    }
    # Mastodon needs none: people name its servers
    stand_ins = {slug: url for slug, url in settings.practice_urls.items() if slug != "mastodon"}
    practice = stand_ins if settings.practice.enabled else {}
    named = settings.linkedin
    versions = {"linkedin": (named.version, date.fromisoformat(named.version_ends))} if named.version else {}
    networks.configure(
        facts, clients=clients, practice=practice, base_url=settings.base_url, versions=versions
    )
    sharing_facts.go_by(settings.networks.monthly_budget * money.MILLION)


def create_app(settings: Settings, *, connected: bool = False) -> Advocacy:
    """Build the application; `connected` when the pipes have their settings already."""
    if not connected:
        connect(settings)
    app = Advocacy("advocacy", template_folder=str(places.templates()), static_folder=None)
    app.session_interface = Cookies()
    _configure(app, settings)
    csrf.init_app(app)
    formwords.speak()
    web.limiter.init_app(app)
    Babel(
        app,
        locale_selector=web.babel_locale,
        timezone_selector=web.time_zone,
        default_translation_directories=str(places.translations()),
    )
    doorkeeper.equip(app)
    frame.equip(app)
    for room in ROOMS:
        app.register_blueprint(room)
    for view in app.view_functions.values():
        if getattr(view, "proven_by_link", False):
            csrf.exempt(view)
    return _wrap(app, settings)


class Cookies(SecureCookieSessionInterface):
    """The cookie of forms, which is still good when it was made by a key that another one stands before."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        app.config.update(_secrets())
        return super().open_session(app, request)


def _secrets() -> dict[str, Any]:
    """What cookies and forms are signed with, by the keys as they stand now."""
    first, *others = vault.derived("cookies")
    return {
        "SECRET_KEY": first,
        "SECRET_KEY_FALLBACKS": others[::-1],
        "WTF_CSRF_SECRET_KEY": [*others[::-1], first],  # the last one signs
    }


def _configure(app: Advocacy, settings: Settings) -> None:
    app.config.update(
        ADVOCACY=settings,
        BASE_URL=settings.base_url,
        PERSONAL=PERSONAL,
        **_secrets(),
        SESSION_COOKIE_NAME="advocacy_form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=1),
        MAX_CONTENT_LENGTH=12_000_000,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # doorkeeper.FormGuard looks itself
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
