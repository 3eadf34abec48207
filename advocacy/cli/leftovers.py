"""Throwing the demo's data away: in the folder in use, and only what a demo certainly made."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import click

from advocacy.settings import Settings

DATABASE, KEYS = "advocacy.sqlite", "keys"
MADE = {
    *(f"{name}{end}" for name in (DATABASE, "practice.sqlite") for end in ("", "-wal", "-shm", "-journal")),
    *("files", KEYS, "mail", "rotation.lock"),
}
"""What a demo makes in its folder."""


def empty(settings: Settings, addresses: Collection[str]) -> None:
    """Delete what the demo made in its data folder, which has nobody in it or someone with one of these addresses.

    Its keys stay: they were read with the settings, and the processes that start next are to find the same.
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
        _look_into(folder, addresses)
        for name in sorted(found, key=lambda name: name == DATABASE):  # last: by it the folder is known again
            if name != KEYS:
                _delete(folder / name)
    except OSError as error:
        raise _refused(folder, f"it cannot be emptied ({error.strerror})") from error


def _look_into(folder: Path, addresses: Collection[str]) -> None:
    """Refuse a folder whose database no demo made, or that a demo still has open."""
    file = folder / DATABASE
    if not file.is_file():
        raise _refused(folder, f"it holds no {DATABASE} that a demo made")
    marks = ", ".join("?" * len(addresses))
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=0)) as base:
            # a first start that was stopped has left a database in which nobody is yet
            asked = f"SELECT count(*) = 0 OR coalesce(sum(email IN ({marks})), 0) > 0 FROM people"  # noqa: S608
            known = base.execute(asked, list(addresses)).fetchone()[0]
            if known:
                base.execute("PRAGMA journal_mode = DELETE")  # granted only to who has it open alone
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _refused(folder, "a demo is running on it; end that first") from error
        known = None
    if not known:
        raise _refused(folder, f"its {DATABASE} was not made by the demo")


def _delete(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _refused(folder: Path, reason: str) -> click.ClickException:
    return click.ClickException(f"Nothing was deleted in {folder}: {reason}.")
