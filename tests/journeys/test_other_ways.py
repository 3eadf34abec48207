"""The champion's main job without JavaScript, and by the keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.demo import DESKTOP, PASSWORD, PHONE, Demo, Visitor, visiting
from tests.journeys.steps import compose, connect, posts_by, reload_until, writes

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
FOCUSED = """() => { const it = document.activeElement, style = getComputedStyle(it);
    const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
    const name = it.getAttribute('aria-label') || it.labels?.[0]?.innerText || it.innerText || '';
    return [it.matches('body, [tabindex="-1"]') ? '' : name.trim(), seen]; }"""


@SIZES
def test_sharing_without_javascript(browser: Browser, demo: Demo, size: dict[str, int]) -> None:
    with visiting(browser, demo, size, java_script_enabled=False) as ada:
        ada.sign_in("ada")
        connect(ada)
        before = len(posts_by(demo, "ada"))
        page = compose(ada)
        writes(ada, f"Plain pages work, {size['width']} pixels wide.")
        page.get_by_role("button", name="Show the preview of these words").click()
        expect(page.locator("#preview .post-text").first).to_contain_text("Plain pages work")
        page.get_by_role("button", name="Share now").click()
        page.wait_for_url(re.compile(r"/shares/\w+$"))
        reload_until(page, page.get_by_text("Thank you. Your post is out."))
        assert len(posts_by(demo, "ada")) == before + 1
        ada.fits()
        ada.has_no_complaints()


@SIZES
def test_sharing_by_the_keyboard_alone(browser: Browser, demo: Demo, size: dict[str, int]) -> None:
    with visiting(browser, demo, size) as ada:
        page = ada.go("/sign-in")
        signs_in(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
        connects(ada)
        ada.go("/")
        skips_to_the_content(page)
        to(page, "Make it mine")
        enter(page)
        to(page, "Your words")
        page.keyboard.press("Control+A")
        page.keyboard.type("Written without a mouse.")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(re.compile(r"/shares/\w+$"))
        expect(page.locator(".thanks")).to_have_text("Thank you. Your post is out.")
        assert "Written without a mouse." in posts_by(demo, "ada")[0]
        ada.has_no_complaints()


def to(page: Page, name: str, most: int = 60) -> None:
    """Press Tab until that stands in focus, which must be seen to."""
    for _ in range(most):
        found, seen = page.evaluate(FOCUSED)
        if found:
            assert seen, f"“{found}” on {page.url} does not show its focus"
        if found.startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"“{name}” on {page.url} is not reached by the keyboard")


def signs_in(page: Page) -> None:
    to(page, "E-mail address")
    page.keyboard.type("ada@demo.example")
    to(page, "Password")
    page.keyboard.type(PASSWORD)
    enter(page)


def enter(page: Page) -> None:
    """Press Enter, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def skips_to_the_content(page: Page) -> None:
    """The first Tab offers to pass over the menus."""
    page.keyboard.press("Tab")
    name, _seen = page.evaluate(FOCUSED)
    assert "content" in name.lower()
    page.keyboard.press("Enter")


def connects(ada: Visitor) -> None:
    """Through the practice network's own pages and back, by the keyboard too."""
    page = ada.go("/connections/")
    to(page, "Connect Mastodon")
    enter(page)
    to(page, "Continue to")
    enter(page)
    to(page, "User name")
    page.keyboard.type("ada")
    to(page, "Password")
    page.keyboard.type(PASSWORD)
    enter(page)
    to(page, "Authorise")
    enter(page)
    assert page.url == ada.demo.url + "/connections/"
