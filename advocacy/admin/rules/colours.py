"""Colours in which words can be read."""

from __future__ import annotations

import colorsys
import re

READABLE = 4.5
_COLOUR = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


def tidy_colour(text: str) -> str:
    """A colour as #rrggbb; empty for what is none."""
    found = _COLOUR.fullmatch(text.strip())
    if found is None:
        return ""
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast_on_white(colour: str) -> float:
    """The contrast of a colour (#rrggbb) on white, from 1 to 21 (WCAG 2.2, 1.4.3)."""
    return 1.05 / (_luminance(colour) + 0.05)


def readable(text: str) -> str:
    """The colour itself if words in it can be read on white, else the nearest darker one; empty for what is none."""
    colour = tidy_colour(text)
    if not colour or contrast_on_white(colour) >= READABLE:
        return colour
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    darker = (
        _hex(colorsys.hls_to_rgb(hue, lightness * step / 200, saturation)) for step in range(199, -1, -1)
    )
    return next(each for each in darker if contrast_on_white(each) >= READABLE)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in channels)
