"""X's way with texts: what weighs how much, what is a link, and what each link becomes (counting-characters)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import regex

LINK_WEIGHT = 23
EMOJI_WEIGHT = 2
_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_SHOWN_PATH = 15

#: The top-level domains under which a name is a link although no scheme stands before it: those of countries,
#: and the usual others. X knows some 1,400.
_COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd "
    "cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd "
    "ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg "
    "kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv "
    "mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa "
    "sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua "
    "ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
_OTHERS = (
    "com net org info biz name pro edu gov mil int aero coop museum jobs mobi travel tel cat asia post app dev page "
    "blog shop store online site xyz tech cloud agency news media social network group company careers energy global "
    "world today email digital design studio space website live life team tools tips video events academy bank berlin "
    "london paris nyc amsterdam wien hamburg swiss green solar systems solutions software services support works zone"
)
_TLD = "|".join(sorted(f"{_COUNTRIES} {_OTHERS}".split(), key=len, reverse=True))
_LETTERS = r"a-z0-9\u00c0-\u024f\u0400-\u04ff"
_IN_PATH = rf"[{_LETTERS}!*';:=+,.$/%#\[\]\-\u2013_~@|&]"
_BALANCED = rf"\({_IN_PATH}*\)"
_PATH = rf"(?:/(?:(?:{_IN_PATH}|{_BALANCED})*(?:[{_LETTERS}=+\-/_#]|{_BALANCED}))?)"
_QUERY = r"(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])"
_AFTER = rf"(?::[0-9]+)?{_PATH}?{_QUERY}?"
_HOST = r"(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?"
_BARE = rf"(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+(?:{_TLD})(?![\p{{L}}\p{{N}}@_]|[.-][a-z0-9])"
_BASE = (
    r"(?:\p{Emoji_Presentation}(?!\ufe0e)|\p{Extended_Pictographic}(?=[\ufe0f\u200d\U0001f3fb-\U0001f3ff]))"
)
_ONE = rf"{_BASE}\ufe0f?[\U0001f3fb-\U0001f3ff]?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
_EMOJI = (
    r"\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3"
    rf"|{_ONE}(?:\u200d(?:{_ONE}|\p{{Extended_Pictographic}}\ufe0f?))*"
)
_PIECE = regex.compile(
    rf"(?<![a-z0-9@$#\uff20\uff03])(?P<link>https?://{_HOST}{_AFTER})"
    rf"|(?<![\p{{L}}\p{{N}}@$#_./\uff20\uff03-])(?P<bare>{_BARE}{_AFTER})"
    rf"|(?P<emoji>{_EMOJI})",
    regex.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """A part of a text: `words`, an `emoji`, or a `link` with the address that it leads to."""

    kind: str
    text: str
    address: str = ""

    @property
    def weight(self) -> int:
        """What it weighs."""
        if self.kind == "link":
            return LINK_WEIGHT
        return EMOJI_WEIGHT if self.kind == "emoji" else sum(map(_weight, self.text))


def _weight(character: str) -> int:
    return 1 if any(first <= ord(character) <= last for first, last in _LIGHT) else 2


def normal(text: str) -> str:
    """A text as X counts and keeps it: in Normalization Form C."""
    return unicodedata.normalize("NFC", text)


def pieces(text: str) -> Iterator[Piece]:
    """The parts of a text, in order."""
    end = 0
    for match in _PIECE.finditer(text):
        if match.start() > end:
            yield Piece("words", text[end : match.start()])
        kind, end = match.lastgroup or "", match.end()
        address = {"link": match[0], "bare": f"http://{match[0]}"}.get(kind, "")
        yield Piece("emoji" if kind == "emoji" else "link", match[0], address)
    if end < len(text):
        yield Piece("words", text[end:])


def weight(text: str) -> int:
    """A text's weighted length."""
    return sum(piece.weight for piece in pieces(normal(text)))


def display(address: str) -> str:
    """A link as X shows it: without scheme and www, its path cut after 15 characters."""
    bare = address.split("://", 1)[-1].removeprefix("www.")
    host, slash, path = bare.partition("/")
    path = slash + path if path else ""
    return host + (f"{path[:_SHOWN_PATH]}…" if len(path) > _SHOWN_PATH else path)
