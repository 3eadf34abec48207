"""Throwing the demo's data away: in the folder in use, and only what a demo certainly made."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import click

from advocacy.settings import Settings

DATABASE, PRACTICE, KEYS = "advocacy.sqlite", "practice.sqlite", "keys"
MADE = {
    *(f"{name}{end}" for name in (DATABASE, PRACTICE) for end in ("", "-wal", "-shm", "-journal")),
    *("files", KEYS, "mail", "rotation.lock"),
}
"""What a demo makes in its folder."""
EMPTY = "SELECT count(*) = 0 FROM sqlite_master"
PLAYED = "SELECT count(*) = 0 OR sum(name IN ('accounts', 'faults', 'releases')) = 3 FROM sqlite_master"
"""Whether a database is the practice network's, or holds nothing yet."""


def empty(settings: Settings, addresses: Collection[str]) -> None:
    """Delete what the demo made in its data folder, which has nobody in it or someone with one of these addresses.

    Its keys stay: nothing is lost by that, and they may lie elsewhere just as well.
    """
    folder = settings.folder
    try:
        found = sorted(one.name for one in folder.iterdir()) if folder.exists() else []
        if set(found) <= {KEYS}:
            return
        if settings.database.url:
            raise _refused(folder, "the demo's people are in another database (database.url)")
        if strange := [name for name in found if name not in MADE]:
            raise _refused(folder, f"it holds {strange[0]}, which no demo makes")
        _look_into(folder, found, addresses)
    except OSError as error:
        raise _refused(folder, f"it cannot be looked into ({error.strerror})") from error
    for name in sorted(found, key=lambda name: name == DATABASE):  # last: by it the folder is known again
        if name != KEYS:
            _delete(folder / name)


def _look_into(folder: Path, found: Collection[str], addresses: Collection[str]) -> None:
    """Refuse a folder whose database no demo made, or that a demo still has open."""
    marks = ", ".join("?" * len(addresses))
    # a first start that was stopped has left a database in which nobody is yet
    asked = f"SELECT count(*) = 0 OR coalesce(sum(email IN ({marks})), 0) > 0 FROM people"  # noqa: S608
    if _says_yes(folder / DATABASE, asked, *addresses) or _is_barely_begun(folder, found):
        return
    if DATABASE not in found:
        raise _refused(folder, f"it holds no {DATABASE} that a demo made")
    raise _refused(folder, f"its {DATABASE} was not made by the demo")


def _is_barely_begun(folder: Path, found: Collection[str]) -> bool:
    """Whether a first start was stopped here before it had made its tables: there is nothing of anyone's."""
    made = {name: asked for name, asked in ((DATABASE, EMPTY), (PRACTICE, PLAYED)) if name in found}
    if not all(name == KEYS or name.startswith(tuple(made)) for name in found):
        return False
    return all(_says_yes(folder / name, asked) for name, asked in made.items())


def _says_yes(file: Path, asked: str, *words: str) -> bool:
    """What the database answers, refused while another process has it open; no where it is none."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=0)) as base:
            answer = bool(base.execute(asked, words).fetchone()[0])
            if answer:
                base.execute("PRAGMA journal_mode = DELETE")  # granted only to who has it open alone
            return answer
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _refused(file.parent, "a demo is running on it; end that first") from error
        return False


def _delete(place: Path) -> None:
    try:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
    except OSError as error:
        raise click.ClickException(
            f"Not everything was deleted in {place.parent}: {place.name} cannot be ({error.strerror}). "
            "Once that is put right, start afresh again."
        ) from error


def _refused(folder: Path, reason: str) -> click.ClickException:
    return click.ClickException(f"Nothing was deleted in {folder}: {reason}.")
