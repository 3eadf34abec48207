"""The sample organisation and its past weeks, played by the same actions as real life, only earlier."""

from __future__ import annotations

import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click

from advocacy import db
from advocacy.accounts import actions as accounts
from advocacy.accounts import passwords
from advocacy.content.shape import Picture
from advocacy.loading import actions, queries
from advocacy.loading.actions import Tally
from advocacy.loading.actions.texts import person, take_pictures
from advocacy.loading.rules import content, sample
from advocacy.loading.rules.content import Content
from advocacy.loading.rules.problems import Problems
from advocacy.loading.rules.sample import Sample
from advocacy.loading.samples import life, studio
from advocacy.loading.samples.past import Past

NEWCOMERS = 14


def load(folder: Path, *, password: str, at: datetime, base_url: str = "http://localhost:8000") -> None:
    """Load the sample folder and play its past up to `at`; the people of its `sign_in` get the password.

    Raises ValueError, naming every mistake, when the folder is not in order.
    """
    problems = Problems()
    settings = sample.read((folder / "sample.toml").read_bytes(), "sample.toml", problems)
    with db.unit_of_work():
        known = queries.known()
        found = content.read(folder, known, weigh=lambda network, text: [], at=at, problems=problems)
        _stop(problems)
        ready = _prepare(found, settings, password, problems)
        _people(found, settings, at, problems)
        _texts(found, at - timedelta(weeks=settings.weeks, days=2), problems)
        for staff_id, password_hash in ready.hashes.items():
            accounts.set_password(person(staff_id), password_hash.result(), by=None, at=at)
        pictures = {slug: taken.result() for slug, taken in ready.pictures.items()}
        _stop(problems)
        _play(found, settings, at, base_url, pictures)


def _stop(problems: Problems) -> None:
    if problems:
        raise ValueError("The sample folder is not in order.\n" + "\n".join(str(one) for one in problems))


def _people(found: Content, settings: Sample, at: datetime, problems: Problems) -> None:
    """Most people were here before the weeks that are played; a few came lately."""
    roster, tally = found.roster, Tally()
    first = at - timedelta(weeks=settings.weeks, days=4)
    late = set(settings.not_joined) | {row.staff_id for row in roster.rows[-NEWCOMERS:]}
    actions.keep_organisation(found.organisation, at=first, tally=tally, problems=problems)
    everyone = roster.rows
    roster.rows = [row for row in everyone if row.staff_id not in late]
    actions.keep_people(roster, at=first, tally=tally, problems=problems)
    roster.rows = [row for row in everyone if row.staff_id in late]
    actions.keep_people(roster, at=max(first, at - timedelta(days=9)), tally=tally, problems=problems)
    roster.rows = everyone


def _texts(found: Content, at: datetime, problems: Problems) -> None:
    actions.keep_guidelines(found.guidelines, at=at, tally=Tally(), problems=problems)
    actions.keep_courses(found.courses, at=at, tally=Tally(), problems=problems)


@dataclass(frozen=True)
class _Ready:
    """What takes long and needs no database: it is worked out beside."""

    hashes: dict[str, Future[str]]
    pictures: dict[str, Future[tuple[Picture, ...]]]


def _prepare(found: Content, settings: Sample, password: str, problems: Problems) -> _Ready:
    """Begin to take pictures in and to hash the password, each person's with a salt of her own."""
    workers = ThreadPoolExecutor(2)
    ready = _Ready(
        {staff_id: workers.submit(passwords.hash, password) for staff_id in settings.sign_in},
        {row.slug: workers.submit(take_pictures, row, problems) for row in found.kits},
    )
    workers.shutdown(wait=False)
    return ready


def _play(
    found: Content, settings: Sample, at: datetime, base_url: str, pictures: dict[str, tuple[Picture, ...]]
) -> None:
    """Play the past up to a little before now, since one thing leads to the next within the hour."""
    begin, end = at - timedelta(weeks=settings.weeks), at - timedelta(hours=2)
    past = Past(begin=begin, end=end, seed=settings.seed, base_url=base_url)
    studio.plan(past, found.kits, pictures)
    life.plan(past, settings)
    if sys.stdout.isatty():
        with click.progressbar(length=100, label="Playing eight weeks of the past", show_eta=False) as bar:
            past.play(bar.update)
    else:
        past.play()
    life.settle(past)
