"""What the running app keeps in memory: its secret, the nonces made from it, and the proofs seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app

from advocacy.practice.bluesky.proofs import Nonces, Replays


@dataclass
class Desk:
    """The secret is asked of the database once, since asking takes the one writer's place."""

    secret: str
    replays: Replays = field(default_factory=Replays)
    nonces: Nonces = field(init=False)

    def __post_init__(self) -> None:
        """Make the nonces outlive a restart."""
        self.nonces = Nonces(self.secret)


def desk() -> Desk:
    """The running app's own."""
    found: Desk = current_app.extensions["bluesky"]
    return found
