"""Practice networks for tests: every mode in this process, or one of them under granian."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from PIL import Image

from advocacy.practice import app as practice_network
from advocacy.practice.mode import Client, Mode

PASSWORD = "advocacy-demo"
PEOPLE = [("ada", "Ada Lindqvist", PASSWORD), ("carl", "Carl Brandt", PASSWORD)]
CALLBACK = "http://127.0.0.1:9/callback"
CLIENTS = (
    Client("client-1", "secret-1", (CALLBACK, "https://advocacy.example/callback")),
    Client("client-2", "secret-2", (CALLBACK,), name="Partner", partner=True),
)


class Clock:
    """The practice network's clock, which tests may turn forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """Now, and as far ahead as was asked."""
        return datetime.now(UTC) + self.ahead


@dataclass
class Network:
    """A running mode of the practice network."""

    url: str
    app: Flask | None = None
    clock: Clock = field(default_factory=Clock)

    def fault(self, kind: str, fault: str, **more: Any) -> None:
        """Let calls go wrong."""
        sent = requests.post(f"{self.url}/faults", json={"kind": kind, "fault": fault, **more}, timeout=10)
        assert sent.status_code == 201, sent.text

    def ledger(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The calls so far."""
        calls: list[dict[str, Any]] = requests.get(f"{self.url}/ledger.json", timeout=10).json()["calls"]
        return [call for call in calls if kind in (None, call["kind"])]

    def fresh(self) -> None:
        """No faults, no calls, full budgets, the right time."""
        requests.delete(f"{self.url}/faults", timeout=10)
        requests.delete(f"{self.url}/ledger.json", timeout=10)
        self.clock.ahead = timedelta()


@contextmanager
def in_this_process(folder: Path, modes: tuple[Mode, ...]) -> Iterator[dict[str, Network]]:
    """Each of these modes on a free port, on one database, by slug."""
    clock, networks, servers = Clock(), {}, []
    store = practice_network.open_store(str(folder / "practice.db"), PEOPLE, clock)
    for mode in modes:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        app = practice_network.create_mode(mode, store, url, clock, CLIENTS)
        servers.append(practice_network.serve_in_thread(app, "127.0.0.1", port))
        networks[mode.slug] = Network(url, app, clock)
    yield networks
    for server in servers:
        server.shutdown()
        server.server_close()


@contextmanager
def under_granian(folder: Path, slug: str) -> Iterator[Network]:
    """One mode under granian, in a process of its own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = os.environ | {
        "ADVOCACY_PRACTICE_DB": str(folder / "practice.db"),
        "ADVOCACY_PRACTICE_URL": url,
        "ADVOCACY_PRACTICE_MODE": slug,
        "ADVOCACY_PRACTICE_ACCOUNTS": json.dumps(PEOPLE),
        "ADVOCACY_PRACTICE_CLIENTS": json.dumps([asdict(client) for client in CLIENTS]),
    }
    target = "advocacy.practice.app:from_environment"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", target]
    command += ["--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "8"]
    child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _await(url, child)
    yield Network(url)
    child.send_signal(signal.SIGTERM)
    child.wait(10)


def _await(url: str, child: subprocess.Popen[bytes]) -> None:
    for _ in range(600):  # a busy machine takes its time
        assert child.poll() is None, "granian ended"
        try:
            requests.get(url, timeout=1)
            return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("granian did not start")


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def picture(width: int = 64, height: int = 48) -> bytes:
    """A small PNG."""
    buffer = BytesIO()
    Image.new("RGB", (width, height), "#5b5bd6").save(buffer, "PNG")
    return buffer.getvalue()
