"""Taking in a picture: what it may be, without what it gives away, in a size that posts need."""

from __future__ import annotations

import io
from pathlib import PurePath

from PIL import ExifTags, Image

from advocacy import storage
from advocacy.content.shape import Picture
from advocacy.errors import N_, Refused

MOST_BYTES = 10_000_000
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 2400
SMALL_WIDTH = 800
OPENED = ("JPEG", "PNG", "WEBP", "GIF")
# What it is kept as; a GIF keeps its look as a PNG, and some phones' JPEGs call themselves MPO.
KEPT_AS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "PNG"}
# How the camera was held, as EXIF numbers it, and what turns that upright.
TURNED_BY = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
DEEP = {"I;16", "I;16B", "I"}  # how Pillow opens a PNG whose greys have sixteen bits
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def take(data: bytes, name: str = "") -> Picture:
    """Keep a picture and say what it is; raises Refused in words when it is none, or too large."""
    _check_bytes(data)
    image = _opened(data)
    kept_as = KEPT_AS[str(image.format)]
    upright = _upright(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = _written(upright, kept_as)
    return Picture(
        digest=storage.keep(written),
        media_type=MEDIA_TYPES[kept_as],
        width=upright.width,
        height=upright.height,
        size=len(written),
        name=_plain(name),
        small=_small(upright),
    )


def _check_bytes(data: bytes) -> None:
    if not data:
        raise Refused(N_("This file is empty. Choose another one."), field="upload")
    if len(data) > MOST_BYTES:
        reason = N_("This picture is larger than %(limit)s MB. Save it smaller and try again.")
        raise Refused(reason, field="upload", limit=MOST_BYTES // 1_000_000)
    if data.lstrip()[:5].lower() in {b"<?xml", b"<svg ", b"<svg>"}:
        reason = N_("SVG files can carry scripts, so they are not taken. Export it as a PNG.")
        raise Refused(reason, field="upload")


def _opened(data: bytes) -> Image.Image:
    """The picture with its header read and its size checked, before a single pixel is unpacked."""
    try:
        image = Image.open(io.BytesIO(data), formats=OPENED)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (
        Exception
    ):  # Pillow names no kind of error for damage: struct.error, TypeError, KeyError and more were met
        reason = N_("This is not a picture that can be used. Choose a JPEG, PNG, WebP or GIF.")
        raise Refused(reason, field="upload") from None
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels()
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise Refused(N_("Moving pictures are not taken yet. Choose a still one."), field="upload")
    return image


def _too_many_pixels() -> Refused:
    reason = N_("This picture has more than %(limit)s megapixels. Save it smaller and try again.")
    return Refused(reason, field="upload", limit=MOST_PIXELS // 1_000_000)


def _upright(image: Image.Image) -> Image.Image:
    """Its pixels alone, turned as its camera meant them: no place, no time, no name of a device."""
    try:
        image.load()
        turn = _turn(image)
        plain = _eight_bits(image) if image.mode in DEEP else image
        turned = plain if turn is None else plain.transpose(turn)
        clear = "A" in turned.getbands() or "transparency" in turned.info
        return turned.convert("RGBA" if clear and KEPT_AS[str(image.format)] != "JPEG" else "RGB")
    except Exception:
        reason = N_("This picture is damaged and cannot be read to its end. Save it again and try once more.")
        raise Refused(reason, field="upload") from None


def _eight_bits(image: Image.Image) -> Image.Image:
    """Greys of sixteen bits in eight, which Pillow would cut off at white rather than scale."""
    deep = image.convert("I")
    grey = deep.point([(value + 128) // 257 for value in range(65_536)], "L")
    if (clear := image.info.get("transparency")) is not None:
        alpha = deep.point([0 if value == clear else 255 for value in range(65_536)], "L")
        grey = Image.merge("LA", (grey, alpha))
    return grey


def _turn(image: Image.Image) -> Image.Transpose | None:
    """What sets the picture upright; None where its EXIF does not say, or is too damaged to say.

    Only this one tag is read: what is kept carries no EXIF, and Pillow's own turning writes the whole block anew, which
    fails on damage that the pixels know nothing of.
    """
    try:
        return TURNED_BY.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return None


def _written(image: Image.Image, kind: str, quality: int = 88) -> bytes:
    out = io.BytesIO()
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    options = {"compress_level": 6} if kind == "PNG" else {"quality": quality}
    bare.save(out, kind, **options)
    return out.getvalue()


def _small(image: Image.Image) -> str:
    """The digest of a version for lists and phones (WebP); empty when the picture is small itself."""
    if image.width <= SMALL_WIDTH:
        return ""
    small = image.resize((SMALL_WIDTH, max(1, round(image.height * SMALL_WIDTH / image.width))))
    return storage.keep(_written(small, "WEBP", quality=80))


def _plain(name: str) -> str:
    """The file's name without its folder and without what cannot be shown."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[:200]
