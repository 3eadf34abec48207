"""The four networks in a process of their own, what is told to them, and what stands there in the end."""

from __future__ import annotations

import json
import re
import secrets
import socket
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

PASSWORD = "advocacy-demo"
CALLBACK = "http://127.0.0.1:9/callback"
MODES = ("mastodon", "linkedin", "x", "bluesky")
PUBLISHING = {"mastodon": "statuses", "linkedin": "posts", "x": "posts", "bluesky": "publish"}
PICTURES = {"mastodon": "media", "linkedin": "images", "x": "media", "bluesky": "blob"}
MARK = re.compile(r"kx(\d+)q")
TEXTS = {
    "mastodon": "SELECT text, id FROM statuses",
    "linkedin": "SELECT commentary, urn FROM linkedin_posts WHERE account_id IS NOT NULL",
    "x": "SELECT sent, id FROM x_posts WHERE account_id IS NOT NULL",
    "bluesky": "SELECT value, rkey FROM bluesky_records WHERE collection = 'app.bsky.feed.post'",
}


def serve(db_path: str, first_port: str, people: str) -> None:
    """Serve every mode for ever, at ports that follow one another."""
    from advocacy.practice import app
    from advocacy.practice.mode import Client

    ports = {slug: int(first_port) + place for place, slug in enumerate(MODES)}
    urls = {slug: f"http://127.0.0.1:{port}" for slug, port in ports.items()}
    ours = [Client("client-1", "secret-1", (CALLBACK,))]
    names = [(f"p{n}", f"Champion {n}", PASSWORD) for n in range(int(people))]
    app.serve(
        app.create_practice(db_path, urls, names, clients={"linkedin": ours, "x": ours}), "127.0.0.1", ports
    )


def free_ports() -> int:
    """The first of four ports of loopback that follow one another and that nobody uses.

    They lie below those that systems give to outgoing calls, since it takes a while until the network is started there.
    """
    while True:
        first = 12_000 + secrets.randbelow(20_000)
        with suppress(OSError), ExitStack() as probes:
            for place in range(len(MODES)):
                probes.enter_context(socket.socket()).bind(("127.0.0.1", first + place))
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@dataclass(frozen=True)
class Networks:
    """The running practice network: its first port and its database."""

    first_port: int
    db_path: Path

    @property
    def urls(self) -> dict[str, str]:
        """The address of each mode."""
        return {slug: f"http://127.0.0.1:{self.first_port + place}" for place, slug in enumerate(MODES)}

    def is_up(self) -> bool:
        """Whether every mode answers."""
        return not any(_is_free(self.first_port + place) for place in range(len(MODES)))

    def fault(self, slug: str, kind: str, fault: str, **more: Any) -> None:
        """Let the next call of a kind go wrong."""
        sent = {"kind": kind, "fault": fault, **more}
        requests.post(f"{self.urls[slug]}/faults", json=sent, timeout=20).raise_for_status()

    def clear(self) -> None:
        """Let nothing go wrong any more, and what is held go."""
        for url in self.urls.values():
            requests.delete(f"{url}/faults", timeout=20).raise_for_status()

    def release(self) -> None:
        """Let what is held go."""
        for url in self.urls.values():
            requests.post(f"{url}/faults/release", timeout=20).raise_for_status()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Its database, to look into."""
        with closing(sqlite3.connect(self.db_path, timeout=20)) as connection:
            yield connection

    def calls(self) -> dict[str, int]:
        """How many calls came to each mode."""
        with self.reading() as there:
            return dict(there.execute("SELECT mode, count(*) FROM calls GROUP BY mode").fetchall())

    def faulty_calls(self) -> int:
        """How many calls met a fault."""
        with self.reading() as there:
            return int(there.execute("SELECT count(*) FROM calls WHERE fault IS NOT NULL").fetchone()[0])

    def created(self) -> dict[str, int]:
        """How many posts the ledger says that calls made, by mode."""
        with self.reading() as there:
            found = "SELECT mode, count(*) FROM calls WHERE created GROUP BY mode"
            return dict(there.execute(found).fetchall())

    def sent_twice(self) -> int:
        """How many posts LinkedIn and X refused, unasked to: no two have the same words, so these were sent again."""
        with self.reading() as there:
            found = """SELECT count(*) FROM calls WHERE mode IN ('linkedin', 'x') AND kind = 'posts'
                AND fault IS NULL AND status IN (403, 422)"""
            return int(there.execute(found).fetchone()[0])

    def faults_waiting(self) -> set[str]:
        """The modes with faults that no call has met yet."""
        with self.reading() as there:
            return {mode for (mode,) in there.execute("SELECT mode FROM faults WHERE calls_left > 0")}

    def posts(self) -> dict[int, list[str]]:
        """The posts that stand on the networks, by the number in their words."""
        found: dict[int, list[str]] = defaultdict(list)
        with self.reading() as there:
            for slug in MODES:
                for text, own in there.execute(TEXTS[slug]):
                    mark = MARK.search(text)
                    if mark:
                        found[int(mark[1])].append(str(own))
        return found

    def open_calls(self) -> int:
        """How many connections to the networks are open, as the system sees it."""
        ports = {self.first_port + place for place in range(len(MODES))}
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(row[3] == "01" and int(row[2].split(":")[1], 16) in ports for row in rows)


def allow(url: str, person: str) -> dict[str, list[str]]:
    """A person's way through sign-in and consent, as her browser goes; what the answer carries back."""
    with requests.Session() as browser:
        page = browser.get(url, timeout=60)
        for _step in range(3):
            if 'name="password"' in page.text:
                page = _send(browser, page, "password", username=person, password=PASSWORD)
            if 'name="decision"' in page.text:
                page = _send(browser, page, "decision", decision="authorise")
            onward = page.headers.get("Location", "")
            if onward.startswith(CALLBACK):
                return parse_qs(urlsplit(onward).query)
            if onward:
                page = browser.get(urljoin(page.url, onward), allow_redirects=False, timeout=60)
    raise SystemExit(f"{person} was not let through at {url}: {page.text[:300]}")


def _send(
    browser: requests.Session, page: requests.Response, holding: str, **typed: str
) -> requests.Response:
    form = next(one for one in re.findall(r"<form.*?</form>", page.text, re.S) if f'name="{holding}"' in one)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    action = re.search(r'action="([^"]*)"', form.split(">", 1)[0])
    target = urljoin(page.url, unescape(action[1])) if action and action[1] else page.url
    data = {name: unescape(value) for name, value in hidden.items()} | typed
    return browser.post(target, data=data, allow_redirects=False, timeout=60)


def as_json(value: Any) -> str:
    """A figure's parts on one line."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
