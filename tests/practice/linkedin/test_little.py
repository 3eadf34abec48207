"""How LinkedIn's text format is read, and how long a text is."""

from __future__ import annotations

import pytest

from advocacy.practice.linkedin import little

A = "https://a.example/x"


@pytest.mark.parametrize(
    ("sent", "published", "lost"),
    [
        (
            'Hello, world! 100 % & more: it\'s "fine" – ok?',
            'Hello, world! 100 % & more: it\'s "fine" – ok?',
            "",
        ),
        ("Look (here) now", "Look ", "(here) now"),
        (r"Look \(here\) now", "Look (here) now", ""),
        *((f"a {sign} b", "a ", f"{sign} b") for sign in r"|{}@[]()<>#\*_~"),
        *((f"a \\{sign} b", f"a {sign} b", "") for sign in r"|{}@[]()<>#\*_~"),
        (r"a \n b", "a ", r"\n b"),
        (r"ends with \\", "ends with \\", ""),
        ("mail ada@a.example", "mail ada", "@a.example"),
        ("lines\n\nstay", "lines\n\nstay", ""),
        ("#Tag, #été2 done", "#Tag, #été2 done", ""),
        ("#snake_case", "#snake", "_case"),
        (r"\#plain", "#plain", ""),
        (r"{hashtag|\#|Tag}", "#Tag", ""),
        ("{hashtag|#|Tag} {hashtag|＃|Tag}", "#Tag #Tag", ""),
        (r"{hashtag|\#|my\_tag}", "#my_tag", ""),
        (r"x {hashtag\|\#\|Tag}", "x ", r"{hashtag\|\#\|Tag}"),
        (r"x {hashtag|\#|two words}", "x ", r"{hashtag|\#|two words}"),
        ("x {unknown|a}", "x ", "{unknown|a}"),
        ("@[Nordlys Group](urn:li:organization:1) says", "Nordlys Group says", ""),
        (r"@[N \(Group\)](urn:li:organization:1)", "N (Group)", ""),
        ("x @[Ada](urn:li:share:1)", "x ", "@[Ada](urn:li:share:1)"),
        ("x @[Ada] (urn:li:person:1)", "x ", "@[Ada] (urn:li:person:1)"),
        ("", "", ""),
    ],
)
def test_a_reserved_character_ends_the_text_silently(sent: str, published: str, lost: str) -> None:
    text = little.read(sent)
    assert (text.shown, text.lost) == (published, lost)


@pytest.mark.parametrize(
    ("sent", "link", "published"),
    [
        (f"See {A}_y~z?a=1&b=#c end", f"{A}_y~z?a=1&b=#c", f"See {A}_y~z?a=1&b=#c end"),
        (f"See {A}.", A, f"See {A}."),
        (rf"See \({A}\).", A, f"See ({A})."),
        (rf"See {A}\_y", A, f"See {A}_y"),
        (f"See {A})", A, f"See {A}"),
    ],
)
def test_a_link_is_left_as_it_is_and_an_escape_cuts_it(sent: str, link: str, published: str) -> None:
    text = little.read(sent)
    assert [element.text for element in text.elements if element.kind == "link"] == [link]
    assert text.shown == published


@pytest.mark.parametrize(
    ("sent", "length"),
    [
        (r"\(a\)", 3),
        ("(a)", 3),
        ("é👍", 3),
        (r"{hashtag|\#|Tag}", 4),
        ("@[Ada](urn:li:person:1)", 3),
        ("a (b\\)", 5),
    ],
)
def test_length_leaves_escapes_out(sent: str, length: int) -> None:
    assert little.length(little.read(sent)) == length
