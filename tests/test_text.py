"""What people write is made safe to show."""

from __future__ import annotations

import csv
import io

import pytest

from advocacy import text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("# One", "<h2>One</h2>"),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
        ("[a](https://x.example)", 'rel="noopener noreferrer nofollow"'),
        ("![x](https://x.example/p.png)", "<p></p>"),
    ],
)
def test_markdown_is_sanitised(source: str, shown: str) -> None:
    html = text.markdown(source)
    assert shown in html
    assert "<script" not in html and 'href="javascript' not in html and "<img" not in html


def test_a_slug_is_numbered_while_it_is_taken() -> None:
    assert text.slug("Été à Nice", lambda slug: slug in {"ete-a-nice", "ete-a-nice-2"}) == "ete-a-nice-3"
    assert text.slug("日本", lambda _slug: False) != ""
    assert text.slug("!!!", lambda _slug: False) == "untitled"


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "\nx", "＝1"])
def test_no_cell_is_a_formula(value: str) -> None:
    assert text.cell(value) == "'" + value


@pytest.mark.parametrize(
    "value", ["a;=1+1;+2", 'a";=1+1', 'a;"=1+1', 'a;b;""@c;', "a\t@b", "a\n=1+1", "a\r\n-1"]
)
@pytest.mark.parametrize("before", [[], ["Ada"]])
def test_no_part_of_a_cell_is_a_formula_where_lines_are_split_elsewhere(
    value: str, before: list[str]
) -> None:
    out = io.StringIO()
    csv.writer(out).writerow([*before, text.cell(value)])
    for separator in ";\t":
        read = csv.reader(io.StringIO(out.getvalue()), delimiter=separator)
        assert not [part for line in read for part in line if part[:1] in {"=", "+", "-", "@"}]


@pytest.mark.parametrize(
    "value", ["Ada", "O'Brien; Åse-Marie", "a; b = c", "one\ntwo", "a-b+c@d.example", ""]
)
def test_other_cells_stay_as_they_are(value: str) -> None:
    assert text.cell(value) == value


def test_a_cell_may_hold_a_number_or_nothing() -> None:
    assert (text.cell(None), text.cell(3)) == ("", "3")


def test_a_teaser_ends_between_words() -> None:
    assert text.teaser("**One** two three", 100) == "One two three"
    assert text.teaser("One two, three", 9) == "One two…"
