"""The administrator: the first one by a link, the checklist, roles, a network switched off, the trail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.demo import DESKTOP, PHONE, Demo, Visitor, running, visiting
from tests.journeys.steps import compose, connect, link_in, wait_for_letter

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@SIZES
def test_an_administrator_sets_up_grants_and_switches(
    browser: Browser, own_demo: Demo, size: dict[str, int]
) -> None:
    with (
        visiting(browser, own_demo, size) as root,
        visiting(browser, own_demo, size) as ada,
        visiting(browser, own_demo, size) as olga,
    ):
        root.sign_in("root")
        ada.sign_in("ada")
        olga.sign_in("olga")
        checks_the_mail(root)
        grants_a_role(root, olga)
        schedules(ada)
        switches_a_network_off(root)
        is_offered_by_hand(ada)
        reads_the_trail(root)
        for visitor in (root, ada, olga):
            visitor.has_no_complaints()


def done(page: Page) -> int:
    return int(page.locator("progress#done").get_attribute("value") or 0)


def checks_the_mail(root: Visitor) -> None:
    """The checklist counts; a test letter that arrived is one step more."""
    page = root.go("/admin/")
    before = done(page)
    step = page.locator(".list-item", has_text=re.compile("mail", re.IGNORECASE)).first
    expect(step).to_contain_text("To do")
    step.get_by_role("link").click()
    page.get_by_role("button", name="Send me a test letter").click()
    wait_for_letter(root.demo, "", to="root@demo.example")
    page.reload()
    page.get_by_role("button", name="It arrived").click()
    root.go("/admin/")
    assert done(page) == before + 1
    expect(page.locator("main")).to_contain_text("people")


def grants_a_role(root: Visitor, olga: Visitor) -> None:
    """For one entity only: its kits and no other's."""
    answer = olga.page.goto(olga.demo.url + "/studio/")
    assert answer and answer.status == 403
    page = root.go("/people/?q=Olga")
    page.get_by_role("link", name="Olga Kowalczyk").click()
    page.get_by_label("Role", exact=True).select_option(label="Communications manager")
    page.get_by_label("For", exact=True).select_option(label="Nordlys Ireland")
    page.get_by_role("button", name="Grant this role").click()
    expect(page.locator(".list-item", has_text="Communications manager")).to_contain_text("Nordlys Ireland")
    desk = olga.go("/studio/")
    expect(desk.get_by_role("link", name="An app you can hear")).to_be_visible()
    assert not desk.get_by_role("link", name="The cable that came ashore").count()
    answer = olga.page.goto(olga.demo.url + "/studio/kits/island-fibre")
    assert answer and answer.status == 404


def schedules(ada: Visitor) -> None:
    connect(ada)
    page = compose(ada)
    page.locator("summary", has_text="Later…").click()
    page.get_by_role("button", name="Schedule it").click()
    page.wait_for_url(re.compile(r"/shares/\w+$"))


def switches_a_network_off(root: Visitor) -> None:
    page = root.go("/admin/networks")
    page.get_by_label("Mastodon on in Nordlys Ireland").uncheck()
    page.get_by_role("button", name="Keep these choices").click()
    expect(page.get_by_label("Mastodon on in Nordlys Ireland")).not_to_be_checked()
    expect(page.get_by_label("Mastodon on in Nordlys Norge")).to_be_checked()


def is_offered_by_hand(ada: Visitor) -> None:
    """Her account is named as switched off, and sharing by hand stands in its place."""
    page = compose(ada)
    expect(page.get_by_text("Switched off in your company")).to_be_visible()
    assert not page.get_by_role("button", name="Share now").count()
    page.get_by_role("radio", name="LinkedIn").check()
    page.get_by_role("button", name="Copy and share").click()
    page.wait_for_url(re.compile(r"/shares/\w+$"))
    expect(ada.go("/connections/").get_by_role("button", name="Connect LinkedIn")).to_be_visible()
    assert not page.get_by_role("button", name="Connect Mastodon").count()


def reads_the_trail(root: Visitor) -> None:
    """Who did what when: the letter, the role, the network."""
    page = root.go("/admin/audit")
    rows = page.locator("tbody tr", has_text="Roar Otterstad")
    expect(rows.filter(has_text="Olga Kowalczyk").first).to_contain_text("Nordlys Ireland")
    expect(rows.filter(has_text="Mastodon").first).to_contain_text("Nordlys Ireland")
    expect(rows.filter(has_text=re.compile("letter|mail", re.IGNORECASE)).first).to_be_visible()
    root.go("/admin/audit?who=Ada")  # what she connects and shares is hers alone
    expect(page.get_by_role("heading", name="Nothing like that")).to_be_visible()


@SIZES
def test_the_first_administrator_comes_by_a_link(
    browser: Browser, tmp_path: Path, size: dict[str, int]
) -> None:
    """`advocacy run` on an empty database prints a link that makes the first administrator, once."""
    with running(tmp_path / "data", command="run") as empty, visiting(browser, empty, size) as first:
        page = first.page
        link = link_in("\n".join(empty.printed), "/setup/")
        page.goto(link)
        page.get_by_label("Your name").fill("Signe Vestergaard")
        page.get_by_label("E-mail address").fill("signe@group.example")
        page.get_by_label("Password").fill("short")
        page.get_by_role("button", name="Create and sign in").click()
        expect(page.locator(".field-error").first).to_contain_text("12")
        expect(page.get_by_label("Your name")).to_have_value("Signe Vestergaard")
        page.get_by_label("Password").fill("eleven swans on the ice")
        page.get_by_role("button", name="Create and sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Setup")
        assert page.get_by_text("To do").count() >= 4
        answer = page.goto(link)
        assert answer and answer.status in {404, 410}
        first.has_no_complaints()
