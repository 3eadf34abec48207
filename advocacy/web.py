"""The HTTP pipe: what a view says of itself, how reasons become sentences, how times and addresses are written."""

from __future__ import annotations

import functools
import hashlib
import ipaddress
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

import flask_babel
from flask import Response, current_app, g, has_app_context, has_request_context, request, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from markupsafe import Markup

from advocacy import clock, places, website
from advocacy.errors import Reason
from advocacy.keep import Shelf
from advocacy.paging import Page as Page
from advocacy.paging import page_of as page_of

LANGUAGES, LOCALES = {"en": "English", "fr": "Français"}, {"en": "en_GB", "fr": "fr"}
LANGUAGE_COOKIE, LANGUAGE_LIFE = "language", timedelta(days=365)
PUBLIC, SIGNED_IN = "public", "signed_in"

View = TypeVar("View", bound=Callable[..., Any])


def needs(permission: str) -> Callable[[View], View]:
    """The view is for people who have `permission` somewhere; the action checks the object again."""
    return _mark("permission", permission)


def signed_in(view: View) -> View:
    """The view is for everyone who is signed in."""
    return _mark("permission", SIGNED_IN)(view)


def public(view: View) -> View:
    """The view is for everyone."""
    return _mark("permission", PUBLIC)(view)


def writes(view: View) -> View:
    """This GET writes (an OAuth callback, a counted click)."""
    return _mark("writes", True)(view)


def commits(view: View) -> View:
    """What this view wrote stays even when it answers with an error (a failed sign-in)."""
    return _mark("commits", True)(view)


def waits(view: View) -> View:
    """This view waits for another server: it calls `db.let_go()` first and writes after."""
    return _mark("waits", True)(view)


def bare(view: View) -> View:
    """This page reads no database, not even whose session it is: it stands when the database does not."""
    return _mark("bare", True)(view)


def cookieless(view: View) -> View:
    """This view reads no cookie and sets none, whoever asks."""
    return _mark("cookieless", True)(view)


def kept(shelf: Shelf[Any]) -> Callable[[View], View]:
    """What this page shows is its person's alone and comes from what `shelf` names: she may be shown it again."""
    return _mark("kept", shelf)


def proven_by_link(view: View) -> View:
    """The address itself proves who asks (a mark in it), so that a mail program may POST without our form's token."""
    return _mark("proven_by_link", True)(view)


def _mark(name: str, value: object) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, name, value)
        return view

    return mark


def me() -> Any:
    """The person who is signed in, as the record itself."""
    return cast(Any, current_user)._get_current_object()


def say(reason: Reason | tuple[str, dict[str, Any]] | None) -> str:
    """A stored reason as a sentence in the reader's language."""
    if reason is None or not reason[0]:
        return ""
    return str(flask_babel.gettext(reason[0], **reason[1]))


def absolute(path: str) -> str:
    """A path as the address that people type; whoever posts has no application at hand."""
    return (str(current_app.config["BASE_URL"]) if has_app_context() else website.typed()) + path


def absolute_url_for(endpoint: str, **values: Any) -> str:
    """Like url_for, with the address that people type in front; needs no request."""
    if has_request_context():
        return absolute(url_for(endpoint, **values))
    with current_app.test_request_context():  # the base address brings its own path
        return absolute(url_for(endpoint, **values))


def is_local(path: str | None) -> bool:
    """Whether `path` leads to a page of this server and nowhere else."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return False
    return not any(
        letter == "\\" or ord(letter) <= 32 for letter in path
    )  # browsers drop tabs and turn backslashes


def way_back() -> str:
    """The page of ours to which the person wants to return when she is done here (`next`); "" for none."""
    wanted = request.values.get("next", "") if has_request_context() else ""
    return wanted if is_local(wanted) and len(wanted) <= 500 else ""


def keep_way_back(_endpoint: str, values: dict[str, Any]) -> None:
    """As a blueprint's `url_defaults`: its links lead the person back where she came from in the end."""
    if back := way_back():
        values.setdefault("next", back)


def address() -> str:
    """Whom to count a request to: the IPv4 address, or the IPv6 network that one household holds."""
    told = get_remote_address()
    try:
        ip = ipaddress.ip_address(told)
    except ValueError:
        return told
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network(f"{ip}/64", strict=False))


def mine() -> str:
    """Whom to count a request to where it is the person who is limited, wherever she asks from."""
    return str(me().id)


limiter = Limiter(key_func=address, strategy="moving-window")


def limited(
    name: str,
    *,
    by: Callable[[], str] = address,
    answer: Callable[[], Response] | None = None,
    counting: Callable[[Response], bool] | None = None,
) -> Callable[[View], View]:
    """At most as many POSTs as the setting limits.<name> says, counted `by`; the next one gets `answer` (429).

    With `counting`, those alone count whose response it holds true of.
    """

    def rate() -> str:
        return str(getattr(current_app.config["ADVOCACY"].limits, name))

    breach = None if answer is None else lambda _limit: answer()
    bound = limiter.limit(rate, key_func=by, methods=["POST"], on_breach=breach, deduct_when=counting)
    return cast("Callable[[View], View]", bound)


def again_in() -> str:
    """How long until the limit that was reached lets one through again, such as "4 minutes"."""
    limit = limiter.current_limit
    seconds = max(1, math.ceil(limit.reset_at - clock.now().timestamp())) if limit else 60
    return str(flask_babel.format_timedelta(timedelta(seconds=seconds), granularity="second", threshold=1.2))


@functools.cache
def static_url(name: str) -> str:
    """The address of a static file, with its fingerprint, so that it may be kept for a year.

    Asked for some fifty times a page, and the server reads its static files once, when it starts.
    """
    file: Path = places.static() / name
    if not file.is_file():
        return f"/static/{name}"
    return f"/static/{name}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"


@functools.lru_cache(maxsize=1_000, typed=True)  # a text and the same text as HTML are not the same
def icon(name: str, label: str = "", **more: str) -> Markup:
    """An icon of the sprite: silent beside a word, or with a label of its own; `class` for a class beside it."""
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup(
        '<svg class="{}" width="20" height="20" {} focusable="false"><use href="{}#{}"/></svg>'
    ).format(f"icon {more.get('class', '')}".rstrip(), spoken, static_url("vendor/icons.svg"), name)


@dataclass(frozen=True)
class Reader:
    """Who reads what is written outside a request: a letter's language and time zone."""

    language: str
    time_zone: str


_reader: ContextVar[Reader | None] = ContextVar("reader", default=None)


@contextmanager
def written_for(language: str, time_zone: str = "UTC") -> Iterator[None]:
    """Write for this reader: gettext, dates and numbers follow her language and zone."""
    token = _reader.set(Reader(language, time_zone))
    try:
        with flask_babel.force_locale(LOCALES[best_language(language)]):
            yield
    finally:
        _reader.reset(token)


def best_language(wanted: str | None) -> str:
    """The language of ours that is nearest to `wanted` (BCP 47); English when none is."""
    stem = (wanted or "").lower().split("-")[0]
    return stem if stem in LANGUAGES else "en"


def locale() -> str:
    """The language to write in: the reader's, the person's, the one asked for, the browser's."""
    reader = _reader.get()
    if reader is not None:
        return best_language(reader.language)
    if not has_request_context():
        return "en"
    person = g.get("person")
    if person is not None:
        return best_language(person.language)
    asked = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if asked in LANGUAGES:
        return str(asked)
    liked = (tag.lower().split("-")[0] for tag, quality in request.accept_languages if quality)
    return next((stem for stem in liked if stem in LANGUAGES), "en")  # fr-CA before en: it is French


def babel_locale() -> str:
    """The same as Babel names it: dates in English as most of the world writes them, day before month."""
    return LOCALES[locale()]


def time_zone() -> str:
    """The time zone to write times in."""
    reader = _reader.get()
    if reader is not None:
        return reader.time_zone
    person = g.get("person") if has_request_context() else None
    return person.time_zone if person is not None else "UTC"


def when(at: datetime | None) -> str:
    """A moment in the reader's zone and language, such as "22 Nov 2026, 14:05"."""
    return _first(flask_babel.format_datetime(at, "d MMM y, HH:mm")) if at else ""


def day(at: Any) -> str:
    """A day in the reader's language, such as "22 November 2026"."""
    return _first(flask_babel.format_date(at, "long")) if at else ""


def _first(told: str) -> str:
    """French alone says "1er" for the first day of a month, which the locale data do not know."""
    return f"1er {told[2:]}" if told.startswith("1 ") and locale() == "fr" else told


def local(at: datetime) -> datetime:
    """A moment in the reader's zone; its ISO form is what a file gives."""
    return at.astimezone(ZoneInfo(time_zone()))


def ago(at: datetime | None) -> str:
    """How long ago or how soon, with the exact moment in the title."""
    if at is None:
        return ""
    passed = clock.now() - at
    told = flask_babel.format_timedelta(-passed, granularity="minute", add_direction=True)
    told = flask_babel.gettext("just now") if timedelta(0) <= passed < timedelta(minutes=1) else told
    told = day(at) if abs(passed) > timedelta(days=30) else told
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), when(at), told)


def number(value: float) -> str:
    """A number as the reader's language writes it."""
    return str(flask_babel.format_decimal(value))
