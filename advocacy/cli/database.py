"""Commands that look after the database."""

from __future__ import annotations

import click

from advocacy.cli.root import connected, main


@main.group("db")
def database() -> None:
    """Look after the database."""


@database.command()
@click.argument("to", default="head")
def upgrade(to: str) -> None:
    """Bring the database to the newest shape (or TO)."""
    from advocacy import schema

    connected()
    schema.upgrade(to)
    click.echo(f"The database is at {schema.version()}.")


@database.command()
@click.argument("to")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def downgrade(to: str, yes: bool) -> None:
    """Take the database back to the migration TO ("base" removes everything)."""
    from advocacy import schema

    connected()
    if not yes:
        click.confirm(f"What was written since {to} is lost. Go on?", abort=True)
    schema.downgrade(to)
    click.echo(f"The database is at {schema.version() or 'base'}.")


@database.command()
def check() -> None:
    """Say whether the database has the shape that this version needs."""
    from advocacy import schema

    connected()
    differences = schema.differences()
    if schema.version() != schema.newest() or differences:
        found, wanted = schema.version() or "nothing", schema.newest()
        raise click.ClickException(
            f"The database is at {found}, this version needs {wanted}. Run `advocacy db upgrade`."
        )
    click.echo(f"The database is at {schema.version()}, as this version needs it.")
