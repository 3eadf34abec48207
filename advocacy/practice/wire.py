"""The wire itself: every API call passes here, is noted in the ledger, and meets the fault asked for."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request
from sqlalchemy import func, select
from werkzeug.wrappers import Request, Response

from advocacy.practice.models import Call, Fault, Release
from advocacy.practice.store import Practice

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NOTE = "practice.note"
ASKED_FOR = "practice.fault"


@dataclass
class Note:
    """What the app tells the ledger about one call."""

    account: str | None = None
    app: str | None = None
    status_id: str | None = None
    created: bool = False
    #: What was published of a text that the network cut short without saying so.
    published: str | None = None


def note() -> Note:
    """What the ledger will say about the present call."""
    found: Note = request.environ.setdefault(NOTE, Note())
    return found


def asked_for(name: str) -> Fault | None:
    """The fault that the present call is to meet, if it is the mode's own one of this name."""
    fault: Fault | None = request.environ.get(ASKED_FOR)
    return fault if fault is not None and fault.fault == name else None


class Wire:
    """A WSGI layer that applies a mode's faults and keeps its part of the ledger."""

    def __init__(self, app: WSGIApplication, practice: Practice) -> None:
        self.app, self.practice = app, practice

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one call."""
        mode = self.practice.mode
        environ["PATH_INFO"] = mode.path(environ["PATH_INFO"])
        kind = mode.kind_of(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if kind is None:
            return self.app(environ, start_response)
        answer = Exchange(self, environ, kind, self._claim(kind)).play()
        return hang_up(environ, start_response) if answer is None else answer(environ, start_response)

    def _claim(self, kind: str) -> Fault | None:
        """Take one call off the oldest fault that waits for this kind."""
        here = Fault.mode == self.practice.mode.slug, Fault.kind.in_((kind, "any")), Fault.calls_left > 0
        waiting = select(Fault).where(*here).order_by(Fault.id)
        with self.practice.store.reading() as session:
            if session.scalar(waiting.limit(1)) is None:
                return None
        with self.practice.store.writing() as session:
            fault = session.scalar(waiting.limit(1))
            if fault is not None:
                fault.calls_left -= 1
            return fault


class Exchange:
    """One call and its answer."""

    def __init__(self, wire: Wire, environ: WSGIEnvironment, kind: str, fault: Fault | None) -> None:
        self.wire, self.environ, self.kind, self.fault = wire, environ, kind, fault
        self.practice, self.mode = wire.practice, wire.practice.mode
        self.note = environ[NOTE] = Note()
        self.at = self.practice.clock()
        self.key = self.mode.key(Request(environ))
        self.token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")[2].strip()

    def play(self) -> Response | None:
        """The answer, or None when there will be none; a fault of the mode's own is left to its code."""
        plays: dict[str, Callable[[Fault], Response | None]] = {
            "status": self._status,
            "delay": self._delay,
            "reset": self._reset,
            "accept_then_hang_up": self._accept_then_hang_up,
            "hold_before": self._hold_before,
            "hold": self._hold,
            "expired_token": self._expired_token,
        }
        if self.fault is not None and self.fault.fault in plays:
            return plays[self.fault.fault](self.fault)
        self.environ[ASKED_FOR] = self.fault
        return self._said(self.work())

    def work(self) -> Response:
        """Let the app do what was asked."""
        return Response.from_app(self.wire.app, self.environ, buffered=True)

    def record(self, status: int | None) -> None:
        """Write this call into the ledger, with its caller even where a fault kept the app from looking."""
        with self.practice.store.writing() as session:
            caller = self.mode.caller(session, self.token) if self.token else None
            if caller is not None:
                self.note.account, self.note.app = caller.account, caller.app
            session.add(
                Call(
                    mode=self.mode.slug,
                    asked_at=self.at,
                    method=self.environ["REQUEST_METHOD"],
                    path=Request(self.environ).path,
                    kind=self.kind,
                    account=self.note.account,
                    app=self.note.app,
                    idempotency_key=self.key,
                    status=status,
                    fault=self.fault and self.fault.fault,
                    created=self.note.created,
                    status_id=self.note.status_id,
                    published=self.note.published,
                )
            )

    def _said(self, answer: Response) -> Response:
        self.record(answer.status_code)
        return answer

    def _status(self, fault: Fault) -> Response:
        if fault.status in (502, 504):
            page = f"<html><h1>{fault.status} Bad Gateway</h1></html>"  # a proxy's, which knows no API
            return self._said(Response(page, fault.status, mimetype="text/html"))
        answer = self.mode.error(fault.status, self.kind)
        answer.headers.update(self.mode.headers(fault, self.at))
        return self._said(answer)

    def _delay(self, fault: Fault) -> Response:
        time.sleep(fault.seconds)
        return self._said(self.work())

    def _reset(self, fault: Fault) -> None:
        self.record(None)

    def _accept_then_hang_up(self, fault: Fault) -> None:
        self.work()
        self.record(None)

    def _hold_before(self, fault: Fault) -> Response:
        self._wait(fault, self._releases())
        return self._said(self.work())

    def _hold(self, fault: Fault) -> Response:
        before = self._releases()
        answer = self._said(self.work())
        self._wait(fault, before)
        return answer

    def _wait(self, fault: Fault, before: int) -> None:
        """Wait for a release after that one, or for the fault's seconds to pass."""
        end = time.monotonic() + fault.seconds
        while time.monotonic() < end and self._releases() == before:
            time.sleep(0.05)

    def _releases(self) -> int:
        newest = select(func.max(Release.id)).where(Release.mode == self.mode.slug)
        with self.practice.store.reading() as session:
            return session.scalar(newest) or 0

    def _expired_token(self, fault: Fault) -> Response:
        with self.practice.store.writing() as session:
            answer = self.mode.expire(session, self.token, self.at)
        return self._said(answer)


def hang_up(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Close the connection: at once where the server lends its socket, else by an answer cut short."""
    lent: socket.socket | None = environ.get("werkzeug.socket")
    if lent is not None:
        with suppress(OSError):
            lent.shutdown(socket.SHUT_RDWR)
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "1000")])
    return _cut_short()


def _cut_short() -> Iterator[bytes]:
    yield from ()
