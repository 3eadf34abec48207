"""Whose data the demo would start on: it greets with the sample's people, and so starts on no others'."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import click

from advocacy.cli.leftovers import DATABASE
from advocacy.cli.root import only_looking
from advocacy.settings import Settings


def refuse_others(settings: Settings, addresses: Collection[str]) -> None:
    """End the command where people are in the database, and nobody with one of these addresses."""
    quoted = ", ".join(f"'{address}'" for address in addresses)
    known = f"coalesce(sum(CASE WHEN email IN ({quoted}) THEN 1 ELSE 0 END), 0)"
    asked = f"SELECT count(*), {known}, min(nullif(email, '')) FROM people"  # noqa: S608 - our own addresses
    if settings.database.url:  # asked in a process of its own: what that loads is of no use to a supervisor
        with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as apart:
            count, ours, someone = apart.submit(_told_elsewhere, settings, asked).result()
    else:
        count, ours, someone = _told(settings, asked)
    if count and not ours:
        place = "the database (database.url)" if settings.database.url else str(settings.folder)
        others = f" and {count - 1} more" if count > 1 else ""
        raise click.ClickException(
            f"The data in {place} are not the demo's: they seem to be those of {someone or 'somebody'}{others}. "
            "Nothing was changed. Set data.folder to a folder of the demo's own, or start these with `advocacy run`."
        )


def _told(settings: Settings, asked: str) -> tuple[int, int, str | None]:
    """How many there are, how many of the sample, and who comes first; nobody where there is no such database."""
    file = settings.folder / DATABASE
    if not file.is_file():
        return 0, 0, None
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True)) as base:
            count, ours, someone = base.execute(asked).fetchone()
            return count, ours, someone
    except sqlite3.DatabaseError:  # no tables yet, or no database: the processes that need it say so
        return 0, 0, None


def _told_elsewhere(settings: Settings, asked: str) -> tuple[int, int, str | None]:
    import sqlalchemy as sa

    from advocacy import db

    address = sa.make_url(settings.database_url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return 0, 0, None
    with only_looking(), db.engine().connect() as connection:
        if not sa.inspect(connection).has_table("people"):
            return 0, 0, None
        count, ours, someone = connection.execute(sa.text(asked)).one()
        return count, ours, someone
