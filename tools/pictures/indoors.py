"""The scenes near at hand: a workshop, a bench, a hook in the sea, a listener."""

from random import Random

from pictures.shapes import (
    CORAL,
    CREAM,
    INK,
    LEAF,
    MINT,
    MOSS,
    NAVY,
    PLUM,
    RUST,
    SKINS,
    SKY,
    SNOW,
    STONE,
    SUN,
    TEAL,
    area,
    bands,
    disc,
    line,
    moved,
    oval,
    picture,
    rect,
    ring,
)  # fmt: skip


def bust(coat: str, skin: str, hair: str, collar: str = SNOW) -> str:
    """The upper half of a person, 330 units high, rising from (0, 0)."""
    return "".join(
        (
            area("M-120 0 Q-128 -130 -66 -156 Q0 -176 66 -156 Q128 -130 120 0 Z", coat),
            area("M-34 -164 L0 -116 L34 -164 Z", collar),
            rect(-24, -200, 48, 46, skin, 14),
            oval(0, -244, 58, 66, skin),
            area(hair, "#2b1c14" if skin != SKINS[0] else "#7a4a26"),
        )
    )


def workshop() -> str:
    """Three apprentices at a bench with a splicing machine."""
    wall = rect(0, 0, 1600, 900, "#dfeae6") + rect(0, 0, 1600, 96, "#cddcd7")
    board = rect(90, 170, 330, 290, "#c49a6c", 10) + rect(106, 186, 298, 258, "#dbb78a", 6)
    tools = (
        line("M150 220 V330 M150 220 q-18 -4 -14 -24 M150 220 q18 -4 14 -24", NAVY, 11) + line("M214 206 V300", CORAL, 17) + line("M214 300 V370", STONE, 8)
        + line("M270 206 L300 300 M306 206 L276 300 M276 300 Q250 360 266 400 M300 300 Q326 360 310 400", TEAL, 11) + ring(362, 250, 26, SUN, 14) + line("M362 278 V390", SUN, 8)
    )  # fmt: skip
    window = (
        rect(1130, 150, 370, 330, SNOW, 8)
        + rect(1148, 168, 334, 294, SKY)
        + area("M1148 400 Q1240 340 1320 388 T1482 372 V462 H1148 Z", LEAF)
    )
    window += disc(1410, 232, 36, "#fbe6a6") + rect(1309, 168, 12, 294, SNOW) + rect(1148, 306, 334, 12, SNOW)
    string = "M0 108 " + " ".join(f"L{x + 26} {y}" for x, y, _ in bunting()) + " L1600 108"
    flags = line(string, STONE, 4) + "".join(area(f"M{x} {y} l26 46 l26 -46 Z", c) for x, y, c in bunting())
    lamps = "".join(
        line(f"M{x} 0 V{y}", INK, 5)
        + area(f"M{x - 74} {y + 62} Q{x - 60} {y} {x} {y - 6} Q{x + 60} {y} {x + 74} {y + 62} Z", TEAL)
        + oval(x, y + 62, 52, 13, "#fff1c4")
        + area(
            f"M{x - 60} {y + 62} L{x - 190} 690 H{x + 190} L{x + 60} {y + 62} Z", "#fff6da", "opacity='.35'"
        )
        for x, y in ((560, 190), (1010, 190))
    )
    bench_ = (
        rect(0, 690, 1600, 46, "#b98a5c")
        + rect(0, 736, 1600, 164, "#96693f")
        + "".join(
            rect(x, 768, 250, 90, "#a87a4d", 8) + rect(x + 95, 804, 60, 14, CREAM, 7)
            for x in (110, 420, 930, 1240)
        )
    )
    return picture(wall, board, tools, window, flags, lamps, apprentices(), bench_, splicer(), litter())


def bunting() -> list[tuple[float, float, str]]:
    """Where each little flag hangs, and its colour."""
    colours = (CORAL, SUN, TEAL, PLUM, MINT)
    heights = (
        122,
        134,
        145,
        153,
        157,
        158,
        156,
        152,
        146,
        139,
        133,
        128,
        124,
        120,
        116,
        113,
        112,
        111,
        111,
        110,
    )
    return [(30 + 80 * i, y - 4, colours[i % 5]) for i, y in enumerate(heights)]


def apprentices() -> str:
    """The three: one works, two look on."""
    short = "M-62 -244 A62 70 0 0 1 62 -244 Q48 -290 0 -286 Q-44 -288 -62 -244 Z"
    long = "M-62 -250 A62 72 0 0 1 62 -250 Q74 -170 52 -150 Q60 -230 34 -272 Q-10 -262 -40 -276 Q-60 -236 -54 -150 Q-76 -170 -62 -250 Z"
    scarf = "M-70 -236 A70 84 0 0 1 70 -236 Q78 -150 40 -146 Q66 -240 34 -284 Q0 -300 -34 -284 Q-66 -240 -40 -146 Q-78 -150 -70 -236 Z"
    left = moved(500, 700, bust(CORAL, SKINS[0], long), face(6), scale=1.02)
    middle = moved(800, 716, bust(NAVY, SKINS[1], short), face(0), glasses(), scale=1.12)
    right = moved(1096, 700, bust(SUN, SKINS[2], scarf).replace("#2b1c14", PLUM), face(-6), scale=1.02)
    arms = (
        line("M690 600 Q650 690 748 664", NAVY, 50)
        + line("M912 600 Q950 690 856 664", NAVY, 50)
        + disc(756, 660, 25, SKINS[1])
        + disc(846, 660, 25, SKINS[1])
    )
    point = line("M1000 610 Q950 660 962 640", SUN, 46) + line("M404 620 Q400 690 470 690", CORAL, 46)
    return left + right + middle + point + arms


def face(look: float) -> str:
    """Lowered eyes and a small smile."""
    eyes = f"M{-26 + look} -240 q9 8 18 0 M{10 + look} -240 q9 8 18 0"
    return (
        line(eyes, INK, 4)
        + line(f"M{-14 + look} -208 q14 13 28 0", INK, 4)
        + line(f"M{look + 2} -232 q5 10 -3 13", INK, 3, "opacity='.45'")
    )


def glasses() -> str:
    """Protective glasses."""
    return (
        rect(-46, -256, 40, 30, "#ffffff", 9, "opacity='.45'")
        + rect(6, -256, 40, 30, "#ffffff", 9, "opacity='.45'")
        + line("M-46 -242 H-56 M46 -242 H56 M-6 -242 H6", INK, 4)
    )


def splicer() -> str:
    """The splicing machine with its bright screen, and the two fibre ends."""
    box = (
        rect(690, 672, 224, 66, "#2b4a5c", 12)
        + area("M700 672 L722 606 H882 L904 672 Z", "#3b6076")
        + area("M734 664 L748 616 H856 L870 664 Z", "#c9f3e4")
    )
    seam = (
        line("M742 644 H796 M808 644 H862", TEAL, 5)
        + disc(802, 644, 6, CORAL)
        + rect(712, 692, 60, 18, MINT, 6)
        + disc(876, 702, 11, CORAL)
    )
    left = line("M0 820 Q180 700 400 716 T690 684", SUN, 6)
    right = line("M914 684 Q1100 700 1240 716 T1600 650", SUN, 6)
    spark = "".join(
        line(f"M802 644 l{dx} {dy}", "#ffe9a8", 4)
        for dx, dy in ((0, -56), (-32, -44), (32, -44), (-48, -22), (48, -22))
    )
    return left + right + box + seam + spark


def litter() -> str:
    """What lies about on a bench: a spool, a mug, cleaning cloths."""
    spool = (
        oval(240, 694, 92, 26, RUST)
        + rect(150, 640, 180, 54, SUN)
        + oval(240, 640, 92, 26, CORAL)
        + oval(240, 640, 30, 9, INK)
    )
    mug = (
        rect(1290, 620, 76, 78, SNOW, 12)
        + line("M1366 640 q36 4 30 28 q-6 20 -30 18", SNOW, 11)
        + line("M1312 600 q-10 -18 4 -32 M1342 600 q-10 -18 4 -32", STONE, 5, "opacity='.6'")
    )
    return (
        spool
        + mug
        + rect(1310, 644, 36, 30, TEAL, 4)
        + rect(1440, 676, 90, 22, MINT, 6)
        + rect(1450, 660, 74, 18, CREAM, 6)
    )


def layer(y: float, top: str, side: str, *inside: str) -> str:
    """One floating layer of the phone (280 by 520 before the slant), seen from above; it is 20 thick."""

    def slanted(down: float, *parts: str) -> str:
        return f"<g transform='matrix(.95 .25 -.88 .22 800 {y + down})'>{''.join(parts)}</g>"

    edge = "".join(slanted(down, rect(-140, -260, 280, 520, side, 40)) for down in range(20, 0, -2))
    return edge + slanted(0, rect(-140, -260, 280, 520, top, 40), *inside)


def bench() -> str:
    """A phone in floating layers above a wooden bench."""
    wall = rect(0, 0, 1600, 690, "#e9efe6") + disc(800, 340, 400, "#dde9e0") + disc(800, 340, 300, "#e6f0e6")
    wood = rect(0, 640, 1600, 260, "#c08f5f") + "".join(
        line(f"M0 {y} Q400 {y + d} 800 {y} T1600 {y}", "#a97847", 4, "opacity='.7'")
        for y, d in ((676, 10), (724, -12), (778, 14), (836, -10), (876, 8))
    )
    shade = oval(800, 716, 330, 58, "#8a6238", "opacity='.5'")
    axis = line("M452 130 V600 M1148 90 V570", STONE, 3, "stroke-dasharray='4 14'")
    back = layer(
        556,
        "#2f8f86",
        TEAL,
        rect(-118, -238, 104, 130, "#277b73", 26),
        disc(-84, -204, 24, INK),
        disc(-84, -146, 24, INK),
        disc(-40, -204, 12, "#9fd8cf"),
        disc(24, 60, 34, "#57aaa2"),
    )
    cell = layer(
        282,
        "#f1b849",
        "#c98e20",
        rect(-112, -220, 224, 440, "#f6cc74", 20),
        line("M26 -110 L-58 24 H8 L-26 120 L66 -22 H-4 Z", SNOW, 12),
    )
    glass = layer(
        146,
        "#234a63",
        INK,
        rect(-124, -244, 248, 488, "#3f7f96", 28),
        area("M-124 40 L124 -200 V-60 L-124 180 Z", "#5d9db0"),
        area("M-124 206 L124 -34 V4 L-100 228 Z", "#5d9db0"),
        rect(-30, -236, 60, 14, INK, 7),
    )
    return picture(
        wall, wood, shade, axis, back, layer(418, "#3f8a63", MOSS, circuit()), cell, glass, on_the_bench()
    )


def circuit() -> str:
    """Chips and tracks of the circuit board."""
    chips = (
        rect(-112, -226, 110, 90, INK, 8)
        + rect(24, -226, 84, 60, "#d9b45b", 8)
        + rect(-112, -60, 70, 120, "#1c5a45", 8)
        + rect(20, 10, 90, 90, INK, 8)
        + rect(-112, 150, 140, 70, "#d9b45b", 8)
    )
    dots = "".join(rect(52, 150 + 26 * i, 52, 14, SUN, 4) for i in range(3)) + "".join(
        disc(34 + 24 * i, -130, 8, SUN) for i in range(4)
    )
    return (
        chips + line("M-56 -136 V-90 H110 M-20 -60 V124 H66 M-76 60 V150 M64 -166 V-40", "#a9d7b5", 7) + dots
    )


def on_the_bench() -> str:
    """A screwdriver, tweezers, a tray of screws, a toothpick."""
    driver = moved(
        1250,
        800,
        rect(-150, -23, 170, 46, CORAL, 22),
        rect(-120, -23, 14, 46, RUST),
        rect(-88, -23, 14, 46, RUST),
        rect(20, -8, 190, 16, "#c9d3d5", 3),
        area("M210 -8 L240 -3 V3 L210 8 Z", "#9fabaf"),
        turn=-18,
    )
    tray = rect(140, 744, 260, 96, "#335c70", 18) + rect(156, 758, 228, 68, "#43738a", 12)
    screws = "".join(
        disc(x, y, 12, "#d7dfe0") + line(f"M{x - 6} {y - 4} L{x + 6} {y + 4}", STONE, 4)
        for x, y in ((196, 784), (242, 800), (286, 780), (336, 798), (300, 812), (214, 812))
    )
    tweezers = moved(520, 842, line("M0 0 Q110 -30 210 -6 M0 0 Q110 30 210 -6", "#b9c5c8", 9), turn=-10)
    return (
        tray
        + screws
        + tweezers
        + driver
        + line("M940 852 L1050 834", "#e9d3a4", 7)
        + disc(1420, 700, 12, "#d7dfe0")
        + disc(1466, 716, 9, "#d7dfe0")
    )


def hook() -> str:
    """An envelope on a fish hook, and fishes that pass it by."""
    sea = bands(120, 900, ("#5fb0b8", "#4b9faa", "#3b8d9b", "#2f7c8b", "#256b7b", "#1c5a6b", "#164b5c"))
    sky = rect(0, 0, 1600, 124, "#f5e6c8") + area(
        "M0 110 Q80 86 160 110 T320 110 T480 110 T640 110 T800 110 T960 110 T1120 110 T1280 110 T1440 110 T1600 110 V150 H0 Z",
        "#5fb0b8",
    )
    rays = "".join(
        area(f"M{x} 130 h90 l{d} 770 h-260 Z", SNOW, "opacity='.06'")
        for x, d in ((300, 40), (700, 160), (1080, 260))
    )
    string = (
        line("M930 0 V330", CREAM, 5) + disc(930, 118, 30, CORAL) + area("M900 118 a30 30 0 0 0 60 0 Z", SNOW)
    )
    metal = (
        line("M930 330 V560 Q930 690 820 690 Q716 690 716 584 V548", "#dfe7e8", 22)
        + area("M716 520 L690 590 L722 574 L752 594 Z", "#dfe7e8")
        + ring(930, 326, 18, "#dfe7e8", 10)
    )
    bed = area("M0 900 V850 Q200 820 420 846 T860 842 T1260 850 T1600 830 V900 Z", "#0f3d4c")
    weeds = "".join(
        line(f"M{x} 900 q{d} -60 0 -110 q{-d} -50 {d / 2} -{h}", c, 13)
        for x, d, h, c in (
            (120, 36, 80, "#1f6f66"),
            (170, -30, 50, "#2c8476"),
            (1430, 34, 90, "#1f6f66"),
            (1490, -34, 60, "#2c8476"),
            (1370, 24, 40, "#2c8476"),
        )
    )
    bubbles = "".join(
        ring(x, y, r, "#bfe3e4", 4, 0.7)
        for x, y, r in (
            (560, 300, 14),
            (584, 250, 9),
            (1180, 420, 12),
            (1206, 372, 8),
            (340, 520, 10),
            (1350, 640, 13),
        )
    )
    return picture(
        sea,
        sky,
        rays,
        bed,
        weeds,
        string,
        metal,
        envelope(),
        line("M716 548 V640", "#dfe7e8", 22),
        shoal(),
        bubbles,
    )


def envelope() -> str:
    """The bait: an envelope with a seal that says that it is urgent."""
    paper = (
        rect(-150, -100, 300, 200, CREAM, 10)
        + area("M-150 -92 L0 26 L150 -92 L142 -100 H-142 Z", "#efdcb8")
        + line("M-148 -94 L0 24 L148 -94", "#cdb788", 5)
    )
    seal = disc(112, 74, 44, CORAL) + rect(106, 44, 12, 38, SNOW, 6) + disc(112, 98, 7, SNOW)
    return moved(728, 700, paper, line("M-116 52 H-20 M-116 74 H-50", "#cdb788", 8), seal, turn=-9)


def fish(colour: str, belly: str) -> str:
    """A fish that swims to the right and looks ahead."""
    body = (
        area("M-60 0 Q-10 -52 70 0 Q-10 52 -60 0 Z", colour)
        + area("M-52 0 L-104 -36 Q-88 0 -104 36 Z", colour)
        + area("M-44 10 Q0 44 62 4 Q0 20 -44 10 Z", belly)
    )
    return body + area("M-14 -30 Q6 -56 26 -22 Z", belly) + disc(36, -8, 9, SNOW) + disc(39, -8, 4.5, INK)


def shoal() -> str:
    """Fishes all around, every one on its way somewhere else."""
    rnd = Random(11)
    kinds = ((SUN, "#ffd987"), (CORAL, "#f6a98f"), (MINT, "#b9e3da"), ("#f3e3c3", SNOW))
    spots = (
        (150, 250, 0.8), (290, 330, 1.1), (180, 420, 0.7), (390, 230, 0.65), (420, 450, 0.9), (250, 560, 1.0), (110, 660, 0.8), (430, 640, 0.6), (470, 350, 0.7),
        (1090, 260, 0.9), (1230, 340, 1.1), (1120, 470, 0.75), (1370, 250, 0.7), (1410, 430, 1.0), (1260, 560, 0.9), (1480, 560, 0.65), (1130, 660, 0.8), (1340, 700, 0.7), (1490, 330, 0.6),
    )  # fmt: skip
    return "".join(
        moved(x, y, fish(*kinds[rnd.randrange(4)]), scale=s, turn=rnd.randrange(-12, 8)) for x, y, s in spots
    )


def listening() -> str:
    """A woman with dark glasses and headphones, and a phone that speaks."""
    back = (
        rect(0, 0, 1600, 900, "#f3e2c4")
        + disc(540, 470, 400, "#f8ecd6")
        + "".join(
            ring(1080, 480, r, TEAL, 12, o)
            for r, o in ((230, 0.75), (320, 0.5), (415, 0.32), (515, 0.2), (620, 0.11))
        )
    )
    hair = area("M330 420 Q310 190 540 170 Q770 180 756 430 Q790 640 720 700 H370 Q290 620 330 420 Z", RUST)
    coat = area("M150 900 Q160 730 340 690 Q540 640 740 690 Q900 730 920 900 Z", TEAL) + area(
        "M460 668 Q540 770 624 668 L600 640 H480 Z", CREAM
    )
    neck = area("M486 560 H596 V676 Q540 724 486 676 Z", "#d9a781")
    head = oval(541, 430, 150, 182, SKINS[0]) + area(
        "M394 420 Q392 250 545 244 Q694 250 690 420 Q668 318 590 300 Q450 330 394 420 Z", RUST
    )
    shades = (
        rect(414, 404, 116, 76, INK, 30)
        + rect(556, 404, 116, 76, INK, 30)
        + line("M528 426 Q543 416 558 426", INK, 11)
        + line("M434 428 L462 418 M576 428 L604 418", "#54707f", 8)
    )
    mouth = (
        line("M486 540 Q542 590 600 536", "#9c3f34", 10)
        + line("M544 480 q16 30 -8 38", "#c98f6c", 7)
        + oval(440, 520, 26, 16, "#ea9f86", "opacity='.6'")
        + oval(646, 520, 26, 16, "#ea9f86", "opacity='.6'")
    )
    phones = (
        line("M378 430 Q372 176 542 172 Q714 176 706 430", NAVY, 28)
        + rect(346, 388, 62, 128, CORAL, 28)
        + rect(678, 388, 62, 128, CORAL, 28)
    )
    return picture(back, hair, coat, neck, head, mouth, shades, phones, handset())


def handset() -> str:
    """The phone in her hand: a dark screen, one button in the yellow frame of a screen reader."""
    palm = area("M1010 850 Q930 740 962 640 H1200 Q1226 760 1120 850 Z", SKINS[0])
    sleeve = area("M790 960 Q930 900 990 812 L1132 868 Q1050 970 960 1000 Z", TEAL) + line(
        "M986 806 L1138 866", CORAL, 26
    )
    body = moved(
        1080,
        480,
        rect(-130, -250, 260, 500, "#20394a", 38),
        rect(-112, -226, 224, 452, INK, 24),
        rect(-84, -190, 130, 16, "#3a5666", 8),
        rect(-84, -156, 168, 60, "#26404f", 12),
        rect(-84, -78, 168, 60, "#26404f", 12),
        rect(-84, 10, 168, 76, TEAL, 14),
        rect(-98, -4, 196, 104, "none", 20, f"stroke='{SUN}' stroke-width='10'"),
        rect(-48, 38, 96, 18, SNOW, 9),
        rect(-84, 122, 168, 60, "#26404f", 12),
        turn=7,
    )
    fingers = "".join(line(f"M{962 - i * 6} {566 + i * 54} q26 -6 40 6", SKINS[0], 36) for i in range(4))
    thumb = line("M1150 780 Q1214 716 1196 610", SKINS[0], 50)
    return palm + sleeve + body + fingers + thumb
