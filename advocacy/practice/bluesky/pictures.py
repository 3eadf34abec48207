"""Pictures: looked at when they are uploaded, and made small for pages."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy.practice.bluesky import rules
from advocacy.practice.bluesky.rules import invalid
from advocacy.practice.pictures import TooLarge, Unreadable, jpeg, opened, small_version


@dataclass(frozen=True)
class File:
    """An uploaded file that was accepted; what is no picture has no size in pixels."""

    mime: str
    size: int
    width: int
    height: int
    data: bytes
    small: bytes


def accept(data: bytes, mime: str) -> File:
    """A file as it is kept; a picture's type is told by its content, as the real one does."""
    try:
        image = opened(data, rules.IMAGE_TYPES, rules.MAX_PIXELS)
    except TooLarge as error:
        raise invalid(f"Pictures of {error} are not accepted") from None
    except Unreadable:
        if mime.startswith("image/"):
            raise invalid("The file is no picture that the practice network can read") from None
        return File(mime, len(data), 0, 0, data, b"")
    kind = rules.IMAGE_TYPES[image.format or ""]
    return File(kind, len(data), image.width, image.height, data, jpeg(small_version(image)))
