"""The reference server of the AT Protocol, installed once into a folder that is kept, started anew for each run."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).parents[2]
KEPT = Path(os.environ.get("ADVOCACY_TEST_REAL_SERVERS") or ROOT / "var" / "real-servers")
PACKAGES = ("@atproto/pds@0.4.217", "@did-plc/server@0.0.1")
NUMBERS = count(1)


@dataclass(frozen=True)
class Member:
    """Somebody with an account there."""

    handle: str
    did: str
    password: str = "wonderland-and-back-9"


@dataclass
class Pds:
    """The server, running; `directory` knows its accounts' documents."""

    url: str
    directory: str

    def join(self, name: str) -> Member:
        """A new account."""
        handle = f"{name}{next(NUMBERS)}.test"
        asked = {"email": f"{handle}@example.com", "handle": handle, "password": Member.password}
        return Member(handle, self.ask("com.atproto.server.createAccount", asked)["did"])

    def ask(self, nsid: str, sent: dict[str, Any] | None = None, token: str = "", **asked: str) -> Any:
        """One call, as an independent client makes it; an error is an error."""
        url, headers = f"{self.url}/xrpc/{nsid}", {"Authorization": f"Bearer {token}"} if token else {}
        answer = (
            requests.get(url, params=asked, headers=headers, timeout=20)
            if sent is None
            else requests.post(url, json=sent, headers=headers, timeout=20)
        )
        answer.raise_for_status()
        return answer.json()


def install() -> Path:
    """The folder with the server's packages; where it cannot be had, skips the test, or on a build machine fails it."""
    missing = [name for name in ("node", "npm", "make", "gcc") if shutil.which(name) is None]
    if missing:
        words = f"THE REAL BLUESKY SERVER WAS NOT TRIED: it needs {', '.join(missing)} on this machine"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    modules = KEPT / "node_modules"
    built = modules / "better-sqlite3" / "build" / "Release" / "better_sqlite3.node"
    if not built.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        _run(["npm", "install", "--no-save", "--ignore-scripts", "--prefix", str(KEPT), *PACKAGES], KEPT)
        headers = [f"--nodedir={place}" for place in ("/usr", "/usr/local") if _has_headers(place)][:1]
        build = ["npx", "--yes", "node-gyp", "rebuild", "--release", *headers]
        _run(build, modules / "better-sqlite3")
    return modules


def _has_headers(place: str) -> bool:
    """Whether Node's own headers lie here; where they do not, node-gyp fetches them."""
    return Path(place, "include", "node", "node.h").exists()


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900)
    if done.returncode:
        pytest.fail(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def told_by(script: str, said: Any) -> Any:
    """What a script beside this file answers to a value, both as JSON."""
    modules = install()
    file = shutil.copy(Path(__file__).with_name(script), modules.parent / script)
    done = subprocess.run(["node", file], input=json.dumps(said), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def running_pds(*, limits: bool = False) -> Iterator[Pds]:
    """The server until the end of the block, limiting what one may ask only if told to."""
    modules, port, directory = install(), free_port(), free_port()
    settings = {"PDS_PORT": str(port), "PLC_PORT": str(directory), "PDS_LIMITS": "1" if limits else "0"}
    # Node finds packages beside its script, which is why a copy lies in the kept folder.
    script = shutil.copy(Path(__file__).with_name("pds.cjs"), modules.parent / f"pds-{port}.cjs")
    process = subprocess.Popen(
        ["node", script],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until_ready(process)
        yield Pds(f"http://localhost:{port}", f"http://localhost:{directory}")
    finally:
        process.terminate()
        process.communicate(timeout=20)
        Path(script).unlink()


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    said = ""
    while "READY" not in said:
        line = process.stdout.readline()
        if not line:
            pytest.fail(f"the real Bluesky server does not start:\n{said}")
        said += line
