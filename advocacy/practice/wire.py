"""The wire itself: every API call passes here, is noted in the ledger, and meets the fault asked for."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from werkzeug.wrappers import Request, Response

from advocacy.practice import rules
from advocacy.practice.models import Call, Fault, Release, Token
from advocacy.practice.store import Practice, digest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ERRORS = {
    400: "Bad request",
    401: "The access token is invalid",
    403: "This action is not allowed",
    404: "Record not found",
    410: "Gone",
    422: "Validation failed: Text is not acceptable today",
    429: "Too many requests",
    500: "We're sorry, but something went wrong on our end.",
    503: "There was a temporary problem serving your request, please try again",
}
NOTE = "practice.note"
PROCESSING = "practice.processing"


@dataclass
class Note:
    """What the app tells the ledger about one call."""

    account: str | None = None
    app: str | None = None
    status_id: str | None = None
    created: bool = False


class Wire:
    """A WSGI layer that applies faults and keeps the ledger."""

    def __init__(self, app: WSGIApplication, practice: Practice) -> None:
        self.app, self.practice = app, practice

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one call; like Rails, the API does not mind a slash at the end of an address."""
        if environ["PATH_INFO"].startswith("/api/"):
            environ["PATH_INFO"] = environ["PATH_INFO"].rstrip("/")
        kind = rules.kind_of(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if kind is None:
            return self.app(environ, start_response)
        call = Exchange(self, environ, kind, self._claim(kind))
        answer = call.play()
        return hang_up(environ, start_response) if answer is None else answer(environ, start_response)

    def _claim(self, kind: str) -> Fault | None:
        """Take one call off the oldest fault that waits for this kind."""
        waiting = select(Fault).where(Fault.kind.in_((kind, "any")), Fault.calls_left > 0).order_by(Fault.id)
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
        self.practice = wire.practice
        self.note = environ[NOTE] = Note()
        self.at = self.practice.clock()

    def play(self) -> Response | None:
        """The answer, or None when there will be none."""
        if self.fault is None:
            answer = self.work()
            self.record(answer.status_code)
            return answer
        plays: dict[str, Callable[[Fault], Response | None]] = {
            "status": self._status,
            "delay": self._delay,
            "reset": self._reset,
            "accept_then_hang_up": self._accept_then_hang_up,
            "hold": self._hold,
            "expired_token": self._expired_token,
            "processing": self._processing,
        }
        return plays[self.fault.fault](self.fault)

    def work(self) -> Response:
        """Let the app do what was asked."""
        return Response.from_app(self.wire.app, self.environ, buffered=True)

    def record(self, status: int | None) -> None:
        """Write this call into the ledger, with its caller even where a fault kept the app from looking."""
        request = Request(self.environ)
        with self.practice.store.writing() as session:
            token = session.scalar(select(Token).where(Token.digest == self._bearer()))
            if token is not None:
                self.note.app, self.note.account = token.app.name, token.username
            session.add(
                Call(
                    at=self.at,
                    method=request.method,
                    path=request.path,
                    kind=self.kind,
                    account=self.note.account,
                    app=self.note.app,
                    idempotency_key=request.headers.get("Idempotency-Key"),
                    status=status,
                    fault=self.fault and self.fault.fault,
                    created=self.note.created,
                    status_id=self.note.status_id,
                )
            )

    def _bearer(self) -> str:
        return digest(self.environ.get("HTTP_AUTHORIZATION", "").partition(" ")[2].strip())

    def _said(self, answer: Response) -> Response:
        self.record(answer.status_code)
        return answer

    def _status(self, fault: Fault) -> Response:
        return self._said(error_answer(self.kind, fault, self.at.timestamp()))

    def _delay(self, fault: Fault) -> Response:
        time.sleep(fault.seconds)
        return self._said(self.work())

    def _reset(self, fault: Fault) -> None:
        self.record(None)

    def _accept_then_hang_up(self, fault: Fault) -> None:
        self.work()
        self.record(None)

    def _hold(self, fault: Fault) -> Response:
        before = self._releases()
        answer = self._said(self.work())
        end = time.monotonic() + fault.seconds
        while time.monotonic() < end and self._releases() == before:
            time.sleep(0.05)
        return answer

    def _releases(self) -> int:
        with self.practice.store.reading() as session:
            return session.scalar(select(func.max(Release.id))) or 0

    def _expired_token(self, fault: Fault) -> Response:
        with self.practice.store.writing() as session:
            session.execute(update(Token).where(Token.digest == self._bearer()).values(revoked_at=self.at))
        return self._said(json_answer(401, {"error": "The access token was revoked"}))

    def _processing(self, fault: Fault) -> Response:
        self.environ[PROCESSING] = fault.seconds
        return self._said(self.work())


def json_answer(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(json.dumps(body), status, headers, mimetype="application/json")


def error_answer(kind: str, fault: Fault, at: float) -> Response:
    """What a server in trouble says: Mastodon's error body, or a proxy's page for 502 and 504."""
    if fault.status in (502, 504):
        return Response(
            f"<html><h1>{fault.status} Bad Gateway</h1></html>", fault.status, mimetype="text/html"
        )
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.status == 429:
        reset = time.gmtime(at + (fault.retry_after or 300))
        headers |= {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0"}
        headers["X-RateLimit-Reset"] = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", reset)
    body = {"error": ERRORS.get(fault.status, "Something went wrong")}
    if kind == "token" and fault.status in (400, 401):
        body = oauth_error("invalid_grant" if fault.status == 400 else "invalid_client")
    return json_answer(fault.status, body, headers)


OAUTH_ERRORS = {
    "invalid_client": "Client authentication failed due to unknown client, no client authentication "
    "included, or unsupported authentication method.",
    "invalid_grant": "The provided authorization grant is invalid, expired, revoked, does not match the "
    "redirection URI used in the authorization request, or was issued to another client.",
    "invalid_scope": "The requested scope is invalid, unknown, or malformed.",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server.",
    "unsupported_response_type": "The authorization server does not support this response type.",
    "access_denied": "The resource owner or authorization server denied the request.",
}


def oauth_error(code: str, otherwise: str = "") -> dict[str, str]:
    """An OAuth error body in the words of Mastodon's OAuth library."""
    return {"error": code, "error_description": OAUTH_ERRORS.get(code, otherwise)}


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
