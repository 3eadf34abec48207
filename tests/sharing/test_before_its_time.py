"""Whatever a network is called for, no call is made before the time that it named: its ledger shows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.sharing import jobs, purposes
from advocacy.sharing.models import Allowance, Connection, Delivery, DeliveryState, PostFigures, Revocation
from advocacy.sharing.rules import CallKind
from tests.practice.network import Network
from tests.sharing.anywhere import LEASE, OUT, Anywhere, Watch, anywhere, row
from tests.sharing.connected import Connected, connected

LATER = timedelta(minutes=10)
WAIT = {"status": 429, "retry_after": int(LATER.total_seconds())}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture(params=["x", "bluesky"])
def account(
    app: Any, request: pytest.FixtureRequest, modes: dict[str, Network], watch: Watch, database: str
) -> Iterator[Connected]:
    """An account on each network whose tokens are renewed."""
    with connected(request.param, modes) as made:
        yield made


@pytest.fixture
def somewhere(
    request: pytest.FixtureRequest, modes: dict[str, Network], app: Any, watch: Watch, database: str
) -> Iterator[Anywhere]:
    with anywhere(request.param, modes, app, watch) as made:
        yield made


def hurry(*columns: Any) -> None:
    """Let our own rows be due now, whatever they say."""
    with db.unit_of_work():
        for column in columns:
            db.session.execute(sa.update(column.class_).values({column: clock.now() - MINUTE}))


def statuses(there: Network, kind: str) -> list[int]:
    return [call["status"] for call in there.ledger(kind)]


def test_tokens_are_given_back_in_their_time(account: Connected, watch: Watch) -> None:
    account.there.fault("revoke", "status", **WAIT)
    account.disconnect()

    def revoke() -> int:
        return jobs.revoke_next(OUT, most=5, lease=LEASE)

    assert revoke() == 1 and 429 in statuses(account.there, "revoke")
    asked = len(account.there.ledger())
    with db.unit_of_work(write=False):
        due_at = db.session.scalars(sa.select(Revocation.due_at)).one()
    assert due_at > clock.now() + LATER - MINUTE and revoke() == 0, "it waits as long as it was asked to"
    hurry(Revocation.due_at)
    assert revoke() == 1 and len(account.there.ledger()) == asked, "nor does another row of that account call"
    watch.ahead = LATER + MINUTE
    assert revoke() == 1 and statuses(account.there, "revoke")[-1] == 200 and account.to_give_back() == []


def test_what_lay_for_long_is_renewed_in_its_time(account: Connected, watch: Watch) -> None:
    account.there.fault("token", "status", **WAIT)
    hurry(Connection.connected_at)
    with db.unit_of_work():
        db.session.scalars(sa.select(Connection)).one().connected_at -= timedelta(days=4)

    def renew() -> int:
        hurry(Connection.renewal_tried_at)
        with db.unit_of_work():
            db.session.scalars(sa.select(Connection)).one().renewal_tried_at = None
        return jobs.renew_stale(OUT, most=5, lease=LEASE)

    before = account.kept()
    assert renew() == 1 and account.kept() == before
    asked = len(account.there.ledger())
    assert renew() == 1 and len(account.there.ledger()) == asked, "its limit is known"
    watch.ahead = LATER + MINUTE
    assert renew() == 1 and account.kept().access != before.access


@pytest.mark.parametrize("somewhere", ["x"], indirect=True)
def test_a_token_endpoint_that_asks_to_wait_is_remembered(somewhere: Anywhere, watch: Watch) -> None:
    connection = somewhere.connect()
    somewhere.there.fault("posts", "expired_token")
    somewhere.there.fault("token", "status", **WAIT)
    before = len(somewhere.there.ledger("token"))
    one = somewhere.share(connection)
    somewhere.work()
    with db.unit_of_work(write=False):
        told = db.session.scalars(sa.select(Allowance)).all()
    assert {line.kind for line in told if not line.remaining} == {CallKind.TOKEN}, "posting itself is open"
    assert row(one).due_at > clock.now() + LATER - MINUTE
    asked = somewhere.there.ledger()
    hurry(Delivery.due_at)
    somewhere.work()
    assert len(somewhere.there.ledger("token")) == before + 1, "the token endpoint is left alone"
    assert len(somewhere.there.ledger()) >= len(asked)
    watch.ahead = LATER + MINUTE
    somewhere.work()
    assert row(one).state is DeliveryState.SENT


@pytest.mark.parametrize(
    ("somewhere", "kind"), [("mastodon", "reading"), ("bluesky", "posts")], indirect=["somewhere"]
)
def test_figures_are_read_in_their_time(somewhere: Anywhere, watch: Watch, kind: str) -> None:
    connection = somewhere.connect()
    somewhere.share(connection)
    somewhere.work()
    with db.unit_of_work():
        found = db.session.get_one(Connection, connection)
        purposes.let_figures_be_read(found, True, by=found.person, at=clock.now())
    somewhere.there.fault(kind, "status", status=429, retry_after=3 * 3600)

    def read() -> int:
        jobs.read_figures(OUT, most=9, lease=LEASE, at=clock.now())
        return len(somewhere.there.ledger(kind))

    watch.ahead = timedelta(hours=1, minutes=1)
    read()
    asked = read()
    assert statuses(somewhere.there, kind)[-1] == 429
    hurry(PostFigures.due_at)
    assert read() == asked, "not before its time"
    watch.ahead += timedelta(hours=3, minutes=1)
    hurry(PostFigures.due_at)
    assert read() > asked
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(PostFigures.read_at)).one() is not None
