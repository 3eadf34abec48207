"""The doorkeeper: who is at the door, who may come in, and what every answer carries."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect, same_origin

from advocacy import clock, pages, web
from advocacy.accounts import sessions
from advocacy.accounts.models import Person
from advocacy.errors import N_, Forbidden, Unreadable

SAFE = {"GET", "HEAD", "OPTIONS"}


def equip(app: Flask) -> None:
    """Put the doorkeeper before every view."""
    manager = LoginManager(app)
    manager.request_loader(_person_of)
    app.before_request(_can_be_kept)
    app.before_request(_let_in)
    app.after_request(_headers)
    app.after_request(_after)


def _person_of(_request: Any) -> Person | None:
    """The person behind the request's cookie; a page that reads no database, or is not there, does not ask.

    What waits for another server may write later in its unit, and so needs her as she is now.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, "bare", False):
        return None
    at = clock.now()
    seen = sessions.look(request.cookies.get(sessions.COOKIE), at=at)
    if seen is None:
        return None
    afresh = getattr(view, "waits", False) or pages.wrote_lately(at)
    person = sessions.owner(seen, at=at, afresh=afresh)
    if person is None:
        return None
    g.seen, g.person = seen, person
    return person


def forget() -> None:
    """Know nobody any more, nor what was said to her: the request is answered from the start."""
    for name in ("_login_user", "person", "seen", "told"):
        g.pop(name, None)
    session.pop("_flashes", None)


def _can_be_kept() -> None:
    """No keyboard writes a NUL, and PostgreSQL refuses to store one."""
    sent = [text for name, texts in request.values.lists() for text in (name, *texts)]
    files = [name for field, file in request.files.items(multi=True) for name in (field, file.filename or "")]
    if any("\0" in text for text in (request.path, *sent, *files)):
        raise Unreadable(
            N_("There is a character in it that cannot be kept. Type it anew rather than paste it.")
        )


def _let_in() -> Response | None:
    """Every view says whom it is for; who may not is sent to sign in, or told so."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None
    if (elsewhere := _at_home()) is not None:
        return elsewhere
    if (again := pages.again(view, csp_nonce, at=clock.now())) is not None:
        return again
    permission = getattr(view, "permission", None)
    if permission is None:
        raise RuntimeError(f"{request.endpoint} does not say whom it is for")
    if permission == web.PUBLIC and getattr(view, "cookieless", False):
        return None  # nobody is looked up, so the answer does not vary with a cookie
    known = current_user.is_authenticated
    if permission == web.PUBLIC:
        return None
    if not known:
        back = request.full_path.rstrip("?") if request.method in SAFE else _page_before()
        return redirect(url_for("accounts.sign_in", next=back if web.is_local(back) else None), 303)  # type: ignore[return-value]
    if permission != web.SIGNED_IN and not current_user.may(permission):
        raise Forbidden(
            N_("This page is for colleagues with another role. Ask your administrator if you need it.")
        )
    return None


def _page_before() -> str:
    """The page of ours that a form was sent from, as browsers say it: with our host before it."""
    try:
        before = urlsplit(request.referrer or "")
    except ValueError:
        return "/"
    if before.netloc not in {request.host, urlsplit(str(current_app.config["BASE_URL"])).netloc}:
        return "/"
    return (before.path or "/") + (f"?{before.query}" if before.query else "")


def _at_home() -> Response | None:
    """In the demo, localhost and 127.0.0.1 are one place, but cookies take them for two: go to one of them."""
    home = str(current_app.config["BASE_URL"])
    if current_app.config["ADVOCACY"].mode != "demo" or request.method not in SAFE:
        return None
    if request.host.startswith("localhost") and "//localhost" not in home:
        return redirect(home + request.full_path.rstrip("?"))  # type: ignore[return-value]
    return None


def csp_nonce() -> str:
    """The nonce of this answer's scripts and styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def content_security_policy() -> str:
    """The policy of this answer."""
    nonce = f"'nonce-{csp_nonce()}'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {nonce}",
            f"style-src 'self' {nonce}",
            "img-src 'self' blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types default htmx hx-csp advocacy",
        )
    )


def _after(response: Response) -> Response:
    """Remember that she wrote, and keep her page for a moment if it is one of those that are asked for again."""
    if g.get("seen") is not None and response.status_code < 400:
        if request.method not in SAFE:
            pages.note_write(at=clock.now())
        else:
            pages.keep(response, g.get("csp_nonce"), at=clock.now())
    return response


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", content_security_policy())
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if str(current_app.config["BASE_URL"]).startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if g.get("person"):  # also the tables that she takes along
        response.headers.setdefault("Cache-Control", "no-store")
    elif response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-cache")
    asked = g.get("language") or request.args.get(
        "lang"
    )  # hers also where nobody is known: when something broke
    if asked in web.LANGUAGES and asked != request.cookies.get(web.LANGUAGE_COOKIE):
        life = int(web.LANGUAGE_LIFE.total_seconds())
        response.set_cookie(web.LANGUAGE_COOKIE, asked, max_age=life, samesite="Lax", httponly=True)
    return response


class FormGuard(CSRFProtect):
    """Flask-WTF's check of every form, its referrer held against the address that people type too.

    Over https Flask-WTF compares the referrer with the request's own host alone. A proxy that hands its own name on
    as the host (nginx does, unless told otherwise) would have every form refused; one that does not say that it was
    asked over https would have none looked at, so that the address that people type counts as well.
    """

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse what has no token of ours and, where pages are read over https, what comes from none of ours."""
        super().protect(apply_exemptions)
        if apply_exemptions and (not request.endpoint or self._is_exempt()):
            return
        if request.method not in current_app.config["WTF_CSRF_METHODS"] or not _over_https():
            return
        if not any(_is_from(home) for home in _homes()):
            self._error_response("The referrer is none of our own pages.")


def _over_https() -> bool:
    return request.is_secure or str(current_app.config["BASE_URL"]).startswith("https:")


def _homes() -> list[str]:
    """Where pages of ours are read over https."""
    asked, told = f"https://{request.host}/", str(current_app.config["BASE_URL"])
    return [asked, told] if told.startswith("https:") else [asked]


def _is_from(home: str) -> bool:
    try:
        return bool(same_origin(_whole(request.referrer or ""), _whole(home)))
    except ValueError:  # no address at all
        return False


def _whole(url: str) -> str:
    """The address without the port that https has anyway, which browsers leave out."""
    head, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return head + mark + host.removesuffix(":443") + slash + path
