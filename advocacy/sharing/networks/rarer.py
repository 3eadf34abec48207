"""What only some networks answer, besides the verbs of all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from advocacy.sharing.networks.interface import Network, Tokens

if TYPE_CHECKING:
    from advocacy.http import Outbound


@runtime_checkable
class TakesPasswords(Network, Protocol):
    """A network whose accounts can be connected by a password made for this product, too (`can.passwords`)."""

    def by_password(self, outbound: Outbound, typed: str, word: str) -> Tokens:
        """Tokens for the account that `typed` names and its password; raises Permanent for the wrong one."""
        ...


@runtime_checkable
class Recognises(Network, Protocol):
    """A network by whose addresses one sees whether a post is an account's own, as far as they tell."""

    def recognise(self, server: str, remote_id: str, handle: str, url: str) -> str | None:
        """The id of the account's post at this address, "" where that says none; None for what is no post of it."""
        ...

    def dated(self, told: str) -> datetime | None:
        """When a post was made, as far as its id or its address tells."""
        ...


@runtime_checkable
class Shows(Network, Protocol):
    """A network that shows a single post of an account which allowed reading."""

    def leads(self, outbound: Outbound, server: str, tokens: Tokens, remote_id: str, link: str) -> bool:
        """Whether the post with this id leads to a short link of ours (its code); True where that cannot be seen."""
        ...


@runtime_checkable
class Published(Network, Protocol):
    """A network whose servers read who we are, and our public keys, at our own address."""

    is_published: bool
    """Whether our address is one that they can read."""

    def client_document(self, redirect_uri: str) -> Mapping[str, object]:
        """What servers read of us."""
        ...

    def client_keys(self) -> Mapping[str, object]:
        """The public keys that servers check our signatures by."""
        ...
