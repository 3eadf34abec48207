"""The social networks: one module for each, behind one small interface, with their facts in `config/networks.toml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from advocacy import places
from advocacy.errors import N_, Missing
from advocacy.sharing.networks.by_hand import ByHand
from advocacy.sharing.networks.facts import Facts, read
from advocacy.sharing.networks.interface import Client as Client
from advocacy.sharing.networks.interface import Network

if TYPE_CHECKING:
    from advocacy.http import Outbound


def _mastodon(facts: Facts, _client: Client) -> Network:
    from advocacy.sharing.networks.mastodon import Mastodon  # an HTTP client and OAuth come with it

    return Mastodon(facts)


def _linkedin(facts: Facts, client: Client) -> Network:
    from advocacy.sharing.networks.linkedin.member import LinkedIn

    return LinkedIn(facts, client)


def _x(facts: Facts, client: Client) -> Network:
    from advocacy.sharing.networks.x import X

    return X(facts, client)


def _bluesky(facts: Facts, client: Client) -> Network:
    from advocacy.sharing.networks.bluesky.network import Bluesky  # signatures come with it

    return Bluesky(facts, client)


CONNECTORS: dict[str, Callable[[Facts, Client], Network]] = {
    "mastodon": _mastodon,
    "linkedin": _linkedin,
    "x": _x,
    "bluesky": _bluesky,
}


@dataclass(frozen=True)
class Setup:
    """Our application at each network, and which networks are the practice network's."""

    clients: Mapping[str, Client]
    practice: Mapping[str, str]
    base_url: str
    versions: Mapping[str, tuple[str, date]] = field(default_factory=dict)


_setup = [Setup({}, {}, "")]


def configure(
    path: Path | None = None,
    *,
    clients: Mapping[str, Client] | None = None,
    practice: Mapping[str, str] | None = None,
    base_url: str = "",
    versions: Mapping[str, tuple[str, date]] | None = None,
) -> None:
    """Go by this file of facts, these applications of ours (by slug), and for some networks by another origin.

    `base_url` is our own address, which some networks ask for. `versions` are those of networks' interfaces, with their
    last day, where the operator named one.

    Raises ValueError if the file is wrong.
    """
    read(path or places.config() / "networks.toml")
    places.read_networks_from(path)
    _setup[:] = [Setup(clients or {}, practice or {}, base_url, versions or {})]
    _facts.cache_clear()


@cache
def _facts() -> dict[str, Facts]:
    known, practice = read(places.networks()), _setup[0].practice
    for slug, (version, ends) in _setup[0].versions.items():
        known[slug] = replace(known[slug], version=version, version_ends=ends)
    return {slug: facts.moved(practice[slug]) if slug in practice else facts for slug, facts in known.items()}


def facts_of(slug: str) -> Facts | None:
    """What is known of a network without its module; None where it is not known."""
    return _facts().get(slug)


def application(slug: str) -> Client:
    """Our application at a network, as the operator's settings name it."""
    return replace(_setup[0].clients.get(slug, Client()), website=_setup[0].base_url)


def currencies() -> list[str]:
    """The currencies in which networks charge."""
    return sorted({facts.currency for facts in _facts().values() if facts.prices})


def _made(slug: str) -> Network:
    return CONNECTORS[slug](_facts()[slug], application(slug))


def connected() -> list[Network]:
    """The networks on which a person's account can be connected: those that have all they need."""
    return [one for one in every() if one.is_ready]


def versions() -> list[tuple[str, str, date]]:
    """Of the networks on which accounts can be connected: name, version of its interface, and that one's last day."""
    offered = [_facts()[one.slug] for one in connected()]
    return [(one.name, one.version, one.version_ends) for one in offered if one.version and one.version_ends]


def every() -> list[Network]:
    """The networks that there is a module for, whether or not the operator has set what it needs."""
    return [_made(slug) for slug in _facts() if slug in CONNECTORS]


def ends_by_itself() -> list[str]:
    """The networks (slugs) on which an account ends some day unless its owner renews it."""
    return [one.slug for one in every() if not one.can.renews]


def network(slug: str) -> Network:
    """The connector of a network; raises Missing if there is none."""
    if slug not in CONNECTORS or slug not in _facts():
        raise Missing(N_("There is no connection to this network."))
    return _made(slug)


def dialogs() -> list[ByHand]:
    """The networks whose own share dialog can be opened."""
    return [ByHand(facts) for facts in _facts().values() if facts.dialog]


def dialog(slug: str) -> ByHand:
    """The share dialog of a network; raises Missing if there is none."""
    if slug not in _facts() or not _facts()[slug].dialog:
        raise Missing(N_("This network has no share dialog."))
    return ByHand(_facts()[slug])


def outbound() -> Outbound:
    """The door to the outside; its HTTP client is loaded when someone first needs it."""
    from advocacy import http

    return http.outbound()
