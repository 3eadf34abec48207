"""The odd files of a folder, and what is said of each: its file, line, column and words."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from advocacy.loading.actions.texts import look_at
from advocacy.loading.command import weigh
from advocacy.loading.rules import content, values
from advocacy.loading.rules.known import Known
from advocacy.loading.rules.problems import Problems
from advocacy.loading.rules.values import Wrong
from tests.makers.content import picture_bytes
from tests.makers.loading import COURSE, GUIDELINE, KIT, ORGANISATION, make_folder

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
UNKNOWN = "this file is not known here; is its name misspelt?"
NO_UTF_8 = "this is not UTF-8 text; save the file as UTF-8 (in Excel: “CSV UTF-8”)"
NO_SLUG = "is not a slug; use 1 to 80 of a–z, 0–9 and -"
NO_YAML = "the front matter is not YAML"


def complaints(root: Path, changes: dict[str, str | bytes | None]) -> list[str]:
    problems = Problems()
    content.read(make_folder(root, changes), Known(), weigh=weigh, at=NOW, problems=problems)
    return [str(one) for one in problems]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("guidelines/notes.txt", UNKNOWN),
        ("guidelines/a.b.c.md", UNKNOWN),
        ("guidelines/old/conduct.md", UNKNOWN),
        ("guidelines/conduct.en.md", "name this file conduct.md"),
        ("guidelines/conduct.EN.md", "name this file conduct.md"),
        ("guidelines/conduct.pt-BR.md", "name this file conduct.pt-br.md"),
        ("courses/intro.md", "each course has a folder of its own"),
        ("courses/Sharing Well/course.md", f"“Sharing Well” {NO_SLUG}"),
        ("courses/sharing/notes.txt", UNKNOWN),
        ("kits/cable.md", "each kit has a folder of its own"),
        ("kits/Cable/kit.md", f"“Cable” {NO_SLUG}"),
        ("kits/cable/cable.pdf", UNKNOWN),
        ("kits/cable/more.png/x.png", UNKNOWN),
    ],
)
def test_a_file_in_the_wrong_place_or_by_the_wrong_name(tmp_path: Path, file: str, said: str) -> None:
    folder = Path(file).parts
    # what is wrong may be the folder that the file stands in; then it is the folder that is named
    named = {
        "guidelines/old/conduct.md": "guidelines/old",
        "courses/Sharing Well/course.md": "courses/Sharing Well",
        "kits/Cable/kit.md": "kits/Cable",
        "kits/cable/more.png/x.png": "kits/cable/more.png",
    }.get(file, "/".join(folder))
    written = {"guidelines": GUIDELINE, "courses": COURSE, "kits": KIT}[folder[0]]
    assert complaints(tmp_path, {file: written}) == [f"{named}:1:1: {said}"]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("guidelines/conduct.md", GUIDELINE.replace("What", "Hvå", 1)),
        ("organisation.toml", ORGANISATION.replace("Produits", "Produité")),
    ],
)
def test_a_file_that_is_not_utf_8(tmp_path: Path, file: str, said: str) -> None:
    place = {"guidelines/conduct.md": "2:10", "organisation.toml": "6:19"}[file]
    assert f"{file}:{place}: {NO_UTF_8}" in complaints(tmp_path, {file: said.encode("latin-1", "replace")})


def test_front_matter_without_a_key(tmp_path: Path) -> None:
    found = complaints(tmp_path, {"guidelines/conduct.md": "---\n---\n\nSpeak as yourself.\n"})
    assert found == ["guidelines/conduct.md:1:1: title: this key is missing"]


def test_a_control_character_in_front_matter_is_found_where_it_stands(tmp_path: Path) -> None:
    told = GUIDELINE.replace("What you", "Ask\x07 you")
    (found,) = complaints(tmp_path, {"guidelines/conduct.md": told})
    assert found.startswith(f"guidelines/conduct.md:2:11: {NO_YAML}: "), found
    assert "control characters are not allowed" in found


def test_a_control_character_is_found_behind_letters_of_several_bytes(tmp_path: Path) -> None:
    told = GUIDELINE.replace("What you", "ÆØÅ\x07 you")
    (found,) = complaints(tmp_path, {"guidelines/conduct.md": told})
    assert found.startswith(f"guidelines/conduct.md:2:11: {NO_YAML}: "), found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('entity = "norge"\n', 'entity = """norge\nand more', "34:9: this is not TOML: Unterminated string"),
        ('country = "NO"', "country = 4.7", "11:11: country: a text belongs here; put it between"),
        ('country = "NO"', "country = 2026-12-01", "11:11: country: a text belongs here; put it between"),
        ('country = "NO"', "country = true", "11:11: country: a text belongs here; put it between"),
        ("[[topics]]", "[topics]", "3:1: topics: a list of tables belongs here"),
        # a key in quotation marks is not found again: the problem stands at its table's heading
        ('country = "NO"', '"country" = "NOR"', "8:13: country: “NOR” is not a country"),
    ],
)
def test_mistakes_in_the_organisation(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in ORGANISATION
    found = complaints(tmp_path, {"organisation.toml": ORGANISATION.replace(old, new)})
    assert any(one.startswith(f"organisation.toml:{said}") for one in found), found


IMAGES = KIT[KIT.index("images:") : KIT.index("variants:")]


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("images: cable.png\n", "9:9: images: a list of tables belongs here"),
        ("images:\n  - cable.png\n", "10:5: a table of keys and values belongs here"),
    ],
)
def test_images_that_are_no_tables(tmp_path: Path, new: str, said: str) -> None:
    found = complaints(tmp_path, {"kits/cable/kit.md": KIT.replace(IMAGES, new)})
    assert f"kits/cable/kit.md:{said}" in found


def test_words_say_how_many_characters_are_too_many() -> None:
    with pytest.raises(Wrong, match=r"^has 8 characters; 5 is the most$"):
        values.words(5)("too\r\nlong\n\n")
    assert values.words(8)("too\r\nlong\n\n") == "too\nlong"


def test_a_picture_may_have_its_suffix_in_capitals(tmp_path: Path) -> None:
    changes = {"kits/cable/cable.png": None, "kits/cable/cable.PNG": picture_bytes()}
    told = KIT.replace("cable.png", "cable.PNG")
    assert complaints(tmp_path, {**changes, "kits/cable/kit.md": told}) == []


def test_pictures_are_looked_at_although_their_kit_is_refused(tmp_path: Path) -> None:
    named = KIT.replace("images:\n", "images:\n  - {file: bad.png, alt: Nothing}\n", 1)
    named = named.replace("file: cable.png", "file: ../people.csv", 1)
    folder = make_folder(tmp_path, {"kits/cable/kit.md": named, "kits/cable/bad.png": b"no picture"})
    problems = Problems()
    found = content.read(folder, Known(), weigh=weigh, at=NOW, problems=problems)
    look_at(found.loose_pictures, problems=problems)
    said = [str(one) for one in problems]
    assert any("leaves the kit's folder" in one for one in said)
    assert any("bad.png: " in one for one in said)


def test_aliases_of_aliases_are_read_in_no_time(tmp_path: Path) -> None:
    laughs = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9))
    bomb = GUIDELINE.replace("title:", f"l0: &l0 [ha]\n{laughs}title:", 1)
    began = time.monotonic()
    said = complaints(tmp_path, {"guidelines/bomb.md": bomb})
    assert time.monotonic() - began < 5 and any("l8: this key is not known here" in one for one in said)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("  linkedin: urn:li:share:71\n  x: https://x.com/n/status/12345\n", ""),
        ("  facebook: https://a.example\n", "facebook"),
        ("  x: our last one\n", "paste the address of the post"),
        ("  x: ftp://a.example\n", "paste the address of the post"),
    ],
)
def test_the_companys_own_posts(tmp_path: Path, said: str, complaint: str) -> None:
    told = KIT.replace("images:", f"own_posts:\n{said}images:", 1)
    found = complaints(tmp_path, {"kits/cable/kit.md": told})
    assert [complaint in one for one in found] == ([True] if complaint else [])
