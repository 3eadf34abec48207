"""Commands that start servers."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from advocacy import clock, places, practice_modes
from advocacy.cli import dwellers, leftovers
from advocacy.cli.root import (
    connected,
    looked_at_settings,
    main,
    migrate,
    only_looking,
    reach,
    read_settings,
    require_shape,
)
from advocacy.ports import PortInUse
from advocacy.settings import Settings
from advocacy.supervisor import Child, check_ports, supervise

if TYPE_CHECKING:
    from advocacy.practice.mode import Client

DEMO_PASSWORD = "advocacy-demo"  # noqa: S105 - everyone may know it; the demo binds to loopback only
DEMO_PEOPLE = {
    "ada": "a champion",
    "carl": "a comms manager, who writes stories",
    "ines": "another comms manager, who can approve them",
    "hana": "HR",
    "root": "the administrator",
    "olga": "an employee who has not joined",
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@main.command()
def run() -> None:
    """Start the web server and the worker together; what an operator starts."""
    from advocacy import db
    from advocacy.accounts import actions as accounts
    from advocacy.accounts import queries as account_queries

    settings = connected()
    children = _children(settings)
    click.echo(f"Data is kept in {settings.folder}; `advocacy settings` shows what else is set.")
    migrate()
    with db.unit_of_work():
        governed = account_queries.has_administrator()  # people may have been loaded without one
        secret = None if governed else accounts.make_setup_link(at=clock.now())
    if secret:
        click.echo("Nobody administers this place yet. Create the first administrator here, once:")
        click.echo(f"  {settings.base_url}/setup/{secret}")
    click.echo(f"Starting the web server on port {settings.web.port} and the worker ...")
    _supervise(
        children, lambda: click.echo(f"Advocacy is ready at {settings.base_url} (Ctrl-C stops everything)")
    )


@main.command()
@click.option("--afresh", is_flag=True, help="Delete first what an earlier demo left in its data folder.")
def demo(afresh: bool) -> None:
    """Start a demo with a sample organisation and a practice network, on this computer only."""
    os.environ.setdefault("ADVOCACY_SETTINGS", str(places.config() / "demo.toml"))
    settings = looked_at_settings()
    if settings.mode != "demo":
        raise click.ClickException(
            "These settings are not for the demo. Unset ADVOCACY_SETTINGS, or use advocacy run."
        )
    children = _children(settings)
    addresses = [_address(name) for name in DEMO_PEOPLE]
    if afresh:
        leftovers.empty(settings, addresses)
    dwellers.refuse_others(settings, addresses)
    settings = read_settings()  # only now are keys made in the folder
    _supervise(children, lambda: _greet(settings))


def _load_samples(settings: Settings) -> None:
    """Load the sample organisation unless someone is there already."""
    from advocacy import db
    from advocacy.accounts import queries as account_queries
    from advocacy.loading import samples

    migrate()
    with db.unit_of_work(write=False):
        if not account_queries.is_empty():
            return
    click.echo("Loading the sample organisation ...")
    samples.load(places.samples(), password=DEMO_PASSWORD, at=clock.now(), base_url=settings.base_url)


def _greet(settings: Settings) -> None:
    click.echo("")
    click.echo(f"  Advocacy            {settings.base_url}")
    click.echo(f"  Practice network    {_practice_line(settings)}")
    click.echo("")
    click.echo(f"  Sign in everywhere with the password {DEMO_PASSWORD}:")
    for name, who in DEMO_PEOPLE.items():
        click.echo(f"    {_address(name):<20} {who}")
    click.echo(f"  Letters are kept in {settings.folder / 'mail'}")
    click.echo("  Ctrl-C stops everything; the data stays. `make demo-reset` starts afresh.")
    click.echo("")


def _address(name: str) -> str:
    return f"{name}@demo.example"


def _practice_line(settings: Settings) -> str:
    """Where each network is played, the first in full: `http://127.0.0.1:8100 (Mastodon), :8101 (LinkedIn)`."""
    host = settings.practice.host
    names = [f":{port} ({practice_modes.NAMES[slug]})" for slug, port in settings.practice.ports.items()]
    return f"http://{host}{', '.join(names)}"


def _children(settings: Settings) -> list[Child]:
    """The processes to keep; a port that is not free ends everything before any work is done.

    In the demo the worker loads the samples first, while the others start: two cores are not idle then.
    """
    here = [sys.executable, "-m", "advocacy"]
    web, practice = settings.web, settings.practice
    answers, first = ("readyz", ["--samples"]) if settings.mode == "demo" else ("healthz", [])
    ready = f"http://{_reach(web.host)}:{web.port}/{answers}"
    children = [
        Child("web", [*here, "web", "--supervised"], port=web.port, ready_url=ready, host=web.host),
        Child("worker", [*here, "worker", "--supervised", *first]),
    ]
    if practice.enabled:
        children.append(_practice_child([*here, "practice"], settings))
    try:
        check_ports(children)
    except PortInUse as error:
        raise click.ClickException(str(error)) from error
    return children


def _practice_child(argv: list[str], settings: Settings) -> Child:
    """The practice network: one process, which opens every mode's port before it answers at the first."""
    practice = settings.practice
    first, *others = practice.ports
    further = {f"ADVOCACY_PRACTICE__{slug.upper()}_PORT": practice.ports[slug] for slug in others}
    url = f"{settings.practice_urls[first]}/sign-in"
    return Child("practice", argv, port=practice.port, ready_url=url, host=practice.host, ports=further)


def _reach(host: str) -> str:
    """An address at which a server that listens on `host` answers."""
    return "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host  # noqa: S104 - it is read, not bound


def _supervise(children: list[Child], on_ready: Callable[[], None]) -> None:
    sys.exit(supervise(children, on_ready=on_ready))


@main.command()
@click.option("--supervised", is_flag=True, hidden=True, help="A supervisor sees to the tables.")
def web(supervised: bool) -> None:
    """Start the web server alone."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    from advocacy import server

    if not supervised:  # looked at in a process of its own: what that loads is of no use to the server
        with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as apart:
            apart.submit(_look).result()
    settings = read_settings()
    try:
        server.serve(settings.web.host, settings.web.port, threads=settings.web.threads)
    except PortInUse as error:
        raise click.ClickException(str(error)) from error


def _look(**changes: str) -> None:
    """End the command where the database is not as this version needs it; nothing is made."""
    with only_looking(**changes):
        require_shape()


@main.command("worker")
@click.option("--engine", type=click.Choice(["pool", "celery"]), help="Instead of worker.engine's.")
@click.option(
    "--part",
    help="Of Celery's engine only this part, in this process: dispatcher, or networks separated by commas.",
)
@click.option("--samples", is_flag=True, hidden=True, help="Load the sample organisation first (the demo).")
@click.option("--supervised", is_flag=True, hidden=True, help="A supervisor sees to the tables.")
def worker_command(engine: str | None, part: str | None, samples: bool, supervised: bool) -> None:
    """Start the worker alone: it sends posts and letters. Any number may run at once (on PostgreSQL).

    With the engine pool it is one process with threads for each network. With celery it supervises a dispatcher and,
    for each network, a process that carries out what its queue brings; further ones may run on further machines.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for chatty in ("alembic", "celery", "kombu", "amqp"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    changes = {"worker.engine": engine} if engine else {}
    if not (supervised or samples):  # the tables are there then, or the one that loads the samples makes them
        _look(**changes)
    settings = read_settings(**changes)
    from advocacy import app, worker

    carried = None if part in (None, worker.DISPATCHER) else _known_parts(str(part), settings)
    reach(settings)
    if settings.worker.engine == "celery" and part is None:
        _supervise_parts(samples)
        return
    made = app.create_app(settings, connected=True)
    if samples:
        _load_samples(settings)
    if carried is None:
        worker.work(made, settings)
    else:
        worker.consume(made, settings, carried)


def _known_parts(part: str, settings: Settings) -> list[str]:
    from advocacy.sharing.networks import CONNECTORS

    if settings.worker.engine != "celery":
        raise click.UsageError("The engine pool has no parts: its threads are all in one process.")
    slugs = [slug.strip() for slug in part.split(",")]
    if not set(slugs) <= set(CONNECTORS):
        raise click.UsageError(f"--part must be dispatcher or some of {', '.join(CONNECTORS)}.")
    return slugs


def _supervise_parts(samples: bool) -> None:
    """Keep the parts of Celery's engine running together."""
    from advocacy import worker

    command = [sys.executable, "-m", "advocacy", "worker", "--supervised", "--engine", "celery", "--part"]
    children = [
        Child(part.partition(",")[0], [*command, part, *(["--samples"] if samples and not number else [])])
        for number, part in enumerate(worker.parts())
    ]
    _supervise(children, lambda: None)


@main.command()
def practice() -> None:
    """Start the practice network alone, small social networks on this computer."""
    from advocacy.practice import app as practice_network

    settings = read_settings()
    if settings.practice.host not in LOOPBACK:
        raise click.ClickException("The practice network binds to 127.0.0.1, localhost or ::1 only.")
    try:
        check_ports([_practice_child([], settings)])
    except PortInUse as error:
        raise click.ClickException(str(error)) from error
    people = [(name, name.title(), DEMO_PASSWORD) for name in DEMO_PEOPLE]
    apps = practice_network.create_practice(
        str(settings.folder / "practice.sqlite"),
        settings.practice_urls,
        people,
        clients=_own_clients(settings),
    )
    practice_network.serve(apps, settings.practice.host, settings.practice.ports)


def _own_clients(settings: Settings) -> dict[str, list[Client]]:
    """Our applications at the networks where they are registered by hand, known there as the settings name them."""
    from advocacy.practice.mode import Client

    ours = {
        "linkedin": (settings.linkedin.client_id, settings.linkedin.client_secret),
        "x": (settings.x.client_id, settings.x.client_secret),
    }
    return {
        slug: [Client(name, secret, (f"{settings.base_url}/connections/callback/{slug}",))]
        for slug, (name, secret) in ours.items()
        if name
    }
