"""Every page of every role, on a phone and a desktop, in both languages and both themes: no complaint of the console,
of the policy or of axe (WCAG 2.2 AA), and nothing that scrolls sideways. In the dark, colours are
looked at in English alone: they know no language."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.journeys.demo import DESKTOP, PHONE, Demo, Visitor, visiting

pytestmark = pytest.mark.browser

PUBLIC = [
    "/",
    "/sign-in",
    "/guidelines/",
    "/guidelines/social-media-conduct",
    "/privacy",
    "/accessibility",
    "/report",
    "/nowhere",
]
CHAMPION = [
    "/", "/join", "/me", "/me/hours", "/me/settings", "/me/topics", "/me/devices", "/me/seen", "/me/export",
    "/me/departure", "/kits/", "/shares/", "/shares/calendar", "/connections/", "/guidelines/", "/training/",
    "/leaderboards/", "/studio/",
]  # fmt: skip
DESKS = {
    "carl": ["/studio/", "/studio/kits/new", "/studio/figures/"],
    "hana": ["/people/guidelines/", "/people/courses/", "/people/reading/"],
    "root": [
        "/admin/",
        "/people/",
        "/admin/networks",
        "/admin/entities",
        "/admin/audit",
        "/admin/costs",
        "/admin/costs/budgets",
        "/admin/help",
        "/admin/reports",
    ],
}
AXE = Axe().axe_script
# Of each rule that is broken, where; all that axe looked at would be megabytes.
FOUND = """options => axe.run(options).then(({violations}) =>
    violations.map(({id, nodes}) => ({id, html: nodes.map(node => node.html)})))"""
# Colours that change on an open page are between the two themes for a while; one that ends may begin another.
SETTLED = """async () => {
    do {
        await new Promise(requestAnimationFrame);
        document.getAnimations().forEach(one => one.finish());
        await new Promise(requestAnimationFrame);
    } while (document.getAnimations().length);
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FOLLOWED = re.compile(
    r"^/(kits|guidelines|training|studio/kits|studio/figures|people|people/guidelines|people/courses|people/reading|shares|admin/entities)/[^/?]+(/(shares/new|edit|quiz|lessons/[^/]+))?$"
)


def look(visitor: Visitor, path: str, *, in_the_dark: bool) -> None:
    """Open a page and hold it against everything that every page promises."""
    visitor.go(path)
    visitor.fits()
    assert visitor.page.locator("h1").count() == 1, f"{path} has not one heading of the first level"
    assert visitor.page.locator("main .btn-primary").count() <= 1, f"{path} has more than one primary button"
    visitor.page.evaluate(AXE)
    breaks_no_rule_of(visitor, path, RULES)
    if in_the_dark:
        visitor.page.emulate_media(color_scheme="dark")
        visitor.page.evaluate(SETTLED)
        breaks_no_rule_of(visitor, path, ["color-contrast"])
        visitor.page.emulate_media(color_scheme="light")


def breaks_no_rule_of(visitor: Visitor, path: str, rules: list[str]) -> None:
    """Hold the page against these rules of axe, which it knows already."""
    found = visitor.page.evaluate(FOUND, {"runOnly": rules, "resultTypes": ["violations"]})
    told = [f"{path}: {one['id']}: {html[:200]}" for one in found for html in one["html"]]
    assert not told, "\n".join(told)


def links_on(visitor: Visitor) -> list[str]:
    """Further pages that this page leads to, of the kinds that are worth a look."""
    hrefs = visitor.page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))")
    return [href for href in hrefs if FOLLOWED.match(href) and not href.endswith(".csv")]


def walk(visitor: Visitor, paths: list[str], most: int = 30, *, in_the_dark: bool = True) -> None:
    """Look at these pages and, once for each kind, at those they lead to."""
    kinds: set[str] = set()
    waiting, seen = list(paths), set(paths)
    while waiting and len(kinds) < most:
        path = waiting.pop(0)
        look(visitor, path, in_the_dark=in_the_dark)
        for href in links_on(visitor):
            kind = re.sub(r"(?<=/)(?!kits|shares|new|edit|quiz|lessons)[^/]+$", "*", href)
            if href not in seen and kind not in kinds:
                kinds.add(kind)
                seen.add(href)
                waiting.append(href)
    visitor.has_no_complaints()


SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@SIZES
def test_pages_for_everyone(browser: Browser, demo: Demo, size: dict[str, int]) -> None:
    with visiting(browser, demo, size) as visitor:
        walk(visitor, PUBLIC)


@SIZES
def test_pages_of_a_champion(browser: Browser, demo: Demo, size: dict[str, int]) -> None:
    with visiting(browser, demo, size) as visitor:
        walk(visitor.sign_in("ada"), CHAMPION)


@SIZES
def test_pages_of_an_employee_who_has_not_joined(browser: Browser, demo: Demo, size: dict[str, int]) -> None:
    with visiting(browser, demo, size) as visitor:
        walk(visitor.sign_in("olga"), ["/", "/join", "/kits/", "/training/", "/me", "/leaderboards/"])


@SIZES
@pytest.mark.parametrize("who", sorted(DESKS))
def test_pages_of_the_desks(browser: Browser, demo: Demo, size: dict[str, int], who: str) -> None:
    with visiting(browser, demo, size) as visitor:
        walk(visitor.sign_in(who), DESKS[who])


@SIZES
def test_pages_in_french(browser: Browser, demo: Demo, size: dict[str, int]) -> None:
    with visiting(browser, demo, size) as visitor:
        walk(visitor.sign_in("ines"), CHAMPION[:-1], in_the_dark=False)
