"""HR's desk: a guideline that all staff are asked to read, who has read it, and a course that gets a new version."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.demo import DESKTOP, PHONE, Demo, Visitor, visiting

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
TELLING = re.compile(r"joined|left the programme|champion since|member", re.IGNORECASE)


@SIZES
def test_hr_publishes_follows_and_teaches(browser: Browser, own_demo: Demo, size: dict[str, int]) -> None:
    with visiting(browser, own_demo, size) as hana, visiting(browser, own_demo, size) as ada:
        hana.sign_in("hana")
        ada.sign_in("ada")
        publishes_a_guideline(hana)
        sees_it_due(ada)
        accepts_it(ada)
        looks_at_the_overview(hana)
        filters_and_downloads(hana)
        publishes_a_new_version_of_a_course(hana)
        meets_nobody_who_did_not_join(hana)
        hana.has_no_complaints()
        ada.has_no_complaints()


def publishes_a_guideline(hana: Visitor) -> None:
    """In English and French, for all staff, with a due date; on the public page at once."""
    page = hana.go("/people/guidelines/")
    page.get_by_role("link", name="Write a guideline").click()
    for language, title, text in (
        ("English", "=1+1 is not a password", "Use three words and a smile."),
        ("French", "Un bon mot de passe", "Trois mots et un sourire."),
    ):
        words = page.get_by_role("group", name=language)
        words.get_by_label("Title").fill(title)
        words.get_by_label("Text").fill(text)
    page.get_by_role("button", name="Save and look at it").click()
    expect(page.get_by_text("Trois mots et un sourire.")).to_be_visible()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.locator("main .pill").first).to_have_text("In force")
    page.get_by_label("All staff; who has accepted it").check()
    page.get_by_label("Days until it is due").fill("14")
    page.get_by_role("button", name="Keep this").click()
    page.get_by_role("link", name="The public page").click()
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Un bon mot de passe")


def sees_it_due(ada: Visitor) -> None:
    """It stands on her Learn page with its day."""
    page = ada.go("/training/")
    line = page.locator(".list-item", has_text="=1+1 is not a password")
    expect(line).to_contain_text("By ")
    line.get_by_role("link").click()
    expect(page.get_by_text("All staff are asked to read this")).to_be_visible()


def accepts_it(ada: Visitor) -> None:
    ada.page.get_by_role("button", name="I have read and accept this").click()
    expect(ada.page.get_by_text("You read and accepted this").first).to_be_visible()


def looks_at_the_overview(hana: Visitor) -> None:
    """By entity and by team: read and accepted, due, overdue."""
    page = hana.go("/people/reading/")
    section = page.locator("section.section", has_text="=1+1 is not a password")
    expect(section.locator(".stats")).to_contain_text("Overdue")
    ireland = section.locator("tr", has_text="Nordlys Ireland")
    expect(ireland.locator("td").first).to_have_text("1")
    page.get_by_role("link", name="By team").click()
    team = section.locator("tr", has_text="App and Web")
    expect(team.locator("td").first).to_have_text("1")


def filters_and_downloads(hana: Visitor) -> None:
    """Person by person, narrowed down, and as a file in which nothing is a formula."""
    page = hana.go("/people/reading/")
    page.get_by_role("link", name="Person by person").click()
    page.get_by_label("Guideline").select_option(label="=1+1 is not a password")
    page.get_by_label("Company").select_option(label="Nordlys Ireland")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Read and accepted").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Ada Nyström")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download as CSV").click()
    text = saved.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 2 and any("1+1 is not a password" in cell for cell in rows[1])
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t" and cell]


def publishes_a_new_version_of_a_course(hana: Visitor) -> None:
    """What is taught does not change; an edit begins the next version, which is then published."""
    page = hana.go("/people/courses/")
    page.get_by_role("link", name="When a post goes wrong").click()
    page.get_by_role("link", name="The first ten minutes").click()
    words = page.get_by_role("group", name="English").get_by_label("Text")
    words.fill("Breathe first. " + words.input_value())
    page.get_by_role("button", name="Keep in the draft").click()
    expect(page.get_by_text("Draft of version 2")).to_be_visible()
    page.get_by_role("link", name="Look at it and publish").click()
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.locator("main")).to_contain_text("Version 2")
    hana.go("/training/when-a-post-goes-wrong").get_by_role("link", name="The first ten minutes").click()
    expect(page.locator("article")).to_contain_text("Breathe first.")


def meets_nobody_who_did_not_join(hana: Visitor) -> None:
    """Nowhere at HR's desk can be seen who has joined, who has not, or who has left."""
    page = hana.page
    for path in ("/people/", "/people/reading/", "/people/reading/people", "/people/reading/training"):
        answer = page.goto(hana.demo.url + path)
        assert answer and answer.status == 200
        assert not TELLING.search(page.locator("main").inner_text())
    labels = []
    for name in ("Ada Nyström", "Olga Kowalczyk"):
        page.goto(f"{hana.demo.url}/people/?q={name.split()[0]}")
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        labels.append(
            [*page.locator("main dt").all_inner_texts(), *page.locator("main h2").all_inner_texts()]
        )
        assert not TELLING.search(page.locator("main").inner_text())
    assert labels[0] == labels[1]
