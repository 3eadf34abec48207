"""Makes content kits and pictures, for tests."""

from __future__ import annotations

import io
import itertools
from datetime import datetime, timedelta
from typing import Any

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from advocacy import db
from advocacy.accounts.models import Entity, Person, Topic
from advocacy.content import writing
from advocacy.content.models import Kit, KitState
from advocacy.content.rules import Audience
from advocacy.content.shape import Caption, KitData, Picture, Text
from tests.makers.accounts import AT

_count = itertools.count(1)


def make_data(**values: Any) -> KitData:
    """A kit that can be sent to review: English, one caption, no picture, for everyone, at once."""
    known: dict[str, Any] = {
        "texts": {
            "en": Text(
                "The cable that came ashore", "412 people, one ferry, and since Tuesday one **fibre**."
            )
        },
        "link_url": "https://www.nordlys.example/stories/island-fibre",
        "captions": (Caption("any", "en", "412 people, one ferry, and since Tuesday one fibre."),),
    }
    return KitData(**known | values)


def make_kit(
    slug: str = "",
    *,
    title: str = "",
    state: KitState = KitState.APPROVED,
    author: Person | None = None,
    entity: Entity | None = None,
    topics: list[Topic] | None = None,
    audience: Audience | None = None,
    publish_at: datetime | None = None,
    expires_at: datetime | None = None,
    created_at: datetime | None = None,
    **data: Any,
) -> Kit:
    """A kit that is out since a day before AT, in English and French, unless said otherwise."""
    n = next(_count)
    title = title or f"Story {n}"
    known: dict[str, Any] = {
        "texts": {
            "en": Text(title, f"What happened in {title}."),
            "fr": Text(f"{title} (fr)", "Ce qui est arrivé."),
        },
        "captions": (
            Caption("any", "en", f"{title} in one line."),
            Caption("any", "fr", f"{title} en une ligne."),
        ),
        "link_url": f"https://www.nordlys.example/stories/{n}",
        "topics": tuple(topic.slug for topic in topics or []),
        "audience": audience or Audience(),
        "publish_at": publish_at or AT - timedelta(days=1),
        "expires_at": expires_at,
    }
    made = created_at or AT - timedelta(days=2)
    was_approved = state in {KitState.APPROVED, KitState.RECALLED}
    kit = Kit(
        slug=slug or f"story-{n}",
        state=state,
        author=author,
        editor=author,
        entity=entity,
        created_at=made,
        edited_at=made,
        approved_at=made if was_approved else None,
        recalled_at=AT if state is KitState.RECALLED else None,
    )
    db.session.add(kit)
    writing.write(kit, KitData(**known | data), made)
    db.session.flush()
    return kit


def picture_bytes(width: int = 12, height: int = 8, kind: str = "PNG", **options: Any) -> bytes:
    """A small picture of that kind, as a file."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (14, 98, 113)).save(out, kind, **options)
    return out.getvalue()


def damaged_exif(kind: str = "JPEG") -> bytes:
    """A picture on its side (orientation 6) whose EXIF calls its resolution a text, and so cannot be written anew."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x011A] = 6, "Camera", IFDRational(72, 1)
    block = bytearray(exif.tobytes())
    kind_of_value = block.index(b"\x01\x1a\x00\x05") + 2  # the resolution's tag, big-endian; 5 is a fraction
    block[kind_of_value : kind_of_value + 2] = b"\x00\x02"
    return picture_bytes(12, 8, kind, exif=bytes(block))


def make_picture(digest: str = "a" * 64, **values: Any) -> Picture:
    """A picture as `KitData` holds it; storage does not have its bytes."""
    known: dict[str, Any] = {"name": "cable.png", "alt": {"en": "A ship off an island."}}
    return Picture(digest, "image/png", 1200, 630, 5000, **known | values)
