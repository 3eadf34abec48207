"""Which files a folder holds, and which of them belong to which thing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.loading.rules.problems import Place, Problems
from advocacy.loading.rules.values import SLUG, Wrong, language

TEXT = re.compile(r"([^.]+)(?:\.([^.]+))?\.md")
LESSON = re.compile(r"(\d\d)-(.+)")
PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg"}


@dataclass
class Folder:
    """The files of each thing by its slug and then by their names within it; texts as (name, language)."""

    root: Path
    organisation: Path | None = None
    people: Path | None = None
    guidelines: dict[str, dict[str, Path]] = field(default_factory=dict)
    courses: dict[str, dict[str, dict[str, Path]]] = field(default_factory=dict)
    kits: dict[str, dict[str, Path]] = field(default_factory=dict)
    pictures: dict[str, dict[str, Path]] = field(default_factory=dict)

    def name(self, path: Path) -> str:
        """A file's path within the folder, as problems show it."""
        return path.relative_to(self.root).as_posix()


def look(root: Path, problems: Problems) -> Folder:
    """Say what a folder holds; every file that is not known is a problem."""
    found = Folder(root)
    for path in _visible(root):
        if path.name in {"organisation.toml", "people.csv"} and path.is_file():
            setattr(found, path.stem, path)
        elif path.name in {"guidelines", "courses", "kits"} and path.is_dir():
            {"guidelines": _guidelines, "courses": _courses, "kits": _kits}[path.name](found, path, problems)
        elif path.name != "sample.toml":
            problems.add(Place(path.name), "this file is not known here; is its name misspelt?")
    return found


def _visible(folder: Path) -> list[Path]:
    return sorted(
        (one for one in folder.iterdir() if one.name[:1] not in {".", "_"} and one.name != "README.md"),
        key=lambda one: one.name,
    )


def _guidelines(found: Folder, folder: Path, problems: Problems) -> None:
    for path in _visible(folder):
        text = _text(path, found, problems)
        if text is not None and _is_slug(text[0], path, found, problems):
            found.guidelines.setdefault(text[0], {})[text[1]] = path
    _need_english(found.guidelines, "", found, problems)


def _text(path: Path, found: Folder, problems: Problems) -> tuple[str, str] | None:
    """A text's name and language, of `<name>.md` or `<name>.<language>.md`."""
    parts = TEXT.fullmatch(path.name)
    if not parts or not path.is_file():
        problems.add(Place(found.name(path)), "this file is not known here; is its name misspelt?")
        return None
    try:
        tag = language(parts[2]) if parts[2] else "en"
    except Wrong as wrong:
        problems.add(Place(found.name(path)), str(wrong))
        return None
    if parts[2] in {"en"} or (parts[2] and parts[2] != tag):
        problems.add(
            Place(found.name(path)), f"name this file {parts[1]}{'' if tag == 'en' else '.' + tag}.md"
        )
        return None
    return parts[1], tag


def _is_slug(name: str, path: Path, found: Folder, problems: Problems) -> bool:
    if SLUG.fullmatch(name):
        return True
    problems.add(Place(found.name(path)), f"“{name}” is not a slug; use 1 to 80 of a–z, 0–9 and -")
    return False


def _need_english(texts: dict[str, dict[str, Path]], where: str, found: Folder, problems: Problems) -> None:
    for name in [name for name, languages in texts.items() if "en" not in languages]:
        path = next(iter(texts.pop(name).values()))
        problems.add(Place(found.name(path)), f"a translation without its English file, {where}{name}.md")


def _courses(found: Folder, folder: Path, problems: Problems) -> None:
    for course in _visible(folder):
        if not course.is_dir():
            problems.add(Place(found.name(course)), "each course has a folder of its own")
        elif _is_slug(course.name, course, found, problems):
            found.courses[course.name] = _course(found, course, problems)


def _course(found: Folder, folder: Path, problems: Problems) -> dict[str, dict[str, Path]]:
    texts: dict[str, dict[str, Path]] = {}
    for path in _visible(folder):
        text = _text(path, found, problems)
        if text is None:
            continue
        lesson = LESSON.fullmatch(text[0])
        if text[0] in {"course", "quiz"} or (lesson and SLUG.fullmatch(lesson[2])):
            texts.setdefault(text[0], {})[text[1]] = path
        else:
            problems.add(
                Place(found.name(path)), "this file is not known here; lessons are named as 01-choose.md"
            )
    _need_english(texts, "", found, problems)
    return texts


def _kits(found: Folder, folder: Path, problems: Problems) -> None:
    for kit in _visible(folder):
        if not kit.is_dir():
            problems.add(Place(found.name(kit)), "each kit has a folder of its own")
        elif _is_slug(kit.name, kit, found, problems):
            found.kits[kit.name], found.pictures[kit.name] = _kit(found, kit, problems)


def _kit(found: Folder, folder: Path, problems: Problems) -> tuple[dict[str, Path], dict[str, Path]]:
    texts: dict[str, dict[str, Path]] = {"kit": {}}
    pictures = {}
    for path in _visible(folder):
        if path.suffix.lower() in PICTURES and path.is_file():
            pictures[path.name] = path
        elif (text := _text(path, found, problems)) is not None:
            if text[0] == "kit":
                texts["kit"][text[1]] = path
            else:
                problems.add(Place(found.name(path)), "this file is not known here; a kit's text is kit.md")
    if "en" not in texts["kit"]:
        problems.add(Place(found.name(folder)), "kit.md is missing")
    return texts["kit"], pictures
