"""The command that changes the key by which tokens are sealed, while everything goes on."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy import clock, vault
from advocacy.cli.configuration import key
from advocacy.cli.root import connected, only_looking, require_shape
from advocacy.settings import Settings

if TYPE_CHECKING:
    import sqlalchemy as sa

    from advocacy.resealing import Tally

    Step = Callable[[sa.Column[str | None]], Tally]

GRACE = 60
"""So many seconds an older key is kept after it sealed last: longer than anything that was under way then."""


@key.command()
@click.option("--finish", is_flag=True, help="Drop the older keys, if nothing is sealed by them any more.")
@click.option(
    "--batch", default=200, show_default=True, type=click.IntRange(1), help="How many rows at once."
)
def rotate(finish: bool, batch: int) -> None:
    """Bring in a new key and seal everything anew by it; nothing has to stop meanwhile.

    Run it again after it was interrupted: it goes on where it was. The older key is kept until --finish.
    """
    with only_looking():
        require_shape()
    settings = connected()
    with _alone(settings.folder / "rotation.lock"):
        if finish:
            _finish(settings, batch)
        else:
            _rotate(settings, batch)


def _rotate(settings: Settings, batch: int) -> None:
    from advocacy import resealing

    _note("key.rotate")
    _bring_in(settings)
    done = _through(lambda column: resealing.reseal(column, size=batch))
    if settings.watched_keys is not None and done.anew and not settings.vault.keys:
        settings.watched_keys.touch()  # what was under way may hold texts that were read before
    _note("key.sealed", texts=done.anew)
    click.echo(f"{done.anew} of {done.found} sealed texts were sealed anew; all others were already.")
    _tell_lost(done)
    if len(settings.keys()) == 1:
        click.echo("There is one key only, and everything is sealed by it.")
    elif settings.vault.keys:
        click.echo(
            "In a minute, `advocacy key rotate --finish` says whether the older keys may be taken out."
        )
    else:
        click.echo(
            "The older key stays for cookies, links in letters that were sent, and backups. "
            "Drop it with `advocacy key rotate --finish`: at once if it leaked, else in a month."
        )


def _bring_in(settings: Settings) -> None:
    """Put a new key in front, unless an earlier one is on its way still, or the operator keeps the keys."""
    if settings.vault.keys:
        click.echo(_kept_by_operator(settings))
        return
    keys = settings.keys()
    if len(keys) > 1:
        click.echo(
            f"The newest key in {settings.key_file} is being brought in already; this goes on with it."
        )
        return
    vault.write(settings.key_file, [vault.new_key(), *keys])
    click.echo(f"A new key stands first in {settings.key_file}; running processes know it from now on.")


def _kept_by_operator(settings: Settings) -> str:
    source = settings.sources.get("vault.keys", "the settings")
    if settings.watched_keys is not None:
        return (
            f"The keys are yours to keep, in {settings.watched_keys} ({source}): no key is added here. "
            "To bring one in, put it second there; when every machine has that file, put it first. "
            "Running processes look at the file before each use. Then run this command again."
        )
    return (
        f"The keys come from {source}: no key is added here, and running processes know those they were started with. "
        "To bring one in, put it second and restart every process; then put it first and restart every process. "
        "Then run this command again."
    )


def _finish(settings: Settings, batch: int) -> None:
    from advocacy import resealing

    keys = settings.keys()
    if len(keys) == 1:
        click.echo("There is one key only: nothing is to be dropped.")
        return
    found = _through(lambda column: resealing.count(column, size=batch))
    if found.older:
        raise click.ClickException(
            f"{found.older} of {found.found} sealed texts are by an older key still, so it is kept. "
            "Run `advocacy key rotate` first."
        )
    young = _young(settings)
    if young > 0:
        raise click.ClickException(
            f"The keys changed a moment ago, and what was under way may use the older one still. "
            f"Please run this again in {young} seconds."
        )
    _tell_lost(found)
    if settings.vault.keys:
        click.echo(f"Nothing is sealed by the {len(keys) - 1} older key(s): you may take them out.")
        return
    _note("key.drop")
    vault.write(settings.key_file, keys[:1])
    click.echo(
        f"The older key was dropped from {settings.key_file}: nothing is sealed by it. Forms that were open, links to "
        "stop a letter that was sent before, and backups made before the new key cannot be used without it."
    )


def _note(verb: str, **details: int) -> None:
    """Say in the trail what is done to the keys; no key stands there, and nobody's name: it is done at a machine."""
    from advocacy import db
    from advocacy.audit.actions import record

    with db.unit_of_work():
        record(verb, by=None, at=clock.now(), about="key:vault", details=details)


def _young(settings: Settings) -> int:
    """For how many seconds yet an older key may be in use."""
    file = settings.watched_keys
    return 0 if file is None else int(file.stat().st_mtime + GRACE - clock.now().timestamp()) + 1


def _through(what: Step) -> Tally:
    """Go through every column that holds sealed texts, saying how each stands."""
    from advocacy import resealing

    total = resealing.Tally()
    for column in resealing.sealed_columns():
        tally = what(column)
        total += tally
        if tally.found:
            click.echo(f"  {column.table.name + '.' + column.name:<32} {tally.found:>8}  anew {tally.anew}")
    return total


def _tell_lost(found: Tally) -> None:
    if found.lost:
        click.echo(
            f"{found.lost} sealed texts are opened by none of these keys; whose accounts they are for has to reconnect "
            "them. If you have an older key still, add it at the end and run this again."
        )


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One rotation at a time on this machine; the lock ends with its process."""
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise click.ClickException("Another `advocacy key rotate` is at work.") from busy
        yield
