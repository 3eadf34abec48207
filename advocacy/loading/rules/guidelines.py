"""A guideline's files: what it asks of whom in English, and its words in every language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from advocacy.guidelines.rules import LONGEST_BODY, GuidelineData, GuidelineWords, ReaderGroup
from advocacy.loading.rules import front, values
from advocacy.loading.rules.problems import Place, Problems


@dataclass(frozen=True)
class GuidelineRow:
    """A guideline and the place that problems with the whole of it name."""

    slug: str
    data: GuidelineData
    place: Place


def read(
    slug: str, files: Mapping[str, Path], name: Callable[[Path], str], problems: Problems
) -> GuidelineRow | None:
    """The guideline in these files (by language); None, and problems, when something is wrong."""
    before = len(problems)
    english = front.read(files["en"].read_bytes(), name(files["en"]), problems)
    words = {}
    if english is not None:
        words["en"] = _words(english)
        data = _settings(english, words)
    for tag in sorted(files.keys() - {"en"}):
        found = front.read(files[tag].read_bytes(), name(files[tag]), problems)
        if found is not None:
            words[tag] = _words(found)
            found.table.close()
    return GuidelineRow(slug, data, Place(name(files["en"]))) if len(problems) == before else None


def _words(found: front.Front) -> GuidelineWords:
    return GuidelineWords(
        title=found.table.need("title", values.text(160)) or "",
        body=body(found, LONGEST_BODY),
        summary=found.table.take("summary", values.text(300), ""),
        changed=found.table.take("version_note", values.text(300), ""),
    )


def body(found: front.Front, longest: int, *, needed: bool = True) -> str:
    """The body of a file; a problem when it is empty though needed, or too long."""
    if not found.body and not needed:
        return ""
    try:
        return values.words(longest)(found.body)
    except values.Wrong as wrong:
        found.table.problems.add(found.body_place, f"the text {wrong}")
        return ""


def _settings(found: front.Front, words: Mapping[str, GuidelineWords]) -> GuidelineData:
    table = found.table
    readers = ReaderGroup(table.take("audience", values.one_of(*ReaderGroup), "everyone"))
    required = table.take("required", values.boolean, False)
    due_days = table.take("due_days", values.number(1, 730), 0)
    if due_days and not required:
        table.complain("due_days", "only a guideline that is required has a due date")
    elif due_days and readers is ReaderGroup.CHAMPIONS:
        table.complain("due_days", "what champions read has no due date")
    position = table.take("order", values.number(0, 9999), 100)
    table.close()
    return GuidelineData(words, readers, required, due_days or None, position)
