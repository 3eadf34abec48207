"""What people write, made safe to show: Markdown, slugs, spreadsheet cells."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "a", "strong", "em", "code", "pre", "blockquote", "hr", "br",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_FORMULA = re.compile(r"""^(?=[=+\-@\t\r\n＝＋－＠])|([;\t\r\n]"*)(?=[=+\-@＝＋－＠])""")
"""Where a formula could begin: in front, and behind what other countries' spreadsheets split a line at."""


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # loaded when the first text is shown

    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")


def markdown(source: str) -> Markup:
    """Markdown as HTML, sanitised after rendering; a first-level heading becomes a second-level one."""
    import nh3  # loaded when the first text is shown

    tokens = _markdown().parse(source)
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"
    html = _markdown().renderer.render(tokens, _markdown().options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704 - sanitised on the line above


def slug(title: str, taken: Callable[[str], bool], *, longest: int = 60) -> str:
    """An address part made of `title`, with a number behind it while `taken` says that it is in use."""
    from slugify import slugify  # loaded when the first address is made

    stem = slugify(title, max_length=longest, word_boundary=True) or "untitled"
    candidate, number = stem, 2
    while taken(candidate):
        candidate, number = f"{stem}-{number}", number + 1
    return candidate


def cell(value: object) -> str:
    """A cell that no spreadsheet reads as a formula, nor a part of it where it splits at semicolons (OWASP).

    Quotes do not hold such a cell together: they count at the beginning of what the spreadsheet takes for a cell only.
    """
    return _FORMULA.sub(r"\1'", "" if value is None else str(value))


def in_language(words: Mapping[str, object], language: str) -> str:
    """Which key of `words` (BCP 47 tags) to show a reader of `language`: hers, its stem's, English, else the first."""
    stem = language.lower().split("-")[0]
    near = (tag for tag in words if tag.lower().split("-")[0] == stem)
    fallback = "en" if "en" in words else next(iter(words))
    return language if language in words else next(near, fallback)


@dataclass(frozen=True)
class Difference:
    """One line of two wordings: "-" stands only in theirs, "+" only in mine, " " in both."""

    sign: str
    line: str


def differences(theirs: str, mine: str) -> list[Difference]:
    """The lines in which two wordings differ, with the lines around them."""
    lines = list(difflib.unified_diff(theirs.splitlines(), mine.splitlines(), lineterm="", n=1))[2:]
    return [Difference(line[0], line[1:]) for line in lines if line[0] != "@"]


@lru_cache(maxsize=500)
def teaser(source: str, longest: int = 200) -> str:
    """The first words of a Markdown text, plain, cut between words at `longest` characters."""
    words = " ".join(markdown(source).striptags().split())
    if len(words) <= longest:
        return words
    return words[:longest].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"
