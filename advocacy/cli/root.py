"""The command's root: what every part of it begins with.

The rooms are imported by the commands that need them: a server's parent process, `--help` and the practice network
start at once and stay small.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from advocacy import settings as settings_pipe
from advocacy.settings import Settings, SettingsError


class Whole(click.Group):
    """A group whose list of commands says each one's first sentence to its end, on as many lines as it takes."""

    group_class = type

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [
            (name, one.get_short_help_str(limit=1000)) for name, one in commands if one and not one.hidden
        ]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def read_settings(**changes: Any) -> Settings:
    """The settings in force, with keys to work with; what stands against them ends the command, in words."""
    settings = _read(**changes)
    _make_folder(settings)
    _require_keys(settings)
    return settings


def _require_keys(settings: Settings) -> None:
    try:
        settings.keys()
    except SettingsError as error:
        raise _unusable(error) from error
    except OSError as error:
        raise click.ClickException(f"The keys cannot be read or made: {error}") from error


def looked_at_settings() -> Settings:
    """The settings in force, while it is not certain yet that the data folder is ours: no folder and no key is made."""
    settings = _read()
    _look_for_folder(settings)
    if settings.vault.keys or settings.key_file.exists():
        _require_keys(settings)
    return settings


def _read(**changes: Any) -> Settings:
    try:
        return settings_pipe.load(**changes)
    except SettingsError as error:
        raise _unusable(error) from error


def _make_folder(settings: Settings) -> None:
    """Make the data folder; one that cannot be made or written to ends the command, in words."""
    try:
        settings.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _no_folder(settings, error) from error
    if not os.access(settings.folder, os.W_OK | os.X_OK):
        raise _no_folder(settings, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def _look_for_folder(settings: Settings) -> None:
    """End the command where there can be no data folder; that there is none yet is no mistake."""
    try:
        if not settings.folder.is_dir() and settings.folder.stat():
            raise FileExistsError
    except FileNotFoundError:
        return
    except OSError as error:
        raise _no_folder(settings, error) from error


def _no_folder(settings: Settings, error: OSError) -> click.ClickException:
    what = "is a file" if isinstance(error, FileExistsError) else f"cannot be used: {error.strerror}"
    source = settings.sources.get("data.folder", "the settings")
    return click.ClickException(
        f"The data folder {settings.folder} {what}. "
        f"Set data.folder ({source}) to a folder that this user may make and write to."
    )


def _unusable(error: SettingsError) -> click.ClickException:
    return click.ClickException("The settings cannot be used.\n  " + "\n  ".join(error.problems))


def connected(**changes: Any) -> Settings:
    """The settings, with every pipe connected, and a database that answers."""
    settings = read_settings(**changes)
    reach(settings)
    return settings


def reach(settings: Settings) -> None:
    """Connect every pipe, to a database that answers."""
    from advocacy import app, db

    with _reaching_it():
        app.connect(settings)
        db.engine().connect().close()


def require_shape() -> None:
    """End the command where the database lacks a migration; one that a newer version made may be worked with."""
    from advocacy import schema

    found, wanted = schema.version(), schema.newest()
    if found != wanted and (found is None or schema.is_known(found)):
        raise out_of_shape(found, wanted)


def out_of_shape(found: str | None, wanted: str | None) -> click.ClickException:
    """What to say of a database that is not as this version needs it."""
    return click.ClickException(
        f"The database is at {found or 'nothing'}, this version needs {wanted}. Run `advocacy db upgrade`."
    )


@contextmanager
def only_looking(**changes: Any) -> Iterator[None]:
    """The database alone is connected, if there is one: no key, no folder and no file is made."""
    import sqlalchemy as sa

    from advocacy import db

    settings = _read(**changes)
    if not settings.database.url:
        _look_for_folder(settings)
    with _reaching_it():
        address = sa.make_url(settings.database_url)
        if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
            raise click.ClickException(
                f"There is no database yet: {address.database} is missing. Run `advocacy db upgrade`."
            )
        db.configure(settings.database_url, pool_size=settings.database.pool_size)
        db.engine().connect().close()
    try:
        yield
    finally:
        db.engine().dispose()


@contextmanager
def _reaching_it() -> Iterator[None]:
    """Say in words that the database does not answer."""
    from sqlalchemy.exc import ArgumentError, OperationalError

    try:
        yield
    except (OSError, ArgumentError, OperationalError) as error:
        said = str(getattr(error, "orig", error)).partition("\n")[0]
        raise click.ClickException(f"The database cannot be used (see database.url): {said}") from error


@contextmanager
def on_the_way() -> Iterator[None]:
    """Say in words that no migrations lead to where the database is wanted."""
    from advocacy import schema

    try:
        yield
    except schema.NoWay as error:
        raise click.ClickException(str(error)) from error


@click.group(cls=Whole, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="advocacy")
def main() -> None:
    """Advocacy: employees who choose to speak for their organisation, well prepared and at no risk.

    Settings come from config/default.toml, then the file named by ADVOCACY_SETTINGS, then ADVOCACY_<TABLE>__<KEY>
    in the environment. `advocacy settings` shows what is in force.
    """
    os.umask(
        0o077
    )  # the database, pictures and letters are for whoever runs this, not for everyone on the machine


def migrate() -> None:
    """Bring the database to the newest shape."""
    from advocacy import schema

    if (found := schema.version()) != schema.newest():
        click.echo(
            f"Bringing the database from {found} to {schema.newest()} ..."
            if found
            else "Making the database's tables ..."
        )
        with on_the_way():
            schema.upgrade()
