"""A newcomer's first day: asked once, told what is missing, led through it, and sharing by hand the same day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.demo import DESKTOP, PHONE, Demo, Visitor, visiting
from tests.journeys.steps import compose, writes

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
COURSE = "sharing-with-confidence"
QUIZ = Path(__file__).parents[2] / "samples" / "courses" / COURSE / "quiz.md"


@SIZES
def test_a_newcomer_joins_learns_and_shares_by_hand(
    browser: Browser, own_demo: Demo, size: dict[str, int]
) -> None:
    with visiting(browser, own_demo, size) as olga:
        olga.sign_in("olga")
        says_not_now(olga)
        joins(olga)
        is_told_what_is_missing(olga)
        accepts_the_guidelines(olga)
        reads_the_lessons(olga)
        fails_and_passes(olga)
        shares_by_hand(olga)
        olga.has_no_complaints()


def says_not_now(olga: Visitor) -> None:
    """Both answers weigh the same, and who says not now is not asked again."""
    page = olga.go("/join")
    boxes = [page.get_by_role("button", name=name, exact=True) for name in ("Join", "Not now")]
    assert boxes[0].get_attribute("class") == boxes[1].get_attribute("class")
    sizes = [box.bounding_box() for box in boxes]
    assert sizes[0] and sizes[1] and abs(sizes[0]["width"] - sizes[1]["width"]) < 2
    assert sizes[0]["height"] == sizes[1]["height"]
    boxes[1].click()
    page.wait_for_url(olga.demo.url + "/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Olga")
    assert not page.get_by_text("Would you like to share our stories?").count()


def joins(olga: Visitor) -> None:
    """Of her own accord, from her own page."""
    page = olga.go("/me")
    page.get_by_role("link", name="The programme").click()
    page.get_by_role("button", name="Join", exact=True).click()
    page.wait_for_url(olga.demo.url + "/")
    expect(page.locator(".next-step")).to_contain_text(
        # the guideline for all staff she may have read before, as the sample's dice fell that day
        re.compile(r"Before you can share: (one guideline|2 guidelines) and one course, about 2\d minutes\.")
    )


def is_told_what_is_missing(olga: Visitor) -> None:
    """Each missing thing is named and linked; her words are kept."""
    page = compose(olga)
    box = page.get_by_role("region", name="Before you can share")
    expect(box.get_by_role("link", name="Read and accept: Say that you work here")).to_be_visible()
    expect(box.get_by_role("link", name="Take the course: Sharing with confidence")).to_be_visible()
    expect(box).to_contain_text("This holds for posts made here")
    writes(olga, "I answer the phone when the lights go out.")
    page.get_by_role("button", name="Keep my words").click()
    expect(page.get_by_label("Your words", exact=True)).to_have_value(
        "I answer the phone when the lights go out."
    )


def accepts_the_guidelines(olga: Visitor) -> None:
    """One after the other, each struck off the list once it is read and accepted."""
    page = olga.page
    asked = page.get_by_role("link", name="Read and accept: ")
    titles = [text.split(": ", 1)[1] for text in asked.all_inner_texts()]
    assert "Say that you work here" in titles  # the one for all staff she may have read before
    for title in titles:
        compose(olga).get_by_role("link", name=f"Read and accept: {title}").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        page.get_by_role("button", name="I have read and accept this").click()
        expect(page.get_by_text("You read and accepted this").first).to_be_visible()


def reads_the_lessons(olga: Visitor) -> None:
    """The course is the one thing left, and its lessons lead from one to the next."""
    page = compose(olga)
    assert page.get_by_role("region", name="Before you can share").get_by_role("link").count() == 1
    page.get_by_role("link", name="Take the course: Sharing with confidence").click()
    page.get_by_role("button", name="Start").click()
    for number in range(1, 5):
        expect(page.get_by_text(f"Lesson {number} of 4")).to_be_visible()
        page.get_by_role("button", name="Next lesson" if number < 4 else "To the questions").click()


def fails_and_passes(olga: Visitor) -> None:
    """A first try with wrong answers gets a word on each; the second passes, and the certificate bears her name."""
    page = olga.page
    answer(page, wrong=3)
    expect(page.get_by_role("heading", level=1)).to_have_text("Not yet")
    assert page.locator(".feedback").count() >= 6
    page.get_by_role("link", name="Try again").click()
    answer(page, wrong=0)
    expect(page.get_by_role("heading", level=1)).to_have_text("You passed")
    page.get_by_role("link", name="See my certificate").click()
    certificate = page.get_by_role("region", name="Certificate")
    expect(certificate).to_contain_text("Olga Kowalczyk")
    expect(certificate).to_contain_text("Sharing with confidence")
    page.goto(page.locator("#certificate-address").inner_text())
    expect(page.get_by_text("This certificate is valid.")).to_be_visible()


def answer(page: Page, *, wrong: int) -> None:
    """Answer every question of the sample course, so many of them wrongly."""
    expect(page.locator("fieldset.quiz-question")).to_have_count(6)
    for number, field in enumerate(page.locator("fieldset.quiz-question").all()):
        right = right_answers()[field.locator("legend").inner_text().split(". ", 1)[1]]
        choices = {one.inner_text().strip(): one for one in field.locator("label").all()}
        assert set(right) < set(choices)
        chosen = [text for text in choices if text not in right][:1] if number < wrong else right
        for text in chosen:
            choices[text].locator("input").check()
    page.get_by_role("button", name="See how I did").click()


def right_answers() -> dict[str, list[str]]:
    """The right answers of the sample course, by question, as its file has them."""
    questions = re.split(r"^## ", QUIZ.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        one.split("\n", 1)[0].strip(): re.findall(r"^- \[x\] (.+)$", one, re.MULTILINE) for one in questions
    }


def shares_by_hand(olga: Visitor) -> None:
    """Nothing is missing any more: without any account, from the first day, with the words she had kept."""
    page = compose(olga)
    assert not page.get_by_text("Before you can share").count()
    expect(page.get_by_label("Your words", exact=True)).to_have_value(
        "I answer the phone when the lights go out."
    )
    page.get_by_role("radio", name="WhatsApp").check()
    page.get_by_role("button", name="Copy and share").click()
    page.wait_for_url(re.compile("/shares/"))
    there = page.get_by_role("link", name="Open WhatsApp").get_attribute("href") or ""
    assert "WorksAtNordlys" in there
    page.get_by_role("button", name="I have posted it").click()
    expect(page.locator(".thanks")).to_have_text("Thank you for posting it.")
