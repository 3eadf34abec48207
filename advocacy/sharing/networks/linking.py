"""What X takes for a web address, so that it counts 23 and costs more: with a scheme, or a bare domain.

Follows twitter-text's rules (https://docs.x.com/fundamentals/counting-characters names it), in one pass.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What a domain may end in (IANA's list of countries, and the rest as far as companies use it; [M] that X's is longer).
COUNTRIES = _words(
    """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo bq br bs bt bv bw by
    bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et eu fi fj
    fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq
    ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk
    ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm
    pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td
    tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
    """
)
KINDS = _words(
    """
    academy accountants africa agency aldi allianz amazon amsterdam app apple army arpa art asia associates audi
    audio auto aws axa bank bar barcelona barclays bayern beer berlin best bet bid bike bio biz black blog blue
    bmw bnpparibas bosch boutique brand broker brussels build builders business buzz cab cafe cam camera camp
    capetown capital car cards care career careers cars casa cash cat catering center ceo chat cheap church city
    claims cleaning click clinic clothing cloud club coach codes coffee college cologne com community company
    computer condos consulting contact contractors cool coop country coupons courses credit cricket dance data
    date dating day deals degree delivery dental design dev dhl diet digital direct directory doctor dog domains
    download earth eco edu education email energy engineer engineering enterprises equipment estate events
    exchange expert express fail faith family fans farm fashion film finance financial fish fit fitness flights
    florist foo football forsale foundation fun fund furniture fyi gallery game games garden gift gifts gives
    glass gle global gold golf goog google gov graphics gratis green group guide guru hamburg health healthcare
    help holdings holiday homes honda horse hospital host hosting hotels house how hsbc inc industries info ink
    institute insurance insure int international investments irish istanbul jetzt jewelry jobs kaufen kim
    kitchen koeln land law lawyer lease legal lego lgbt lidl life lighting limited limo link live llc loan loans
    lol london love ltd luxury madrid maison management market marketing mba media memorial men menu miami
    microsoft mil mini mobi mobile moda moe mom money mortgage movie museum music name navy net network new news
    next ngo ninja nissan nyc observer one ong online open org organic osaka page paris partners parts party pet
    phd philips photo photography photos pics pictures pink pizza place plumbing plus poker post press prime pro
    productions promo properties property pub qpon quebec racing realty recipes red rent rentals repair report
    republican rest restaurant review reviews rip rocks rodeo ruhr run saarland sale salon sap sarl school
    schule science scot seat security services sexy shoes shop shopping show siemens site ski soccer social
    software solar solutions sony space sport store stream studio study style supplies supply support surf
    surgery swiss systems tax taxi team tech technology tel tennis theater theatre tickets tips tires tirol
    today tokyo tools top tours town toyota toys trade trading training travel ubs university uno vacations
    ventures versicherung vet video villas vin vip vision vodka volkswagen vote voting voyage wales watch web
    webcam website wedding wien wiki win wine work works world wtf xxx xyz yoga youtube zone zuerich
    """
)
# Nothing of these may stand before an address, for then it is a mail address, a tag or a stock symbol.
MARKED = "@＠$#＃"
MOST_LABELS = 127
LABEL = r"[\p{L}\p{M}\p{N}_-]++"
INSIDE = r"[a-z0-9\p{Latin}\p{Cyrillic}!*';:=+,.$/%#\[\]\-–_~@|&]"
AT_END = r"[a-z0-9\p{Latin}\p{Cyrillic}=_#/+\-]"
ADDRESS = regex.compile(
    rf"(?:(?<![a-z0-9{MARKED}])(?P<scheme>https?://)|(?<![\p{{L}}\p{{M}}\p{{N}}{MARKED}/._-]))"
    rf"(?P<host>{LABEL}(?:\.{LABEL})+)"
    r"(?P<port>:[0-9]+)?"
    rf"(?P<path>/(?:(?:\({INSIDE}*+\)|{INSIDE})*(?:\({INSIDE}*+\)|{AT_END}))?)?"
    r"(?P<query>\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])?",
    regex.IGNORECASE,
)
OUR_WRITING = regex.compile(r"[a-z0-9\p{Latin}_.-]+", regex.IGNORECASE)
NAME = regex.compile(r"[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?")


def without(text: str, counts: int) -> tuple[str, int]:
    """The text without its addresses, and how many there were; each of them `counts` so much.

    An address whose ending is not known here is in doubt: it stays if it is long, so that no post counts too little.
    """
    rest, end, found = "", 0, 0
    for first, last in links(text, shortest=counts):
        rest, end, found = rest + text[end:first], last, found + 1
    return rest + text[end:], found


def links(text: str, shortest: int = 0) -> list[tuple[int, int]]:
    """Where the addresses in a text begin and end; with those in doubt if they are shorter than `shortest`."""
    if "." not in text:
        return []
    return [span for match in ADDRESS.finditer(text) for span in _of_one(match, shortest)]


def _of_one(match: regex.Match[str], shortest: int) -> Iterator[tuple[int, int]]:
    """An address with its scheme; or each domain between letters of another writing, which need no space there."""
    text, start, (first, last) = match.string, match.start(), match.span("host")
    if match["scheme"]:
        end = _end_of_domain(text, first, last)
        if end:
            yield start, match.end() if end == last else end
        elif text[last - 1].isalpha() and match.end() - start < shortest:
            yield start, match.end()
        return
    for run in OUR_WRITING.finditer(text, first, last):
        end = _end_of_domain(text, run.start(), run.end()) if run[0][0] not in "-_." else 0
        if end:
            yield run.start(), match.end() if end == last else end


def _end_of_domain(text: str, first: int, last: int) -> int:
    """Where the longest domain from here on ends, 0 if there is none; one in a mail address is none."""
    labels = text[first:last].rstrip(".-_").split(".")[:MOST_LABELS]
    while len(labels) > 1:
        ending = _ending(labels[-1])
        end = first + len(".".join(labels[:-1])) + 1 + len(ending)
        if (
            ending
            and NAME.fullmatch(labels[-2])
            and "_" not in labels[-2]
            and text[end : end + 1] not in tuple("@+-")
        ):
            return end
        labels.pop()
    return 0


def _ending(label: str) -> str:
    """What a domain ends in, if this does: all of the label, or what comes before letters of another writing."""
    known = label.lower()
    if known in COUNTRIES or known in KINDS or known.startswith("xn--"):
        return label
    if len(label) > 1 and not regex.search(r"[\x00-\x7f]", label):
        return label  # a country's or a kind's own writing; all that have no letter of ours are taken for one
    ours = regex.match(r"[a-z]*", label, regex.IGNORECASE)
    plain = ours[0] if ours else ""
    follows = label[len(plain) : len(plain) + 1]
    return plain if follows and not follows.isascii() and plain.lower() in COUNTRIES | KINDS else ""
