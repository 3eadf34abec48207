"""Steps that several journeys take: letters, the practice network, the composer."""

from __future__ import annotations

import email
import email.policy
import json
import re
import sqlite3
import time
import urllib.request
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Locator, Page, expect

from tests.journeys.demo import PASSWORD, Demo, Visitor

T = TypeVar("T")
STORY = "an-app-you-can-hear"


def wait_until(found: Callable[[], T | None], what: str, seconds: float = 30) -> T:
    """Look again until it is there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (it := found()) is not None:
            return it
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come within {seconds} s")


def reload_until(page: Page, shown: Locator) -> None:
    """Load the page again until this stands on it: the worker does it when it is there."""

    def look() -> bool | None:
        page.reload()
        return shown.first.is_visible() or None

    wait_until(look, str(shown))


def wait_for_letter(demo: Demo, subject: str, to: str = "") -> str:
    """The words of the newest letter with this in its subject."""

    def newest() -> str | None:
        for text in reversed(demo.letters()):
            letter = email.message_from_string(text, policy=email.policy.default)
            words = letter.get_body(("plain",))
            if subject in letter["Subject"] and to in letter["To"] and words:
                return str(words.get_content())
        return None

    return wait_until(newest, f"a letter “{subject}”")


def link_in(letter: str, part: str) -> str:
    """The first address in a letter with this in it."""
    return next(str(link) for link in re.findall(r"https?://\S+", letter) if part in link)


def connect(visitor: Visitor, name: str = "ada") -> None:
    """Connect the practice network: address, onward link, its own sign-in, authorise, and back."""
    page = visitor.go("/connections/")
    page.get_by_label("Your server").fill(visitor.demo.practice_url)
    page.get_by_role("button", name="Connect Mastodon").click()
    page.get_by_role("link", name=re.compile("^Continue to")).click()
    page.get_by_label("User name or e-mail address").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Authorise").click()
    page.wait_for_url(visitor.demo.url + "/connections/")
    expect(page.get_by_text("is connected.").first).to_be_visible()


def compose(visitor: Visitor, story: str = STORY) -> Page:
    """Open the composer of a story."""
    return visitor.go(f"/kits/{story}/shares/new")


def writes(visitor: Visitor, words: str) -> None:
    """Put her own words in the place of the suggestion."""
    visitor.page.get_by_label("Your words", exact=True).fill(words)


def posts_by(demo: Demo, name: str) -> list[str]:
    """The posts of a person on the practice timeline, the newest first."""
    with urllib.request.urlopen(f"{demo.practice_url}/api/v1/timelines/public?limit=40", timeout=5) as answer:
        return [str(post["content"]) for post in json.load(answer) if post["account"]["username"] == name]


def its_time_comes(demo: Demo, share: str) -> None:
    """Move a scheduled post's time to now, since a journey cannot wait until tomorrow."""
    code = [share.rsplit("/", 1)[1]]
    of_share = "WHERE share_id = (SELECT id FROM shares WHERE code = ?)"
    in_database(demo, f"UPDATE deliveries SET due_at = datetime('now') || '.000000' {of_share}", code)

    def moved_on() -> bool | None:
        ((state,),) = in_database(demo, f"SELECT state FROM deliveries {of_share}", code)
        return state not in {"waiting", "sending"} or None

    wait_until(moved_on, "the time of the post")


def speaks(visitor: Visitor, language: str) -> None:
    """Choose the language of the pages in one's settings."""
    page = visitor.go("/me/settings")
    page.locator(f"input[name=language][value={language}]").check()
    page.locator("main form .btn-primary").click()
    page.wait_for_url(visitor.demo.url + "/me")
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))


def in_database(demo: Demo, statement: str, values: list[str]) -> list[tuple[object, ...]]:
    """Do what only time can do, such as letting tomorrow come."""
    database = sqlite3.connect(demo.folder / "advocacy.sqlite", timeout=10)
    try:
        with database:
            return database.execute(statement, values).fetchall()
    finally:
        database.close()
