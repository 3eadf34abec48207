"""Reads about guidelines: what is in force, what a person has accepted, what is still asked of her."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from advocacy import db, text
from advocacy.accounts.models import Person
from advocacy.guidelines import rules
from advocacy.guidelines.models import (
    Acknowledgement,
    Guideline,
    GuidelineText,
    GuidelineVersion,
)
from advocacy.guidelines.rules import GuidelineWords, ReaderGroup, ReadingState


@dataclass(frozen=True)
class Reading:
    """One guideline as one person sees it: its words in her language and where she stands with it."""

    guideline: Guideline
    version: GuidelineVersion
    text: GuidelineText
    accepted_at: datetime | None
    due_at: datetime | None
    state: ReadingState


def with_slug(slug: str) -> Guideline | None:
    """The guideline at this address, published or not."""
    return db.session.scalar(sa.select(Guideline).where(Guideline.slug == slug))


def published(slug: str) -> Guideline | None:
    """The guideline at this address, if anyone may read it."""
    guideline = with_slug(slug)
    return guideline if guideline and guideline.current and guideline.retired_at is None else None


def is_taken(slug: str) -> bool:
    """Whether a guideline stands at this address."""
    return with_slug(slug) is not None


def everything() -> list[Guideline]:
    """Every guideline with its versions, for the desk; retired ones last."""
    found = db.session.scalars(
        sa.select(Guideline)
        .options(selectinload(Guideline.versions).selectinload(GuidelineVersion.texts))
        .order_by(Guideline.retired_at.is_not(None), Guideline.position, Guideline.id)
    )
    return list(found)


def in_force() -> list[Guideline]:
    """The guidelines that are published and not retired, in their order."""
    return [guideline for guideline in everything() if guideline.retired_at is None and guideline.current]


def words_of(version: GuidelineVersion | None) -> dict[str, GuidelineWords]:
    """A version's words by language."""
    texts = version.texts if version else []
    return {t.language: GuidelineWords(t.title, t.body, t.summary, t.changed) for t in texts}


def text_of(version: GuidelineVersion, language: str) -> GuidelineText:
    """A version's text in the language nearest to the reader's."""
    by_language = {t.language: t for t in version.texts}
    return by_language[text.in_language(by_language, language)]


def counts_from(guideline: Guideline) -> int:
    """The lowest version of a published guideline whose acceptance still counts."""
    return rules.counts_from((v.number, v.asks_again) for v in guideline.versions if v.published_at)


def counting(guideline: Guideline) -> list[GuidelineVersion]:
    """The published versions whose acceptance still counts, oldest first."""
    lowest = counts_from(guideline)
    return [version for version in guideline.versions if version.published_at and version.number >= lowest]


def asked_at(guideline: Guideline) -> datetime:
    """When everybody was last asked to accept this guideline."""
    at = counting(guideline)[0].published_at
    assert at is not None
    return at


def accepted(person: Person, guidelines: Iterable[Guideline]) -> dict[int, datetime]:
    """When a person accepted each guideline (by key), where that acceptance still counts."""
    versions = {v.id: guideline.id for guideline in guidelines for v in counting(guideline)}
    rows = db.session.execute(
        sa.select(Acknowledgement.version_id, Acknowledgement.at)
        .where(Acknowledgement.person_id == person.id, Acknowledgement.version_id.in_(list(versions)))
        .order_by(Acknowledgement.at.desc())
    )
    return {versions[version_id]: at for version_id, at in rows}


def readings(person: Person, at: datetime) -> list[Reading]:
    """Every guideline in force with where this person stands, in her language."""
    guidelines = in_force()
    known = accepted(person, guidelines)
    return [_reading(person, guideline, known.get(guideline.id), at) for guideline in guidelines]


def _reading(person: Person, guideline: Guideline, accepted_at: datetime | None, at: datetime) -> Reading:
    version = guideline.current
    assert version is not None
    due = due_at(person, guideline)
    shown = text_of(version, person.language)
    return Reading(guideline, version, shown, accepted_at, due, rules.state(accepted_at, due, at))


def due_at(person: Person, guideline: Guideline) -> datetime | None:
    """Until when this person is asked to accept; None where the guideline has no due date for all staff."""
    if guideline.readers != ReaderGroup.EVERYONE:
        return None
    return rules.due_at(asked_at(guideline), person.created_at, guideline.due_days)


def to_read(person: Person, at: datetime) -> list[Reading]:
    """What is still asked of this person: of all staff, and of champions if she is one."""
    asked = (reading for reading in readings(person, at) if _is_asked(person, reading.guideline))
    return [reading for reading in asked if reading.accepted_at is None]


def _is_asked(person: Person, guideline: Guideline) -> bool:
    if rules.in_record(guideline.readers, guideline.unlocks_sharing, guideline.due_days):
        return True
    return guideline.unlocks_sharing and person.is_champion


def unlocking(at: datetime) -> list[Guideline]:
    """The guidelines without which nobody can share, with their versions, in their order."""
    asked = db.session.scalars(
        sa.select(Guideline)
        .where(Guideline.unlocks_sharing, Guideline.retired_at.is_(None))
        .options(selectinload(Guideline.versions))
        .order_by(Guideline.position, Guideline.id)
    )
    return [guideline for guideline in asked if _published_by(guideline, at)]


def missing_for(person: Person, at: datetime) -> list[Guideline]:
    """The guidelines that this person must accept before she can share; the gate asks this again at sending."""
    return missing_for_each([person.id], at)[person.id]


def missing_for_each(people: Collection[int], at: datetime) -> dict[int, list[Guideline]]:
    """The same for several people, by their keys."""
    asked = unlocking(at)
    if not asked:
        return {person: [] for person in people}
    versions = {version.id: guideline.id for guideline in asked for version in counting(guideline)}
    rows = db.session.execute(
        sa.select(Acknowledgement.person_id, Acknowledgement.version_id).where(
            Acknowledgement.person_id.in_(people), Acknowledgement.version_id.in_(list(versions))
        )
    )
    known = {(person, versions[version]) for person, version in rows}
    return {
        person: [guideline for guideline in asked if (person, guideline.id) not in known] for person in people
    }


def accepted_versions(person_id: Any) -> sa.Select[int]:
    """The versions (keys) that a person accepted."""
    return sa.select(Acknowledgement.version_id).where(Acknowledgement.person_id == person_id)


def minutes_of(guideline: Guideline, language: str) -> int:
    """How many minutes it takes to read a guideline in the language nearest to the reader's."""
    version = guideline.current
    return rules.reading_minutes(text_of(version, language).body) if version and version.texts else 1


def _published_by(guideline: Guideline, at: datetime) -> bool:
    return any(version.published_at and version.published_at <= at for version in guideline.versions)


def title_of(guideline: Guideline, language: str) -> str:
    """A guideline's title in the language nearest to the reader's, of the version in force or being written."""
    version = guideline.current or guideline.draft
    return text_of(version, language).title if version and version.texts else guideline.slug


def acknowledgement(person: Person, version: GuidelineVersion) -> Acknowledgement | None:
    """This person's acceptance of exactly this version."""
    return db.session.scalar(
        sa.select(Acknowledgement).where(
            Acknowledgement.person_id == person.id, Acknowledgement.version_id == version.id
        )
    )


def version(guideline: Guideline, number: int) -> GuidelineVersion | None:
    """The published version with this number."""
    return next((v for v in guideline.versions if v.number == number and v.published_at), None)
