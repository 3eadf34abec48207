"""LinkedIn takes a post and never answers: its owner is asked, looks, and says what is so."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.demo import DESKTOP, PASSWORD, Demo, Visitor, visiting
from tests.journeys.steps import compose, reload_until, writes

pytestmark = pytest.mark.browser
MINE = "I could hear it, so I could pay it."


def test_a_lost_answer_is_settled_by_its_owner(browser: Browser, own_demo: Demo) -> None:
    with visiting(browser, own_demo, DESKTOP) as ada:
        ada.sign_in("ada")
        connects_linkedin(ada)
        there_is_a_fault(own_demo)
        share = shares(ada)
        asks_before_it_sends_again(ada)
        address = looks_there(ada)
        says_where_it_is(ada, share, address)
        assert made(own_demo) == 1, "one post, whatever was asked"
        ada.fits()
        ada.has_no_complaints()


def connects_linkedin(ada: Visitor) -> None:
    """By its own consent, the account marked for work."""
    page = ada.go("/connections/")
    page.get_by_role("button", name="Connect LinkedIn").click()
    page.get_by_role("link", name=re.compile("^Continue to")).click()
    page.locator("input[name=username]").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form:has(input[type=password]) button").click()
    page.locator("button[value=authorise]").click()
    page.wait_for_url(ada.demo.url + "/connections/")
    expect(page.get_by_text("is connected.").first).to_be_visible()


def there_is_a_fault(demo: Demo) -> None:
    """The next post is accepted, and the line goes dead."""
    told = json.dumps({"kind": "posts", "fault": "accept_then_hang_up"}).encode()
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{demo.practice_urls['linkedin']}/faults", told, headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert answer.status == 201


def made(demo: Demo) -> int:
    """How many posts LinkedIn made."""
    with urllib.request.urlopen(f"{demo.practice_urls['linkedin']}/ledger.json", timeout=10) as answer:
        return sum(bool(call["created"]) for call in json.load(answer)["calls"])


def shares(ada: Visitor) -> str:
    """Now, also in her quiet hours; returns the share's address."""
    page = compose(ada)
    writes(ada, MINE)
    page.get_by_role("button", name="Share now", exact=True).click()
    page.wait_for_load_state()
    all_the_same = page.get_by_role("button", name="Share now all the same")
    if all_the_same.is_visible():
        all_the_same.click()
    page.wait_for_url(re.compile("/shares/[0-9a-f]{16}"))
    reload_until(page, page.get_by_role("heading", name="Please check: did it appear?"))
    expect(page.get_by_text("its answer did not arrive").first).to_be_visible()
    return page.url


def asks_before_it_sends_again(ada: Visitor) -> None:
    """A button alone sends nothing: she has to say that she looked."""
    page = ada.page
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("heading", name="Please check: did it appear?")).to_be_visible()
    assert not page.get_by_label("I have looked, and it is not there").evaluate("box => box.validity.valid")


def looks_there(ada: Visitor) -> str:
    """Her own posts at LinkedIn, one tap away; the address of the one that is there."""
    page: Page = ada.page
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Look on LinkedIn").click()
    there = opened.value
    expect(there.get_by_text(MINE).first).to_be_visible()
    href = there.locator("a[href*='/feed/update/urn:li:']").first.get_attribute("href") or ""
    there.close()
    return href if href.startswith("http") else ada.demo.practice_urls["linkedin"] + href


def says_where_it_is(ada: Visitor, share: str, address: str) -> None:
    """An address elsewhere is refused beside the field; the right one settles it, with its points."""
    page = ada.page
    page.goto(share)
    page.get_by_label("Address of your post").fill("https://elsewhere.example/feed/update/urn:li:share:1")
    page.get_by_role("button", name="It is there").click()
    expect(page.get_by_text("This is not the address of a post of")).to_be_visible()
    page.get_by_label("Address of your post").fill(address)
    page.get_by_role("button", name="It is there").click()
    expect(page.get_by_text("Thank you. Your post is out.")).to_be_visible()
    expect(page.get_by_role("link", name="See my post")).to_have_attribute("href", address)
    expect(page.get_by_text("LinkedIn does not give reactions and views.")).to_be_visible()
