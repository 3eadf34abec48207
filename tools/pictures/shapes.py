"""The shapes and colours that all scenes share."""

WIDTH, HEIGHT = 1600, 900

INK, NAVY, TEAL, MINT = "#10273a", "#1d4560", "#0b6e6e", "#7fc1b5"
SKY, CREAM, SAND, STONE = "#cfe5ea", "#fbf4e6", "#f0dcb6", "#8d9aa0"
SUN, CORAL, RUST, PLUM = "#f4b73b", "#e5765a", "#b4492f", "#6b4a78"
LEAF, MOSS, SNOW = "#5f9d72", "#2f6b52", "#ffffff"
SKINS = ("#f0c7a3", "#8a5a3c", "#d9a074", "#5e3b28", "#e8b892")


def page_of(svg: str) -> str:
    """The page that a browser photographs."""
    return f"<body style='margin:0'>{svg}</body>"


def picture(*parts: str) -> str:
    """A whole picture from its parts, back to front."""
    body = "".join(parts)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}' "
        f"viewBox='0 0 {WIDTH} {HEIGHT}' style='display:block'>{body}</svg>"
    )


def rect(x: float, y: float, w: float, h: float, fill: str, r: float = 0, more: str = "") -> str:
    """A rectangle, its corners rounded by r."""
    return f"<rect x='{x}' y='{y}' width='{w}' height='{h}' rx='{r}' fill='{fill}' {more}/>"


def disc(x: float, y: float, r: float, fill: str, more: str = "") -> str:
    """A filled circle."""
    return f"<circle cx='{x}' cy='{y}' r='{r}' fill='{fill}' {more}/>"


def oval(x: float, y: float, rx: float, ry: float, fill: str, more: str = "") -> str:
    """A filled ellipse."""
    return f"<ellipse cx='{x}' cy='{y}' rx='{rx}' ry='{ry}' fill='{fill}' {more}/>"


def area(d: str, fill: str, more: str = "") -> str:
    """A filled path."""
    return f"<path d='{d}' fill='{fill}' {more}/>"


def line(d: str, colour: str, width: float = 4, more: str = "") -> str:
    """A stroked path with round ends."""
    ends = "stroke-linecap='round' stroke-linejoin='round'"
    return f"<path d='{d}' fill='none' stroke='{colour}' stroke-width='{width}' {ends} {more}/>"


def ring(x: float, y: float, r: float, colour: str, width: float, opacity: float = 1) -> str:
    """A circle without filling."""
    return f"<circle cx='{x}' cy='{y}' r='{r}' fill='none' stroke='{colour}' stroke-width='{width}' opacity='{opacity}'/>"


def moved(x: float, y: float, *parts: str, scale: float = 1, turn: float = 0) -> str:
    """A group of parts, moved, scaled and turned (degrees)."""
    return f"<g transform='translate({x} {y}) rotate({turn}) scale({scale})'>{''.join(parts)}</g>"


def bands(top: float, bottom: float, colours: tuple[str, ...]) -> str:
    """Horizontal bands of equal height, as a sky in steps."""
    step = (bottom - top) / len(colours)
    return "".join(rect(0, top + i * step, WIDTH, step + 1, c) for i, c in enumerate(colours))


def lattice(height: float, foot: float, colour: str, width: float = 5) -> str:
    """A radio mast of crossed bars standing on (0, 0), narrowing upwards."""
    parts = [line(f"M{-foot} 0 L-7 {-height} L7 {-height} L{foot} 0", colour, width)]
    levels = 9
    for i in range(levels):
        a, b = i / levels, (i + 1) / levels
        wa, wb = foot + (7 - foot) * a, foot + (7 - foot) * b
        parts.append(
            line(
                f"M{-wa} {-height * a} L{wb} {-height * b} M{wa} {-height * a} L{-wb} {-height * b}",
                colour,
                width * 0.6,
            )
        )
        parts.append(line(f"M{-wb} {-height * b} L{wb} {-height * b}", colour, width * 0.6))
    return "".join(parts)


def house(
    x: float, y: float, w: float, wall: str, roof: str, lit: tuple[bool, ...] = (), glow: str = SUN
) -> str:
    """A gabled house whose ground line is y; `lit` says which of its windows shine."""
    h = w * 0.62
    parts = [
        rect(x, y - h, w, h, wall),
        area(f"M{x - 8} {y - h} L{x + w / 2} {y - h - w * 0.5} L{x + w + 8} {y - h} Z", roof),
    ]
    for i, on in enumerate(lit):
        gap = w / len(lit)
        parts.append(
            rect(x + gap * i + gap / 2 - w * 0.09, y - h * 0.72, w * 0.18, h * 0.36, glow if on else INK, 2)
        )
    return "".join(parts)


def tree(x: float, y: float, size: float, crown: str, trunk: str = "#6d4c3a") -> str:
    """A round tree standing on y."""
    return line(f"M{x} {y} V{y - size}", trunk, size * 0.12) + oval(
        x, y - size * 1.15, size * 0.42, size * 0.58, crown
    )


def person(
    coat: str, skin: str, hair: str, arms: str, legs: str = "M-16 0 V-95 M18 0 V-95", trousers: str = INK
) -> str:
    """A person of about 250 units standing on (0, 0); `arms` and `legs` are paths."""
    return "".join(
        (
            line(legs, trousers, 27),
            area("M-42 -92 Q-46 -190 -20 -200 H20 Q46 -190 42 -92 Z", coat),
            rect(-9, -216, 18, 24, skin),
            disc(0, -236, 30, skin),
            area("M-31 -236 A31 31 0 0 1 31 -236 Q20 -252 0 -250 Q-20 -248 -31 -236 Z", hair),
            line(arms, coat, 22),
        )
    )
