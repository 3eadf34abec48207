"""Guarded outbound requests: no private address, no answer too slow or too long, nothing sent twice."""

from __future__ import annotations

import functools
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_ import create_urllib3_context
from urllib3.util.url import Url, parse_url

from advocacy import outward
from advocacy.errors import N_
from advocacy.reach import (
    RESOLVE_SECONDS,
    Guard,
    NotFound,
    NotSent,
    OutboundError,
    OutboundRefused,
    PlainConnection,
    SecureConnection,
    TimedTLS,
)

__all__ = [
    "Answer",
    "AnswerLost",
    "NotFound",
    "NotJson",
    "NotSent",
    "Outbound",
    "OutboundError",
    "OutboundRefused",
    "TooLarge",
    "configure",
    "outbound",
]

MAX_REDIRECTS = 3
_plain_oauth_lock = threading.Lock()
_plain_oauth_users = 0


class AnswerLost(OutboundError):
    """The request was sent, at least in part, and its answer did not arrive: it may have been carried out."""


class TooLarge(AnswerLost):
    """The answer is longer than what is read."""


class NotJson(AnswerLost):
    """The answer is not the JSON that was expected."""


@dataclass(frozen=True)
class Answer:
    """What a server answered; `headers` are found in any case of letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    host: str

    def json(self) -> Any:
        """The body's value; raises NotJson."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as wrong:
            raise NotJson(
                N_("%(host)s did not answer in the form that was expected."), host=self.host
            ) from wrong


class GuardedAdapter(HTTPAdapter):
    """The transport of one exchange, which ends by a deadline counted from its making."""

    def __init__(self, outbound: Outbound, max_bytes: int, total: float) -> None:
        super().__init__(max_retries=0)
        self.outbound, self.max_bytes = outbound, max_bytes
        self.deadline = time.monotonic() + total

    def get_connection_with_tls_context(
        self, request: Any, *_args: Any, **_kwargs: Any
    ) -> HTTPConnectionPool:
        """A pool of one connection that goes where the guard lets it."""
        address = parse_url(request.url)
        made = functools.partial(
            SecureConnection if address.scheme == "https" else PlainConnection,
            guard=self.outbound.guard,
            deadline=self.deadline,
        )
        if address.scheme == "https":
            context = create_urllib3_context()
            context.sslsocket_class = TimedTLS
            pool: HTTPConnectionPool = HTTPSConnectionPool(
                address.host or "", address.port or 443, ssl_context=context
            )
        else:
            pool = HTTPConnectionPool(address.host or "", address.port or 80)
        pool.ConnectionCls = made  # type: ignore[assignment]
        return pool

    def send(self, request: Any, *_args: Any, **_kwargs: Any) -> requests.Response:
        """Send once and read the whole answer; raises OutboundError."""
        host = _checked(request.url).netloc or ""
        request.headers["Connection"] = "close"
        try:
            response = super().send(
                request, stream=True, timeout=self.outbound.timeout, verify=self.outbound.verify
            )
            response._content = self._body(response, host)
            response._content_consumed = True  # type: ignore[attr-defined]
        except (requests.RequestException, HTTPError, OSError) as wrong:
            raise AnswerLost(N_("%(host)s was reached, but its answer did not arrive."), host=host) from wrong
        return response

    def _body(self, response: requests.Response, host: str) -> bytes:
        body = bytearray()
        try:
            for part in response.raw.stream(16_384, decode_content=True):
                body += part
                if len(body) > self.max_bytes:
                    raise TooLarge(N_("The answer of %(host)s is too long."), host=host)
        finally:
            response.raw.close()
        return bytes(body)


def _checked(url: str | None) -> Url:
    address = parse_url(url or "")
    if address.scheme not in ("http", "https") or not address.host:
        raise OutboundRefused(N_("This is not a web address."))
    if address.auth is not None:
        raise OutboundRefused(N_("A web address with a name or a password in it is not taken."))
    return address


class Outbound:
    """Requests to the outside: https to the open internet, and whatever an operator's list opens besides.

    `timeout` is for connecting and for each read, `total` for the whole exchange, all in seconds.
    """

    def __init__(
        self,
        allow: Sequence[str] = (),
        *,
        timeout: tuple[float, float] = (3, 10),
        total: float = 15,
        ca_file: str | None = None,
        agent: str = "Advocacy",
    ) -> None:
        self.guard = Guard(allow)
        self.timeout, self.total, self.agent = timeout, total, agent
        self.verify: str | bool = ca_file or True

    def opens(self, host: str, port: int) -> bool:
        """Whether the operator's list names this host, by its name or by where it leads."""
        return self.guard.leads_open(host, port, seconds=RESOLVE_SECONDS)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        json: Any = None,
        files: Any = None,
        params: Mapping[str, str] | None = None,
        max_bytes: int = 1_000_000,
        total: float | None = None,
    ) -> Answer:
        """Ask once; GET follows up to three redirects, each of them guarded; raises OutboundError."""
        with requests.Session() as session:
            self.protect(session, max_bytes=max_bytes, total=total)
            sent = dict(headers or {})
            for _hop in range(MAX_REDIRECTS + 1):
                answer = self._once(
                    session, method, url, headers=sent, data=data, json=json, files=files, params=params
                )
                onward = answer.headers.get("location")
                if method.upper() != "GET" or not 300 <= answer.status < 400 or not onward:
                    return answer
                url, params, before = urljoin(url, onward), None, url
                if _place(url) != _place(before):
                    sent = {name: value for name, value in sent.items() if name.lower() != "authorization"}
        raise OutboundRefused(N_("%(host)s sends us from one address to the next."), host=answer.host)

    def _once(self, session: requests.Session, method: str, url: str, **kwargs: Any) -> Answer:
        try:
            host = _checked(url).netloc or ""
            asked = session.prepare_request(requests.Request(method.upper(), url, **kwargs))
            response = session.get_adapter(url).send(
                asked
            )  # not session.send: it looks at redirects by itself
        except (requests.RequestException, HTTPError, ValueError) as wrong:
            raise OutboundRefused(N_("This is not a web address.")) from wrong
        return Answer(response.status_code, response.headers, response.content, host)

    def protect(
        self, session: requests.Session, *, max_bytes: int = 1_000_000, total: float | None = None
    ) -> None:
        """Put a session under guard: nothing from the environment, and no redirects."""
        session.trust_env = False
        session.max_redirects = 0
        session.headers.update({"User-Agent": self.agent, "Accept-Encoding": "identity"})
        adapter = GuardedAdapter(self, max_bytes, total or self.total)
        session.adapters.clear()
        session.mount("https://", adapter)
        session.mount("http://", adapter)

    @contextmanager
    def plain_oauth(self, url: str) -> Iterator[None]:
        """Let oauthlib use plain http meanwhile, if this is plain and the operator's list opens it."""
        address = _checked(url)
        if address.scheme == "https" or not self.opens(address.host or "", address.port or 80):
            yield
            return
        _count_plain_oauth(1)
        try:
            yield
        finally:
            _count_plain_oauth(-1)


def _place(url: str) -> tuple[str, str]:
    return urlsplit(url)[:2]


def _count_plain_oauth(change: int) -> None:
    global _plain_oauth_users
    with _plain_oauth_lock:
        _plain_oauth_users += change
        if _plain_oauth_users:
            os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
        else:
            os.environ.pop("OAUTHLIB_INSECURE_TRANSPORT", None)


def configure(allow: Sequence[str] = (), **options: Any) -> None:
    """Set what `outbound()` returns, from the settings."""
    outward.configure(allow, **options)


def outbound() -> Outbound:
    """The door to the outside of this process."""
    allow, options = outward.allowed()
    return Outbound(allow, **options)
