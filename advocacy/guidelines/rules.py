"""The law of reading: what counts as read and accepted, until when, and how a guideline is written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from advocacy.errors import N_, Reason

LONGEST_TITLE = 160
LONGEST_NOTE = 300
LONGEST_BODY = 60_000
REMIND_BEFORE = timedelta(days=7)
REMIND_EVERY = timedelta(days=7)
WORDS_A_MINUTE = 200


class ReaderGroup(StrEnum):
    """Whom a guideline is for: all staff must read it (with a due date), or champions before they share."""

    EVERYONE = "everyone"
    CHAMPIONS = "champions"


class ReadingState(StrEnum):
    """Where a person stands with a guideline that is asked of all staff."""

    ACCEPTED = "accepted"
    DUE = "due"
    OVERDUE = "overdue"


class Stage(StrEnum):
    """Why a reminder is written."""

    SOON = "soon"
    OVERDUE = "overdue"


class Change(StrEnum):
    """What keeping a thing under its slug came to."""

    MADE = "made"
    NEW_VERSION = "new version"
    SETTINGS = "settings"
    NONE = "none"


@dataclass(frozen=True)
class GuidelineWords:
    """A guideline in one language; `changed` says what is new in this version."""

    title: str
    body: str
    summary: str = ""
    changed: str = ""


@dataclass(frozen=True)
class GuidelineData:
    """A guideline as a folder describes it; `words` by language tag, `required` asks for acceptance before sharing."""

    words: Mapping[str, GuidelineWords]
    readers: ReaderGroup = ReaderGroup.EVERYONE
    required: bool = False
    due_days: int | None = None
    position: int = 100
    asks_again: bool = True


def counts_from(versions: Iterable[tuple[int, bool]]) -> int:
    """The lowest version whose acceptance still counts, given (number, asks again) of each published version."""
    known = sorted(versions)
    asking = [number for number, asks_again in known if asks_again]
    return asking[-1] if asking else known[0][0]


def due_at(published_at: datetime, created_at: datetime, due_days: int | None) -> datetime | None:
    """Until when a person is asked to accept: days after publication or after she came, whichever is later."""
    return None if due_days is None else max(published_at, created_at) + timedelta(days=due_days)


def state(acknowledged_at: datetime | None, due: datetime | None, at: datetime) -> ReadingState:
    """Where a person stands with a guideline at that moment."""
    if acknowledged_at is not None:
        return ReadingState.ACCEPTED
    return ReadingState.OVERDUE if due is not None and due <= at else ReadingState.DUE


def in_record(readers: ReaderGroup, unlocks_sharing: bool, due_days: int | None) -> bool:
    """Whether a guideline stands in the record of all staff; what champions read stands in no record."""
    return readers == ReaderGroup.EVERYONE and (unlocks_sharing or due_days is not None)


def is_asked_of_somebody(readers: ReaderGroup, unlocks_sharing: bool, due_days: int | None) -> bool:
    """Whether anybody is ever asked to accept a guideline; one that nobody is asked for can only be read."""
    return unlocks_sharing or in_record(readers, unlocks_sharing, due_days)


def unchanged(old: Mapping[str, GuidelineWords], new: Mapping[str, GuidelineWords]) -> list[str]:
    """The languages in which the new version says the very same as the old one."""
    return sorted(tag for tag in old.keys() & new.keys() if not words_differ({"": old[tag]}, {"": new[tag]}))


def stage(due: datetime | None, at: datetime) -> Stage | None:
    """Which reminder a person who has not accepted is due, if any."""
    if due is None or at < due - REMIND_BEFORE:
        return None
    return Stage.OVERDUE if due <= at else Stage.SOON


def words_differ(old: Mapping[str, GuidelineWords], new: Mapping[str, GuidelineWords]) -> bool:
    """Whether a title, summary or body differs in any language; the note on what changed is no change."""
    return {tag: (w.title, w.summary, w.body) for tag, w in old.items()} != {
        tag: (w.title, w.summary, w.body) for tag, w in new.items()
    }


def is_blank(words: GuidelineWords) -> bool:
    """Whether nothing was written in this language."""
    return not (words.title or words.body or words.summary or words.changed)


def too_long(words: Mapping[str, GuidelineWords]) -> list[Reason]:
    """What is longer than a page can bear."""
    limits = (
        ("title", LONGEST_TITLE),
        ("summary", LONGEST_NOTE),
        ("changed", LONGEST_NOTE),
        ("body", LONGEST_BODY),
    )
    return [
        (
            N_("A text has %(length)s characters; at most %(limit)s fit there."),
            {"length": length, "limit": limit},
        )
        for texts in words.values()
        for name, limit in limits
        if (length := len(getattr(texts, name))) > limit
    ]


def missing_words(words: Mapping[str, GuidelineWords]) -> list[Reason]:
    """What must be written before it can be published: a title and a text in each language that was begun."""
    begun = {tag: texts for tag, texts in words.items() if not is_blank(texts)}
    if not begun:
        return [(N_("There is nothing to publish yet: write a title and a text."), {})]
    lacking = [tag for tag, texts in begun.items() if not texts.title or not texts.body]
    return [
        (N_("The text in “%(language)s” needs a title and a body."), {"language": tag}) for tag in lacking
    ]


def reading_minutes(body: str) -> int:
    """How many minutes a text takes to read with care; at least one."""
    return max(1, round(len(body.split()) / WORDS_A_MINUTE))
