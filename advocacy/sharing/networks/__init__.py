"""The social networks: one module for each, behind one small interface, with their facts in `config/networks.toml`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from advocacy import places
from advocacy.errors import N_, Missing
from advocacy.sharing.networks.by_hand import ByHand
from advocacy.sharing.networks.facts import Facts, read
from advocacy.sharing.networks.interface import Network

if TYPE_CHECKING:
    from advocacy.http import Outbound


def _mastodon(facts: Facts) -> Network:
    from advocacy.sharing.networks.mastodon import Mastodon  # an HTTP client and OAuth come with it

    return Mastodon(facts)


CONNECTORS: dict[str, Callable[[Facts], Network]] = {"mastodon": _mastodon}
_chosen: list[Path] = []


def configure(path: Path) -> None:
    """Go by this file instead of the one that ships with the product; raises ValueError if it is wrong."""
    read(path)
    _chosen[:] = [path]
    _facts.cache_clear()


@cache
def _facts() -> dict[str, Facts]:
    return read(_chosen[0] if _chosen else places.config() / "networks.toml")


def connected() -> list[Network]:
    """The networks on which a person's account can be connected."""
    return [CONNECTORS[slug](facts) for slug, facts in _facts().items() if slug in CONNECTORS]


def network(slug: str) -> Network:
    """The connector of a network; raises Missing if there is none."""
    if slug not in CONNECTORS or slug not in _facts():
        raise Missing(N_("There is no connection to this network."))
    return CONNECTORS[slug](_facts()[slug])


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
