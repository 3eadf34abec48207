"""What only some networks answer, besides the verbs of all."""

from __future__ import annotations

from collections.abc import Mapping
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
