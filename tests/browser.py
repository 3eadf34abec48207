"""A real browser for the journeys: the machine's Chromium, else Playwright's own, else said loudly."""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

# The shell is the same engine without the windows that nobody sees, which cost a tenth of a journey.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No sandbox: build machines run as root, where Chromium refuses one. The rest keeps it from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "no Chromium on this machine, and Playwright could not install its own"


@functools.cache
def chromium() -> str | None:
    """Return the machine's Chromium; CHROMIUM names one."""
    named = os.environ.get("CHROMIUM")
    return next((path for name in (named, *NAMES) if name and (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser | None:
    """Start a headless browser, or return None when there is none to be had."""
    own = playwright.chromium.executable_path
    if not chromium() and not os.path.exists(own) and not _install():  # noqa: PTH110
        return None
    return playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


def _install() -> bool:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, timeout=300).returncode == 0
    except subprocess.TimeoutExpired:
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless browser for all journeys of this worker; each opens a context of its own."""
    with sync_playwright() as playwright:
        started = launch(playwright)
        if started is None:
            # On a build machine nobody would read that the journeys did not run.
            (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
        yield started
        started.close()
