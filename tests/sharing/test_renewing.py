"""Renewing tokens at the practice network: once, kept before it is used, and never by two at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.http import Outbound
from advocacy.sharing import connecting, jobs, networks, renewing, tokens
from advocacy.sharing.models import Connection, ConnectionState
from advocacy.sharing.networks.interface import Expired, NeedsReconnecting, Temporary
from tests.makers.sharing import make_connection, make_sharer
from tests.practice.network import Network
from tests.sharing.connected import OUT, Connected, connected, now

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=["x", "bluesky"])
def account(request: pytest.FixtureRequest, modes: dict[str, Network], database: str) -> Iterator[Connected]:
    """An account on each network whose tokens are renewed."""
    with connected(request.param, modes) as made:
        yield made


@pytest.fixture
def on_x(modes: dict[str, Network], database: str) -> Iterator[Connected]:
    """An account on X alone, for what is the same on every network."""
    with connected("x", modes) as made:
        yield made


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
    before = account.kept()
    for trouble in ({"status": 503}, {"status": 500}, {"status": 429}, {"fault": "reset"}):
        account.there.fault("token", **{"fault": "status", **trouble})
        with pytest.raises(Temporary):
            tokens.fresh(account.code, OUT, at=now())
        assert account.state() is ConnectionState.ACTIVE and account.kept() == before
    assert tokens.fresh(account.code, OUT, at=now()).access != before.access


def test_a_token_endpoint_that_does_not_answer_in_time_says_nothing(on_x: Connected) -> None:
    on_x.there.fault("token", "delay", seconds=0.8)
    hasty = Outbound(["127.0.0.1"], timeout=(2, 0.3), total=0.5)
    with pytest.raises(Temporary):
        tokens.fresh(on_x.code, hasty, at=now())
    assert on_x.state() is ConnectionState.ACTIVE


def test_dead_tokens_ask_to_reconnect(account: Connected) -> None:
    dead = {"x": "rotated_refresh_token", "bluesky": "ended_session"}[account.slug]
    account.there.fault("token", dead, calls=2)  # a proof may be asked for anew first
    with pytest.raises(NeedsReconnecting):
        tokens.fresh(account.code, OUT, at=now())
    assert account.state() is ConnectionState.NEEDS_RECONNECTING


def test_a_refresh_token_used_twice_ends_the_whole_family(account: Connected) -> None:
    old = account.kept()
    good = tokens.fresh(account.code, OUT, at=now())
    account.keep(refresh=old.refresh, expires_at=old.expires_at)
    with pytest.raises(NeedsReconnecting):
        tokens.fresh(account.code, OUT, at=now())
    module = networks.network(account.slug)
    with pytest.raises((NeedsReconnecting, Expired)):  # the newest access went with it
        module.identity(OUT, account.server(), good)
    assert account.state() is ConnectionState.NEEDS_RECONNECTING


def test_who_dies_after_keeping_leaves_tokens_that_work(
    account: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def dies(_tokens: object) -> None:
        raise Killed

    with pytest.raises(Killed):
        tokens.used(account.code, OUT, dies, at=now())
    assert account.refreshes() == 1
    who = tokens.used(
        account.code, OUT, lambda good: networks.network(account.slug).identity(OUT, account.server(), good),
        at=now(),
    )  # fmt: skip
    assert who.handle and account.refreshes() == 1


def test_who_dies_before_keeping_holds_nobody_up_for_longer_than_the_lease(
    on_x: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def dies(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(renewing, "keep", dies)
        with pytest.raises(Killed):
            tokens.fresh(on_x.code, OUT, at=now())
    # what the network gave is gone, and it takes the old refresh token no more: only its owner can help
    with pytest.raises(NeedsReconnecting):
        tokens.fresh(on_x.code, OUT, at=now() + renewing.LEASE * 2)
    assert on_x.state() is ConnectionState.NEEDS_RECONNECTING


def test_who_waits_in_vain_puts_it_off(on_x: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "PATIENCE", 0.3)
    with db.unit_of_work():
        right = renewing.claim(on_x.code, at=now())
    assert right is not None
    with pytest.raises(Temporary) as waited:
        tokens.fresh(on_x.code, OUT, at=now())
    assert waited.value.retry_after == 30 and on_x.refreshes() == 0
    assert tokens.fresh(on_x.code, OUT, at=now() + renewing.LEASE * 2).access  # its lease ran out


def test_a_right_that_was_lost_keeps_nothing(on_x: Connected) -> None:
    before = on_x.kept()
    with db.unit_of_work():
        first = renewing.claim(on_x.code, at=now())
        second = renewing.claim(on_x.code, at=now() + renewing.LEASE * 2)
    assert first is not None and second is not None
    with db.unit_of_work():
        assert not renewing.keep(first, replace(before, access="late"), at=now())
        renewing.let_go(first)
        renewing.note_dead(first)
    assert on_x.kept() == before and on_x.state() is ConnectionState.ACTIVE


def test_what_lay_for_days_is_renewed_for_its_own_sake(on_x: Connected) -> None:
    before = on_x.kept()
    with db.unit_of_work():
        assert renewing.reserve_stale([on_x.slug], most=5, at=now()) == []
        row = db.session.scalars(sa.select(Connection)).one()
        row.connected_at = now() - timedelta(days=4)
    assert jobs.renew_stale(OUT, most=5, lease=timedelta(minutes=1)) == 1
    assert on_x.kept().access != before.access
    assert jobs.renew_stale(OUT, most=5, lease=timedelta(minutes=1)) == 0


def test_what_cannot_be_renewed_keeps_nobody_waiting(on_x: Connected) -> None:
    with db.unit_of_work():
        rows = [db.session.scalars(sa.select(Connection)).one(), *map(make_connection, [make_sharer()] * 3)]
        for days, row in enumerate(rows, start=4):
            row.connected_at, row.network = now() - timedelta(days=days), on_x.slug
        codes = [row.code for row in reversed(rows)]

    def reserved(hours: float = 0) -> list[str]:
        with db.unit_of_work():
            return sorted(renewing.reserve_stale([on_x.slug], most=2, at=now() + timedelta(hours=hours)))

    assert reserved() == sorted(codes[:2]) and reserved() == sorted(codes[2:])
    assert reserved() == [], "none of them came to anything, and it is not an hour yet"
    with db.unit_of_work():
        newcomer = make_connection(make_sharer("Bo"))
        newcomer.connected_at, newcomer.network = now() - renewing.STALE - timedelta(minutes=1), on_x.slug
        newest = newcomer.code
    later = reserved(2)
    assert newest in later, "who was never tried comes before those who lay for longer, in vain"
    assert not set(later) & set(reserved(2))


def test_tokens_that_cannot_be_opened_or_were_given_up_ask_to_reconnect(on_x: Connected) -> None:
    with db.unit_of_work():
        row = db.session.scalars(sa.select(Connection)).one()
        row.sealed_tokens = "damaged"
    with pytest.raises(NeedsReconnecting, match="no longer open"):
        tokens.fresh(on_x.code, OUT, at=now())
    with db.unit_of_work():
        db.session.scalars(sa.select(Connection)).one().sealed_tokens = None
    with pytest.raises(NeedsReconnecting, match="Reconnect this account"):
        tokens.fresh(on_x.code, OUT, at=now())


def test_an_account_given_up_meanwhile_stays_given_up(on_x: Connected) -> None:
    new = replace(on_x.kept(), access="new")
    with db.unit_of_work():
        right = renewing.claim(on_x.code, at=now())
    assert right is not None
    on_x.disconnect()
    with db.unit_of_work():
        assert not renewing.keep(right, new, at=now())
        renewing.note_dead(right)
    assert on_x.state() is ConnectionState.DISCONNECTED


def test_what_arrives_after_its_account_was_given_up_is_revoked(
    account: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, renewed = networks.network(account.slug), []

    def renew(*given: Any) -> Any:
        account.disconnect()  # while the network answers
        renewed.append(type(module).renew(module, *given))
        return renewed[0]

    old = account.kept()
    monkeypatch.setattr(module, "renew", renew)
    monkeypatch.setattr(tokens, "network", lambda _slug: module)
    with pytest.raises(Temporary):
        tokens.fresh(account.code, OUT, at=now())
    assert account.to_give_back() == [old, tokens.kept(renewed[0])]
    assert jobs.revoke_next(OUT, most=5, lease=timedelta(minutes=1)) == 2
    assert account.to_give_back() == []
    with pytest.raises((NeedsReconnecting, Expired)):
        module.identity(OUT, account.server(), renewed[0])


def test_what_arrives_for_an_earlier_grant_is_revoked_and_the_new_one_stays(on_x: Connected) -> None:
    late = replace(on_x.kept(), access="late")
    with db.unit_of_work():
        right = renewing.claim(on_x.code, at=now())
    assert right is not None
    on_x.disconnect()
    on_x.there.fresh()
    with db.unit_of_work():
        row = db.session.scalars(sa.select(Connection)).one()
        assert row.registration is not None
        who = connecting.Account(row.remote_id, row.account, "Ada", "", row.server, row.limits)
        new = replace(late, access="new")
        connecting.connect(row.registration, who, new, may_read=False, by=row.person, at=now())
    with db.unit_of_work():
        assert not renewing.keep(right, late, at=now())
        assert renewing.give_back(right, late, at=now())
    assert on_x.kept().access == "new" and on_x.to_give_back()[-1] == late


def test_a_right_that_ran_out_gives_nothing_back(on_x: Connected) -> None:
    late = on_x.kept()
    with db.unit_of_work():
        right = renewing.claim(on_x.code, at=now())
        assert right is not None and not renewing.give_back(right, late, at=now())
    assert on_x.to_give_back() == []
