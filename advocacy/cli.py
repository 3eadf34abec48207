"""The `advocacy` command.

The rooms are imported by the commands that need them: a server's parent process, `--help` and the practice network
start at once and stay small.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from advocacy import clock, places, vault
from advocacy import settings as settings_pipe
from advocacy.ports import PortInUse
from advocacy.settings import SECRETS, Settings, SettingsError
from advocacy.supervisor import Child, check_ports, supervise

DEMO_PASSWORD = "advocacy-demo"  # noqa: S105 - everyone may know it; the demo binds to loopback only
DEMO_PEOPLE = {
    "ada": "a champion",
    "carl": "a comms manager",
    "hana": "HR",
    "root": "the administrator",
    "olga": "an employee who has not joined",
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _settings(**changes: Any) -> Settings:
    try:
        settings = settings_pipe.load(**changes)
        settings.keys()
        return settings
    except SettingsError as error:
        raise click.ClickException("The settings cannot be used.\n  " + "\n  ".join(error.problems)) from error


def _connected(**changes: Any) -> Settings:
    from advocacy import app

    settings = _settings(**changes)
    app.connect(settings)
    return settings


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="advocacy")
def main() -> None:
    """Advocacy: employees who choose to speak for their organisation, well prepared and at no risk.

    Settings come from config/default.toml, then the file named by ADVOCACY_SETTINGS, then ADVOCACY_<TABLE>__<KEY>
    in the environment. `advocacy settings` shows what is in force.
    """
    os.umask(0o077)  # the database, pictures and letters are for whoever runs this, not for everyone on the machine


@main.command()
def run() -> None:
    """Start the web server and the worker together; what an operator starts."""
    from advocacy import db
    from advocacy.accounts import actions as accounts
    from advocacy.accounts import queries as account_queries

    settings = _connected()
    children = _children(settings)
    _migrate()
    with db.unit_of_work():
        governed = account_queries.has_administrator()  # people may have been loaded without one
        secret = None if governed else accounts.make_setup_link(at=clock.now())
    if secret:
        click.echo("Nobody administers this place yet. Create the first administrator here, once:")
        click.echo(f"  {settings.base_url}/setup/{secret}")
    _supervise(children, lambda: click.echo(f"Advocacy is ready at {settings.base_url}"))


@main.command()
def demo() -> None:
    """Start a demo with a sample organisation and a practice network, on this computer only."""
    os.environ.setdefault("ADVOCACY_SETTINGS", str(places.config() / "demo.toml"))
    settings = _connected()
    if settings.mode != "demo":
        raise click.ClickException("These settings are not for the demo. Unset ADVOCACY_SETTINGS, or use advocacy run.")
    children = _children(settings)
    _migrate()
    _load_samples(settings)
    _supervise(children, lambda: _greet(settings))


def _load_samples(settings: Settings) -> None:
    """Load the sample organisation unless someone is there already."""
    from advocacy import db
    from advocacy.accounts import queries as account_queries
    from advocacy.loading import samples

    with db.unit_of_work(write=False):
        if not account_queries.is_empty():
            return
    click.echo("Loading the sample organisation ...")
    samples.load(places.samples(), password=DEMO_PASSWORD, at=clock.now(), base_url=settings.base_url)


def _greet(settings: Settings) -> None:
    click.echo("")
    click.echo(f"  Advocacy            {settings.base_url}")
    click.echo(f"  Practice network    {settings.practice_url}")
    click.echo("")
    click.echo(f"  Sign in to both with the password {DEMO_PASSWORD}:")
    for name, who in DEMO_PEOPLE.items():
        click.echo(f"    {name + '@demo.example':<20} {who}")
    click.echo(f"  Letters are kept in {settings.folder / 'mail'}")
    click.echo("  Ctrl-C stops everything; the data stays. `make demo-reset` starts afresh.")
    click.echo("")


def _migrate() -> None:
    """Bring the database to the newest shape."""
    from advocacy import schema

    if schema.version() != schema.newest():
        schema.upgrade()


def _children(settings: Settings) -> list[Child]:
    """The processes to keep; a port that is not free ends everything before any work is done."""
    here = [sys.executable, "-m", "advocacy"]
    web, practice = settings.web, settings.practice
    ready = f"http://{_reach(web.host)}:{web.port}/healthz"
    children = [
        Child("web", [*here, "web"], port=web.port, ready_url=ready, host=web.host),
        Child("worker", [*here, "worker"]),
    ]
    if practice.enabled:
        url = f"{settings.practice_url}/api/v2/instance"
        children.append(
            Child("practice", [*here, "practice"], port=practice.port, ready_url=url, host=practice.host)
        )
    try:
        check_ports(children)
    except PortInUse as error:
        raise click.ClickException(str(error)) from error
    return children


def _reach(host: str) -> str:
    """An address at which a server that listens on `host` answers."""
    return "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host  # noqa: S104 - it is read, not bound


def _supervise(children: list[Child], on_ready: Callable[[], None]) -> None:
    sys.exit(supervise(children, on_ready=on_ready))


@main.command()
def web() -> None:
    """Start the web server alone."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    settings = _settings()
    Granian(
        target="advocacy.serving:web",
        address=settings.web.host,
        port=settings.web.port,
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=settings.web.threads,
        log_access=False,
        log_level=LogLevels.error,
        websockets=False,
    ).serve()


@main.command("worker")
def worker_command() -> None:
    """Start the worker alone: it sends posts and letters."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    from advocacy import app, worker

    settings = _settings()
    worker.work(app.create_app(settings), settings)


@main.command()
def practice() -> None:
    """Start the practice network alone, a small social network on this computer."""
    from advocacy.practice import app as practice_network

    settings = _settings()
    if settings.practice.host not in LOOPBACK:
        raise click.ClickException("The practice network binds to 127.0.0.1, localhost or ::1 only.")
    people = [(name, name.title(), DEMO_PASSWORD) for name in DEMO_PEOPLE]
    made = practice_network.create_practice(
        str(settings.folder / "practice.sqlite"), settings.practice_url, people
    )
    practice_network.server(made, settings.practice.host, settings.practice.port).serve_forever()


@main.group("db")
def database() -> None:
    """Look after the database."""


@database.command()
@click.argument("to", default="head")
def upgrade(to: str) -> None:
    """Bring the database to the newest shape (or TO)."""
    from advocacy import schema

    _connected()
    schema.upgrade(to)
    click.echo(f"The database is at {schema.version()}.")


@database.command()
@click.argument("to")
def downgrade(to: str) -> None:
    """Take the database back to the migration TO ("base" removes everything)."""
    from advocacy import schema

    _connected()
    schema.downgrade(to)
    click.echo(f"The database is at {schema.version() or 'base'}.")


@database.command()
def check() -> None:
    """Say whether the database has the shape that this version needs."""
    from advocacy import schema

    _connected()
    differences = schema.differences()
    if schema.version() != schema.newest() or differences:
        found, wanted = schema.version() or "nothing", schema.newest()
        raise click.ClickException(
            f"The database is at {found}, this version needs {wanted}. Run `advocacy db upgrade`."
        )
    click.echo(f"The database is at {schema.version()}, as this version needs it.")


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--skip-bad", is_flag=True, help="Leave out what is wrong and load the rest.")
def load(folder: Path, dry_run: bool, skip_bad: bool) -> None:
    """Load an organisation from the folder DIR (see docs/loading.md); a second run updates it."""
    from advocacy.loading import command

    _connected()
    _migrate()
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

    _connected()
    _migrate()
    sys.exit(command.import_people(file, dry_run=dry_run, skip_bad=skip_bad, at=clock.now()))


@people.command()
@click.argument("email")
@click.option("--name", default="", help="The person's name, if she is not known yet.")
def invite(email: str, name: str) -> None:
    """Send EMAIL a link to choose a password with."""
    from advocacy import db
    from advocacy.accounts import actions as accounts

    _connected()
    with db.unit_of_work():
        accounts.invite(email, name=name, by=None, at=clock.now())
    click.echo(f"{email} gets a letter with a link that is good for seven days.")


@main.command("settings")
def show_settings() -> None:
    """Show each setting, its value with secrets hidden, and where it came from."""
    try:
        settings = settings_pipe.load()
    except SettingsError as error:
        raise click.ClickException("\n  ".join(error.problems)) from error
    for key in settings_pipe.known():
        value: Any = settings
        for part in key.split("."):
            value = getattr(value, part)
        shown = ("(hidden)" if value else '""') if key in SECRETS else json.dumps(value, ensure_ascii=False)
        click.echo(f"{key:<28} {shown:<40} {_shorter(settings.sources.get(key, ''))}")


def _shorter(source: str) -> str:
    return "default" if source == str(places.config() / "default.toml") else source


@main.group()
def key() -> None:
    """Keys that seal tokens."""


@key.command("new")
def new_key() -> None:
    """Print a new key; put it first in vault.keys, and keep the older ones behind it."""
    click.echo(vault.new_key())
