"""The comms managers' part of the past: kits written, sent back once, approved by another, gone live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content import actions as content
from advocacy.content.models import Kit
from advocacy.content.shape import Caption, KitData, Picture, Text
from advocacy.loading.actions.texts import kit_data, person
from advocacy.loading.rules.kits import KitRow
from advocacy.loading.samples.past import Past

REMARK = "A fine story. Please say in the picture's description what is seen, not what it stands for."
# A kit that its author has only begun, so that the studio shows one.
BEGUN = KitData(
    texts={
        "en": Text(
            "The night shift that hears a cable",
            "Ragnhild can tell a wet splice from a broken one by the sound in her headset.\n\n"
            "To ask her: since when, how she learned it, and whether she would show us.",
        )
    },
    captions=(Caption("any", "en", "Some colleagues listen to cables at night. One of them let me try."),),
    topics=("network", "people"),
)


def plan(past: Past, rows: Iterable[KitRow], pictures: Mapping[str, tuple[Picture, ...]]) -> None:
    """Plan every kit's way into the world; one that is to be published later waits for its reviewer."""
    for number, row in enumerate(sorted(rows, key=_published)):
        data = kit_data(row, pictures[row.slug])
        begins = max(past.begin - timedelta(days=1), _latest(_published(row), past.end))
        past.on(begins, partial(_write, past, row, data, number == 2))
    past.on(past.end - timedelta(days=1), _begin)


def _published(row: KitRow) -> datetime:
    """When a kit is to go live; one that does not say is as old as can be."""
    return row.publish_at.at if row.publish_at else datetime.min.replace(tzinfo=UTC)


def _latest(published: datetime, end: datetime) -> datetime:
    """Three days before it goes live; without OverflowError for one that is as old as can be."""
    return min(max(published, end - timedelta(weeks=60)), end) - timedelta(days=3)


def _write(past: Past, row: KitRow, data: KitData, is_sent_back: bool, *, at: datetime) -> None:
    """Write a kit, ask for its review, and plan what its reviewer says."""
    author, approver = person(row.author), person(row.approver) if row.approver else None
    content.keep_kit(row.slug, data, by=author, at=at)
    if approver is None:
        return
    kit = db.session.scalars(sa.select(Kit).where(Kit.slug == row.slug)).one()
    asked = past.soon(at, 20, 90)
    past.on(asked, partial(content.send_to_review, kit, by=author))
    decided = past.soon(asked, 60, 400)
    if is_sent_back:
        past.on(decided, partial(content.send_back, kit, REMARK, by=approver))
        past.on(past.soon(decided, 30, 60), partial(content.send_to_review, kit, by=author))
        decided = past.soon(decided, 90, 200)
    if _published(row) < past.end:
        past.on(decided, partial(content.approve, kit, by=approver))
        past.on(max(decided + timedelta(minutes=1), _published(row)), partial(_go_live, past, kit))


def _go_live(past: Past, kit: Kit, *, at: datetime) -> None:
    content.announce(kit, at=at)
    if not kit.audience:  # a story for some only is left to the living
        for tell in past.champions:
            tell(kit, at)


def _begin(*, at: datetime) -> None:
    author = db.session.scalar(sa.select(Person).where(Person.email == "carl@demo.example"))
    if author is not None:
        content.create(BEGUN, by=author, at=at)
