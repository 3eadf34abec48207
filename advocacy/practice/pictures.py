"""Pictures: what is accepted, its small version, and its BlurHash."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from advocacy.practice import rules
from advocacy.practice.rules import Refusal

_SMALL_PIXELS = 230_400
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
    content_type = rules.IMAGE_TYPES[image.format or ""]
    small = image.convert("RGB")
    scale = min(1.0, (_SMALL_PIXELS / (image.width * image.height)) ** 0.5)
    small = small.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=85)
    return Picture(
        content_type, image.width, image.height, *small.size, _blurhash(small), data, buffer.getvalue()
    )


def _opened(data: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(data), formats=list(rules.IMAGE_TYPES))
        if image.width * image.height > rules.IMAGE_MATRIX_LIMIT:
            raise Refusal(422, f"Validation failed: {image.width}x{image.height} images are not supported")
        image.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refusal(422, "Validation failed: File content type is invalid, File is invalid") from None
    return image


def _blurhash(image: Image.Image) -> str:
    """A BlurHash of one component: the picture's mean colour."""
    red, green, blue = image.resize((1, 1), Image.Resampling.BOX).tobytes()[:3]
    value, letters = (red << 16) + (green << 8) + blue, ""
    for _ in range(4):
        value, rest = divmod(value, 83)
        letters = _BASE83[rest] + letters
    return "00" + letters
