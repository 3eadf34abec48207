"""What a network can do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Abilities:
    """What a network can do, as its module declares; pages and the worker go by this and by nothing else."""

    readable: bool = False
    """Own posts can be looked up, if the person allowed reading."""
    reads_openly: bool = False
    """Own posts are public to everyone: looking them up takes no permission of the network, only the person's."""
    deletes: bool = False
    renews: bool = False
    """Tokens end and are renewed without the person; where they end and are not, a post may be due too late."""
    tells_figures: bool = False
    costs: bool = False
    """Each call has a price; see `prices` in `config/networks.toml`."""
    reads_at_most: int = 0
    """How many posts one look among own ones is charged for at most, where each costs."""
    many_servers: bool = False
    """The person has to name a server (or herself there) first."""
    own_way_back: bool = False
    """Each server sends people back to an address of its own, so that none can pass off another's answer."""
    names_issuer: bool = False
    """Whoever sends people back always says who it is (RFC 9207); an answer without that is no answer."""
    registers: bool = False
    """Introduces itself to a server by a call; without it, the operator's settings name our application."""
    passwords: bool = False
    """An account can be connected by a password made for this product, too."""
    cards: bool = False
    """A link is shown as a card of our own making: title, description and picture are sent along."""
    reshares: bool = False
    """Another's post can be passed on with words of one's own."""
    near_identical_refused: bool = False
    """The network's rules forbid nearly the same words on several accounts."""
