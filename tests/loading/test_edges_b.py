"""A folder's rare mistakes are said with their places too: each case is the only thing wrong in its folder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from advocacy.content.shape import MOST_PICTURES
from advocacy.loading.command import weigh
from advocacy.loading.rules import content, sample
from advocacy.loading.rules.known import Known
from advocacy.loading.rules.problems import Problems
from advocacy.loading.rules.sample import Sample
from tests.makers.content import picture_bytes
from tests.makers.loading import COURSE, GUIDELINE, KIT, KIT_FR, LESSON, QUIZ, make_folder

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NO_FRONT = "1:1: begin with the front matter, between two lines of ---"
NOT_UTF_8 = "this is not UTF-8 text; save the file as UTF-8 (in Excel: “CSV UTF-8”)"
PICTURE = "  - file: cable.png\n    alt: A ship off an island.\n    alt_fr: Un navire devant une île.\n"
VARIANTS = KIT[KIT.index("variants:") : KIT.index("---\n\nWhat happened.")]


def complaints(root: Path, changes: dict[str, str | bytes | None]) -> list[str]:
    problems = Problems()
    content.read(make_folder(root, changes), Known(), weigh=weigh, at=NOW, problems=problems)
    return [str(one) for one in problems]


@pytest.mark.parametrize("file", ["kit.md", "kit.fr.md"])
def test_a_kit_of_which_one_language_cannot_be_read(tmp_path: Path, file: str) -> None:
    assert complaints(tmp_path, {f"kits/cable/{file}": "No front matter"}) == [
        f"kits/cable/{file}:{NO_FRONT}"
    ]


def test_a_kit_of_which_no_language_can_be_read_says_so_of_each(tmp_path: Path) -> None:
    found = complaints(tmp_path, {"kits/cable/kit.md": b"---\ntitle: \xff", "kits/cable/kit.fr.md": "---"})
    assert found == [
        f"kits/cable/kit.md:2:8: {NOT_UTF_8}",
        "kits/cable/kit.fr.md:1:1: the front matter is not closed by a second line of ---",
    ]


def test_an_unread_english_kit_does_not_hide_what_is_wrong_in_french(tmp_path: Path) -> None:
    told = KIT_FR.replace("title: Le câble", "title: Le câble\nlink: https://www.nordlys.example/cable")
    found = complaints(tmp_path, {"kits/cable/kit.md": "x", "kits/cable/kit.fr.md": told})
    assert found == [
        f"kits/cable/kit.md:{NO_FRONT}",
        "kits/cable/kit.fr.md:3:1: link: this key is not known here",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "topics: [product]",
            "audience:\n  for_followers_only: true",
            "5:23: for_followers_only: the kit names no topics that anyone could follow",
        ),
        (PICTURE, PICTURE * 2, "13:11: file: “cable.png” is named twice"),
        ("alt_fr", "alt_no", "12:13: alt_no: “no” is not one language; write nb (bokmål) or nn (nynorsk)"),
        (
            "alt_fr",
            "alt_pt_zz_top",
            "12:20: alt_pt_zz_top: “pt-zz-top” is not a language; write its BCP 47 tag, such as en, fr or pt-br",
        ),
        (
            "    text: 412 habitants et, depuis mardi, la fibre.\n",
            "",
            "18:5: text: this key is missing",
        ),
        (
            "412 habitants et, depuis mardi, la fibre.",
            "412 people, one ferry, and since Tuesday one fibre.",
            "20:11: text: the same text stands twice in this kit",
        ),
        (VARIANTS, "", "2:1: variants: at least one suggested caption is needed"),
        (VARIANTS, "variants: []\n", "13:11: variants: at least one suggested caption is needed"),
    ],
)
def test_rare_mistakes_in_a_kit(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in KIT
    found = complaints(tmp_path, {"kits/cable/kit.md": KIT.replace(old, new)})
    assert found == [f"kits/cable/kit.md:{said}"]


def test_a_kit_with_too_many_pictures(tmp_path: Path) -> None:
    more = [f"{number}.png" for number in range(MOST_PICTURES)]
    listed = "".join(f"  - file: {name}\n    alt: A ship.\n" for name in more)
    changes: dict[str, str | bytes | None] = {f"kits/cable/{name}": picture_bytes() for name in more}
    found = complaints(tmp_path, {**changes, "kits/cable/kit.md": KIT.replace(PICTURE, PICTURE + listed)})
    assert found == [
        f"kits/cable/kit.md:10:3: images: there are {MOST_PICTURES + 1} pictures; {MOST_PICTURES} is the most"
    ]


def test_a_course_without_questions_has_no_pass_mark(tmp_path: Path) -> None:
    told = COURSE.replace("unlocks_sharing: true", "pass_mark: 70")
    found = complaints(
        tmp_path,
        {
            "courses/sharing/course.md": told,
            "courses/sharing/quiz.md": None,
            "courses/sharing/quiz.fr.md": None,
        },
    )
    assert found == ["courses/sharing/course.md:3:12: pass_mark: a course without a quiz.md has no pass mark"]


def test_a_course_without_lessons(tmp_path: Path) -> None:
    found = complaints(
        tmp_path, {"courses/sharing/01-choose.md": None, "courses/sharing/01-choose.fr.md": None}
    )
    assert found == ["courses/sharing:1:1: at least one lesson is needed, such as 01-choose.md"]


def test_a_lesson_that_cannot_be_read_does_not_hide_the_next(tmp_path: Path) -> None:
    found = complaints(
        tmp_path,
        {
            "courses/sharing/01-choose.fr.md": "Choisissez.",
            "courses/sharing/02-more.md": LESSON.replace("minutes: 4", "minutes: 121"),
        },
    )
    assert found == [
        f"courses/sharing/01-choose.fr.md:{NO_FRONT}",
        "courses/sharing/02-more.md:3:10: minutes: “121” is not a whole number from 1 to 120",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "Less is more.\n",
            "Less is more.\n\n### Warum\n",
            "14:1: ### Why stands there twice in one question",
        ),
        (
            "It is Monday.",
            "- [y] It is Monday.",
            "3:1: an answer begins with - [x] when it is right and - [ ] when it is wrong",
        ),
        (
            "Which do you share?",
            "W" * 301,
            "1:4: a question has 1 to 300 characters, this has 301",
        ),
        ("What touches me.", "W" * 301, "5:7: an answer has 1 to 300 characters, this has 301"),
        ("- [ ] All of it.", "- [ ]", "7:7: an answer has 1 to 300 characters, this has 0"),
    ],
)
def test_rare_mistakes_in_a_quiz(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in QUIZ
    found = complaints(tmp_path, {"courses/sharing/quiz.md": QUIZ.replace(old, new)})
    assert found == [f"courses/sharing/quiz.md:{said}"]


def test_a_quiz_that_is_not_utf_8_says_only_that(tmp_path: Path) -> None:
    latin = "## Lequel partagez-vous, à midi ?\n".encode("latin-1")
    found = complaints(tmp_path, {"courses/sharing/quiz.fr.md": latin})
    assert found == [f"courses/sharing/quiz.fr.md:1:26: {NOT_UTF_8}"]


def test_a_guideline_of_which_a_translation_cannot_be_read(tmp_path: Path) -> None:
    found = complaints(tmp_path, {"guidelines/conduct.fr.md": "Parlez en votre nom."})
    assert found == [f"guidelines/conduct.fr.md:{NO_FRONT}"]


def test_what_champions_read_has_no_due_date(tmp_path: Path) -> None:
    told = GUIDELINE.replace("required: true", "audience: champions\nrequired: true")
    found = complaints(tmp_path, {"guidelines/conduct.md": told})
    assert found == ["guidelines/conduct.md:5:11: due_days: what champions read has no due date"]


def test_a_sample_file_that_is_no_toml_says_nothing_of_the_demo() -> None:
    problems = Problems()
    assert sample.read(b'password = "x"\nsign_in = \xff', "sample.toml", problems) == Sample()
    assert [str(one) for one in problems] == [f"sample.toml:2:11: {NOT_UTF_8}"]


@pytest.mark.parametrize(
    ("told", "expected", "said"),
    [
        ('password = "x"\n', Sample(password="x"), []),
        (
            'password = "x"\n[activity]\nweeks = 53\nchampions = 0\n',
            Sample(password="x"),
            ["sample.toml:3:9: weeks: “53” is not a whole number from 0 to 52"],
        ),
    ],
)
def test_a_sample_file_with_little_or_no_past(told: str, expected: Sample, said: list[str]) -> None:
    problems = Problems()
    assert sample.read(told.encode(), "sample.toml", problems) == expected
    assert [str(one) for one in problems] == said


@pytest.mark.parametrize(("said", "is_paid"), [("", False), ("paid: true\n", True)])
def test_a_kit_may_be_paid_for(tmp_path: Path, said: str, is_paid: bool) -> None:
    told = KIT.replace("topics:", said + "topics:")
    read = content.read(
        make_folder(tmp_path, {"kits/cable/kit.md": told}), Known(), weigh=weigh, at=NOW, problems=Problems()
    )
    assert [kit.is_paid for kit in read.kits] == [is_paid]


def test_what_a_paid_kit_says_first_counts_too(tmp_path: Path) -> None:
    words = "x" * 235
    told = KIT.replace(VARIANTS, f"variants:\n  - network: x\n    text: {words}\n")
    assert complaints(tmp_path, {"kits/cable/kit.md": told}) == []
    assert "too long for X" in str(
        complaints(tmp_path, {"kits/cable/kit.md": told.replace("topics:", "paid: true\ntopics:")})
    )
