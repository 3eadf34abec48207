"""LinkedIn's little text, read back by a strict reader of its own."""

from __future__ import annotations

import random
import re

import pytest

from advocacy.sharing.networks.linkedin.littletext import little

RESERVED = r"\|{}@[]()<>#*_~"
ACME = "@[Acme (CH) AG](urn:li:organization:2414183)"


class Broken(Exception):
    """A reserved character that stands for nothing: there the real network ends the post."""


def read(text: str) -> list[tuple[str, str]]:
    """The elements of a little text, by its documented grammar; addresses may hold `_`, `~`, `*` and `#`."""
    template = re.compile(r"\{hashtag\|\\#\|((?:[^\\|{}@\[\]()<>#*_~]|\\.)+)\}")
    mention = re.compile(r"@\[((?:[^\\|{}@\[\]()<>#*_~]|\\.)+)\]\((urn:li:(?:organization|person):[\w-]+)\)")
    address = re.compile(r"https?://[^\s\\|{}@\[\]()<>\"]+", re.IGNORECASE)
    found, at = [], 0
    while at < len(text):
        if piece := template.match(text, at):
            found.append(("tag", re.sub(r"\\(.)", r"\1", piece[1])))
        elif piece := mention.match(text, at):
            found.append(("mention", re.sub(r"\\(.)", r"\1", piece[1]) + piece[2]))
        elif piece := address.match(text, at):
            found.append(("address", piece[0]))
        elif piece := re.compile(r"\\(.)", re.DOTALL).match(text, at):
            found.append(("text", piece[1]))
        elif text[at] in RESERVED:
            raise Broken(text[at:])
        else:
            piece = re.compile(r".", re.DOTALL).match(text, at)
            found.append(("text", text[at]))
        assert piece
        at = piece.end()
    return found


def shown(text: str) -> str:
    kinds = {"tag": "#{}", "text": "{}", "address": "{}", "mention": "@{}"}
    return "".join(kinds[kind].format(said) for kind, said in read(text))


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("", ""),
        (
            "Hello, world! 100 % & more: 'a' \"b\" / ^ $ + = ; ?",
            "Hello, world! 100 % & more: 'a' \"b\" / ^ $ + = ; ?",
        ),
        ("a (b) [c] *d*", r"a \(b\) \[c\] \*d\*"),
        (RESERVED, r"\\\|\{\}\@\[\]\(\)\<\>\#\*\_\~"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("already \\(escaped\\)", r"already \\\(escaped\\\)"),
        ("{hashtag|\\#|typed}", r"\{hashtag\|\\\#\|typed\}"),
        ("I <3 this", r"I \<3 this"),
        # hashtags
        ("#Technology", r"{hashtag|\#|Technology}"),
        ("Go #WorksAt_Nordlys!", r"Go {hashtag|\#|WorksAt\_Nordlys}!"),
        ("(#one,#two)", r"\({hashtag|\#|one},{hashtag|\#|two}\)"),
        (
            "#SiberGüvenlik #日本 #2024goals",
            r"{hashtag|\#|SiberGüvenlik} {hashtag|\#|日本} {hashtag|\#|2024goals}",
        ),
        ("#1 C# a#b ##x # y &#39;", r"\#1 C\# a\#b \#\#x \# y &\#39;"),
        # mentions
        (
            "Hello @[Devtestco](urn:li:organization:2414183)",
            "Hello @[Devtestco](urn:li:organization:2414183)",
        ),
        (ACME, r"@[Acme \(CH\) AG](urn:li:organization:2414183)"),
        ("@[Eddy](urn:li:person:12-3_4)", "@[Eddy](urn:li:person:12-3_4)"),
        ("@[Acme](urn:li:share:1)", r"\@\[Acme\]\(urn:li:share:1\)"),
        ("@[](urn:li:organization:1)", r"\@\[\]\(urn:li:organization:1\)"),
        ("@ada a@b.example", r"\@ada a\@b.example"),
        # addresses
        ("https://go.example/l/a_b~c?x=1&y=*#frag-1", "https://go.example/l/a_b~c?x=1&y=*#frag-1"),
        ("(https://go.example/l/abc).", r"\(https://go.example/l/abc\)."),
        ("https://en.example/wiki/A_(b)", "https://en.example/wiki/A_%28b%29"),
        ("https://medium.example/@ada/x", "https://medium.example/%40ada/x"),
        ("https://x.example/a[1]|b{c}\\d", "https://x.example/a%5B1%5D%7Cb%7Bc%7D%5Cd"),
        ("https://go.example/l/abc#WorksAtNordlys", "https://go.example/l/abc#WorksAtNordlys"),
        ("https://go.example/l/abc #tag", r"https://go.example/l/abc {hashtag|\#|tag}"),
    ],
)
def test_what_is_typed_and_what_is_sent(typed: str, sent: str) -> None:
    assert little(typed) == sent
    read(sent)


def test_the_reader_finds_what_the_real_network_would_cut() -> None:
    for wrong in ("a (b)", "a_b", "@ada", "#tag", "{hashtag|#|x}", "https://x.example/(a)"):
        with pytest.raises(Broken):
            read(wrong)


def test_any_text_arrives_whole() -> None:
    """Whatever is typed is shown again, save what an address writes as %XX."""
    pieces = [
        *RESERVED,
        *"aé日👩‍👩‍👧1 .,\n",
        "#tag",
        ACME,
        "https://go.example/l/a_b",
        "@[x](urn:li:organization:",
        "](",
        "\\",
    ]
    dice = random.Random(20261125)
    for _turn in range(3000):
        typed = "".join(dice.choices(pieces, k=dice.randrange(1, 25)))
        arrived = shown(little(typed))
        expected = re.sub(r"@\[([^\[\]\n]{1,200})\]\((urn:li:organization:[\w-]+)\)", r"@\1\2", typed)
        if "https" in typed:
            arrived, expected = (
                re.sub(r"%[0-9A-F]{2}|[\\|{}@\[\]()<>]", "", one) for one in (arrived, expected)
            )
        assert arrived == expected, typed


def test_a_long_text_takes_no_time() -> None:
    for typed in ("#" + "1" * 100_000, "@[" * 50_000, "https://x.example/" + "(" * 50_000, "#a" * 50_000):
        little(typed)
