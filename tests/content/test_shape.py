"""What a kit holds, and what may be wrong with it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from advocacy.content.addresses import link_fault, own_post_fault
from advocacy.content.rules import Audience
from advocacy.content.shape import (
    Caption,
    Faults,
    KitData,
    Text,
    differences,
    faults,
    missing,
    needs_review_again,
)
from tests.makers.accounts import AT
from tests.makers.content import make_data, make_picture

HOUR = timedelta(hours=1)
LONG = "x" * 20_001


def parts(data: KitData) -> list[str]:
    return [problem.field for problem in faults(data)]


def test_a_whole_kit_has_no_fault_and_misses_nothing() -> None:
    data = make_data(pictures=(make_picture(),), publish_at=AT, expires_at=AT + HOUR)
    assert faults(data) == []
    assert missing(data, AT) == []


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"texts": {}}, "texts"),
        ({"texts": {"en": Text("", "Only a story")}}, "texts"),
        ({"texts": {"en": Text("Title"), "fr": Text("", "Une histoire")}}, "title-fr"),
        ({"texts": {"en": Text("x" * 161)}}, "title-en"),
        ({"texts": {"en": Text("Title", LONG)}}, "story-en"),
        ({"texts": {"not a tag": Text("Title")}}, "texts"),
        ({"link_url": "ftp://nordlys.example"}, "link_url"),
        ({"pictures": tuple(make_picture(f"{n}" * 64) for n in range(5))}, "pictures"),
        ({"pictures": (make_picture(), make_picture())}, "pictures"),
        ({"pictures": (make_picture(alt={"fr": "x" * 1501}),)}, "alt-0-fr"),
        ({"pictures": (make_picture(alt={"???": "x"}),)}, "pictures"),
        ({"captions": tuple(Caption("any", "en", f"{n}") for n in range(41))}, "captions"),
        ({"captions": (Caption("any", "en", "x" * 3001),)}, "caption-0"),
        ({"captions": (Caption("any", "en", "a"), Caption("any", "en", "a"))}, "caption-1"),
        (
            {"link_url": "https://a.example", "captions": (Caption("any", "en", "See https://a.example"),)},
            "caption-0",
        ),
        ({"captions": (Caption("any", "e n", "a"),)}, "captions"),
        ({"captions": (Caption("a" * 33, "en", "a"),)}, "captions"),
        ({"publish_at": AT, "expires_at": AT}, "expires_at"),
        ({"audience": Audience(countries=("N.",))}, "countries"),
        ({"audience": Audience(languages=("x" * 17,))}, "languages"),
    ],
)
def test_what_cannot_be_kept(changes: dict[str, Any], part: str) -> None:
    assert part in parts(make_data(**changes))


def test_faults_name_every_problem_and_the_first_field() -> None:
    error = Faults(faults(make_data(texts={}, link_url="nonsense")))
    assert error.field == "texts"
    assert len(error.problems) == len(error.reasons) == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://" + "a" * 2000 + ".example",
        "javascript:alert(1)",
        "data:text/html,hi",
        "//nordlys.example",
        "nordlys.example",
        "https://",
        "https:///path",
        "https://[::1",
        "https://a.example:0/",
        "https://a.example:99999/",
        "https://a.example/a b",
        "https://a.example/\u202e",
        "https://ada:secret@a.example/",
        "https://ada@a.example/",
    ],
)
def test_a_link_that_posts_should_not_carry(url: str) -> None:
    assert link_fault(url)


@pytest.mark.parametrize("url", ["https://a.example", "http://a.example:8080/x?y=é#z", "https://[::1]/"])
def test_a_link_that_is_fine(url: str) -> None:
    assert link_fault(url) is None


def test_what_a_kit_needs_before_review() -> None:
    data = make_data(
        texts={"en": Text("Title"), "fr": Text("Titre", "Histoire")},
        pictures=(make_picture("a" * 64, alt={}), make_picture("b" * 64, alt={}, name="")),
        captions=(),
        expires_at=AT,
    )
    assert [problem.field for problem in missing(data, AT)] == [
        "story-en",
        "alt-0",
        "alt-1",
        "captions",
        "expires_at",
    ]


def test_words_are_trimmed_and_empty_ones_dropped() -> None:
    data = KitData(
        texts={"EN": Text(" Title ", "One\r\ntwo\n"), "fr": Text(" ", "")},
        captions=(Caption("any", "EN", " Words "), Caption("x", "en", " ")),
        pictures=(make_picture(alt={"EN": " A ship ", "fr": " "}),),
        topics=("b", "a", "b"),
        link_url=" https://a.example ",
    )
    assert data.texts == {"en": Text("Title", "One\ntwo")}
    assert data.captions == (Caption("any", "en", "Words"),)
    assert data.pictures[0].alt == {"en": "A ship"}
    assert data.topics == ("a", "b")
    assert data.link_url == "https://a.example"


def test_a_kit_is_named_by_its_english_title() -> None:
    assert make_data(texts={"fr": Text("Titre"), "en": Text("Title")}).title == "Title"
    assert KitData(texts={}).title == ""


WHOLE = make_data(publish_at=AT, expires_at=AT + 9 * HOUR, pictures=(make_picture(),), topics=("network",))


@pytest.mark.parametrize(
    ("changes", "again"),
    [
        ({}, False),
        ({"publish_at": AT + HOUR}, False),
        ({"expires_at": AT + HOUR}, False),
        ({"publish_at": AT + HOUR, "expires_at": AT + 2 * HOUR}, False),
        ({"publish_at": AT - HOUR}, True),
        ({"publish_at": None}, True),
        ({"expires_at": AT + 10 * HOUR}, True),
        ({"expires_at": None}, True),
        ({"texts": {"en": Text("Another title", "Story")}}, True),
        ({"link_url": ""}, True),
        ({"pictures": ()}, True),
        ({"pictures": (make_picture(alt={"en": "Another ship."}),)}, True),
        ({"captions": (Caption("x", "en", "Other words"),)}, True),
        ({"audience": Audience(countries=("NO",))}, True),
        ({"topics": ()}, True),
        ({"entity": "norge"}, True),
        ({"expires_at": AT + HOUR, "link_url": ""}, True),
    ],
)
def test_only_a_shorter_time_needs_no_new_review(changes: dict[str, Any], again: bool) -> None:
    assert needs_review_again(WHOLE, replace(WHOLE, **changes)) is again


def test_an_end_where_there_was_none_needs_no_new_review() -> None:
    endless = replace(WHOLE, expires_at=None)
    assert not needs_review_again(endless, replace(endless, expires_at=AT + HOUR))


def test_differences_are_named_part_by_part() -> None:
    mine = replace(WHOLE, texts={"en": Text("Mine", "Story"), "fr": Text("À moi")}, expires_at=None)
    theirs = replace(WHOLE, texts={"en": Text("Theirs", "Story")}, audience=Audience(teams=("care",)))
    found = {one.field: (one.mine, one.theirs) for one in differences(mine, theirs)}
    assert found == {
        "title-en": ("Mine", "Theirs"),
        "title-fr": ("À moi", None),
        "audience": ("", "team: care"),
        "expires_at": (None, AT + 9 * HOUR),
    }
    assert differences(WHOLE, replace(WHOLE)) == []


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("urn:li:share:71", True),
        ("1234567890", True),
        ("at://did:plc:abc/app.bsky.feed.post/3k", True),
        ("https://x.com/n/status/1", True),
        ("our last one", False),
        ("https://ada@x.com/1", False),
        ("urn:li:person:a", False),
    ],
)
def test_what_may_name_a_post_of_the_company(said: str, fine: bool) -> None:
    assert (own_post_fault(said) is None) is fine


def test_own_posts_are_part_of_what_a_kit_says() -> None:
    one, other = KitData({}, own_posts={"x": " 12345 ", "linkedin": ""}), KitData({}, own_posts={"x": "no"})
    assert one.own_posts == {"x": "12345"}
    assert [problem.field for problem in faults(other)] == ["texts", "own-x"]
    assert [part.field for part in differences(one, other)] == ["own_posts"]
