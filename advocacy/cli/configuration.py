"""Commands that show settings and make keys."""

from __future__ import annotations

import json
from typing import Any

import click

from advocacy import places, vault
from advocacy import settings as settings_pipe
from advocacy.cli.root import main
from advocacy.settings import SECRETS, Settings, SettingsError

LONGEST_IN_COLUMN = 40  # a longer value pushes its source aside, and no other line's


@main.command("settings")
def show_settings() -> None:
    """Show each setting, its value with secrets hidden, and where it came from."""
    try:
        settings = settings_pipe.load()
    except SettingsError as error:
        raise click.ClickException("\n  ".join(error.problems)) from error
    rows = [
        (key, _shown(settings, key), _shorter(settings.sources.get(key, ""))) for key in settings_pipe.known()
    ]
    names = max(len(key) for key, _value, _source in rows)
    values = min(LONGEST_IN_COLUMN, max(len(value) for _key, value, _source in rows))
    for key, value, source in rows:
        click.echo(f"{key:<{names}}  {value:<{values}}  {source}")


def _shown(settings: Settings, key: str) -> str:
    """A setting's value as one would write it; of a secret only whether there is one."""
    value: Any = settings
    for part in key.split("."):
        value = getattr(value, part)
    return ("(hidden)" if value else '""') if key in SECRETS else json.dumps(value, ensure_ascii=False)


def _shorter(source: str) -> str:
    return "default" if source == str(places.config() / "default.toml") else source


@main.group()
def key() -> None:
    """Keys that seal tokens or sign for us."""


@key.command("new")
@click.option(
    "--for", "network", type=click.Choice(["bluesky"]), help="A key that signs for us at this network."
)
def new_key(network: str | None) -> None:
    """Print a new key; put it first in vault.keys (or bluesky.client_key), and keep the older ones behind it."""
    if network is None:
        click.echo(vault.new_key())
        return
    from advocacy.sharing.networks.bluesky import keys  # signatures are of no use to the other commands

    click.echo(keys.new_pem(), nl=False)
