"""Whatever a person reads is collected for translation, and stands in French."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from advocacy.admin import rules as admin
from advocacy.links.rules import new_code
from advocacy.sharing.views.composer import EXAMPLE
from tests.house.source import ROOT, calls, modules

TRANSLATIONS = ROOT / "advocacy" / "translations"
FRENCH = TRANSLATIONS / "fr" / "LC_MESSAGES" / "messages.po"
# The very options of tools/messages.sh.
EXTRACT = ["extract", "-F", "pyproject.toml", "-k", "N_", "-k", "_l", "-k", "lazy_gettext", "--omit-header"]
# Words that French writes as English does.
SAME = {
    "Administration", "Budget", "Budgets", "Cookies", "E-mail", "Introduction", "Menu", "Pages", "Points",
    "Question", "Question %(number)s", "Questions", "Situation", "Studio", "Suggestions", "Version %(number)s",
    "Version %(number)s, %(day)s",
    "Versions", "%(who)s %(did)s", "page %(value)s", "version %(value)s",
    "%(num)d minute", "%(num)d minutes", "point", "points",
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")
STRING = r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
SAID = re.compile(rf"\b(?:_|ngettext)\(\s*{STRING}(?:\s*,\s*{STRING})?")
# Blocks that hold class names or attributes, and no words.
WORDLESS = re.compile(r"{%-?\s*block (?:measure|body_class|main_attributes)\b.*?endblock\s*-?%}", re.S)
JINJA = re.compile(r"{{.*?}}|{%.*?%}", re.S)
SPOKEN = re.compile(
    r"\b(?:aria-label|title|alt|placeholder|data-copied|data-tab|data-undo|data-[\w-]*label)=\"([^\"]*)\""
)
# No words of ours: they stand in every language so.
UNSPOKEN = {"https", "Android", "English", "advocacy", "avatar"}
SENTENCE = re.compile(r"[A-Z][a-z]+|.*[A-Za-z]{2,} [a-z]{2,} .*")
# An attribute that a macro puts into a tag.
ATTRIBUTE = re.compile(r"[\w-]+=\"[^\"]*\"")
LETTERS = re.compile(r"[^\W\d_]{2,}")


def parts(of: Message, field: str) -> tuple[str, ...]:
    """The one text of a message, or its singular and plural."""
    value = getattr(of, field)
    return value if isinstance(value, tuple) else (value,)


@functools.cache
def french() -> Catalog:
    with FRENCH.open("rb") as file:
        return read_po(file, locale="fr")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What tools/messages.sh would collect now."""
    template = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", *EXTRACT, "-o", str(template), "."]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with template.open("rb") as file:
        return read_po(file)


def where(message: Message) -> str:
    return f"{message.locations[0][0] if message.locations else '?'}: {parts(message, 'id')[0]}"


def test_every_text_has_its_french(collected: Catalog) -> None:
    missing = [
        where(message)
        for message in collected
        if message.id
        and ((known := french().get(message.id, message.context)) is None or known.id != message.id)
    ]
    assert not missing, "run `make messages` and translate:\n" + "\n".join(missing)


def test_no_french_is_left_of_a_text_that_is_gone(collected: Catalog) -> None:
    gone = [where(m) for m in french() if m.id and collected.get(m.id, m.context) is None]
    assert not gone, "run `make messages`:\n" + "\n".join(gone)
    assert not french().obsolete


def test_nothing_is_empty_or_guessed() -> None:
    poor = [where(m) for m in french() if m.id and (m.fuzzy or not all(parts(m, "string")))]
    assert not poor, "\n".join(poor)


def test_french_differs_from_english() -> None:
    same = {
        english
        for message in french()
        if message.id
        for english, said in zip(parts(message, "id"), parts(message, "string"), strict=False)
        if english == said
    }
    assert same <= SAME, f"not translated: {sorted(same - SAME)}"
    assert same >= SAME, f"no longer needed in the list: {sorted(SAME - same)}"


def test_placeholders_are_kept() -> None:
    for message in french():
        if message.id:
            for english, said in zip(parts(message, "id"), parts(message, "string"), strict=True):
                assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(english)), where(
                    message
                )


def test_french_is_set_as_french_is() -> None:
    for message in french():
        for said in parts(message, "string") if message.id else ():
            assert not re.search(
                r"[^\u00a0][;?»]|(?<!https)(?<!http)(?<!\u00a0):(?!\w)|«(?!\u00a0)|[!'“”]", said
            ), said


def test_the_example_of_a_link_is_as_long_in_french() -> None:
    """The composer counts it as if it were the real one."""
    message = french().get(EXAMPLE)
    assert message is not None
    assert len(parts(message, "string")[0]) == len(EXAMPLE) == len(new_code())


def test_the_compiled_catalogue_is_the_written_one(tmp_path: Path) -> None:
    fresh = tmp_path / "messages.mo"
    with fresh.open("wb") as file:
        write_mo(file, french())
    assert FRENCH.with_suffix(".mo").read_bytes() == fresh.read_bytes(), "run `make messages`"


def test_every_verb_of_the_trail_has_words() -> None:
    """Acts that champions do for themselves are not shown there."""
    verbs = {
        str(call.args[0].value)
        for module in modules()
        for name, call in calls(module.tree)
        if name in {"record", "audit.record"} and call.args and isinstance(call.args[0], ast.Constant)
    }
    assert len(verbs) > 20
    assert {verb for verb in verbs if not admin.is_own_act(verb)} <= set(admin.VERBS)


def test_only_plain_texts_are_marked() -> None:
    """A text that is put together is never found in a catalogue."""
    for module in modules():
        for name, call in calls(module.tree):
            if name == "N_" and not module.apart:
                assert isinstance(call.args[0], ast.Constant), f"{module.name}:{call.lineno}"


TOLD = re.compile(
    r"(^|\.)(flash|\w+Field|DataRequired|InputRequired|Length|Regexp|ValidationError|StopValidation)$"
)


def test_forms_and_flashes_speak_through_gettext() -> None:
    for module in modules():
        for name, call in calls(module.tree):
            if TOLD.search(name) and not module.apart:
                told = [*call.args[:1], *(k.value for k in call.keywords if k.arg in {"message", "label"})]
                plain = [ast.unparse(one) for one in told if isinstance(one, ast.JoinedStr | ast.Constant)]
                assert not plain, f"{module.name}:{call.lineno}: {plain}"


REFUSALS = {"Refused", "Forbidden", "Conflict", "Missing", "NotReady", "Unauthorised"}


def test_refusals_speak_through_gettext() -> None:
    """A refusal is read by a person, in her language: its text is marked where it is written."""
    bad = [
        f"{module.name}:{call.lineno}"
        for module in modules()
        for name, call in calls(module.tree)
        if name.rpartition(".")[2] in REFUSALS and not module.apart
        if call.args and isinstance(call.args[0], ast.Constant | ast.JoinedStr | ast.BinOp)
    ]
    assert not bad, f"mark these texts with N_: {bad}"


def blanked(match: re.Match[str]) -> str:
    """Spaces in its place, so that lines keep their numbers."""
    return re.sub(r"[^\n]", " ", match.group(0))


def bare_words(text: str, is_html: bool) -> Iterator[tuple[int, str]]:
    """The words of a template that no gettext has seen, with the lines they stand on."""
    for pattern in (re.compile(r"{#.*?#}", re.S), WORDLESS, SAID):
        text = pattern.sub(blanked, text)
    for match in JINJA.finditer(text):
        for literal in re.findall(STRING, match.group(0)):
            if SENTENCE.fullmatch(literal[1:-1]):
                yield text.count("\n", 0, match.start()) + 1, literal[1:-1]
    text = JINJA.sub(blanked, text)
    if is_html:
        text = re.sub(r"<(script|style)\b.*?</\1>", blanked, text, flags=re.S)
        for match in SPOKEN.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, match.group(1)
        text = re.sub(r"<[^>]*>|&#?\w+;", blanked, text)
    text = ATTRIBUTE.sub(blanked, text)
    yield from enumerate(text.split("\n"), 1)


TEMPLATES = [
    path
    for path in sorted((ROOT / "templates").rglob("*"))
    if path.suffix in {".html", ".txt"} and "practice" not in path.parts
]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_templates_hold_no_words_outside_gettext(path: Path) -> None:
    for number, words in bare_words(path.read_text("utf-8"), path.suffix == ".html"):
        plain = [word for word in LETTERS.findall(words) if word not in UNSPOKEN]
        assert not plain, f"{path.relative_to(ROOT)}:{number}: {words.strip()}"


def test_bare_words_are_found() -> None:
    template = """<p title="Say it">{{ _("Said") }}\nHello {{ name }}</p>{{ stat("Posts sent in all", 3) }}"""
    assert {words.strip() for _line, words in bare_words(template, True)} >= {
        "Say it",
        "Hello",
        "Posts sent in all",
    }


# A background has no logical position in CSS; its mirror stands beside it in the file.
SIDED = re.compile(r"(?:^|[\s;{-])(?:left|right)\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)")


def test_styles_know_start_and_end_but_no_left_or_right() -> None:
    """So that the pages turn with a script that runs from right to left."""
    css = re.sub(r"/\*.*?\*/", "", (ROOT / "advocacy/static/theme.css").read_text("utf-8"), flags=re.S)
    assert not [line.strip() for line in css.split("\n") if SIDED.search(line)]
    assert SIDED.search("a { margin-left: 1px }")
    assert SIDED.search("a { left: 0 }")
    assert not SIDED.search("a { background-position: right .75rem center }")


@pytest.mark.parametrize("name", ["document.html", "privacy/copy.html"])
def test_documents_state_language_and_direction(name: str) -> None:
    opening = re.search(r"<html [^>]*>", JINJA.sub("x", (ROOT / "templates" / name).read_text("utf-8")))
    assert opening
    assert 'lang="' in opening.group(0)
    assert 'dir="' in opening.group(0)
