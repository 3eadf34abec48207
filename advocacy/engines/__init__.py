"""Who carries posts out: threads of this process, or Celery at scale; a doorbell, since the row is the truth."""

from __future__ import annotations

from typing import Protocol

from advocacy.sharing.delivering import Claim


class Away(Exception):
    """The broker does not answer, so nothing can be handed over now."""


class Engine(Protocol):
    """Takes claims, and says for each network how many more are welcome: one that hangs takes no other's room."""

    def ring(self, claim: Claim) -> None:
        """Take this claim soon."""

    def free(self, network: str) -> int:
        """How many more claims of this network are welcome now."""

    def await_room(self, network: str, seconds: float) -> None:
        """Wait until a good part of this network's room is free, at most so long."""

    def begin_no_more(self) -> None:
        """Begin nothing more; what is under way ends."""

    def stop(self) -> None:
        """Finish what has begun and take no more."""
