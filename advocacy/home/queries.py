"""What the first page shows, and who gets the weekly letter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import queries as accounts
from advocacy.accounts.models import Person, Topic
from advocacy.content import queries as content
from advocacy.content import suggesting
from advocacy.content.models import Kit
from advocacy.content.rules import language_keys
from advocacy.content.stories import Story
from advocacy.content.suggesting import suggested_for
from advocacy.errors import Reason
from advocacy.guidelines import queries as guidelines
from advocacy.guidelines.models import Guideline, GuidelineVersion
from advocacy.home import rules
from advocacy.home.rules import Step
from advocacy.keep import Shelf
from advocacy.mail.models import Letter
from advocacy.sharing import queries as sharing
from advocacy.sharing.models import Connection
from advocacy.training import queries as training
from advocacy.training.models import Course, CourseVersion


@dataclass(frozen=True)
class Stop:
    """A guideline or course on the road to sharing, and what of it was accepted or passed: any of these keys does."""

    slug: str
    keys: frozenset[int]


@dataclass(frozen=True)
class Road:
    """What everybody passes before sharing."""

    guidelines: tuple[Stop, ...]
    courses: tuple[Stop, ...]


@dataclass(frozen=True)
class Standing:
    """Where one person stands: keys of topics, kits, guidelines' versions, courses, accounts, posts by hand.

    `recalled` and `asked` are the shares of which her first page has to tell.
    """

    follows: frozenset[int]
    shared: frozenset[int]
    accepted: frozenset[int]
    passed: frozenset[int]
    connected: frozenset[int]
    by_hand: frozenset[int]
    recalled: frozenset[int]
    asked: frozenset[int]


@dataclass(frozen=True)
class NextStep:
    """The one thing that is next: how many posts wait, or which account."""

    step: Step
    posts: int = 0
    account: Connection | None = None


ROAD: Shelf[Road] = Shelf(Guideline, GuidelineVersion, Course, CourseVersion, most=1)
TOPICS: Shelf[dict[int, str]] = Shelf(Topic, most=1)


def standing(person: Person, *, at: datetime) -> Standing:
    """Where this person stands, in one statement."""
    found: dict[str, set[int]] = {name: set() for name in Standing.__dataclass_fields__}
    asked = {"person": person.id, "moment": at, "since": at - rules.TELLS_FOR}
    for name, key in db.session.execute(_standing(), asked):
        found[name].add(key)
    return Standing(**{name: frozenset(keys) for name, keys in found.items()})


@cache
def _standing() -> sa.CompoundSelect[Any]:
    person = sa.bindparam("person", type_=db.Key)
    moment = sa.bindparam("moment", type_=db.Instant())
    since = sa.bindparam("since", type_=db.Instant())
    parts = {
        "follows": accounts.followed_by(person),
        "shared": sharing.shared_kits(person),
        "accepted": guidelines.accepted_versions(person),
        "passed": training.held(person, moment),
        "connected": sharing.connection_ids(person),
        "by_hand": sharing.posts_by_hand(person),
        "recalled": sharing.shares_recalled(person, since),
        "asked": sharing.shares_asked_about(person),
    }
    return sa.union_all(
        *(sa.select(sa.literal_column(f"'{name}'"), part.subquery().c[0]) for name, part in parts.items())
    )


def stories(
    person: Person, *, limit: int = 5, at: datetime, standing: Standing | None = None
) -> list[tuple[Story | Kit, Reason]]:
    """Stories for this person with the reason of each, those not shared yet first."""
    if standing is None:
        return suggested_for(person, at, limit=limit, shared=sharing.shared_kit_ids(person))
    slugs = TOPICS.read(db.current(), "", _topics, at=at)
    follows = {slugs[key] for key in standing.follows if key in slugs}
    return suggested_for(person, at, limit=limit, shared=standing.shared, follows=follows)


def _topics() -> dict[int, str]:
    return {topic.id: topic.slug for topic in db.session.execute(sa.select(Topic.id, Topic.slug))}


def stories_for_letter(person: Person, *, at: datetime) -> list[tuple[Story | Kit, Reason]]:
    """Stories for her letter: neither shared nor in an earlier one; those in her language, if there are any."""
    known, shared = _told(person), sharing.shared_kit_ids(person)
    new = [
        (kit, reason)
        for kit, reason in stories(person, limit=suggesting.FROM, at=at)
        if kit.id not in shared and kit.slug not in known
    ]
    own = [(kit, reason) for kit, reason in new if _is_in(kit, person.language)]
    return (own or new)[: rules.STORIES_IN_LETTER]


def _is_in(kit: Story | Kit, language: str) -> bool:
    """Whether a story was written in this language, of whatever region."""
    return bool(language_keys(content.text_in(kit, language).language) & language_keys(language))


def _told(person: Person) -> set[str]:
    """The stories (slugs) that her earlier weekly letters named."""
    letters = sa.select(Letter.values).where(Letter.person_id == person.id, Letter.kind == "weekly")
    return {story["slug"] for values in db.session.scalars(letters) for story in values["stories"]}


def next_step(person: Person, standing: Standing, *, at: datetime) -> NextStep | None:
    """The next step; None for who has not joined, and while she pauses, save what went wrong."""
    if not person.is_champion:
        return None
    road = ROAD.read(db.current(), "", lambda: _road(at), at=at)
    accounts_of = list(db.session.scalars(sharing.connections_of(person))) if standing.connected else []
    lost = next((one for one in accounts_of if not one.is_active), None)
    posts = sharing.how_many_in_trouble(person)
    step = rules.next_step(
        to_mend=posts > 0,
        to_reconnect=lost is not None,
        to_read=any(stop.keys.isdisjoint(standing.accepted) for stop in road.guidelines),
        to_learn=any(stop.keys.isdisjoint(standing.passed) for stop in road.courses),
        has_a_way=bool(standing.connected or standing.by_hand),
    )
    if person.is_paused and step not in (Step.MEND, Step.RECONNECT):
        return None
    return NextStep(step, posts, lost)


def _road(at: datetime) -> Road:
    return Road(
        tuple(
            Stop(guideline.slug, frozenset(version.id for version in guidelines.counting(guideline)))
            for guideline in guidelines.unlocking(at)
        ),
        tuple(Stop(course.slug, frozenset([course.id])) for course in training.unlocking(at)),
    )


def _wants_letter() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Person.weekly_letter.is_(True),
        Person.joined_at.is_not(None),
        Person.left_at.is_(None),
        Person.paused_at.is_(None),
        Person.disabled_at.is_(None),
        Person.erased_at.is_(None),
        Person.email.is_not(None),
    )


def letter_readers(*, batch: int = 500) -> Iterator[list[Person]]:
    """Champions who want the weekly letter and have an address, in batches by key."""
    last = 0
    while True:
        readers = db.session.scalars(
            sa.select(Person).where(Person.id > last, *_wants_letter()).order_by(Person.id).limit(batch)
        ).all()
        if not readers:
            return
        yield list(readers)
        last = readers[-1].id


def person_by_code(code: str) -> Person | None:
    """The person with this code."""
    return db.session.scalar(sa.select(Person).where(Person.code == code))


def letter_reader(key: int) -> Person | None:
    """The one with this key if she wants the weekly letter still; who stops it now waits until this unit ends."""
    return db.session.scalar(
        sa.select(Person).where(Person.id == key, *_wants_letter()).with_for_update(read=True, of=Person)
    )
