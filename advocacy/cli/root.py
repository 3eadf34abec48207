"""The command's root: what every part of it begins with.

The rooms are imported by the commands that need them: a server's parent process, `--help` and the practice network
start at once and stay small.
"""

from __future__ import annotations

import os
from typing import Any

import click

from advocacy import settings as settings_pipe
from advocacy.settings import Settings, SettingsError


def read_settings(**changes: Any) -> Settings:
    """The settings in force, with keys to work with; what stands against them ends the command, in words."""
    try:
        settings = settings_pipe.load(**changes)
        settings.keys()
        return settings
    except SettingsError as error:
        raise click.ClickException(
            "The settings cannot be used.\n  " + "\n  ".join(error.problems)
        ) from error
    except OSError as error:
        raise click.ClickException(f"The keys cannot be read or made: {error}") from error


def connected(**changes: Any) -> Settings:
    """The settings, with every pipe connected, and a database that answers."""
    from sqlalchemy.exc import ArgumentError, OperationalError

    from advocacy import app, db

    settings = read_settings(**changes)
    try:
        app.connect(settings)
        db.engine().connect().close()
    except (OSError, ArgumentError, OperationalError) as error:
        said = str(getattr(error, "orig", error)).partition("\n")[0]
        raise click.ClickException(f"The database cannot be used (see database.url): {said}") from error
    return settings


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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

    if schema.version() != schema.newest():
        schema.upgrade()
