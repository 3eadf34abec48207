"""The champion's whole road: from her sign-in to the post on its network, and back out of the programme."""

from __future__ import annotations

import re
import urllib.request

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.demo import DESKTOP, PHONE, Demo, Visitor, visiting
from tests.journeys.steps import (
    compose,
    connect,
    its_time_comes,
    link_in,
    posts_by,
    reload_until,
    wait_for_letter,
    writes,
)

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])

MINE = "Fionnuala sits two desks from me. She is right about the buttons."


@SIZES
def test_a_champion_shares_follows_and_leaves(browser: Browser, own_demo: Demo, size: dict[str, int]) -> None:
    with visiting(browser, own_demo, size) as ada:
        signs_in_by_letter(ada)
        sees_her_first_page(ada)
        shares_by_hand(ada)
        connects_an_account(ada)
        shares_in_three_clicks(ada)
        finds_help(ada)
        deletes_her_post(ada)
        makes_the_words_her_own(ada)
        shares_for_later_and_cancels(ada)
        pauses(ada)
        leaves(ada)
        ada.has_no_complaints()


def signs_in_by_letter(ada: Visitor) -> None:
    """The link opens a page whose button signs in; used once, it does so no more."""
    page = ada.go("/sign-in")
    page.get_by_label("E-mail").first.fill("ada@demo.example")
    page.get_by_role("button", name="Send me a link instead").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    link = link_in(wait_for_letter(ada.demo, "Your link to sign in"), "/sign-in/")
    page.goto(link)
    page.goto(link)  # a mail scanner was there before her
    expect(page.get_by_text("Welcome, Ada Nyström.")).to_be_visible()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Ada")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not sign in")


def sees_her_first_page(ada: Visitor) -> None:
    """One story with its reason, four more, one next step, nothing sideways."""
    page = ada.go("/")
    expect(page.locator(".story-lead")).to_have_count(1)
    expect(page.locator(".story-lead .story-reason")).to_have_text(re.compile(r"\w"))
    expect(page.locator("section[aria-labelledby=more] article")).to_have_count(4)
    expect(page.get_by_text("You follow Product").first).to_be_visible()
    expect(page.locator(".next-step")).to_have_count(1)
    ada.fits()


def shares_by_hand(ada: Visitor) -> None:
    """Words copied, picture handed over, the network's own dialog, opened and then posted, with its points."""
    page = compose(ada)
    ada.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=ada.demo.url)
    page.get_by_role("radio", name="LinkedIn").check()
    writes(ada, MINE)
    page.get_by_role("button", name="Copy and share").click()
    page.wait_for_url(re.compile("/shares/"))
    expect(page.locator(".pill").first).to_have_text("Did you post it?")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    words = page.evaluate("navigator.clipboard.readText()")
    assert MINE in words and "#WorksAtNordlys" in words and "/l/" in words
    with page.expect_download() as saved:
        page.get_by_role("link", name="listening.png").click()
    assert saved.value.path().stat().st_size > 1000
    there = page.get_by_role("link", name="Open LinkedIn").get_attribute("href") or ""
    assert there.startswith("https://www.linkedin.com/") and "%2Fl%2F" in there
    page.get_by_role("button", name="I have posted it").click()
    expect(page.locator(".thanks")).to_have_text("Thank you for posting it.")
    points = int(re.findall(r"(\d+) points? for sharing", page.locator("main").inner_text())[0])
    ada.go("/leaderboards/me")
    newest = page.locator("tbody tr").first
    expect(newest).to_contain_text("You shared a story on LinkedIn")
    expect(newest).to_contain_text(str(points))


def connects_an_account(ada: Visitor) -> None:
    """An address is typed, her own server asks her, and she is led back to the composer."""
    page = ada.go("/connections/")
    page.get_by_label("Your server").fill("https://nowhere.invalid")
    page.get_by_role("button", name="Connect Mastodon").click()
    expect(page.locator(".field-error").first).to_be_visible()
    connect(ada)
    expect(page.locator(".list-item").first).to_contain_text("@ada@")


def shares_in_three_clicks(ada: Visitor) -> None:
    """From home to shared, and followed live to the practice timeline; its link counts a click."""
    page = ada.go("/")
    page.evaluate("sessionStorage.clicks = 0")
    page.context.add_init_script(
        "addEventListener('click', () => { sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1; }, true)"
    )
    page.reload()
    page.locator(".story-lead").get_by_role("link", name="Make it mine").click()
    page.get_by_role("button", name="Share now").click()
    page.wait_for_url(re.compile("/shares/"))
    assert int(page.evaluate("sessionStorage.clicks")) <= 3
    expect(page.locator(".thanks")).to_have_text("Thank you. Your post is out.")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].type") == "navigate"
    expect(page.get_by_text("0 clicks so far")).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="See my post").click()
    there = opened.value.locator("article")
    expect(there).to_contain_text("#WorksAtNordlys")
    short = there.locator("a[href*='/l/']").first.get_attribute("href") or ""
    opened.value.close()
    assert len(posts_by(ada.demo, "ada")) == 1
    follow(short)
    page.reload()
    expect(page.get_by_text("1 click so far")).to_be_visible()


def follow(short: str) -> None:
    """Follow a short link as somebody's browser would, but no further."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    asked = urllib.request.Request(short, headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    try:
        urllib.request.build_opener(Stay).open(asked, timeout=5)
    except urllib.error.HTTPError as answer:
        assert answer.code == 302 and "utm_" in answer.headers["Location"]


def finds_help(ada: Visitor) -> None:
    """A bad day has a named person, and her call is answered by a letter to that person."""
    page = ada.page
    page.get_by_role("link", name="I need help").click()
    expect(page.get_by_role("region", name="Who helps you").get_by_text("Gráinne O'Flaherty")).to_be_visible()
    page.locator("summary", has_text="I am being attacked").click()
    expect(
        page.get_by_role("region", name="What to do first").get_by_text("Gráinne O'Flaherty")
    ).to_be_visible()
    page.get_by_role("radio", name="I am being attacked").check()
    page.get_by_role("button", name="Ask for help").click()
    expect(page.get_by_text("Your call for help is on its way").first).to_be_visible()
    expect(page.get_by_text("Gráinne O'Flaherty answers you.")).to_be_visible()
    wait_for_letter(ada.demo, "Ada Nyström asks for help with a post", to="grainne.oflaherty@nordlys.example")


def deletes_her_post(ada: Visitor) -> None:
    """Gone from the practice timeline, and its points taken back."""
    page = ada.page
    page.goto(page.url.removesuffix("/help"))
    page.locator("summary", has_text="Delete my post").click()
    page.get_by_role("button", name="Delete my post").click()
    expect(page.locator(".pill").first).to_have_text("Deleted")
    assert posts_by(ada.demo, "ada") == []
    ada.go("/leaderboards/me")
    expect(page.locator("tbody tr").first).to_contain_text("-")


def makes_the_words_her_own(ada: Visitor) -> None:
    """The count and the preview follow her words; what is too long is refused and kept."""
    page = compose(ada)
    writes(ada, MINE)
    shows_preview(ada, MINE, "#WorksAtNordlys")
    expect(page.locator("#counter")).to_have_text("106 of 500 on Mastodon")
    writes(ada, "x" * 600)
    expect(page.locator("#counter")).to_have_text("641 of 500 on Mastodon")
    expect(page.locator("#counter")).to_have_attribute("data-state", "over")
    page.get_by_role("button", name="Share now").click()
    expect(page.locator("#words-error")).to_be_visible()
    expect(page.get_by_label("Your words", exact=True)).to_have_value("x" * 600)
    assert posts_by(ada.demo, "ada") == []


def shows_preview(ada: Visitor, *parts: str) -> None:
    """The post as its network will show it: beside her words, on a phone behind a tab."""
    tabs = ada.page.get_by_role("tab")
    if tabs.first.is_visible():
        tabs.nth(1).click()
    for part in parts:
        expect(ada.page.locator("#preview .post-text")).to_contain_text(part)
    expect(ada.page.locator("#preview .post-text")).to_be_visible()
    if tabs.first.is_visible():
        tabs.nth(0).click()


def shares_for_later_and_cancels(ada: Visitor) -> None:
    """At a time of her own clock; taken back before it comes."""
    page = compose(ada)
    writes(ada, MINE)
    schedules(page)
    expect(page.locator("main")).to_contain_text("Europe/Dublin")
    expect(page.locator("main")).to_contain_text("9:00")
    page.get_by_role("button", name="Cancel this post").click()
    expect(page.locator(".pill").first).to_have_text("Cancelled")


def schedules(page: Page) -> None:
    page.locator("summary", has_text="Later…").click()
    page.get_by_role("button", name="Schedule it").click()
    page.wait_for_url(re.compile(r"/shares/\w+$"))
    expect(page.locator(".pill").first).to_have_text("Scheduled")


def pauses(ada: Visitor) -> None:
    """Paused, a scheduled post is held at its time; going on, she sends it herself."""
    page = compose(ada)
    writes(ada, MINE)
    schedules(page)
    share = page.url
    ada.go("/me")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("You are paused").first).to_be_visible()
    its_time_comes(ada.demo, share)
    page.goto(share)
    expect(page.locator(".pill").first).to_have_text("Waits for you")
    assert posts_by(ada.demo, "ada") == []
    ada.go("/me")
    page.get_by_role("button", name="Go on").click()
    page.goto(share)
    page.get_by_role("button", name="Send now").click()
    expect(page.locator(".thanks")).to_have_text("Thank you. Your post is out.")


def leaves(ada: Visitor) -> None:
    """One click: what is scheduled is cancelled, her token is revoked, her posts stay."""
    page = compose(ada)
    writes(ada, MINE + " Again.")
    schedules(page)
    share = page.url
    ada.go("/me").get_by_role("button", name="Leave", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have left")
    expect(
        page.get_by_text("One scheduled post was cancelled, and one account was disconnected.")
    ).to_be_visible()
    page.goto(share)
    expect(page.locator(".pill").first).to_have_text("Cancelled")
    page.goto(ada.demo.practice_url + "/apps")
    reload_until(page, page.get_by_text("No app may act for you."))
    assert len(posts_by(ada.demo, "ada")) == 1
