"""Pictures as Bluesky takes them: small enough, and with their shape (https://docs.bsky.app/docs/advanced-guides/posts#images-embeds)."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from advocacy.errors import N_
from advocacy.sharing.networks.interface import Image, Permanent

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

LONGEST_SIDE = 2000
QUALITIES = (90, 80, 70, 60)
SMALLEST_SIDE = 64
ORIENTATION, LYING = 0x0112, (5, 6, 7, 8)
UNREADABLE = N_("This picture cannot be made small enough for Bluesky. Please choose another one.")


def fitted(image: Image, most_bytes: int) -> tuple[Image, tuple[int, int] | None]:
    """The picture within so many bytes, and its width and height (None if they cannot be read).

    The same picture always gives the same bytes, so that a repeat of the post is the same post.
    """
    if most_bytes and len(image.data) > most_bytes:
        return _smaller(image, most_bytes)
    try:
        return image, _shape(_open(image.data))
    except (OSError, ValueError, Warning):
        return image, None


def _open(data: bytes) -> Picture:
    from PIL import Image as Pillow  # heavy, and only posts with pictures need it

    with warnings.catch_warnings():
        warnings.simplefilter("error", Pillow.DecompressionBombWarning)
        try:
            return Pillow.open(io.BytesIO(data))
        except Pillow.DecompressionBombError as bomb:
            raise ValueError("more pixels than anyone needs") from bomb


def _shape(picture: Picture) -> tuple[int, int]:
    """Width and height as it is seen, which a camera held upright notes apart; nothing is decoded for it."""
    lies = picture.getexif().get(ORIENTATION) in LYING
    return (picture.height, picture.width) if lies else picture.size


def _smaller(image: Image, most_bytes: int) -> tuple[Image, tuple[int, int]]:
    from PIL import ImageOps

    try:
        picture = _flat(ImageOps.exif_transpose(_open(image.data)))
    except (OSError, ValueError, Warning) as wrong:
        raise Permanent((UNREADABLE, {})) from wrong
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    while max(picture.size) >= SMALLEST_SIDE:
        for quality in QUALITIES:
            data = _jpeg(picture, quality)
            if len(data) <= most_bytes:
                return Image(data, "image/jpeg", image.alt), picture.size
        picture = picture.resize((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))
    raise Permanent((UNREADABLE, {}))


def _flat(picture: Picture) -> Picture:
    """Without transparency, which JPEG does not know: on white, as most pages are."""
    from PIL import Image as Pillow

    if picture.mode not in ("RGBA", "LA", "PA", "P"):
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    return Pillow.alpha_composite(Pillow.new("RGBA", clear.size, "white"), clear).convert("RGB")


def _jpeg(picture: Picture, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
