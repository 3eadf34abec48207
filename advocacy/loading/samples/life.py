"""The staff's part of the past: who reads, who joins, who would rather not now, who leaves."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import actions as accounts
from advocacy.accounts.models import Entity, Person
from advocacy.guidelines import actions as guideline_actions
from advocacy.guidelines import queries as guideline_queries
from advocacy.guidelines.models import Guideline
from advocacy.guidelines.rules import ReaderGroup
from advocacy.leaderboards import actions as leaderboards
from advocacy.links import actions as links
from advocacy.loading.rules.sample import Sample
from advocacy.loading.samples.champions import Champion
from advocacy.loading.samples.past import Past
from advocacy.loading.samples.reading import read
from advocacy.mail import actions as mail
from advocacy.permissions import Role
from advocacy.sharing import withdrawing

NOT_NOW = 17
NEVER_READ = 0.09
# One reminder goes out before the reading is due, one after.
REMINDERS = (timedelta(days=23), timedelta(days=30))
AGREEMENT = "Works agreement 2026/14 on recognition boards, signed on 2 September 2026"
AGREED_IN = ("nordlys-ireland", "nordlys-norge")


def plan(past: Past, sample: Sample) -> None:
    """Plan what everybody does, beginning with what all staff are asked to read."""
    readers = list(db.session.scalars(sa.select(Person).where(Person.email.is_not(None)).order_by(Person.id)))
    guidelines = guideline_queries.in_force()
    champions = _champions(past, sample, readers)
    joined = {one.id for one in champions}
    others = [one for one in readers if one.id not in joined]
    for person in champions:
        Champion(past, person, guidelines, is_known=person.staff_id in sample.sign_in).plan()
    asked = [one for one in guidelines if one.readers is ReaderGroup.EVERYONE and one.unlocks_sharing]
    for person in others:
        _plan_reader(past, person, asked)
    undecided = [one for one in others if one.staff_id not in sample.sign_in]
    for person in past.chance.sample(undecided, min(NOT_NOW, len(undecided))):
        past.on(past.at_work(_some_day(past), person.time_zone), partial(accounts.not_now, person, by=person))
    for days in REMINDERS:
        past.on(past.begin + days, _remind)
    past.on(past.begin + timedelta(days=3), _agree)
    _plan_leaving(past, [one for one in champions if one.staff_id not in sample.sign_in])


def _champions(past: Past, sample: Sample, readers: list[Person]) -> list[Person]:
    """The known ones first, then others by chance; comms and HR have their own work with it."""
    busy = {Role.COMMS, Role.HR}
    eligible = [
        one
        for one in readers
        if one.staff_id not in sample.not_joined
        and one.created_at < past.begin
        and not busy & {held.role for held in one.grants}
    ]
    known = [one for one in eligible if one.staff_id in sample.sign_in]
    rest = [one for one in eligible if one.staff_id not in sample.sign_in]
    past.chance.shuffle(rest)
    wanted = sample.champions if sample.champions is not None else len(readers) // 3
    return (known + rest)[:wanted]


def _some_day(past: Past) -> datetime:
    return past.begin + (past.end - past.begin) * past.chance.random()


def _plan_reader(past: Past, person: Person, asked: list[Guideline]) -> None:
    """Most read what all are asked to read in good time, some after a reminder, a few never."""
    if person.grants or past.chance.random() > NEVER_READ:
        first = max(past.begin - timedelta(days=1), person.created_at)
        past.on(past.days_after(first, 8, person.time_zone), partial(read, person, asked))


def _plan_leaving(past: Past, champions: list[Person]) -> None:
    """One champion leaves again; no reason is asked."""
    if champions:
        past.on(past.end - timedelta(days=6), partial(_leave, champions[-1]))


def _leave(person: Person, *, at: datetime) -> None:
    if person.is_champion:
        withdrawing.leave(by=person, at=at)


def _remind(*, at: datetime) -> None:
    """Remind those who have not read, and take the letters to the post."""
    guideline_actions.remind_due(at=at, limit=1000)
    _post_letters(at)


def _post_letters(at: datetime) -> None:
    """What was written in the past went out in the past: nothing of it is sent today."""
    while claim := mail.claim_next(at=at, until=at + timedelta(minutes=1)):
        letter, token = claim
        mail.note_sent(letter.id, token, at=at + timedelta(seconds=2))


def _agree(*, at: datetime) -> None:
    """Individual boards are agreed in some entities, and not in others."""
    for entity in db.session.scalars(sa.select(Entity).where(Entity.slug.in_(AGREED_IN))):
        leaderboards.enable_boards(entity, AGREEMENT, by=_administrator(), at=at)


def _administrator() -> Person | None:
    return db.session.scalar(sa.select(Person).where(Person.email == "root@demo.example"))


def settle(past: Past) -> None:
    """Add up what the past left to be added up."""
    links.fold_clicks(at=past.end)
    _post_letters(past.end)
