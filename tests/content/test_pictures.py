"""What may come in as a picture, and what is left of it."""

import io
import zlib
from pathlib import Path

import pytest
from PIL import Image

from advocacy import storage
from advocacy.content import pictures
from advocacy.errors import Refused
from tests.makers.content import damaged_exif, picture_bytes


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_folder", tmp_path)


def reopened(digest: str) -> Image.Image:
    return Image.open(io.BytesIO(storage.read(digest)))


@pytest.mark.parametrize(
    ("kind", "kept_as", "media_type"),
    [
        ("JPEG", "JPEG", "image/jpeg"),
        ("PNG", "PNG", "image/png"),
        ("WEBP", "WEBP", "image/webp"),
        ("GIF", "PNG", "image/png"),
        ("MPO", "JPEG", "image/jpeg"),
    ],
)
def test_pictures_are_kept(kind: str, kept_as: str, media_type: str) -> None:
    picture = pictures.take(picture_bytes(12, 8, kind), "C:\\photos\\ship\n.png")
    assert (picture.media_type, picture.width, picture.height, picture.small) == (media_type, 12, 8, "")
    assert picture.size == len(storage.read(picture.digest))
    assert picture.name == "ship.png"
    assert reopened(picture.digest).format == kept_as


def test_place_and_device_are_taken_out_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"
    exif.get_ifd(0x8825)[1] = "N"
    picture = pictures.take(picture_bytes(12, 8, "JPEG", exif=exif, comment=b"at home"))
    kept = reopened(picture.digest)
    assert (picture.width, picture.height) == (8, 12)
    assert not kept.getexif()
    assert "comment" not in kept.info
    assert b"Camera" not in storage.read(picture.digest)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damage_to_what_is_taken_out_anyway_keeps_no_picture_out(kind: str) -> None:
    picture = pictures.take(damaged_exif(kind))
    assert (picture.width, picture.height) == (8, 12)
    assert not reopened(picture.digest).getexif()


def test_a_picture_whose_turn_cannot_be_read_is_taken_as_it_lies() -> None:
    assert pictures.take(picture_bytes(12, 8, "JPEG", exif=b"Exif\0\0no such thing")).width == 12


@pytest.mark.parametrize("clear", [None, 10 * 257])
def test_greys_of_sixteen_bits_stay_as_they_are(clear: int | None) -> None:
    deep = Image.new("I;16", (256, 2))
    for x in range(256):
        for y in range(2):
            deep.putpixel((x, y), min(x * 257 + y, 65_535))
    out = io.BytesIO()
    deep.save(out, "PNG", **({} if clear is None else {"transparency": clear}))
    kept = reopened(pictures.take(out.getvalue()).digest)
    assert kept.convert("L").tobytes() == bytes(range(256)) * 2
    if clear is not None:
        assert [x for x in range(512) if not kept.getchannel("A").tobytes()[x]] == [10]


def test_a_clear_background_stays_clear() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    assert reopened(pictures.take(out.getvalue()).digest).mode == "RGBA"


def test_large_pictures_are_made_smaller_at_their_true_ratio() -> None:
    picture = pictures.take(picture_bytes(4800, 1200, "JPEG"))
    assert (picture.width, picture.height) == (2400, 600)
    assert reopened(picture.small).size == (800, 200)
    assert reopened(picture.small).format == "WEBP"


def bomb() -> bytes:
    """A PNG of a few bytes whose header promises 900 megapixels."""
    data = picture_bytes()
    header = b"IHDR" + (30_000).to_bytes(4) * 2 + data[24:29]
    return data[:12] + header + zlib.crc32(header).to_bytes(4) + data[33:]


def moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (4, 4), (shade, 0, 0)) for shade in (0, 200)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\x00" * 10_000_001, "larger than 10 MB"),
        (b'\n<?xml version="1.0"?><svg/>', "SVG"),
        (b"<svg onload='alert(1)'/>", "SVG"),
        (b"%PDF-1.7", "not a picture"),
        (b"<html><script>alert(1)</script>", "not a picture"),
        (picture_bytes(kind="BMP"), "not a picture"),
        (picture_bytes()[:20], "not a picture"),
        (picture_bytes(400, 400, "JPEG")[:700], "damaged"),
        (bomb(), "25 megapixels"),
        (moving(), "Moving"),
    ],
)
def test_what_is_refused_is_refused_in_words(data: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=words) as refused:
        pictures.take(data, "x.png")
    assert refused.value.field == "upload"
    assert not list(tmp_path.rglob("*"))


def test_pixels_are_counted_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    data = picture_bytes(5001, 5000, "PNG")
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(Refused, match="25 megapixels"):
        pictures.take(data)
