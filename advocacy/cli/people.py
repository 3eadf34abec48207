"""Commands that bring an organisation and its people in."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from advocacy import clock
from advocacy.cli.root import connected, main, migrate
from advocacy.errors import Refused


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--skip-bad", is_flag=True, help="Leave out what is wrong and load the rest.")
def load(folder: Path, dry_run: bool, skip_bad: bool) -> None:
    """Load an organisation from the folder DIR (see docs/loading.md); a second run updates it."""
    from advocacy.loading import command

    connected()
    migrate()
    sys.exit(command.load(folder, dry_run=dry_run, skip_bad=skip_bad, at=clock.now()))


@main.group()
def people() -> None:
    """Bring people in."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--skip-bad", is_flag=True, help="Leave out rows that are wrong and import the rest.")
def import_people(file: Path, dry_run: bool, skip_bad: bool) -> None:
    """Import people from FILE, a CSV as docs/loading.md describes it; a second run updates them."""
    from advocacy.loading import command

    connected()
    migrate()
    sys.exit(command.import_people(file, dry_run=dry_run, skip_bad=skip_bad, at=clock.now()))


@people.command()
@click.argument("email")
@click.option("--name", default="", help="The person's name, if she is not known yet.")
@click.option(
    "--entity", "slug", default="", help="The company (its slug) that she works for, if she is not known yet."
)
def invite(email: str, name: str, slug: str) -> None:
    """Send EMAIL a link to choose a password with."""
    from advocacy import db
    from advocacy.accounts import actions as accounts
    from advocacy.accounts import queries

    connected()
    migrate()
    try:
        with db.unit_of_work():
            entity = db.session.scalar(queries.entity(slug)) if slug else None
            if slug and entity is None:
                raise click.ClickException(f"There is no company “{slug}”.")
            language = entity.language if entity else "en"
            accounts.invite(email, name=name, entity=entity, language=language, by=None, at=clock.now())
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{email} gets a letter with a link that is good for seven days.")
