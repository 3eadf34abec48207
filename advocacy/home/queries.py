"""What the first page shows, and who gets the weekly letter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content import queries as content
from advocacy.content.models import Kit
from advocacy.content.rules import language_keys
from advocacy.errors import Reason
from advocacy.guidelines.models import Guideline
from advocacy.home import rules
from advocacy.home.rules import Step
from advocacy.mail.models import Letter
from advocacy.sharing import queries as sharing
from advocacy.sharing.models import Connection
from advocacy.training.models import Course


@dataclass(frozen=True)
class NextStep:
    """The one thing that is next: on which posts, account, guideline or course."""

    step: Step
    posts: int = 0
    account: Connection | None = None
    guideline: Guideline | None = None
    course: Course | None = None


def stories(person: Person, *, limit: int = 5, at: datetime) -> list[tuple[Kit, Reason]]:
    """Stories for this person with the reason of each, those not shared yet first."""
    return content.suggested_for(person, at, limit=limit, shared=sharing.shared_kit_ids(person))


def stories_for_letter(person: Person, *, at: datetime) -> list[tuple[Kit, Reason]]:
    """Stories for her letter: neither shared nor in an earlier one; those in her language, if there are any."""
    known, shared = _told(person), sharing.shared_kit_ids(person)
    new = [
        (kit, reason)
        for kit, reason in stories(person, limit=content.SUGGESTED_FROM, at=at)
        if kit.id not in shared and kit.slug not in known
    ]
    own = [(kit, reason) for kit, reason in new if _is_in(kit, person.language)]
    return (own or new)[: rules.STORIES_IN_LETTER]


def _is_in(kit: Kit, language: str) -> bool:
    """Whether a story was written in this language, of whatever region."""
    return bool(language_keys(content.text_in(kit, language).language) & language_keys(language))


def _told(person: Person) -> set[str]:
    """The stories (slugs) that her earlier weekly letters named."""
    letters = sa.select(Letter.values).where(Letter.person_id == person.id, Letter.kind == "weekly")
    return {story["slug"] for values in db.session.scalars(letters) for story in values["stories"]}


def next_step(person: Person, *, at: datetime) -> NextStep | None:
    """The champion's next step; None as long as she has not joined."""
    if not person.is_champion:
        return None
    missing = sharing.before_sharing(person, at=at)
    accounts = list(db.session.scalars(sharing.connections_of(person)))
    lost = next((one for one in accounts if not one.is_active), None)
    posts = sharing.how_many_in_trouble(person)
    step = rules.next_step(
        to_mend=posts > 0,
        to_reconnect=lost is not None,
        to_read=bool(missing.guidelines),
        to_learn=bool(missing.courses),
        connected=bool(accounts),
    )
    return NextStep(
        step, posts, lost, next(iter(missing.guidelines), None), next(iter(missing.courses), None)
    )


def letter_readers(*, batch: int = 500) -> Iterator[list[Person]]:
    """Champions who want the weekly letter and have an address, in batches by key."""
    last = 0
    while True:
        readers = db.session.scalars(
            sa.select(Person)
            .where(
                Person.id > last,
                Person.weekly_letter.is_(True),
                Person.joined_at.is_not(None),
                Person.left_at.is_(None),
                Person.paused_at.is_(None),
                Person.disabled_at.is_(None),
                Person.erased_at.is_(None),
                Person.email.is_not(None),
            )
            .order_by(Person.id)
            .limit(batch)
        ).all()
        if not readers:
            return
        yield list(readers)
        last = readers[-1].id


def person_by_code(code: str) -> Person | None:
    """The person with this code."""
    return db.session.scalar(sa.select(Person).where(Person.code == code))


def people(ids: list[int]) -> list[Person]:
    """The people with these keys."""
    return list(db.session.scalars(sa.select(Person).where(Person.id.in_(ids)).order_by(Person.id)))
