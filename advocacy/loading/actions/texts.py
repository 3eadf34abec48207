"""Making guidelines, courses and kits as the folder says, each by its own room."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from advocacy import db, storage
from advocacy.accounts.models import Person
from advocacy.content import actions as content
from advocacy.content import pictures
from advocacy.content.models import Kit
from advocacy.content.shape import KitData, Picture
from advocacy.errors import Refused
from advocacy.guidelines import actions as guidelines
from advocacy.loading.actions.tally import Outcome, Tally, whole
from advocacy.loading.rules.courses import CourseRow
from advocacy.loading.rules.guidelines import GuidelineRow
from advocacy.loading.rules.kits import KitRow, PictureRow
from advocacy.loading.rules.problems import Problems
from advocacy.loading.rules.values import Moment
from advocacy.training import actions as training

OUTCOMES = {
    "made": Outcome.CREATED,
    "new": Outcome.CREATED,
    "new version": Outcome.UPDATED,
    "settings": Outcome.UPDATED,
    "changed": Outcome.UPDATED,
}


def keep_guidelines(rows: Iterable[GuidelineRow], *, at: datetime, tally: Tally, problems: Problems) -> None:
    """Make the guidelines say what their files say."""
    for row in rows:
        with whole(row.place, problems):
            change = guidelines.keep_guideline(row.slug, row.data, by=None, at=at)
            tally.note("guidelines", OUTCOMES.get(change.value, Outcome.UNCHANGED))


def keep_courses(rows: Iterable[CourseRow], *, at: datetime, tally: Tally, problems: Problems) -> None:
    """Make the courses say what their files say."""
    for row in rows:
        with whole(row.place, problems):
            change = training.keep_course(row.slug, row.data, by=None, at=at)
            tally.note("courses", OUTCOMES.get(change.value, Outcome.UNCHANGED))


def keep_kits(rows: Iterable[KitRow], *, at: datetime, tally: Tally, problems: Problems) -> None:
    """Make the kits hold what their files say, by their authors' hands; with an approver they are approved."""
    for row in rows:
        with whole(row.place, problems):
            before = len(problems)
            data = kit_data(row, take_pictures(row, problems))
            if len(problems) == before:
                approver = person(row.approver) if row.approver else None
                said = content.keep_kit(row.slug, data, by=person(row.author), approver=approver, at=at)
                tally.note("kits", OUTCOMES.get(said, Outcome.UNCHANGED))


def person(staff_id: str) -> Person:
    """The person with this staff number, who was seen to be there."""
    return db.session.scalars(sa.select(Person).where(Person.staff_id == staff_id)).one()


def take_pictures(row: KitRow, problems: Problems) -> tuple[Picture, ...]:
    """Take the kit's pictures in; one that is refused is a problem."""
    taken = [_taken(picture, problems) for picture in row.pictures]
    return tuple(picture for picture in taken if picture is not None)


def look_at(rows: Iterable[PictureRow], *, problems: Problems) -> None:
    """Say what is wrong with pictures whose kits are refused for something else."""
    with storage.aside():
        for row in rows:
            _taken(row, problems)


def kit_data(row: KitRow, taken: tuple[Picture, ...]) -> KitData:
    """The kit as its room takes it, with the pictures that were taken in."""
    held = db.session.scalar(sa.select(Kit).where(Kit.slug == row.slug))
    return KitData(
        texts=row.texts,
        link_url=row.link,
        pictures=taken,
        captions=row.captions,
        topics=row.topics,
        audience=row.audience,
        publish_at=_moment(row.publish_at, held.publish_at if held else None),
        expires_at=_moment(row.expires_at, held.expires_at if held else None),
        entity=row.entity,
        is_paid=row.is_paid,
        own_posts=row.own_posts,
    )


def _moment(said: Moment | None, stored: datetime | None) -> datetime | None:
    """A relative moment was worked out when the kit was first loaded; else it would creep with every load."""
    if said is None:
        return None
    return stored if said.is_relative and stored is not None else said.at


def _taken(row: PictureRow, problems: Problems) -> Picture | None:
    try:
        picture = pictures.take(row.path.read_bytes(), row.path.name)
    except Refused as refused:
        problems.add(row.place, f"{row.path.name}: {refused}")
        return None
    return Picture(
        digest=picture.digest,
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        size=picture.size,
        name=picture.name,
        alt=row.alt,
        small=picture.small,
    )
