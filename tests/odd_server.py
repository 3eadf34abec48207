"""A small real server that answers as oddly as it is told, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class OddServer:
    url: str
    asked: list[Asked] = field(default_factory=list)
    answers: dict[str, list[Callable[[Any], None]]] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.url.partition("://")[2]

    def on(self, path: str, *answers: Callable[[Any], None]) -> None:
        """What to answer at a path, in turn; the last answer stays."""
        self.answers[path] = list(answers)

    def paths(self, method: str = "") -> list[str]:
        return [one.path for one in self.asked if method in ("", one.method)]


def says(
    status: int, body: Any = b"", kind: str = "application/json", **headers: str
) -> Callable[[Any], None]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(handler: Any) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def html(status: int = 200) -> Callable[[Any], None]:
    return says(status, b"<!doctype html><title>Hello</title>", "text/html")


def sleeps(seconds: float) -> Callable[[Any], None]:
    return lambda handler: time.sleep(seconds)


def drips(every: float, *, headers: bool = False) -> Callable[[Any], None]:
    """One byte at a time, for ever: in the body, or already in the headers."""

    def answer(handler: Any) -> None:
        start = (
            b"HTTP/1.1 200 OK\r\nX-Slow: " if headers else b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
        )
        with suppress(OSError):
            handler.wfile.write(start)
            while True:
                handler.wfile.write(b"x")
                time.sleep(every)

    return answer


def hangs_up(handler: Any) -> None:
    """A reset, after the request was read."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def breaks_off(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        odd: OddServer = self.server.odd  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        odd.asked.append(Asked(self.command, self.path, headers, body))
        waiting = odd.answers.get(self.path.partition("?")[0]) or [says(404, {"error": "Record not found"})]
        (waiting.pop(0) if len(waiting) > 1 else waiting[0])(self)
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815

    def log_message(self, *_args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: Any) -> None:
        pass


@contextmanager
def odd_server(context: ssl.SSLContext | None = None) -> Iterator[OddServer]:
    server = _Server(("127.0.0.1", 0), _Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    odd = OddServer(f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}")
    server.odd = odd  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield odd
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
