"""Words for each network: by the mouse, by the keyboard, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.demo import DESKTOP, PHONE, Demo, visiting
from tests.journeys.steps import compose, connect, in_database, posts_by, writes

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
TWIN = """INSERT INTO connections ({0}) SELECT {1} FROM connections WHERE network = 'mastodon'
    AND NOT EXISTS (SELECT 1 FROM connections WHERE network = 'x') LIMIT 1"""


def on_x_too(demo: Demo) -> None:
    """A second account, on X, that is good for composing alone."""
    names = [str(row[1]) for row in in_database(demo, "PRAGMA table_info(connections)", []) if row[1] != "id"]
    own = {
        "network": "'x'",
        "code": "'twin'",
        "remote_id": "'twin'",
        "account": "'@twin'",
        "connected_at": "'2099-01-01 00:00:00'",
    }
    values = [own.get(name, name) for name in names]
    in_database(demo, TWIN.format(", ".join(names), ", ".join(values)), [])


@SIZES
def test_each_network_has_a_tab_for_its_words(browser: Browser, demo: Demo, size: dict[str, int]) -> None:
    with visiting(browser, demo, size) as ada:
        ada.sign_in("ada")
        connect(ada)
        on_x_too(demo)
        page = compose(ada)
        tabs = page.get_by_role("tablist", name="Networks").get_by_role("tab")
        expect(tabs).to_have_text(["All", "Mastodon", "X"])
        writes(ada, "One word for all #ad")
        tabs.nth(0).press("End")
        expect(tabs.nth(2)).to_be_focused()
        on_x = page.get_by_label("Your words on X")
        expect(on_x).to_have_value("One word for all #ad")
        tabs.nth(2).press("ArrowRight")
        expect(tabs.nth(0)).to_have_attribute("aria-selected", "true")
        page.get_by_role("button", name="Say “#WorksAtNordlys”").click()
        expect(page.get_by_label("Your words", exact=True)).to_have_value("One word for all #WorksAtNordlys")
        tabs.nth(2).click()
        on_x.fill("x" * 490)
        expect(page.locator("#counter-x")).to_have_attribute("data-state", "over")
        expect(tabs.nth(2)).to_contain_text("needs a look")
        page.get_by_role("button", name="The same words as for all again").click()
        expect(on_x).to_have_value("One word for all #WorksAtNordlys")
        expect(page.locator("#counter-x")).not_to_have_attribute("data-state", "over")
        page.get_by_role("tabpanel", name="X").get_by_role("button", name="#Product").click()
        expect(on_x).to_have_value("One word for all #WorksAtNordlys #Product")
        ada.fits()
        page.locator("input[name=accounts][data-network=x]").uncheck()
        expect(tabs.nth(2)).to_be_hidden()
        expect(tabs.nth(0)).to_have_attribute("aria-selected", "true")
        page.get_by_label("Your words", exact=True).press("Control+Enter")
        page.wait_for_url(re.compile(r"/shares/\w+$"))
        expect(page.locator(".thanks")).to_have_text("Thank you. Your post is out.")
        assert "One word for all" in posts_by(demo, "ada")[0]
        ada.has_no_complaints()


@SIZES
def test_words_for_each_network_without_javascript(
    browser: Browser, demo: Demo, size: dict[str, int]
) -> None:
    with visiting(browser, demo, size, java_script_enabled=False) as ada:
        ada.sign_in("ada")
        connect(ada)
        on_x_too(demo)
        page = compose(ada)
        writes(ada, "For all of them")
        page.get_by_label("Your words on Mastodon").fill("")
        page.get_by_label("Your words on X").fill("For X alone #ad")
        page.get_by_role("button", name="Show the preview of these words").click()
        expect(page.locator("#preview .post-mastodon .post-text")).to_contain_text("For all of them")
        expect(page.locator("#preview .post-x .post-text")).to_contain_text("For X alone")
        page.get_by_role("button", name="Say “#WorksAtNordlys”").click()
        expect(page.get_by_label("Your words on X")).to_have_value("For X alone #WorksAtNordlys")
        ada.fits()
        ada.has_no_complaints()
