"""A story's whole life in the studio: written, sent back, overtaken, approved, published on time, recalled."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.demo import DESKTOP, PHONE, Demo, Visitor, visiting
from tests.journeys.steps import compose, connect, in_database, speaks, wait_for_letter

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
PICTURE = Path(__file__).parents[2] / "samples" / "kits" / "island-fibre" / "cable.png"
SLUG = "the-night-shift-in-galway"


@SIZES
def test_a_story_from_its_first_draft_to_its_recall(
    browser: Browser, own_demo: Demo, size: dict[str, int]
) -> None:
    with ExitStack() as stack:
        becomes_a_comms_manager(own_demo, "root")
        carl, ines, ada, hana, root = [
            stack.enter_context(visiting(browser, own_demo, size)).sign_in(name)
            for name in ("carl", "ines", "ada", "hana", "root")
        ]
        speaks(ines, "en")
        connect(ada)
        writes_a_kit(carl)
        sends_to_review(carl)
        cannot_approve_it_himself(carl)
        sends_it_back(ines)
        is_overtaken(carl, ines)
        sends_to_review(carl)
        cannot_approve_what_she_wrote(ines)
        approves(root)
        is_published_on_time(ada)
        is_nothing_to_others(hana)
        recalls(carl, ada)
        sees_figures(carl)
        for visitor in (carl, ines, ada, hana, root):
            visitor.has_no_complaints()


def writes_a_kit(carl: Visitor) -> None:
    """Story, link, picture with its description, captions, audience and times; what is missing is said."""
    page = carl.go("/studio/")
    page.get_by_role("link", name="New kit").click()
    story = page.get_by_role("group", name="English")
    story.get_by_label("Title").fill("The night shift in Galway")
    story.get_by_label("Story").fill("At three in the morning **eleven people** keep the lines up.")
    page.get_by_label("Link").first.fill("https://www.nordlys.example/stories/night-shift")
    page.get_by_label("Add a picture").set_input_files(PICTURE)
    page.get_by_label("What it shows").fill("A cable ship before a small island at dawn.")
    page.get_by_role("button", name="Add this picture").click()
    expect(page.locator("img[src*='/studio/pictures/']")).to_be_visible()
    page.get_by_label("Caption", exact=True).fill(
        "Eleven people, one kettle, and the lines of half a county."
    )
    page.get_by_role("button", name="Add a caption").click()
    second = page.get_by_role("group", name="Caption 2")
    second.get_by_label("Network").select_option("mastodon")
    second.get_by_label("Caption", exact=True).fill("Somebody has to be awake when your line is not.")
    page.get_by_label("Working here").check()
    page.get_by_role("group", name="Companies").get_by_label("Nordlys Ireland").check()
    page.get_by_label("Publish").fill("2027-03-01T09:00")
    page.get_by_label("End", exact=False).last.fill("2027-06-01T18:00")
    page.get_by_role("button", name="Save the draft").click()
    page.wait_for_url(re.compile(f"/studio/kits/{SLUG}$"))
    expect(page.get_by_alt_text("A cable ship before a small island at dawn.").first).to_be_visible()
    expect(page.locator("aside")).to_contain_text("Nordlys Ireland")


def sends_to_review(carl: Visitor) -> None:
    page = carl.go(f"/studio/kits/{SLUG}")
    page.get_by_role("button", name="Send to review").click()
    expect(page.locator(".pill").first).to_have_text("In review")


def cannot_approve_it_himself(carl: Visitor) -> None:
    """No button, and the page says why."""
    page = carl.go(f"/studio/kits/{SLUG}")
    assert not page.get_by_role("button", name="Approve").count()
    expect(page.get_by_role("region", name="What happens next")).to_contain_text(
        "someone else has to approve"
    )


def sends_it_back(ines: Visitor) -> None:
    """With a remark, without which it is not sent back."""
    page = ines.go("/studio/")
    page.get_by_role("link", name="Look at what is in review").click()
    page.get_by_role("link", name="The night shift in Galway").click()
    page.locator("summary", has_text="Send it back with a remark").click()
    page.get_by_label("What should change?").fill("Please say which night.")
    page.get_by_role("button", name="Send back").click()
    expect(page.locator(".pill").first).to_have_text("Draft")
    expect(page.locator(".timeline-list")).to_contain_text("Please say which night.")


def is_overtaken(carl: Visitor, ines: Visitor) -> None:
    """Two edit at once: the second is shown where the two differ, loses nothing, and saves on top."""
    for one in (carl, ines):
        one.go(f"/studio/kits/{SLUG}/editor")
    hers = ines.page.get_by_role("group", name="English").get_by_label("Story")
    hers.fill("At three in the morning **twelve people** keep the lines up.")
    ines.page.get_by_role("button", name="Save", exact=True).last.click()
    ines.page.wait_for_url(re.compile(f"/studio/kits/{SLUG}$"))
    page = carl.page
    his = page.get_by_role("group", name="English").get_by_label("Story")
    his.fill("On Sunday at three in the morning **eleven people** keep the lines up.")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("Inès Castaing saved it last")
    table = page.get_by_role("table", name="Where the two versions differ")
    expect(table).to_contain_text("twelve people")
    expect(table).to_contain_text("On Sunday")
    expect(his).to_have_value("On Sunday at three in the morning **eleven people** keep the lines up.")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url(re.compile(f"/studio/kits/{SLUG}$"))
    expect(page.get_by_role("region", name="The story as champions see it")).to_contain_text("On Sunday")


def becomes_a_comms_manager(demo: Demo, name: str) -> None:
    """A third pair of eyes for the whole group; the grant itself has its own journey."""
    granted = """INSERT INTO grants (person_id, role, granted_at)
        SELECT id, 'comms', '2026-01-01 00:00:00.000000' FROM people WHERE email = ?"""
    in_database(demo, granted, [f"{name}@demo.example"])


def cannot_approve_what_she_wrote(ines: Visitor) -> None:
    page = ines.go(f"/studio/kits/{SLUG}")
    assert not page.get_by_role("button", name="Approve").count()


def approves(root: Visitor) -> None:
    page = root.go(f"/studio/kits/{SLUG}")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".pill").first).to_have_text("Scheduled")


def is_published_on_time(ada: Visitor) -> None:
    """Not to be seen before its time; then it is among her stories, and its captions with it."""
    page = ada.page
    answer = page.goto(f"{ada.demo.url}/kits/{SLUG}")
    assert answer and answer.status == 404
    moved = "UPDATE kits SET publish_at = datetime('now') || '.000000' WHERE slug = ?"
    in_database(ada.demo, moved, [SLUG])
    ada.go("/kits/").get_by_role("link", name="The night shift in Galway").first.click()
    expect(page.locator("article, main").first).to_contain_text("eleven people")
    page.get_by_role("link", name="Make it mine").click()
    expect(page.locator("a[data-caption]")).to_have_count(2)


def is_nothing_to_others(hana: Visitor) -> None:
    """Whom it is not for cannot know of it."""
    for path in (f"/kits/{SLUG}", f"/kits/{SLUG}/shares/new"):
        answer = hana.page.goto(hana.demo.url + path)
        assert answer and answer.status == 404
    assert not hana.go("/kits/").get_by_text("The night shift in Galway").count()


def recalls(carl: Visitor, ada: Visitor) -> None:
    """What is scheduled is cancelled with the reason, on her page and in a letter; the story says so too."""
    page = compose(ada, SLUG)
    page.locator("summary", has_text="Later…").click()
    page.get_by_role("button", name="Schedule it").click()
    page.wait_for_url(re.compile(r"/shares/\w+$"))
    desk = carl.go(f"/studio/kits/{SLUG}")
    desk.get_by_role("link", name="Recall this kit…").click()
    expect(desk.locator("main")).to_contain_text("What is scheduled of it will be cancelled")
    desk.locator("textarea").fill("The number of people was wrong.")
    desk.get_by_role("button", name="Recall the story").click()
    expect(desk.locator(".pill").first).to_have_text("Recalled")
    page.reload()
    expect(page.locator(".pill").first).to_have_text("Cancelled")
    expect(page.locator("main")).to_contain_text("This story was recalled: The number of people was wrong.")
    wait_for_letter(ada.demo, "recalled", to="ada@demo.example")
    expect(ada.go(f"/kits/{SLUG}").get_by_role("heading", name="This story was recalled")).to_be_visible()


def sees_figures(carl: Visitor) -> None:
    """What stories did: shares, clicks, and which captions were used, as figures about groups."""
    page = carl.go("/studio/figures/")
    page.get_by_role("link", name="The cable that came ashore").first.click()
    expect(page.get_by_role("heading", name="By suggested caption")).to_be_visible()
    expect(page.locator(".stats").first).to_contain_text("Clicks")
    assert "Ada Nyström" not in page.locator("main").inner_text()
