"""Pictures: what is accepted (x-api/media/quickstart/best-practices), and their small versions."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy.practice.pictures import TooLarge, Unreadable, jpeg, opened, small_version
from advocacy.practice.x import rules
from advocacy.practice.x.troubles import invalid


@dataclass(frozen=True)
class Picture:
    """A picture that was accepted; its size is that of its small version."""

    content_type: str
    width: int
    height: int
    original: bytes
    small: bytes


def accept(data: bytes, media_type: str | None) -> Picture:
    """Check a picture, and that it is of the type it is said to be; raises Refusal 400."""
    if len(data) > rules.MAX_IMAGE_BYTES:
        raise invalid(f"File size exceeds {rules.MAX_IMAGE_BYTES} bytes.", media=f"{len(data)} bytes")
    try:
        image = opened(data, rules.IMAGE_TYPES, rules.MAX_PIXELS)
    except TooLarge as error:
        raise invalid("Image dimensions must be at most 8192x8192.", media=str(error)) from None
    except Unreadable:
        raise invalid("media type unrecognized.", media="unreadable") from None
    kind = rules.IMAGE_TYPES[image.format or ""]
    if media_type not in (None, kind):
        raise invalid(f"The media is {kind}.", media_type=media_type)
    small = small_version(image)
    return Picture(kind, *small.size, data, jpeg(small))
