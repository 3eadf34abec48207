"""A champion's account on any network, at its mode of the practice network, and posts that go out by it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.http import Outbound
from advocacy.sharing import connecting, jobs, networks
from advocacy.sharing.delivering import Claim
from advocacy.sharing.given import Account
from advocacy.sharing.models import Connection, Delivery
from advocacy.sharing.networks.interface import Client
from advocacy.sharing.tokens import kept
from tests.makers.content import make_kit
from tests.makers.sharing import make_share, make_sharer
from tests.practice.network import CALLBACK, Network
from tests.sharing.networks.test_contract import Road

LEASE = timedelta(seconds=30)
OUT = Outbound(["127.0.0.1"], timeout=(10, 10), total=15)


class Watch:
    """Our clock, which a test may turn forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self._true = clock.now

    def __call__(self) -> datetime:
        """Now, and as far ahead as was asked."""
        return self._true() + self.ahead


@dataclass
class Anywhere:
    """One network of the practice network, and what a champion does on it."""

    slug: str
    there: Network
    app: Flask
    watch: Watch
    settle: Callable[..., None]

    @property
    def road(self) -> Road:
        typed = {"mastodon": self.there.url, "bluesky": "ada.practice.test"}.get(self.slug, "")
        return Road(self.slug, networks.network(self.slug), self.there, typed)

    def connect(self, *, reading: bool = False, by: Person | None = None, **limits: int) -> int:
        """Ada's account, connected all the way; returns its key."""
        ours, tokens = self.road.connect(reading=reading)
        who = self.road.module.identity(OUT, ours.server, tokens)
        server = who.server or ours.server
        told = asdict(self.road.module.limits(OUT, server)) | limits
        with db.unit_of_work():
            registration = connecting.keep_registration(
                self.slug, ours.server, CALLBACK, client_id=ours.client_id, client_secret=ours.client_secret,
                scopes=" ".join(ours.scopes), at=clock.now(),
            )  # fmt: skip
            account = Account(who.remote_id, who.handle, who.display_name, who.url, server, told)
            ada = db.session.get_one(Person, by.id) if by else make_sharer()
            row = connecting.connect(
                registration, account, kept(tokens), may_read=reading, by=ada, at=clock.now()
            )
            db.session.flush()
            return row.id

    def share(self, connection_id: int, text: str = "", **values: Any) -> int:
        """A post that is due now; returns its key."""
        at = clock.now()
        with db.unit_of_work():
            connection = db.session.get_one(Connection, connection_id)
            kit = make_kit(publish_at=at - timedelta(days=1))
            text = text or f"We dig. {time.time_ns()} #WorksAtNordlys"
            share = make_share(connection.person, kit=kit, connection=connection, text=text, at=at, **values)
            return share.deliveries[0].id

    def work(self) -> None:
        """One round of the worker's jobs on posts."""
        claims: list[Claim] = []
        with self.app.app_context():
            jobs.take_due(claims.append, most=10, lease=LEASE)
            for claim in claims:
                jobs.deliver(claim, OUT, lease=LEASE)
            time.sleep(0.01)
            jobs.settle_lost(OUT, most=10, lease=LEASE)

    def made(self) -> int:
        """How many posts the practice network made."""
        return sum(bool(call["created"]) for call in self.there.ledger())


def row(delivery_id: int) -> Delivery:
    """The delivery as it stands."""
    with db.unit_of_work(write=False):
        found = db.session.get_one(Delivery, delivery_id)
        assert found.connection is None or found.connection.id
        return found


@contextmanager
def anywhere(slug: str, modes: dict[str, Network], app: Flask, watch: Watch) -> Iterator[Anywhere]:
    """The practice network's mode that plays this network, with every module pointed at its mode."""

    def settle(*, trusts: bool = False) -> None:
        networks.configure(
            clients={
                name: Client("client-1", "secret-1", trusts_duplicates=trusts) for name in ("linkedin", "x")
            },
            practice={name: one.url for name, one in modes.items() if name != "mastodon"},
            base_url="http://127.0.0.1:9",
        )

    settle()
    modes[slug].fresh()
    yield Anywhere(slug, modes[slug], app, watch, settle)
    modes[slug].fresh()
    networks.configure()
