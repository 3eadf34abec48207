"""Pictures: opened with care, and made small for pages."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from PIL import Image, UnidentifiedImageError

_SMALL_PIXELS = 230_400


class Unreadable(Exception):
    """What was sent is no picture of an accepted kind."""


class TooLarge(Exception):
    """A picture of more pixels than are accepted; its text is its size, such as 8000x5000."""


def opened(data: bytes, formats: Iterable[str], most_pixels: int) -> Image.Image:
    """The picture, decoded; raises Unreadable, or TooLarge before anything is unpacked."""
    try:
        image = Image.open(BytesIO(data), formats=list(formats))
        if image.width * image.height > most_pixels:
            raise TooLarge(f"{image.width}x{image.height}")
        image.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Unreadable from None
    return image


def small_version(image: Image.Image) -> Image.Image:
    """The same picture for pages, in at most 230,400 pixels."""
    scale = min(1.0, (_SMALL_PIXELS / (image.width * image.height)) ** 0.5)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.convert("RGB").resize(size)


def jpeg(image: Image.Image) -> bytes:
    """A picture as a JPEG file."""
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
