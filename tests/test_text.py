"""What people write is made safe to show."""

from __future__ import annotations

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


def test_other_cells_stay_as_they_are() -> None:
    assert (text.cell("Ada"), text.cell(None), text.cell(3)) == ("Ada", "", "3")


def test_a_teaser_ends_between_words() -> None:
    assert text.teaser("**One** two three", 100) == "One two three"
    assert text.teaser("One two, three", 9) == "One two…"
