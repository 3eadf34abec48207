"""The scenes under the sky: an island, a night, a river, a tower."""

from random import Random

from pictures.shapes import (
    CORAL,
    CREAM,
    INK,
    LEAF,
    MOSS,
    NAVY,
    PLUM,
    RUST,
    SAND,
    SKINS,
    SNOW,
    STONE,
    SUN,
    TEAL,
    area,
    bands,
    disc,
    house,
    lattice,
    line,
    moved,
    oval,
    person,
    picture,
    rect,
    ring,
    tree,
)  # fmt: skip


def cable() -> str:
    """A cable ship lays a yellow cable to a small island at dawn; the sea is cut open."""
    sky = bands(0, 470, ("#bcd9e2", "#cfe3e4", "#e3e7dc", "#f4e5cb", "#f9d9ae", "#f6c690"))
    sun = (
        disc(640, 455, 92, "#fbeec9")
        + ring(640, 455, 140, "#fbeec9", 3, 0.6)
        + ring(640, 455, 190, "#fbeec9", 2, 0.4)
    )
    far = area("M0 470 V432 Q120 395 250 430 T520 438 L640 470 Z", "#9db9bd") + area(
        "M0 470 V450 Q160 425 330 455 L380 470 Z", "#7ea3a9"
    )
    island = area("M1180 486 Q1160 430 1210 400 Q1270 318 1380 322 Q1480 330 1600 262 V520 H1180 Z", MOSS)
    lit = area(
        "M1210 400 Q1270 318 1380 322 Q1480 330 1600 262 V330 Q1480 388 1380 384 Q1270 378 1210 400 Z", LEAF
    )
    sea = (
        rect(0, 470, 1600, 430, "#2b7c8c")
        + rect(0, 560, 1600, 340, "#1f6577")
        + rect(0, 660, 1600, 240, "#175064")
    )
    glints = "".join(
        line(f"M{640 - w} {y} H{640 + w}", "#fbe3b0", 5, "opacity='.75'")
        for y, w in ((486, 92), (504, 60), (522, 74), (541, 34))
    )
    bed = area(
        "M0 900 V820 Q180 800 300 832 Q420 900 560 868 Q700 800 860 790 Q1000 770 1060 640 Q1090 540 1130 480 Q1300 520 1600 500 V900 Z",
        "#a9845a",
    )
    deep = area(
        "M0 900 V866 Q300 850 560 896 L860 840 Q1040 810 1100 690 Q1140 590 1230 570 Q1420 590 1600 580 V900 Z",
        "#8a6946",
    )
    beach = area(
        "M1096 512 Q1124 474 1190 466 Q1330 446 1600 440 V520 Q1420 560 1230 538 Q1150 530 1084 536 Z", SAND
    )
    run = line(
        "M508 474 Q430 640 470 760 Q520 862 700 806 Q900 780 990 748 Q1056 700 1078 590 Q1100 500 1232 470",
        SUN,
        11,
    )
    return picture(
        sky,
        sun,
        far,
        sea,
        glints,
        island,
        lit,
        bed,
        deep,
        beach,
        village(),
        ship(),
        run,
        drum(),
        gulls(),
        fishes(),
    )


def village() -> str:
    """Red and white houses, and a lighthouse."""
    rows = (
        (1262, 428, 84, RUST),
        (1372, 412, 76, CREAM),
        (1470, 420, 92, CORAL),
        (1330, 352, 58, CORAL),
        (1430, 352, 62, RUST),
    )
    homes = "".join(house(x, y, w, wall, INK, (True, True)) for x, y, w, wall in rows[3:] + rows[:3])
    beam = area("M1545 150 L1000 60 V128 L1545 164 Z", "#fff3cf", "opacity='.4'")
    light = (
        area("M1522 290 L1532 172 H1560 L1570 290 Z", SNOW) + rect(1529, 205, 34, 26, CORAL) + rect(1525, 250, 42, 26, CORAL)
        + rect(1532, 142, 28, 30, SUN) + area("M1526 142 L1546 118 L1566 142 Z", INK)
    )  # fmt: skip
    return beam + light + homes


def ship() -> str:
    """The cable ship, its stern to the right, with its cable wheel."""
    hull = area("M150 430 H520 L500 500 H196 Q160 480 150 430 Z", INK) + rect(150, 430, 372, 14, CORAL)
    house_ = (
        rect(196, 330, 150, 100, CREAM)
        + rect(216, 270, 104, 62, CREAM)
        + rect(216, 286, 104, 20, NAVY)
        + rect(300, 340, 20, 20, NAVY)
    )
    more = (
        "".join(disc(220 + 36 * i, 385, 9, NAVY) for i in range(3))
        + rect(236, 222, 34, 50, CORAL)
        + line("M330 330 V232 M330 250 L300 268", INK, 5)
    )
    crane = line("M400 430 V318 L486 352", SUN, 12) + line("M486 352 V400", INK, 3)
    wheel = disc(508, 440, 34, STONE) + disc(508, 440, 22, INK) + disc(508, 440, 7, STONE)
    coil = oval(420, 420, 36, 12, SUN) + oval(420, 408, 36, 12, "#d99a1f") + oval(420, 404, 26, 8, SUN)
    return (
        hull
        + house_
        + more
        + crane
        + coil
        + wheel
        + line("M120 506 Q180 494 240 506 T360 506 T480 506 T600 506", "#a9d3d6", 5)
    )


def drum() -> str:
    """People at the beach who pull the cable ashore."""
    pull = "M-20 -182 L-70 -140 M14 -182 L-58 -134"
    step = "M-16 -92 L-46 0 M16 -92 L44 0"
    crowd = ((1196, CORAL, 0), (1236, NAVY, 1), (1276, TEAL, 2))
    return "".join(moved(x, 486, person(c, SKINS[i], INK, pull, step), scale=0.34) for x, c, i in crowd)


def gulls() -> str:
    """Three gulls."""
    return "".join(
        line(f"M{x} {y} q14 -16 26 0 q12 -16 26 0", INK, 4, "opacity='.7'")
        for x, y in ((780, 180), (870, 230), (720, 262))
    )


def fishes() -> str:
    """A few fishes above the sea bed."""
    spots = ((240, 690, 1.0), (300, 730, 0.8), (820, 640, 1.1), (760, 690, 0.8), (880, 690, 0.7))
    shape = area("M0 0 Q26 -20 56 0 Q26 20 0 0 Z M4 0 L-16 -13 V13 Z", "#5aa0a8")
    return "".join(moved(x, y, shape, scale=s) for x, y, s in spots)


def night() -> str:
    """Three masts above a village at night; one is awake."""
    rnd = Random(3)
    sky = bands(0, 640, ("#0b1d30", "#0f2539", "#132e44", "#18384f", "#1e4459", "#275263"))
    stars = "".join(
        disc(rnd.randrange(1600), rnd.randrange(430), rnd.choice((1.6, 2.2, 3)), "#e9e4cf")
        for _ in range(120)
    )
    moon = area("M330 100 A86 86 0 1 0 386 214 A72 72 0 0 1 330 100 Z", "#f5e6bd")
    hills = (
        area("M0 620 Q240 420 520 560 Q760 440 1040 560 Q1320 400 1600 540 V900 H0 Z", "#1c4a57")
        + area("M0 700 Q300 560 640 680 Q960 590 1240 690 Q1440 620 1600 680 V900 H0 Z", "#153c49")
        + area("M0 800 Q420 700 860 780 Q1240 720 1600 790 V900 H0 Z", "#0e2c39")
    )
    rings = "".join(
        ring(1260, 196, r, "#8fe0b0", 4, o) for r, o in ((58, 0.6), (110, 0.38), (166, 0.24), (226, 0.14))
    )
    hut = (
        rect(1200, 588, 120, 16, "#0b2230", 4)
        + rect(1322, 556, 54, 48, "#3a6c80", 4)
        + rect(1318, 550, 62, 10, "#0b2230", 3)
    )
    awake = (
        hut
        + moved(1260, 592, lattice(392, 52, "#dbe5df", 6))
        + disc(1260, 196, 15, "#8fe0b0")
        + disc(1260, 196, 27, "#8fe0b0", "opacity='.3'")
    )
    asleep = (
        moved(560, 570, lattice(290, 40, "#3f6674", 5))
        + disc(560, 276, 9, "#3f6674")
        + moved(890, 560, lattice(215, 30, "#355b69", 4))
        + disc(890, 342, 7, "#355b69")
    )
    zeds = "".join(
        line(f"M{x} {y} h{s} l{-s} {s} h{s}", "#9fbcc0", s / 6)
        for x, y, s in ((592, 244, 20), (624, 204, 28), (668, 152, 38), (914, 318, 15), (940, 286, 21))
    )
    return picture(
        sky,
        stars,
        moon,
        rings,
        asleep,
        zeds,
        hills,
        awake,
        sleeping_village(),
        line("M0 868 Q460 806 900 850 T1600 850", "#23505c", 16),
    )


def sleeping_village() -> str:
    """Dark houses and a church; six windows are lit."""
    spots = (
        (300, 772, 96, (False, False)), (412, 760, 82, (True, False)), (508, 768, 104, (False, False, False)), (704, 776, 92, (False, True)),
        (812, 784, 84, (False, False)), (908, 782, 106, (True, False, True)), (1030, 774, 80, (False, False)), (1122, 770, 94, (False, True)), (176, 786, 88, (True, False)),
    )  # fmt: skip
    homes = "".join(
        house(x, y, w, "#27556a" if i % 2 else "#2f6177", "#0b2230", lit, "#ffd77a")
        for i, (x, y, w, lit) in enumerate(spots)
    )
    church = (
        rect(630, 640, 54, 136, "#3a6c80")
        + area("M622 640 L657 540 L692 640 Z", "#0b2230")
        + disc(657, 676, 13, "#c9d8d4")
        + line("M657 676 V668 M657 676 L663 680", INK, 3)
    )
    trees = "".join(
        tree(x, y, s, "#12414a", "#0b2230")
        for x, y, s in ((120, 790, 62), (270, 790, 50), (1240, 780, 66), (1290, 786, 48), (1420, 784, 70))
    )
    return church + homes + trees


def river() -> str:
    """Five people plant trees and carry sacks on a river bank."""
    sky = bands(0, 420, ("#c7e2ea", "#d5e8e8", "#e4ecdf", "#f3ecd3"))
    sun = disc(1330, 130, 70, "#fbe6a6")
    clouds = "".join(
        oval(x, y, w, 24, SNOW, "opacity='.8'") + oval(x + w * 0.4, y - 20, w * 0.5, 26, SNOW, "opacity='.8'")
        for x, y, w in ((250, 130, 110), (820, 96, 84), (1100, 190, 70))
    )
    hills = area("M0 420 V330 Q200 250 460 320 Q700 230 960 310 Q1240 240 1600 330 V440 H0 Z", "#a9c8a8")
    roofs = (RUST, CORAL, PLUM, RUST, NAVY, CORAL)
    walls = (CREAM, SAND, SNOW, "#f1d7c4", CREAM, SAND)
    town = "".join(
        house(90 + i * 92, 428 - (i % 3) * 8, 84, walls[i % 6], roofs[i % 6], (False, False))
        for i in range(7)
    )
    town += (
        rect(760, 250, 52, 178, SAND) + area("M752 250 L786 160 L820 250 Z", NAVY) + disc(786, 290, 14, SNOW)
    )
    town += "".join(
        tree(x, 430, s, MOSS) for x, s in ((850, 80), (900, 64), (40, 70), (1480, 90), (1550, 70))
    )
    water = area("M0 424 H1600 V640 H0 Z", "#5aa5ae") + "".join(
        line(f"M{x} {y} h{w}", "#8cc6c9", 5)
        for x, y, w in (
            (120, 470, 140),
            (420, 510, 90),
            (700, 474, 160),
            (260, 560, 120),
            (1380, 500, 140),
            (620, 560, 110),
        )
    )
    bank = area("M0 620 Q300 556 640 600 Q1000 640 1250 580 Q1450 545 1600 566 V900 H0 Z", "#7fb37c") + area(
        "M0 740 Q400 680 860 730 Q1260 760 1600 700 V900 H0 Z", LEAF
    )
    tufts = "".join(
        line(f"M{x} {y} l-6 -18 M{x} {y} l2 -22 M{x} {y} l10 -16", MOSS, 4)
        for x, y in ((90, 850), (420, 870), (760, 850), (1060, 872), (1500, 830), (620, 690), (1180, 670))
    )
    return picture(sky, sun, clouds, hills, town, water, bridge(), bank, tufts, planters())


def bridge() -> str:
    """A stone bridge of three arches on the right."""
    holes = "".join(f"M{1030 + i * 180} 560 V490 a66 66 0 0 1 132 0 V560 Z " for i in range(3))
    return area(f"M960 400 H1600 V560 H960 Z {holes}", "#c9b28b", "fill-rule='evenodd'") + rect(
        950, 388, 650, 20, "#b09a74"
    )


def sapling(x: float, y: float, s: float = 1) -> str:
    """A young tree tied to its stake, in its heap of earth."""
    leaves = "".join(
        oval(dx, dy, 15, 8, c, f"transform='rotate({a} {dx} {dy})'")
        for dx, dy, a, c in (
            (-17, -96, 30, MOSS),
            (17, -112, -30, LEAF),
            (-15, -132, 35, LEAF),
            (15, -146, -35, MOSS),
            (0, -166, 90, MOSS),
        )
    )
    return moved(
        x,
        y,
        line("M14 6 V-110", "#a67c52", 6),
        line("M0 0 V-158", "#6d4c3a", 6),
        leaves,
        oval(4, 6, 42, 13, "#7a5638"),
        scale=s,
    )


def planters() -> str:
    """The five, with spade, sack and saplings."""
    step = "M-16 -92 L-34 0 M16 -92 L36 0"
    dig = moved(
        300,
        800,
        line("M66 -150 L104 10", "#8a6a4a", 9),
        area("M94 -20 L118 -26 L124 26 Q108 40 98 22 Z", STONE),
        person(CORAL, SKINS[0], "#5a3622", "M-24 -182 L36 -128 L66 -148 M26 -182 L82 -112", step),
        scale=1.05,
    )
    hold = moved(560, 770, person(TEAL, SKINS[1], INK, "M-24 -182 L-60 -120 M24 -182 L70 -126"), scale=0.98)
    kneel = moved(
        860,
        800,
        person(
            SUN,
            SKINS[2],
            "#3a2a20",
            "M-24 -182 L-78 -118 M24 -182 L-52 -104",
            "M-16 -92 L-44 -6 L-4 -2 M18 -92 L52 -52 L54 0",
            NAVY,
        ),
        scale=0.98,
    )
    sack = moved(
        1130,
        772,
        person(PLUM, SKINS[3], INK, "M-24 -182 L-44 -110 M24 -182 L58 -118", step),
        area("M30 -120 Q86 -132 94 -60 Q104 2 62 4 Q14 6 24 -60 Z", "#d8c39a"),
        line("M42 -118 Q56 -106 72 -116", "#8a6a4a", 5),
        scale=1,
    )
    cap = area("M-34 -244 A34 34 0 0 1 34 -244 L54 -240 L52 -234 H-34 Z", RUST)
    carry = moved(
        1380,
        800,
        area("M-112 -250 Q-40 -330 40 -268 Q70 -230 20 -206 Q-60 -180 -112 -250 Z", "#e6d5b3"),
        person(NAVY, SKINS[4], "#c9c2b6", "M-22 -184 L-62 -214 M22 -184 L46 -226", step),
        cap,
        scale=1.02,
    )
    young = (
        sapling(434, 812, 1.0) + sapling(720, 800, 0.95) + sapling(1262, 826, 0.9) + sapling(150, 830, 1.05)
    )
    return hold + sack + young + dig + kneel + carry


def tower() -> str:
    """A technician climbs above the mountains at sunrise; one harness hangs free."""
    sky = bands(0, 700, ("#8fb9c8", "#a9c9cf", "#c5d6d0", "#e0ddc6", "#f3dcb2", "#f8cf99", "#f3b681"))
    sun = (
        disc(790, 410, 104, "#fdeecb")
        + ring(790, 410, 158, "#fdeecb", 3, 0.6)
        + ring(790, 410, 216, "#fdeecb", 2, 0.4)
    )
    back = area(
        "M0 640 L170 470 L290 570 L470 380 L640 560 L800 440 L980 600 L1180 420 L1380 590 L1600 470 V900 H0 Z",
        "#7f9fb0",
    )
    snow = area(
        "M470 380 L410 444 L450 436 L476 462 L504 436 L546 462 Z M170 470 L124 516 L164 510 L200 524 L216 508 Z",
        SNOW,
        "opacity='.85'",
    )
    front = area(
        "M0 740 L220 600 L420 720 L640 610 L900 760 L1200 640 L1600 780 V900 H0 Z", "#44697f"
    ) + area("M0 830 Q400 740 800 820 T1600 810 V900 H0 Z", NAVY)
    mist = "".join(
        rect(x, y, w, 12, SNOW, 6, "opacity='.35'")
        for x, y, w in ((60, 690, 340), (300, 716, 420), (120, 742, 220), (700, 700, 300))
    )
    return picture(sky, sun, back, snow, front, mist, gulls_far(), steel(), climber(), free_harness())


def gulls_far() -> str:
    """Two birds near the sun."""
    return "".join(
        line(f"M{x} {y} q12 -14 22 0 q10 -14 22 0", NAVY, 4) for x, y in ((250, 300), (330, 262), (560, 210))
    )


def steel() -> str:
    """The tower near at hand: two legs, cross bars, a ladder, a dish and panel antennas."""
    legs = rect(985, 0, 26, 900, "#dfe6e6") + rect(1345, 0, 26, 900, "#c3ced0")
    cross = "".join(
        line(f"M998 {y} L1358 {y + 300} M1358 {y} L998 {y + 300} M998 {y} H1358", "#b3c1c5", 11)
        for y in (-60, 240, 540, 840)
    )
    ladder = (
        rect(1130, 0, 12, 900, CORAL)
        + rect(1214, 0, 12, 900, CORAL)
        + "".join(rect(1134, 22 + 46 * i, 88, 9, CORAL) for i in range(20))
    )
    panels = (
        rect(1392, 60, 56, 250, SNOW, 10)
        + rect(1371, 120, 24, 14, STONE)
        + rect(1371, 240, 24, 14, STONE)
        + rect(1460, 90, 40, 200, "#e4eaea", 10)
    )
    dish = (
        oval(930, 210, 34, 96, "#e4eaea")
        + oval(918, 210, 24, 84, SNOW)
        + line("M918 210 L866 210", STONE, 6)
        + disc(862, 210, 9, STONE)
        + rect(960, 200, 30, 20, STONE)
    )
    return cross + legs + panels + dish + ladder


def climber() -> str:
    """The technician, seen from the side: helmet, hi-vis jacket, harness."""
    boots = (
        line("M1146 676 L1150 622 L1118 552 M1196 588 L1160 560 L1124 520", INK, 38)
        + rect(1122, 660, 62, 26, "#5a3622", 10)
        + rect(1170, 574, 60, 24, "#5a3622", 10)
    )
    body = area(
        "M1062 548 Q1040 420 1082 352 Q1120 322 1158 352 Q1182 440 1160 562 Q1110 588 1062 548 Z", SUN
    )
    stripes = line("M1056 470 Q1110 490 1170 470", SNOW, 14) + line("M1060 516 Q1110 536 1166 516", SNOW, 14)
    harness = line("M1084 352 Q1100 450 1070 548 M1150 350 Q1130 440 1158 556", NAVY, 10) + line(
        "M1060 548 Q1110 574 1164 556", NAVY, 14
    )
    arms = (
        line("M1140 372 L1196 330 L1184 246", "#f4b73b", 34)
        + disc(1182, 236, 20, SKINS[1])
        + line("M1094 380 L1150 424 L1206 400", "#dd9f27", 34)
        + disc(1216, 396, 19, SKINS[1])
    )
    head = (
        rect(1106, 312, 30, 40, SKINS[1])
        + disc(1124, 286, 44, SKINS[1])
        + line("M1086 300 Q1060 350 1074 400", "#2a1a12", 22)
    )
    helmet = area("M1074 280 A52 52 0 0 1 1178 272 L1194 282 Q1190 290 1174 288 L1078 290 Z", CORAL) + line(
        "M1092 292 Q1100 326 1128 332", INK, 4
    )
    rope = line("M1118 566 Q1090 640 1140 650", SNOW, 6) + ring(1141, 652, 11, STONE, 6)
    return boots + rope + body + stripes + harness + head + helmet + arms


def free_harness() -> str:
    """A second harness on a hook of the tower, which nobody wears yet."""
    hook = line("M1302 398 V428", INK, 6) + ring(1302, 440, 13, STONE, 7)
    straps = line(
        "M1302 454 L1268 500 L1276 580 M1302 454 L1336 500 L1328 580 M1262 580 H1342 M1268 500 Q1302 520 1336 500",
        TEAL,
        13,
    )
    loops = line(
        "M1276 584 Q1256 640 1286 656 Q1304 640 1300 584 M1328 584 Q1350 640 1320 656 Q1302 640 1304 584",
        TEAL,
        13,
    )
    return (
        line("M1216 396 H1350", INK, 7)
        + hook
        + straps
        + loops
        + rect(1290, 570, 24, 20, SUN, 4)
        + disc(1302, 512, 8, SUN)
    )
