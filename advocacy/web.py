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
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

import flask_babel
import sqlalchemy as sa
from flask import Response, current_app, g, has_request_context, request, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from markupsafe import Markup

from advocacy import clock, db, places
from advocacy.errors import Reason

LANGUAGES = {"en": "English", "fr": "Français"}
LOCALES = {"en": "en_GB", "fr": "fr"}
PUBLIC, SIGNED_IN = "public", "signed_in"

View = TypeVar("View", bound=Callable[..., Any])
Item = TypeVar("Item")


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
    """A path as the address that people type."""
    return str(current_app.config["BASE_URL"]) + path


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
def _fingerprint(name: str, _changed: float) -> str:
    return hashlib.sha256((places.static() / name).read_bytes()).hexdigest()[:12]


def static_url(name: str) -> str:
    """The address of a static file, with its fingerprint, so that it may be kept for a year."""
    file: Path = places.static() / name
    return (
        f"/static/{name}?v={_fingerprint(name, file.stat().st_mtime)}"
        if file.is_file()
        else f"/static/{name}"
    )


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
    asked = request.args.get("lang") or request.cookies.get("language")
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
    return flask_babel.format_datetime(at, "d MMM y, HH:mm") if at else ""


def day(at: Any) -> str:
    """A day in the reader's language, such as "22 November 2026"."""
    return flask_babel.format_date(at, "long") if at else ""


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


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a long list; `number` counts from 1."""

    items: list[Item]
    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.size))


def page_of(select: sa.Select[Any], *, size: int = 50, scalars: bool = True) -> Page[Any]:
    """The page of `select` that `?page=` names; scalars=False gives rows."""
    total = db.session.scalar(sa.select(sa.func.count()).select_from(select.order_by(None).subquery())) or 0
    last = max(1, -(-total // size))
    wanted = request.args.get("page", default=1, type=int)
    here = min(max(1, wanted), last)
    rows = db.session.execute(select.limit(size).offset((here - 1) * size))
    return Page(list(rows.scalars().unique() if scalars else rows), here, size, total)
