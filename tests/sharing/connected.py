"""An account of the practice network that is connected here, by the whole way there and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from advocacy import db
from advocacy.http import Outbound
from advocacy.sharing import connecting, networks, renewing, tokens
from advocacy.sharing.connecting import Account, Sealed
from advocacy.sharing.models import Connection, ConnectionState, Revocation
from advocacy.sharing.networks.interface import Client
from tests.makers.sharing import make_sharer
from tests.practice.network import CALLBACK, Network
from tests.sharing.networks.test_contract import allow

OUT = Outbound(["127.0.0.1"], timeout=(2, 5), total=8)
WEBSITE = "http://127.0.0.1:9"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Connected:
    """An account that is connected, with tokens that end soon."""

    slug: str
    code: str
    there: Network

    def refreshes(self) -> int:
        """How often the token endpoint gave new tokens since the account was connected."""
        return sum(call["status"] == 200 for call in self.there.ledger("token"))

    def kept(self) -> Sealed:
        with db.unit_of_work(write=False):
            found = renewing.tokens_of(self.code)
        assert found is not None
        return found

    def state(self) -> ConnectionState:
        with db.unit_of_work(write=False):
            return db.session.scalars(sa.select(Connection)).one().state

    def server(self) -> str:
        with db.unit_of_work(write=False):
            return db.session.scalars(sa.select(Connection)).one().server

    def keep(self, **changed: object) -> None:
        """Keep other tokens than these."""
        other = replace(self.kept(), **changed)  # type: ignore[arg-type]
        with db.unit_of_work():
            row = db.session.scalars(sa.select(Connection)).one()
            row.sealed_tokens = connecting.seal(row, other)

    def ends_later(self) -> None:
        """Put the end of what is kept so far away that nothing is renewed unasked."""
        self.keep(expires_at=now() + timedelta(hours=2))

    def disconnect(self) -> None:
        with db.unit_of_work():
            row = db.session.scalars(sa.select(Connection)).one()
            connecting.disconnect(row, by=row.person, at=now())

    def to_give_back(self) -> list[Sealed]:
        """What waits for being revoked, the oldest first."""
        with db.unit_of_work(write=False):
            rows = db.session.scalars(sa.select(Revocation).order_by(Revocation.id)).all()
            return [
                connecting.unseal(one.connection_code, one.sealed_tokens) for one in rows if one.sealed_tokens
            ]


@contextmanager
def connected(slug: str, modes: dict[str, Network], *, may_read: bool = False) -> Iterator[Connected]:
    """Ada's account on this network's mode, on the database that is in use."""
    there = modes[slug]
    there.fresh()
    networks.configure(
        clients={name: Client("client-1", "secret-1") for name in ("linkedin", "x")},
        practice={name: one.url for name, one in modes.items() if name != "mastodon"},
        base_url=WEBSITE,
    )
    module = networks.network(slug)
    typed = {"mastodon": there.url, "bluesky": "ada.practice.test"}.get(slug, "")
    ours = module.register(OUT, module.server_address(OUT, typed), CALLBACK, "Advocacy", WEBSITE)
    departure = module.depart(OUT, ours, "state", typed=typed, reading=may_read)
    given = module.exchange(OUT, ours, allow(departure.url, "ada")["code"][0], departure.secret)
    who = module.identity(OUT, ours.server, given)
    soon = replace(given, expires_at=now() + timedelta(minutes=1))
    with db.unit_of_work():
        kept = connecting.keep_registration(
            slug, ours.server, CALLBACK, client_id=ours.client_id, client_secret=ours.client_secret,
            scopes=" ".join(ours.scopes), at=now(),
        )  # fmt: skip
        server, limits = who.server or ours.server, asdict(module.default_limits())
        account = Account(who.remote_id, who.handle, "Ada", "", server, limits)
        row = connecting.connect(
            kept, account, tokens.kept(soon), may_read=may_read, by=make_sharer(), at=now()
        )
        code = row.code
    there.fresh()
    yield Connected(slug, code, there)
    there.fresh()
    networks.configure()
