"""Bringing the database to the shape that the records have: Alembic's migrations, run from Python."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from advocacy import db, places


def config() -> Config:
    """Alembic's settings, without a file."""
    made = Config()
    made.set_main_option("script_location", str(places.migrations()))
    made.set_main_option("path_separator", "os")
    return made


def upgrade(to: str = "head") -> None:
    """Go forward."""
    command.upgrade(config(), to)


def downgrade(to: str) -> None:
    """Go back."""
    command.downgrade(config(), to)


def version() -> str | None:
    """The migration that the database is at; None when it is empty."""
    with db.engine().connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The newest migration that there is."""
    return ScriptDirectory.from_config(config()).get_current_head()


def differences() -> list[object]:
    """Where the database differs from the records."""
    with db.engine().connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), db.Model.metadata))
