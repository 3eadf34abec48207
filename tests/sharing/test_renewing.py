"""Renewing tokens at the practice network: once, kept before it is used, and never by two at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.http import Outbound
from advocacy.sharing import connecting, jobs, networks, renewing, tokens
from advocacy.sharing.connecting import Account, Sealed
from advocacy.sharing.models import Connection, ConnectionState
from advocacy.sharing.networks.interface import Client, NeedsReconnecting, Temporary
from tests.makers.sharing import make_sharer
from tests.practice.network import CALLBACK, Network
from tests.sharing.networks.test_contract import allow

pytestmark = pytest.mark.usefixtures("database")
OUT = Outbound(["127.0.0.1"], timeout=(2, 5), total=8)


@dataclass(frozen=True)
class Connected:
    """An account on X's practice network that is connected here, with tokens that end soon."""

    code: str
    there: Network

    def refreshes(self) -> int:
        """How many calls came to the token endpoint since it was connected."""
        return len(self.there.ledger("token"))

    def kept(self) -> Sealed:
        with db.unit_of_work(write=False):
            found = renewing.tokens_of(self.code)
        assert found is not None
        return found

    def state(self) -> ConnectionState:
        with db.unit_of_work(write=False):
            return db.session.scalars(sa.select(Connection)).one().state


@pytest.fixture
def account(modes: dict[str, Network], database: str) -> Iterator[Connected]:
    there = modes["x"]
    there.fresh()
    networks.configure(clients={"x": Client("client-1", "secret-1")}, practice={"x": there.url})
    module = networks.network("x")
    ours = module.register(OUT, module.server_address(OUT, ""), CALLBACK, "Advocacy", "http://127.0.0.1:9")
    departure = module.depart(OUT, ours, "state")
    given = module.exchange(OUT, ours, allow(departure.url, "ada")["code"][0], departure.secret)
    soon = replace(given, expires_at=now() + timedelta(minutes=1))
    with db.unit_of_work():
        ada = make_sharer()
        registration = connecting.keep_registration(
            "x", ours.server, CALLBACK, client_id="client-1", client_secret="secret-1", scopes="", at=now()
        )
        who = Account("1", "@ada", "Ada", "", ours.server, {})
        row = connecting.connect(registration, who, tokens.kept(soon), may_read=False, by=ada, at=now())
        code = row.code
    there.fresh()
    yield Connected(code, there)
    there.fresh()
    networks.configure()


def now() -> datetime:
    return datetime.now(UTC)


def test_what_ends_soon_is_renewed_and_kept_before_it_is_used(account: Connected) -> None:
    before = account.kept()
    good = tokens.fresh(account.code, OUT, at=now())
    assert good.access != before.access and account.kept() == tokens.kept(good)
    assert account.refreshes() == 1
    assert tokens.fresh(account.code, OUT, at=now()).access == good.access and account.refreshes() == 1


def test_ten_at_once_make_one_call(account: Connected) -> None:
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: tokens.fresh(account.code, OUT, at=now()).access, range(10)))
    assert len(set(found)) == 1 and account.refreshes() == 1


def test_what_may_pass_leaves_the_account_as_it_is(account: Connected) -> None:
    account.there.fault("token", "status", status=503)
    before = account.kept()
    with pytest.raises(Temporary):
        tokens.fresh(account.code, OUT, at=now())
    assert account.state() is ConnectionState.ACTIVE and account.kept() == before
    assert tokens.fresh(account.code, OUT, at=now()).access != before.access


def test_dead_tokens_ask_to_reconnect(account: Connected) -> None:
    account.there.fault("token", "rotated_refresh_token")
    with pytest.raises(NeedsReconnecting):
        tokens.fresh(account.code, OUT, at=now())
    assert account.state() is ConnectionState.NEEDS_RECONNECTING


def test_who_waits_in_vain_puts_it_off(account: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "PATIENCE", 0.3)
    with db.unit_of_work():
        right = renewing.claim(account.code, at=now())
    assert right is not None
    with pytest.raises(Temporary) as waited:
        tokens.fresh(account.code, OUT, at=now())
    assert waited.value.retry_after == 30 and account.refreshes() == 0
    assert tokens.fresh(account.code, OUT, at=now() + renewing.LEASE * 2).access  # its lease ran out


def test_a_right_that_was_lost_keeps_nothing(account: Connected) -> None:
    before = account.kept()
    with db.unit_of_work():
        first = renewing.claim(account.code, at=now())
        second = renewing.claim(account.code, at=now() + renewing.LEASE * 2)
    assert first is not None and second is not None
    with db.unit_of_work():
        assert not renewing.keep(first, replace(before, access="late"), at=now())
        renewing.let_go(first)
        renewing.note_dead(first)
    assert account.kept() == before and account.state() is ConnectionState.ACTIVE


def test_what_lay_for_days_is_renewed_for_its_own_sake(account: Connected) -> None:
    before = account.kept()
    with db.unit_of_work():
        assert renewing.stale(["x"], most=5, at=now()) == []
        row = db.session.scalars(sa.select(Connection)).one()
        row.connected_at = now() - timedelta(days=4)
    assert jobs.renew_stale(OUT, most=5, lease=timedelta(minutes=1)) == 1
    assert account.kept().access != before.access
    assert jobs.renew_stale(OUT, most=5, lease=timedelta(minutes=1)) == 0


def test_tokens_that_cannot_be_opened_or_were_given_up_ask_to_reconnect(account: Connected) -> None:
    with db.unit_of_work():
        row = db.session.scalars(sa.select(Connection)).one()
        row.sealed_tokens = "damaged"
    with pytest.raises(NeedsReconnecting, match="no longer open"):
        tokens.fresh(account.code, OUT, at=now())
    with db.unit_of_work():
        db.session.scalars(sa.select(Connection)).one().sealed_tokens = None
    with pytest.raises(NeedsReconnecting, match="Reconnect this account"):
        tokens.fresh(account.code, OUT, at=now())


def test_an_account_given_up_meanwhile_stays_given_up(account: Connected) -> None:
    new = replace(account.kept(), access="new")
    with db.unit_of_work():
        right = renewing.claim(account.code, at=now())
    assert right is not None
    with db.unit_of_work():
        row = db.session.scalars(sa.select(Connection)).one()
        connecting.disconnect(row, by=row.person, at=now())
    with db.unit_of_work():
        assert not renewing.keep(right, new, at=now())
        renewing.note_dead(right)
    assert account.state() is ConnectionState.DISCONNECTED
