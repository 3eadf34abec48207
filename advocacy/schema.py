"""Bringing the database to the shape that the records have: Alembic's migrations, run from Python."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util.exc import CommandError

from advocacy import db, places


def config() -> Config:
    """Alembic's settings, without a file."""
    made = Config()
    made.set_main_option("script_location", str(places.migrations()))
    made.set_main_option("path_separator", "os")
    return made


class NoWay(Exception):
    """No migrations lead from where the database is to where it is wanted; the text says why."""


def upgrade(to: str = "head") -> None:
    """Go forward. Raises NoWay."""
    with _said(to):
        command.upgrade(config(), to)


def downgrade(to: str) -> None:
    """Go back. Raises NoWay."""
    with _said(to):
        command.downgrade(config(), to)


def look_back(to: str) -> None:
    """Raise NoWay where no migrations lead back to `to`; nothing is written."""
    with _said(to):
        scripts = ScriptDirectory.from_config(config())
        list(scripts.iterate_revisions(version(), to, select_for_downgrade=True))


@contextmanager
def _said(to: str) -> Iterator[None]:
    try:
        yield
    except (CommandError, RevisionError) as error:
        found = version()
        if found is not None and not is_known(found):
            raise NoWay(f"The database is at {found}, which a newer version made: use that one.") from error
        raise NoWay(
            f"No migrations lead from {found or 'nothing'} to {to!r}; the newest is {newest()}."
        ) from error


def version() -> str | None:
    """The migration that the database is at; None when it is empty."""
    with db.engine().connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The newest migration that there is."""
    return ScriptDirectory.from_config(config()).get_current_head()


def is_known(migration: str) -> bool:
    """Whether this version has the migration; one that a newer version made is not known."""
    scripts = ScriptDirectory.from_config(config())
    return any(script.revision == migration for script in scripts.walk_revisions())


def differences() -> list[object]:
    """Where the database differs from the records."""
    with db.engine().connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), db.Model.metadata))
