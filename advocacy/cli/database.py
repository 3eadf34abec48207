"""Commands that look after the database."""

from __future__ import annotations

import click

from advocacy.cli.root import connected, main, on_the_way, only_looking, out_of_shape


@main.group("db")
def database() -> None:
    """Look after the database."""


@database.command()
@click.argument("to", default="head")
def upgrade(to: str) -> None:
    """Bring the database to the newest shape (or TO)."""
    from advocacy import schema

    connected()
    with on_the_way():
        schema.upgrade(to)
    click.echo(f"The database is at {schema.version()}.")


def _no_option(_context: click.Context, _parameter: click.Parameter, to: str) -> str:
    """A number of steps back begins with a dash, as an option does; any other such word is a mistyped option."""
    if to.startswith("-") and not to[1:].isdigit():
        raise click.NoSuchOption(to)
    return to


@database.command(context_settings={"ignore_unknown_options": True})
@click.argument("to", callback=_no_option)
@click.option("--yes", is_flag=True, help="Do not ask first.")
def downgrade(to: str, yes: bool) -> None:
    """Take the database back to the migration TO.

    TO is a migration ("0012"), a number of steps back ("-1" undoes the newest), or "base", which removes everything.
    """
    from advocacy import schema

    connected()
    with on_the_way():
        schema.look_back(to)
        if not yes:
            click.confirm(f"What was written since {to} is lost. Go on?", abort=True)
        schema.downgrade(to)
    click.echo(f"The database is at {schema.version() or 'base'}.")


@database.command()
def check() -> None:
    """Say whether the database has the shape that this version needs; nothing is written."""
    from advocacy import app as app  # every room's records come with it
    from advocacy import schema

    with only_looking():
        found, wanted = schema.version(), schema.newest()
        differs = found != wanted or schema.differences()
    if differs:
        raise out_of_shape(found, wanted)
    click.echo(f"The database is at {found}, as this version needs it.")
