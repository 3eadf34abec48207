"""French from the first page to the weekly letter, whose links share nothing and which one button stops."""

from __future__ import annotations

import email
import email.policy
import re
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.demo import DESKTOP, PHONE, Demo, Visitor, visiting
from tests.journeys.steps import link_in, speaks, wait_until

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
SETTINGS = Path(__file__).parents[2] / "config" / "demo.toml"
NAMES = {"Menu", "Advocacy", "Nordlys Group", "Nordlys Ireland", "Ada Nyström", "AN"}
WRITTEN_ON = """
import sys
from datetime import datetime
from advocacy import app, clock
from advocacy.cli.root import read_settings
from advocacy.home import jobs
from advocacy.mail import jobs as mail
then = datetime.fromisoformat(sys.argv[1])
clock.now = lambda: then
with app.create_app(read_settings()).app_context():
    jobs.write_weekly()
    mail.send_due(then, batch=500)
"""


@SIZES
def test_french_and_the_weekly_letter(browser: Browser, own_demo: Demo, size: dict[str, int]) -> None:
    with visiting(browser, own_demo, size) as ada:
        ada.sign_in("ada")
        reads_her_first_page_in_french(ada)
        gets_a_letter_in_french(ada)
        is_not_shared_by_a_scanner(ada)
        opens_the_composer_from_it(ada)
        stops_it_with_one_button(ada)
        ada.has_no_complaints()


def texts(ada: Visitor) -> set[str]:
    """Every piece of text that her first page shows."""
    ada.go("/")
    pieces: list[str] = ada.page.evaluate(
        """() => { const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) if (!walk.currentNode.parentElement.closest('script, template, noscript'))
                found.push(walk.currentNode.textContent.trim());
            return found; }"""
    )
    return {piece for piece in pieces if re.search(r"[^\W\d]{2}", piece)}


def reads_her_first_page_in_french(ada: Visitor) -> None:
    """Whole: nothing on it reads as it did in English, save names."""
    english = texts(ada)
    speaks(ada, "fr")
    french = texts(ada)
    assert "Bonjour Ada" in french
    assert english & french <= NAMES
    assert len(french) > len(english) * 0.8
    ada.fits()


def tuesday() -> datetime:
    """The next Tuesday at eleven in the morning, UTC."""
    today = datetime.now(UTC).date()
    return datetime.combine(today + timedelta(days=(1 - today.weekday()) % 7 or 7), time(11), UTC)


def write_letters(demo: Demo, then: datetime) -> None:
    """Let the weekly letters be written and sent as on that day."""
    environment = demo.environment | {"ADVOCACY_SETTINGS": str(SETTINGS)}
    command = [sys.executable, "-c", WRITTEN_ON, then.isoformat()]
    subprocess.run(command, env=environment, check=True, timeout=120, stdout=subprocess.DEVNULL)


def dated(demo: Demo, then: datetime) -> list[EmailMessage]:
    """The letters of that moment alone: on some Tuesdays the demo's own worker writes this week's as well."""
    letters = [email.message_from_string(text, policy=email.policy.default) for text in demo.letters()]
    return [letter for letter in letters if parsedate_to_datetime(letter["Date"]) == then]


def to_ada(letters: list[EmailMessage]) -> list[EmailMessage]:
    return [letter for letter in letters if "ada@demo.example" in letter["To"]]


def hers(demo: Demo) -> str:
    """The words of her one letter of next Tuesday."""

    def words() -> str | None:
        found = [letter.get_body(("plain",)) for letter in to_ada(dated(demo, tuesday()))]
        assert len(found) <= 1
        return str(found[0].get_content()) if found and found[0] else None

    return wait_until(words, "the weekly letter to Ada")


def gets_a_letter_in_french(ada: Visitor) -> None:
    """At most three stories in her language, each with its reason; nobody who has not joined gets one."""
    write_letters(ada.demo, tuesday())
    letter = hers(ada.demo)
    assert letter.startswith("Bonjour Ada")
    links = re.findall(r"https?://\S+/shares/new\S*", letter)
    assert 1 <= len(links) <= 3 and len(set(links)) == len(links)
    assert not [one for one in ada.demo.letters() if "olga@demo.example" in one]


def is_not_shared_by_a_scanner(ada: Visitor) -> None:
    """A mail scanner follows every link: nothing is shared, and the letter goes on."""
    for link in re.findall(r"https?://\S+", hers(ada.demo)):
        with urllib.request.urlopen(link, timeout=10) as answer:
            assert answer.status == 200
    ada.go("/me/settings")
    expect(ada.page.locator("input[name=weekly_letter]")).to_be_checked()


def opens_the_composer_from_it(ada: Visitor) -> None:
    before = shares(ada)
    ada.page.goto(link_in(hers(ada.demo), "/shares/new"))
    expect(ada.page.locator("form#composer textarea#words")).to_be_visible()
    assert shares(ada) == before


def shares(ada: Visitor) -> list[str]:
    return ada.go("/shares/").locator(".list-item a").all_inner_texts()


def stops_it_with_one_button(ada: Visitor) -> None:
    """One page, one button, without signing in; the week after, no letter comes."""
    page = ada.page
    page.context.clear_cookies()
    page.goto(link_in(hers(ada.demo), "/letter/"))
    assert page.locator("main button").count() == 1
    page.locator("main button").click()
    ada.sign_in("ada")
    ada.go("/me/settings")
    expect(page.locator("input[name=weekly_letter]")).not_to_be_checked()
    week_after = tuesday() + timedelta(days=7)
    write_letters(ada.demo, week_after)
    written = dated(ada.demo, week_after)
    assert written and not to_ada(written)
