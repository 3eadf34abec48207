"""Pages that one person asks for again within seconds: kept as they were made for her, and shown to nobody else.

Home, a story, home again: the second time, nothing is read and nothing is set in type. What every answer has of its
own, its nonce and its form token, is cut out of the page that is kept, and put in afresh.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any

from flask import Response, current_app, g, request, session
from flask_wtf.csrf import generate_csrf

from advocacy import db
from advocacy.accounts import sessions
from advocacy.accounts.models import Person
from advocacy.accounts.sessions import Seen
from advocacy.keep import LONGEST, Shelf

WROTE = "wrote"
Pieces = tuple[tuple[bytes, ...], ...]
"""A page without its form tokens, and each part between them without its nonces."""


def again(view: object, nonce: Callable[[], str], *, at: datetime) -> Response | None:
    """The page that this session saw seconds ago, if nothing happened since that this process or this person did."""
    shelf: Shelf[Pieces] | None = getattr(view, "kept", None)
    if shelf is None or not _is_plain():
        return None
    if "_flashes" in session or wrote_lately(at):
        g.told = True
        return None
    seen = sessions.look(request.cookies.get(sessions.COOKIE), at=at)
    person = sessions.known(seen, at=at) if seen is not None else None
    if seen is None or person is None:
        return None
    pieces = shelf.find(_key(seen, person), at=at)
    if pieces is None:
        return None
    g.seen, g.again = seen, True
    response = current_app.response_class(_filled(pieces, nonce()))
    response.headers["Cache-Control"] = "no-store"
    return response


def keep(response: Response, nonce: str | None, *, at: datetime) -> None:
    """Keep this answer for the same session, if its view says that it may be, and it tells nothing of this moment."""
    shelf: Shelf[Pieces] | None = getattr(current_app.view_functions[request.endpoint or ""], "kept", None)
    if shelf is None or not _is_plain() or response.status_code != 200:
        return
    if g.get("again") or g.get("told") or "_flashes" in session:
        return
    pieces = _cut(response.get_data(), g.get("csrf_token"), nonce)
    unit = db.current()
    shelf.put(_key(g.seen, g.person), pieces, unit=unit, at=unit.as_of or at, owner=g.person.id)


def note_write(*, at: datetime) -> None:
    """Note in her own cookie that she wrote, so that every process reads afresh what it shows her next."""
    session[WROTE] = int(at.timestamp())


def wrote_lately(at: datetime) -> bool:
    """Whether she wrote within the last seconds, in whichever process."""
    return at.timestamp() - float(session.get(WROTE, 0)) <= LONGEST.total_seconds() + 1


def _is_plain() -> bool:
    return request.method == "GET" and not request.query_string


def _key(seen: Seen, person: Person) -> Hashable:
    """Whose page it is, in which session, and all that she is known by in how it looks and what it offers."""
    roles = frozenset((grant.role, grant.entity_id) for grant in person.grants)
    return (
        request.path, person.id, seen.session_id, seen.session_code, person.language, person.theme,
        person.time_zone, roles,
    )  # fmt: skip


def _cut(page: bytes, token: Any, nonce: str | None) -> Pieces:
    parts = page.split(token.encode()) if token else [page]
    return tuple(tuple(part.split(nonce.encode())) if nonce else (part,) for part in parts)


def _filled(pieces: Pieces, nonce: str) -> bytes:
    token: str = generate_csrf()
    return token.encode().join(nonce.encode().join(piece) for piece in pieces)
