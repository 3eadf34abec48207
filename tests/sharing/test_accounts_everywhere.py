"""An account on each network: it keeps its history, belongs to one person, and no passing trouble calls it dead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.errors import Conflict
from advocacy.practice_modes import NAMES
from advocacy.sharing import purposes, renewing, tokens
from advocacy.sharing.models import AccountKind, Connection, ConnectionState, Delivery, DeliveryState
from advocacy.sharing.networks.interface import Temporary
from tests.makers.sharing import make_sharer
from tests.practice.network import Network
from tests.sharing.anywhere import OUT, Anywhere, Watch, anywhere, row
from tests.sharing.networks.test_contract import PUBLISHING


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture(params=list(NAMES))
def somewhere(
    request: pytest.FixtureRequest, app: Any, modes: dict[str, Network], watch: Watch
) -> Iterator[Anywhere]:
    with anywhere(request.param, modes, app, watch) as found:
        yield found


def account(connection_id: int) -> Connection:
    """The account as it stands."""
    with db.unit_of_work(write=False):
        found = db.session.get_one(Connection, connection_id)
        assert found.person.name and found.topics is not None
        return found


def test_a_reconnection_keeps_its_history_and_a_colleagues_account_is_refused(somewhere: Anywhere) -> None:
    connected = somewhere.connect()
    ada = account(connected).person
    with db.unit_of_work():
        found = db.session.get_one(Connection, connected)
        purposes.mark(found, AccountKind.PRIVATE, [], by=ada, at=clock.now())
    one = somewhere.share(connected)
    somewhere.work()
    assert row(one).state is DeliveryState.SENT
    with db.unit_of_work():
        db.session.execute(sa.update(Connection).values(state=ConnectionState.NEEDS_RECONNECTING))
    assert somewhere.connect(by=ada) == connected
    again = account(connected)
    assert again.is_active and again.kind is AccountKind.PRIVATE and row(one).connection_id == connected
    with db.unit_of_work():
        olga = make_sharer("Olga")
    with pytest.raises(Conflict, match="colleague already"):
        somewhere.connect(by=olga)
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(sa.func.count(Connection.id))) == 1
    assert account(connected).person.id == ada.id and account(connected).is_active


def test_no_passing_trouble_marks_an_account_dead(somewhere: Anywhere) -> None:
    connected = somewhere.connect()
    kind = PUBLISHING[somewhere.slug]
    for trouble in ({"status": 429, "retry_after": 1}, {"status": 503}, {"status": 500}):
        somewhere.there.fault(kind, "status", **trouble)
        one = somewhere.share(connected)
        somewhere.work()
        assert row(one).state is not DeliveryState.NEEDS_RECONNECTING, trouble
        assert account(connected).is_active, trouble
        with db.unit_of_work():
            db.session.execute(sa.update(Delivery).values(state=DeliveryState.CANCELLED))
    if not somewhere.road.module.can.renews:
        return
    code = account(connected).code
    with db.unit_of_work(write=False):
        known = renewing.tokens_of(code)
    assert known is not None
    somewhere.there.fault("token", "status", status=503, calls=3)
    with pytest.raises(Temporary):
        tokens.fresh(code, OUT, at=clock.now(), spent=known.access)
    assert account(connected).is_active
    somewhere.there.fresh()
    somewhere.watch.ahead += timedelta(minutes=5)
    assert tokens.fresh(code, OUT, at=clock.now(), spent=known.access).access != known.access
    one = somewhere.share(connected)
    somewhere.work()
    assert row(one).state is DeliveryState.SENT


def test_a_dead_token_asks_its_owner_and_one_that_ends_is_renewed_first(somewhere: Anywhere) -> None:
    connected = somewhere.connect()
    for _ in range(2):
        somewhere.there.fault(PUBLISHING[somewhere.slug], "expired_token")
    somewhere.there.fault("token", "status", status=503, calls=3)
    one = somewhere.share(connected)
    somewhere.work()
    # LinkedIn calls tokens dead that are seconds old, and is not believed then; others are renewed, which may pass
    dead = somewhere.slug == "mastodon"
    assert row(one).state is (DeliveryState.NEEDS_RECONNECTING if dead else DeliveryState.WAITING)
    assert account(connected).is_active is not dead
    assert row(one).reason and somewhere.made() == 0
