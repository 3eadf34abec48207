"""What is wrong in a folder is said with its file, line and column, all of it at once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from advocacy.loading.command import weigh
from advocacy.loading.rules import content
from advocacy.loading.rules.content import Content
from advocacy.loading.rules.known import Known
from advocacy.loading.rules.problems import Problems
from tests.makers.content import picture_bytes
from tests.makers.loading import COURSE, GUIDELINE, KIT, KIT_FR, ORGANISATION, QUIZ, QUIZ_FR, make_folder

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def read(folder: Path) -> tuple[Content, list[str]]:
    problems = Problems()
    found = content.read(folder, Known(), weigh=weigh, at=NOW, problems=problems)
    return found, [str(one) for one in problems]


def complaints(root: Path, changes: dict[str, str | bytes | None]) -> list[str]:
    return read(make_folder(root, changes))[1]


def test_a_folder_in_order_has_no_mistakes(tmp_path: Path) -> None:
    found, problems = read(make_folder(tmp_path))
    assert problems == []
    assert len(found) == 1 + 2 + 1 + 4 + 1 + 1 + 1


def test_the_samples_are_in_order() -> None:
    found, problems = read(Path(__file__).parents[2] / "samples")
    assert problems == []
    assert (len(found.guidelines), len(found.courses), len(found.kits)) == (3, 2, 8)


def test_hidden_files_readmes_and_the_sample_file_are_passed_over(tmp_path: Path) -> None:
    passed = {
        ".DS_Store": "x",
        "_notes/x.md": "x",
        "README.md": "x",
        "sample.toml": "x",
        "kits/cable/_draft.md": "x",
    }
    assert complaints(tmp_path, passed) == []


def test_an_unknown_file_is_usually_a_misspelt_name(tmp_path: Path) -> None:
    found = complaints(
        tmp_path,
        {
            "peple.csv": "x",
            "guidelines/Conduct.md": GUIDELINE,
            "guidelines/other.fr.md": GUIDELINE,
            "guidelines/conduct.no.md": GUIDELINE,
            "courses/sharing/2-more.md": "x",
            "kits/cable/extra.png": picture_bytes(),
            "kits/cable/notes.md": "x",
            "kits/empty/kit.fr.md": KIT_FR,
        },
    )
    assert found == [
        "courses/sharing/2-more.md:1:1: this file is not known here; lessons are named as 01-choose.md",
        "guidelines/Conduct.md:1:1: “Conduct” is not a slug; use 1 to 80 of a–z, 0–9 and -",
        "guidelines/conduct.no.md:1:1: “no” is not one language; write nb (bokmål) or nn (nynorsk)",
        "guidelines/other.fr.md:1:1: a translation without its English file, other.md",
        "kits/cable/notes.md:1:1: this file is not known here; a kit's text is kit.md",
        "kits/empty:1:1: kit.md is missing",
        "peple.csv:1:1: this file is not known here; is its name misspelt?",
        "kits/cable/extra.png:1:1: kit.md does not name this picture under images",
    ]


def test_the_first_load_needs_the_organisation(tmp_path: Path) -> None:
    found = complaints(tmp_path, {"organisation.toml": None})
    assert found[0] == "organisation.toml:1:1: this file is missing; the first load needs it"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('slug = "product"', 'slug = "product', "4:16: this is not TOML: "),
        ('country = "NO"', 'country = "NOR"', "11:11: country: “NOR” is not a country"),
        (
            'country = "NO"',
            "country = 47",
            "11:11: country: a text belongs here; put it between quotation marks",
        ),
        ('country = "NO"\n', "", "8:1: country: this key is missing"),
        ('accent = "#0b6e6e"', 'acent = "#0b6e6e"', "14:1: acent: this key is not known here"),
        ('slug = "ireland"', 'slug = "norge"', "24:8: slug: “norge” is used twice"),
        ('"#JobberINordlys"', '"#Ad"', "16:32: wording: “#Ad” does not say where someone works"),
        (
            'language = "en", wording = "#WorksAtNordlys"',
            'language = "nb", wording = "#JobberINordlys"',
            "17:32: wording: “#JobberINordlys” stands there twice in one language",
        ),
        ("#JobberINordlys", "#" + "x" * 120, "16:32: wording: has 121 characters; 120 is the most"),
        (
            'kind = "attacked"',
            'kind = "sad"',
            "20:12: kind: “sad” is not one of attacked, mistake, press, taken_over",
        ),
        ('phone = "+47 00 00 41 10"', 'phone = "ring"', "20:83: phone: is not a telephone number"),
        ('entity = "norge"', 'entity = "narnia"', "33:10: entity: there is no entity “narnia”"),
    ],
)
def test_mistakes_in_the_organisation(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in ORGANISATION
    found = complaints(tmp_path, {"organisation.toml": ORGANISATION.replace(old, new)})
    assert any(one.startswith(f"organisation.toml:{said}") for one in found), found


def test_what_leans_on_a_refused_thing_is_refused_and_says_so(tmp_path: Path) -> None:
    found = complaints(
        tmp_path, {"organisation.toml": ORGANISATION.replace('country = "IE"', 'country = "EI"')}
    )
    assert "people.csv:2:4: entity: the entity “ireland” was refused, so this is too" in found
    assert "kits/cable/kit.md:6:11: approver: the person “N-3” was refused, so this is too" in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("---\ntitle", "title", "1:1: begin with the front matter, between two lines of ---"),
        ("30\n---", "30", "1:1: the front matter is not closed by a second line of ---"),
        ("title: What", "title: a: b", "2:9: the front matter is not YAML"),
        ("title: What you say online", "title:", "2:7: title: is empty"),
        ("due_days: 30", "due_days: soon", "4:11: due_days: “soon” is not a whole number from 1 to 730"),
        ("required: true", "required: yes", "3:11: required: “yes” is neither true nor false"),
        (
            "required: true",
            "required: false",
            "4:11: due_days: only a guideline that is required has a due date",
        ),
        ("required: true", "required: true\nrequired: true", "4:1: required: this key is given twice"),
        ("due_days: 30", "due: 30", "4:1: due: this key is not known here"),
        ("Speak as yourself.", "", "6:1: the text is empty"),
        ("title: What you say online", "title: [a, b]", "2:8: title: one value belongs here"),
        ("title: What you say online", "title: &a\n  - *a", "2:8: this refers to itself"),
    ],
)
def test_mistakes_in_a_guideline(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = complaints(tmp_path, {"guidelines/conduct.md": GUIDELINE.replace(old, new)})
    assert any(one.startswith(f"guidelines/conduct.md:{said}") for one in found), found


@pytest.mark.parametrize(
    ("file", "said", "problem"),
    [
        ("quiz.md", QUIZ.replace("[x]", "[ ]"), "1:1: no answer is right; mark it with - [x]"),
        ("quiz.md", QUIZ.replace("  > Too much.\n", ""), "7:1: this answer has no feedback"),
        (
            "quiz.md",
            QUIZ.replace("- [ ] All of it.\n  > Too much.\n", ""),
            "1:1: a question has 2 to 6 answers",
        ),
        ("quiz.md", QUIZ.replace("### Why", "### Because"), "10:1: “### Because” is not known here"),
        ("quiz.md", "Hello\n" + QUIZ, "1:1: text before the first question"),
        ("quiz.md", QUIZ.replace("  > Yes.", "  Yes."), "6:3: between the answers stand only answers"),
        ("quiz.md", "", "1:1: there is no question here"),
        (
            "quiz.fr.md",
            QUIZ_FR.replace("[x]", "[ ]", 1).replace("- [ ] Toutes", "- [x] Toutes"),
            "3:1: question 1 differs",
        ),
        (
            "quiz.fr.md",
            QUIZ_FR + QUIZ_FR,
            "11:1: this quiz differs from the English: 2 questions here, 1 in English",
        ),
        (
            "course.md",
            COURSE.replace("true", "true\npass_mark: 101"),
            "4:12: pass_mark: “101” is not a whole number",
        ),
        ("course.md", None, "courses/sharing:1:1: course.md is missing"),
        ("01-other.md", "---\ntitle: Other\n---\nText", "01-other.md:1:1: the number 01 is used twice"),
        (
            "02-choose.md",
            "---\ntitle: Other\n---\nText",
            "02-choose.md:1:1: the lesson “choose” is here twice",
        ),
    ],
)
def test_mistakes_in_a_course(tmp_path: Path, file: str, said: str | None, problem: str) -> None:
    changes = {f"courses/sharing/{file}": said}
    if file == "course.md" and said is None:
        changes["courses/sharing/course.fr.md"] = None
    found = complaints(tmp_path, changes)
    assert any(problem in one for one in found), found


def test_a_course_that_unlocks_sharing_needs_a_quiz(tmp_path: Path) -> None:
    found = complaints(tmp_path, {"courses/sharing/quiz.md": None, "courses/sharing/quiz.fr.md": None})
    assert found == [
        "courses/sharing/course.md:3:18: unlocks_sharing: a course that unlocks sharing needs a quiz.md"
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("author: N-2\n", "", "2:1: author: this key is missing"),
        ("author: N-2", "author: N-77", "5:9: author: there is no person “N-77”"),
        ("author: N-2", "author: N-1", "5:9: author: N-1 may not write kits for the whole group"),
        ("approver: N-3", "approver: N-2", "6:11: approver: the author cannot approve"),
        ("approver: N-3\n", "", "6:13: publish_at: without an approver the kit is a draft"),
        ("link: https", "link: ftp", "3:7: link: the link must begin with https:// or http://"),
        ("[product]", "[poetry]", "4:10: topics: there is no topic “poetry”"),
        (
            "expires_at: +60d",
            "expires_at: -20d",
            "8:13: expires_at: the kit would end before it is published",
        ),
        ("file: cable.png", "file: ../cable.png", "10:11: file: “../cable.png” leaves the kit's folder"),
        ("file: cable.png", "file: cabel.png", "10:11: file: there is no picture “cabel.png” beside kit.md"),
        ("    alt: A ship off an island.\n", "", "10:5: alt: this key is missing"),
        ("language: fr", "language: no", "19:15: language: “no” is not one language"),
        ("network: any", "network: myspace", "14:14: network: “myspace” is not one of any, mastodon"),
        ("one fibre.", "https://www.nordlys.example/cable", "16:11: text: leave the link out"),
        ("one fibre.", "#WorksAtNordlys", "16:11: text: leave “#WorksAtNordlys” out"),
        ("one fibre.", "fibre " * 50, "16:11: text: with disclosure and link, this is too long for X"),
        ("What happened.", "", "22:1: the text is empty"),
    ],
)
def test_mistakes_in_a_kit(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in KIT
    found = complaints(tmp_path, {"kits/cable/kit.md": KIT.replace(old, new)})
    assert any(one.startswith(f"kits/cable/kit.md:{said}") for one in found), found


def test_norway_is_a_country_and_no_denial(tmp_path: Path) -> None:
    told = KIT.replace("author:", "audience:\n  countries: [NO]\n  languages: nb\nauthor:")
    found, problems = read(make_folder(tmp_path, {"kits/cable/kit.md": told}))
    assert problems == []
    assert found.kits[0].audience.countries == ("NO",)
    assert found.kits[0].audience.languages == ("nb",)


def test_files_with_a_mark_and_windows_line_ends_keep_their_lines(tmp_path: Path) -> None:
    told = b"\xef\xbb\xbf" + GUIDELINE.replace("due_days: 30", "due_days: x").replace("\n", "\r\n").encode()
    assert complaints(tmp_path, {"guidelines/conduct.md": told}) == [
        "guidelines/conduct.md:4:11: due_days: “x” is not a whole number from 1 to 730"
    ]
