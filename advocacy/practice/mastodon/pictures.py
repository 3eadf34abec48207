"""Pictures: what is accepted, its small version, and its BlurHash."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from advocacy.practice.mastodon import rules
from advocacy.practice.mastodon.rules import Refusal
from advocacy.practice.pictures import TooLarge, Unreadable, jpeg, opened, small_version

_BASE83 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"


@dataclass(frozen=True)
class Picture:
    """A picture that was accepted."""

    content_type: str
    width: int
    height: int
    small_width: int
    small_height: int
    blurhash: str
    original: bytes
    small: bytes


def accept(data: bytes) -> Picture:
    """Check a picture as Mastodon does and make its small version; raises Refusal 422."""
    if not data:
        raise Refusal(422, "Validation failed: File can't be blank")
    if len(data) > rules.IMAGE_SIZE_LIMIT:
        raise Refusal(422, "Validation failed: File must be less than 16 MB")
    image = _opened(data)
    kind, small = rules.IMAGE_TYPES[image.format or ""], small_version(image)
    return Picture(kind, image.width, image.height, *small.size, _blurhash(small), data, jpeg(small))


def _opened(data: bytes) -> Image.Image:
    try:
        return opened(data, rules.IMAGE_TYPES, rules.IMAGE_MATRIX_LIMIT)
    except TooLarge as error:
        raise Refusal(422, f"Validation failed: {error} images are not supported") from None
    except Unreadable:
        raise Refusal(422, "Validation failed: File content type is invalid, File is invalid") from None


def _blurhash(image: Image.Image) -> str:
    """A BlurHash of one component: the picture's mean colour."""
    red, green, blue = image.resize((1, 1), Image.Resampling.BOX).tobytes()[:3]
    value, letters = (red << 16) + (green << 8) + blue, ""
    for _ in range(4):
        value, rest = divmod(value, 83)
        letters = _BASE83[rest] + letters
    return "00" + letters
