"""A mode: one network's protocol, as the parts that all modes share need to know it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from flask import Blueprint, Flask
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from advocacy.practice import rules
from advocacy.practice.models import Fault


@dataclass(frozen=True)
class Client:
    """An application, at a network where people register it by hand: whoever starts the mode hands it in."""

    id: str
    secret: str
    redirect_uris: tuple[str, ...]
    name: str = "Advocacy"
    #: Whether the network gives it what it keeps for approved partners, such as refresh tokens.
    partner: bool = False


@dataclass(frozen=True)
class Caller:
    """Whose token a call carried, by names."""

    account: str | None
    app: str | None


def no_headers(fault: Fault, at: datetime) -> dict[str, str]:
    """No header but the Retry-After that the fault asks for."""
    return {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}


def idempotency_key(request: Request) -> str | None:
    """The call's Idempotency-Key, under which the ledger files it."""
    return request.headers.get("Idempotency-Key")


def nothing_more(app: Flask) -> None:
    """Leave an app as it is."""


@dataclass(frozen=True)
class Mode:
    """What one network's protocol tells the wire, the ledger, the controls and the pages.

    Its blueprint `pages` has the endpoints that every page links to: `timeline`, `profile` (of a `username`), `apps`.
    """

    slug: str
    name: str
    blueprints: tuple[Blueprint, ...]
    #: (kind, methods, pattern) of every API call, the first that fits wins; what fits none is a page.
    kinds: tuple[tuple[str, str, str], ...]
    #: The kind of the call that makes a post.
    publishing: str
    #: The documented error of a status, for a call of this kind; also used for what goes wrong unasked.
    error: Callable[[int, str], Response]
    #: Whose access token this is, revoked or not; None when it is unknown.
    caller: Callable[[Session, str], Caller | None]
    #: Revoke this access token for good, and answer as the network documents it.
    expire: Callable[[Session, str, datetime], Response]
    #: The kinds that people open in a browser: what is wrong there is told by a page.
    for_people: tuple[str, ...] = ("authorize",)
    #: The headers of a `status` fault's answer: Retry-After, and with 429 the rate limits.
    headers: Callable[[Fault, datetime], dict[str, str]] = no_headers
    #: What the ledger keeps as `idempotency_key`: the header, or a record key.
    key: Callable[[Request], str | None] = idempotency_key
    #: How an address is read, where a server is lenient about it.
    path: Callable[[str], str] = str
    #: Further faults in words; the mode's own code asks `wire.asked_for(name)` and plays them.
    faults: Mapping[str, str] = field(default_factory=dict)
    #: How many calls each budget allows in how many seconds.
    rates: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    #: Error handlers and whatever else the mode's app needs.
    equip: Callable[[Flask], None] = nothing_more

    def kind_of(self, method: str, path: str) -> str | None:
        """Which kind of API call this is; None for pages."""
        return rules.kind_of(self.kinds, method, path)

    @property
    def kind_names(self) -> tuple[str, ...]:
        """The kinds that a fault may name."""
        return (*dict.fromkeys(kind for kind, _, _ in self.kinds), "any")

    @property
    def fault_words(self) -> dict[str, str]:
        """Every fault that can be asked for here, in words."""
        return rules.FAULTS | dict(self.faults)


def json_answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(json.dumps(body), status, headers, mimetype="application/json")


def json_sent(request: Request) -> dict[str, Any]:
    """The JSON object that a call carries, or an empty one; its body stays there to be read by the app."""
    if request.mimetype != "application/json":
        return {}
    body = request.get_data()
    request.environ["wsgi.input"] = BytesIO(body)
    try:
        sent = json.loads(body)
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}
