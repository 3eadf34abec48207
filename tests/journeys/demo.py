"""Starts the demo as a user does, on ports and in a folder of its own, and drives it in a browser."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from advocacy import practice_modes

PASSWORD = "advocacy-demo"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
READY_WITHIN = 180.0  # seconds, on a machine that is busy with other tests
PATIENCE = 20_000  # milliseconds until what a page should show is given up
expect.set_options(timeout=PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Demo:
    """A demo that runs: its addresses, its folder, and what it has printed."""

    url: str
    practice_urls: dict[str, str]
    folder: Path
    environment: dict[str, str]
    printed: list[str] = field(default_factory=list)
    ready_after: float = 0.0

    @property
    def practice_url(self) -> str:
        """Where the practice network plays Mastodon."""
        return self.practice_urls["mastodon"]

    def letters(self) -> list[str]:
        """The letters that went out, the oldest first."""
        files = sorted((self.folder / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime)
        return [file.read_text(encoding="utf-8") for file in files]


@contextmanager
def running(folder: Path, database_url: str = "", command: str = "demo") -> Iterator[Demo]:
    """`advocacy demo`, or `run`, in its folder until it says that it is ready; stopped by Ctrl-C at the end."""
    web, practice = free_port(), {slug: free_port() for slug in practice_modes.PLACES}
    ports = {f"ADVOCACY_PRACTICE__{slug.upper()}_PORT": str(port) for slug, port in practice.items()}
    ports["ADVOCACY_PRACTICE__PORT"] = ports.pop("ADVOCACY_PRACTICE__MASTODON_PORT")
    environment = {
        **os.environ,
        "ADVOCACY_DATA__FOLDER": str(folder),
        "ADVOCACY_SHARING__QUIET_FROM": "",  # journeys go at any hour
        "ADVOCACY_WEB__PORT": str(web),
        **ports,
        "ADVOCACY_WORKER__LEASE_SECONDS": "4",
        "ADVOCACY_LIMITS__SIGN_IN_PER_ADDRESS": "1000/minute",
        "ADVOCACY_LIMITS__SIGN_IN_PER_ACCOUNT": "1000/minute",
    }
    if database_url:
        environment["ADVOCACY_DATABASE__URL"] = database_url
    urls = {slug: f"http://127.0.0.1:{practice[slug]}" for slug in practice_modes.NAMES}
    demo = Demo(f"http://127.0.0.1:{web}", urls, folder, environment)
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "advocacy", command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    ready = threading.Event()
    reader = threading.Thread(target=_read, args=(process, demo, ready), daemon=True)
    reader.start()
    try:
        while not ready.wait(0.2) and process.poll() is None and time.monotonic() - began < READY_WITHIN:
            pass
        if not ready.is_set():
            raise AssertionError("the demo did not get ready:\n" + "\n".join(demo.printed))
        demo.ready_after = time.monotonic() - began
        yield demo
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        reader.join(5)
        process.stdout.close()  # type: ignore[union-attr]


def _read(process: subprocess.Popen[str], demo: Demo, ready: threading.Event) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        demo.printed.append(line.rstrip())
        if "Ctrl-C stops everything" in line or "Advocacy is ready at" in line:
            ready.set()


@dataclass
class Visitor:
    """Someone at a browser, who notices every error that the console or the policy speaks of."""

    demo: Demo
    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        refused = "the server responded with a status of 4" in message.text
        if message.type in {"error", "warning"} and not refused:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def go(self, path: str) -> Page:
        """Open a page of ours."""
        self.page.goto(self.demo.url + path)
        return self.page

    def sign_in(self, name: str) -> Visitor:
        """Sign in by the page, as one of the sample people."""
        self.go("/sign-in")
        self.page.get_by_label("E-mail").first.fill(f"{name}@demo.example")
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name=re.compile("^(Sign in|Se connecter)$")).click()
        self.page.wait_for_url(re.compile(r"/(\?.*)?$"))
        return self

    def has_no_complaints(self) -> None:
        assert not self.complaints, "\n".join(self.complaints)

    def fits(self) -> None:
        """Nothing scrolls sideways."""
        wide = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide[0] <= wide[1], f"{self.page.url} is {wide[0]} px wide on a screen of {wide[1]}"


@contextmanager
def visiting(browser: Browser, demo: Demo, size: dict[str, int], **options: Any) -> Iterator[Visitor]:
    """A fresh browser window of that size."""
    context: BrowserContext = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, has_touch=size is PHONE, **options
    )
    try:
        yield Visitor(demo, context.new_page())
    finally:
        context.close()


def answers(url: str) -> int:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return int(answer.status)
