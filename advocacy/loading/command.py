"""What `advocacy load` and `advocacy people import` do: read, report every mistake, write all of it or nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from advocacy import db, storage
from advocacy.errors import Missing
from advocacy.loading import actions, queries
from advocacy.loading.actions import Outcome, Tally
from advocacy.loading.rules import content, people
from advocacy.loading.rules.content import Content
from advocacy.loading.rules.kits import NETWORKS
from advocacy.loading.rules.known import Known
from advocacy.loading.rules.problems import Place, Problems
from advocacy.sharing import networks

Read = Callable[[Known, Problems], Content]


def load(folder: Path, *, dry_run: bool, skip_bad: bool, at: datetime) -> int:
    """Load a folder; returns 0 when all was written, 1 when something was refused."""

    def read(known: Known, problems: Problems) -> Content:
        return content.read(folder, known, weigh=weigh, at=at, problems=problems)

    return _run(read, dry_run=dry_run, skip_bad=skip_bad, at=at)


def import_people(file: Path, *, dry_run: bool, skip_bad: bool, at: datetime) -> int:
    """Load people from one file; returns 0 when all were written, 1 when someone was refused."""

    def read(known: Known, problems: Problems) -> Content:
        if not known.entities:
            problems.add(
                Place(file.name), "there is no entity yet; load organisation.toml first (advocacy load)"
            )
            return Content()
        return Content(roster=people.read(file.read_bytes(), file.name, known, problems))

    return _run(read, dry_run=dry_run, skip_bad=skip_bad, at=at)


def _run(read: Read, *, dry_run: bool, skip_bad: bool, at: datetime) -> int:
    problems, tally = Problems(), Tally()
    with db.unit_of_work() as unit, storage.aside() as files:
        found = read(queries.known(), problems)
        with _bar(len(found)) as tally.step:
            actions.keep(found, at=at, tally=tally, problems=problems)
        keeps = not dry_run and (skip_bad or not problems)
        if keeps:
            storage.keep_all(files)  # a file is there before the row that names it
        else:
            unit.abandon()
    _report(tally, problems, dry_run=dry_run, keeps=keeps, rest=len(found) > 0)
    return 1 if problems else 0


@contextmanager
def _bar(length: int) -> Iterator[Callable[[int], None]]:
    """A progress bar, when someone is looking."""
    if not sys.stdout.isatty():
        yield lambda number: None
        return
    with click.progressbar(length=length, label="Loading") as bar:
        yield bar.update


def _report(tally: Tally, problems: Problems, *, dry_run: bool, keeps: bool, rest: bool) -> None:
    for problem in sorted(problems):
        click.echo(str(problem), err=True)
    if problems and not dry_run and not (keeps and rest):
        what = "--skip-bad writes the rest." if rest else "Put that right, and run this again."
        click.echo(f"{_mistakes(problems)}, so nothing was written. {what}", err=True)
        return
    click.echo(f"{'would be' if dry_run else '':<12}" + "".join(f"{one.value:>12}" for one in Outcome))
    for kind, counts in tally.counts.items():
        click.echo(f"{kind:<12}" + "".join(f"{counts[one]:>12}" for one in Outcome))
    if problems:
        click.echo(
            f"{_mistakes(problems)}: what they stand in {'would be' if dry_run else 'was'} left out.",
            err=True,
        )
    if dry_run:
        click.echo("This was a dry run: nothing was written.")


def _mistakes(problems: Problems) -> str:
    return "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"


def weigh(network: str, text: str) -> list[str]:
    """What a network has against these words; "any" asks each of those that captions are written for."""
    slugs = [slug for slug in NETWORKS if slug != "any"] if network == "any" else [network]
    found = []
    for slug in slugs:
        try:
            facts = networks.dialog(slug)
        except Missing:
            continue
        found += [_lower(msgid % values if values else msgid) for msgid, values in facts.problems(text)]
    return found


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
