"""The sample organisation is as rich as the demo promises, in English and in French."""

import csv
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from advocacy.loading.rules import sample
from advocacy.loading.rules.problems import Problems

SAMPLES = Path(__file__).parents[2] / "samples"
KITS = sorted(path.name for path in (SAMPLES / "kits").iterdir())
COURSES = sorted(path.name for path in (SAMPLES / "courses").iterdir())
GUIDELINES = sorted(path.stem for path in (SAMPLES / "guidelines").iterdir() if ".fr." not in path.name)
TEXTS = sorted(str(path.relative_to(SAMPLES)) for path in SAMPLES.rglob("*.md"))


def organisation() -> dict[str, Any]:
    return tomllib.loads((SAMPLES / "organisation.toml").read_text("utf-8"))


def people() -> list[dict[str, str]]:
    with (SAMPLES / "people.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def parts(path: Path) -> tuple[dict[str, Any], str]:
    """The front matter of a text, all scalars as text (NO is Norway), and its body."""
    _, head, body = path.read_text("utf-8").split("---\n", 2)
    return yaml.load(head, yaml.BaseLoader), body


def words(path: Path) -> int:
    return len(parts(path)[1].split())


def answers(quiz: Path) -> list[str]:
    """Each question as its row of ticks, such as " x  "."""
    questions = re.split(r"^## ", quiz.read_text("utf-8"), flags=re.M)[1:]
    return ["".join(re.findall(r"^- \[([ x])\] ", question, flags=re.M)) for question in questions]


def test_four_entities_in_four_countries_hold_three_hundred_people() -> None:
    entities = {entity["slug"] for entity in organisation()["entities"]}
    assert len(entities) == 4
    assert len({entity["country"] for entity in organisation()["entities"]}) == 4
    assert len(people()) == 300
    assert {person["entity"] for person in people()} == entities


def test_people_are_told_apart_by_staff_id_and_by_address() -> None:
    addresses = [person["email"].lower() for person in people() if person["email"]]
    assert len(set(addresses)) == len(addresses)
    assert len({person["staff_id"] for person in people()}) == 300
    assert len(addresses) < 300, "some staff have no address"


@pytest.mark.parametrize(
    ("address", "roles"),
    [("ada", ""), ("carl", "comms"), ("ines", "comms"), ("hana", "hr"), ("root", "admin"), ("olga", "")],
)
def test_the_named_people_can_sign_in(address: str, roles: str) -> None:
    sample = tomllib.loads((SAMPLES / "sample.toml").read_text("utf-8"))
    [person] = [person for person in people() if person["email"] == f"{address}@demo.example"]
    assert person["staff_id"] in sample["sign_in"]
    assert person["roles"] == roles


def test_the_example_of_the_documentation_is_the_sample_itself() -> None:
    documented = (SAMPLES.parent / "docs" / "loading.md").read_text("utf-8").partition("## sample.toml")[2]
    example = re.search(r"```toml\n(.*?)```", documented, re.DOTALL)
    assert example is not None
    problems = Problems()
    read = [
        sample.read(text, "sample.toml", problems)
        for text in (example[1].encode(), (SAMPLES / "sample.toml").read_bytes())
    ]
    assert not problems and read[0] == read[1] != sample.Sample()


def test_each_entity_names_a_person_for_every_kind_of_bad_day() -> None:
    for entity in organisation()["entities"]:
        assert {contact["kind"] for contact in entity["help"]} == {
            "attacked",
            "mistake",
            "press",
            "taken_over",
        }
        assert {"en", "fr"} <= {entry["language"] for entry in entity["disclosure"]}


def test_there_are_three_guidelines_two_courses_and_eight_kits() -> None:
    assert (len(GUIDELINES), len(COURSES), len(KITS)) == (3, 2, 8)


@pytest.mark.parametrize("slug", GUIDELINES)
def test_a_guideline_is_a_real_text_in_both_languages(slug: str) -> None:
    assert words(SAMPLES / "guidelines" / f"{slug}.md") >= 500
    assert words(SAMPLES / "guidelines" / f"{slug}.fr.md") >= 500


@pytest.mark.parametrize("slug", COURSES)
def test_a_course_teaches_and_asks_the_same_in_both_languages(slug: str) -> None:
    folder = SAMPLES / "courses" / slug
    lessons = [path for path in folder.glob("[0-9][0-9]-*.md") if ".fr." not in path.name]
    assert len(lessons) >= 3
    assert all(words(lesson) >= 250 and words(lesson.with_suffix(".fr.md")) >= 250 for lesson in lessons)
    assert answers(folder / "quiz.md") == answers(folder / "quiz.fr.md")
    assert all("x" in ticks for ticks in answers(folder / "quiz.md"))


@pytest.mark.parametrize("name", ["quiz.md", "quiz.fr.md"])
@pytest.mark.parametrize("slug", COURSES)
def test_every_answer_has_its_feedback(slug: str, name: str) -> None:
    lines = (SAMPLES / "courses" / slug / name).read_text("utf-8").splitlines()
    for line, following in pairwise(lines):
        assert not line.startswith("- [") or following.startswith("  > "), line


@pytest.mark.parametrize("slug", KITS)
def test_a_kit_has_its_story_and_captions_in_both_languages(slug: str) -> None:
    head, _ = parts(SAMPLES / "kits" / slug / "kit.md")
    assert words(SAMPLES / "kits" / slug / "kit.md") >= 200
    assert words(SAMPLES / "kits" / slug / "kit.fr.md") >= 200
    assert {"en", "fr"} <= {
        variant["language"] for variant in head["variants"] if variant["network"] == "any"
    }
    assert head["author"] != head["approver"]


@pytest.mark.parametrize("slug", KITS)
def test_a_kit_has_a_light_picture_described_in_both_languages(slug: str) -> None:
    head, _ = parts(SAMPLES / "kits" / slug / "kit.md")
    assert head["images"]
    for image in head["images"]:
        path = SAMPLES / "kits" / slug / image["file"]
        assert path.stat().st_size < 300_000
        with Image.open(path) as picture:
            assert picture.size == (1600, 900)
        assert image["alt"] and image["alt_fr"] and image["alt"] != image["alt_fr"]


@pytest.mark.parametrize("slug", KITS)
def test_captions_leave_the_link_and_the_disclosure_to_the_product(slug: str) -> None:
    head, _ = parts(SAMPLES / "kits" / slug / "kit.md")
    taken = [entry["wording"] for entity in organisation()["entities"] for entry in entity["disclosure"]]
    for variant in head["variants"]:
        assert "://" not in variant["text"]
        assert not [wording for wording in taken if wording in variant["text"]]


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_shouts_or_is_filler(name: str) -> None:
    text = (SAMPLES / name).read_text("utf-8")
    assert "!" not in text
    assert "lorem" not in text.lower()
