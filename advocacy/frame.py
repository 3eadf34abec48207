"""The frame: what every page is set in, and the pages that say what went wrong."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, g, render_template, request
from flask_babel import get_locale, refresh
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from advocacy import clock, db, doorkeeper, face, text, web
from advocacy.accounts import sessions
from advocacy.accounts.models import Person
from advocacy.admin import rules as admin
from advocacy.errors import Refused
from advocacy.face import Face
from advocacy.sharing import banners

Place = dict[str, str]


def equip(app: Flask) -> None:
    """Give every template what it may use, and every error its page."""
    _pages(app)
    _errors(app)
    _database_errors(app)


def _pages(app: Flask) -> None:
    """What every template may use."""
    app.jinja_env.filters.update(ago=web.ago, when=web.when, day=web.day, number=web.number, say=web.say)
    app.jinja_env.filters.update(teaser=text.teaser)
    app.jinja_env.globals.update(
        csp_nonce=doorkeeper.csp_nonce,
        static_url=web.static_url,
        drawn_icon=web.icon,
        get_locale=get_locale,
        LANGUAGES=web.LANGUAGES,
        absolute=web.absolute,
    )

    @app.context_processor
    def _frame() -> dict[str, Any]:
        person = g.get("person")
        shown = person if isinstance(person, Face) else face_of(person) if person else None
        if shown is not None and shown is not person and g.get("seen"):
            face.keep(request.cookies[sessions.COOKIE], shown, at=clock.now())
            g.language = web.best_language(shown.language)
        settings = app.config["ADVOCACY"]
        return {
            "person": person,
            "accent": shown.accent if shown else "",
            "company": (shown.company if shown else "") or settings.organisation.name,
            "organisation": settings.organisation.name,
            "brand": "Advocacy",
            "demo": settings.mode == "demo",
            "practice_urls": settings.practice_urls if settings.practice.enabled else {},
            "navigation": shown.navigation if shown else [],
            "banners": banners.banners(person, at=clock.now()) if isinstance(person, Person) else [],
        }


def face_of(person: Person) -> Face:
    """What the frame shows of someone."""
    return Face(
        name=person.name,
        code=person.code,
        language=person.language,
        time_zone=person.time_zone,
        theme=person.theme,
        company=person.entity.name if person.entity else "",
        accent=admin.readable(person.entity.accent) if person.entity else "",
        navigation=navigation(person),
    )


def navigation(person: Person) -> list[dict[str, Any]]:
    """The groups of places below the champion's own five, by what the person may do."""
    groups: list[dict[str, Any]] = []
    for label, places_ in NAVIGATION():
        items = [place for place in places_ if _is_for(person, place)]
        if items:
            groups.append({"label": label, "items": items})
    return groups


def _is_for(person: Person, place: Place) -> bool:
    """Whether someone may go there; a place may be for the whole group's, or stand elsewhere for who may do more."""
    permission, reach = place["permission"], place["reach"]
    if reach == "group":
        return person.may(permission) and person.entities_for(permission) is None
    return person.may(permission) and not (reach and person.may(reach))


def NAVIGATION() -> list[tuple[str, list[Place]]]:
    """The staff's desks."""

    def place(label: str, url: str, icon: str, permission: str, reach: str = "") -> Place:
        return {"label": label, "url": url, "icon": icon, "permission": permission, "reach": reach}

    return [
        (_("Care"), [
            place(_("Asked for help"), "/admin/help", "lifebuoy", "help.answer"),
            place(_("Reports"), "/admin/reports", "message-report", "report.see", "group"),
        ]),
        (_("Studio"), [
            place(_("Content kits"), "/studio/", "photo", "kit.edit"),
            place(_("What it did"), "/studio/figures/", "chart-bar", "kit.figures"),
            place(_("Pause publishing"), "/studio/holds/", "player-pause", "hold.place"),
            place(_("What posts cost"), "/admin/costs", "tag", "ledger.see", "budget.edit"),
        ]),
        (_("People and learning"), [
            place(_("Write guidelines"), "/people/guidelines/", "pencil", "guideline.edit"),
            place(_("Write courses"), "/people/courses/", "school", "course.edit"),
            place(_("Compliance overview"), "/people/reading/", "list-check", "reading.see"),
            place(_("People and roles"), "/people/", "users", "person.see", "person.edit"),
        ]),
        (_("Administration"), [
            place(_("Setup"), "/admin/", "checklist", "setup.see"),
            place(_("People and roles"), "/people/", "users", "person.edit"),
            place(_("Networks"), "/admin/networks", "plug", "network.edit"),
            place(_("Companies"), "/admin/entities", "building", "entity.edit"),
            place(_("What posts cost"), "/admin/costs", "tag", "budget.edit"),
            place(_("Audit trail"), "/admin/audit", "history", "audit.see", "group"),
        ]),
    ]  # fmt: skip


def _errors(app: Flask) -> None:
    """Error pages read no database; they stand in her frame where it can be had without."""

    @app.errorhandler(Refused)
    def _refused(error: Refused) -> tuple[str, int]:
        _know_her()
        return render_template("errors/refused.html", error=error), error.status

    @app.errorhandler(CSRFError)
    def _stale(error: CSRFError) -> tuple[str, int]:
        _know_her()
        return render_template("errors/400.html", stale=True), 400

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.response is not None:  # a page of its own was made for it (too many tries)
            return error.get_response()
        if error.code in {400, 403, 404, 405, 409, 413, 422, 429}:
            _know_her()
            page = render_template(f"errors/{error.code}.html", way_back=_way_back, again_in=web.again_in)
            return page, error.code, error.get_headers() if error.code == 405 else {}
        if error.code == 503:
            return render_template("errors/503.html"), 503
        return error

    @app.errorhandler(500)
    def _broken(_error: Exception) -> tuple[str, int]:
        g.person = None  # her row may be stale, and asking for it afresh is what went wrong perhaps
        return render_template("errors/500.html"), 500


def _database_errors(app: Flask) -> None:
    """A database in trouble has its page; every request says it while it lasts, so in one line of the log."""

    @app.errorhandler(sa.exc.OperationalError)
    @app.errorhandler(sa.exc.ProgrammingError)
    def _database(error: sa.exc.DBAPIError) -> tuple[str, int]:
        lacks = db.lacks_shape(error)
        if not (lacks or isinstance(error, sa.exc.OperationalError)):
            raise error
        said = str(error.orig).partition("\n")[0]
        if lacks:
            app.logger.error("the database lacks something (`advocacy db check`): %s", said)
        else:
            app.logger.error("the database cannot be used: %s", said)
        g.person = None
        return render_template("errors/503.html"), 503


def _know_her() -> None:
    """Whose frame to set an error page in, out of what this process holds already; nobody's else."""
    person = g.get("person")
    known = face.kept(request.cookies.get(sessions.COOKIE), at=clock.now())
    if person is not None and not sa.inspect(person).unloaded & {"name", "entity", "grants"}:
        known = face_of(person)  # it is here, as she was read for this request
    g.person = known
    refresh()  # in her language


def _way_back() -> str:
    """The nearest page above the address that was asked for: a form's answer stands beneath its page."""
    adapter = current_app.create_url_adapter(request)
    parts = request.path.strip("/").split("/")
    for count in range(len(parts) - 1, 0, -1):
        path = "/" + "/".join(parts[:count])
        for place in (path, path + "/"):
            if adapter is not None and adapter.test(place, method="GET"):
                return place
    return "/"
