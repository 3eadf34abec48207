"""A practice network in a thread for most tests, and one under granian for the wire."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from advocacy.practice.app import create_practice, serve_in_thread
from tests.practice.wayfarer import PEOPLE, Caller, Clock, Network, Wayfarer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def threaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """A practice network in this process."""
    port, clock = _free_port(), Clock()
    url = f"http://127.0.0.1:{port}"
    app = create_practice(str(tmp_path_factory.mktemp("practice") / "p.db"), url, PEOPLE, clock=clock)
    server = serve_in_thread(app, "127.0.0.1", port)
    yield Network(url, app, clock)
    server.shutdown()


@pytest.fixture
def network(threaded: Network) -> Network:
    """The practice network, as new but for its posts."""
    threaded.fresh()
    return threaded


@pytest.fixture(scope="session")
def ada_token(threaded: Network) -> str:
    """Ada's token."""
    return Wayfarer(threaded).connected().token or ""


@pytest.fixture
def ada(network: Network, ada_token: str) -> Caller:
    """The API as Ada's app calls it."""
    return Caller(network, ada_token)


@pytest.fixture(scope="session")
def granian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """A practice network under granian, in a process of its own."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    place: Path = tmp_path_factory.mktemp("granian")
    env = os.environ | {"ADVOCACY_PRACTICE_DB": str(place / "p.db"), "ADVOCACY_PRACTICE_URL": url}
    env["ADVOCACY_PRACTICE_ACCOUNTS"] = json.dumps(PEOPLE)
    target = "advocacy.practice.app:from_environment"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", target]
    command += ["--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "8"]
    child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _await(url, child)
    yield Network(url)
    child.send_signal(signal.SIGTERM)
    child.wait(10)


def _await(url: str, child: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert child.poll() is None, "granian ended"
        try:
            requests.get(url, timeout=1)
            return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("granian did not start")
