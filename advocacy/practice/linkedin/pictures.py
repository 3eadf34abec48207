"""Images: what is accepted (shares/images-api), and their small versions."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy.practice.linkedin import rules
from advocacy.practice.linkedin.rules import Refusal
from advocacy.practice.pictures import TooLarge, Unreadable, jpeg, opened, small_version


@dataclass(frozen=True)
class Picture:
    """An image that was accepted; its size is that of its small version."""

    content_type: str
    width: int
    height: int
    original: bytes
    small: bytes


def accept(data: bytes) -> Picture:
    """Check an image as the documentation demands it; raises Refusal 400."""
    if not data:
        raise Refusal(400, "No image was uploaded")
    try:
        image = opened(data, rules.IMAGE_TYPES, rules.MAX_PIXELS)
    except TooLarge as error:
        raise Refusal(400, f"An image has at most {rules.MAX_PIXELS} pixels; this one is {error}") from None
    except Unreadable:
        raise Refusal(400, "Unsupported media: only JPG, GIF and PNG images are supported") from None
    if getattr(image, "n_frames", 1) > rules.MAX_FRAMES:
        raise Refusal(400, f"A GIF has at most {rules.MAX_FRAMES} frames")
    small = small_version(image)
    return Picture(rules.IMAGE_TYPES[image.format or ""], *small.size, data, jpeg(small))
