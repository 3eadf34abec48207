"""Whatever the worker calls a network for: where the access has run out, it is renewed once and the call made again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.sharing import actions, delivering, jobs, networks, reserving, tokens
from advocacy.sharing.jobs import deleting, looking, sending
from advocacy.sharing.models import Connection, ConnectionState, Deletion, Delivery, DeliveryState
from advocacy.sharing.networks.interface import NeedsReconnecting, Permanent
from tests.makers.content import make_kit
from tests.makers.sharing import make_share
from tests.practice.network import Network
from tests.sharing.connected import OUT, Connected, connected, now

LEASE = timedelta(seconds=30)
PUBLISH = {"x": "posts", "bluesky": "publish"}


@pytest.fixture(params=["x", "bluesky"])
def account(
    app: Any, request: pytest.FixtureRequest, modes: dict[str, Network], database: str
) -> Iterator[Connected]:
    """An account on each network whose tokens are renewed, which are good for hours yet."""
    with connected(request.param, modes, may_read=True) as made:
        made.ends_later()
        yield made


def share(account: Connected) -> int:
    with db.unit_of_work():
        row = db.session.scalars(sa.select(Connection)).one()
        kit = make_kit(publish_at=now() - timedelta(days=1))
        text = f"We dig {account.code}. #WorksAtNordlys"
        return make_share(row.person, kit=kit, connection=row, text=text, at=now()).deliveries[0].id


def work() -> None:
    claims: list[delivering.Claim] = []
    jobs.take_due(claims.append, most=10, lease=LEASE)
    for claim in claims:
        jobs.deliver(claim, OUT, lease=LEASE)


def state(delivery_id: int) -> DeliveryState:
    with db.unit_of_work(write=False):
        return db.session.get_one(Delivery, delivery_id).state


def delete(delivery_id: int) -> None:
    with db.unit_of_work():
        found = db.session.get_one(Delivery, delivery_id)
        actions.ask_deletion(found, by=found.share.person, at=now())


def deletion() -> Deletion:
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Deletion)).one()


def test_a_card_shows_its_link_although_no_application_is_at_hand(account: Connected, app: Any) -> None:
    one = share(account)
    work()  # as the engine's threads do
    assert state(one) is DeliveryState.SENT
    with db.unit_of_work(write=False):
        found = db.session.get_one(Delivery, one)
        assert found.link is not None
        told = sending._card(delivering.sending(found, delivering.Claim(one, "", account.slug)))
    assert told.url == f"{app.config['BASE_URL']}/l/{found.link.code}"


def test_a_post_goes_out_by_renewed_tokens(account: Connected) -> None:
    account.there.fault(PUBLISH[account.slug], "expired_token")
    one, before = share(account), account.kept()
    work()
    assert state(one) is DeliveryState.SENT and account.refreshes() == 1
    assert account.kept().access != before.access and account.state() is ConnectionState.ACTIVE
    assert [call["created"] for call in account.there.ledger(PUBLISH[account.slug])].count(True) == 1


def test_only_a_renewal_that_is_refused_asks_to_reconnect(account: Connected) -> None:
    account.there.fault(PUBLISH[account.slug], "expired_token")
    account.keep(refresh="spent-long-ago")
    one = share(account)
    work()
    assert state(one) is DeliveryState.NEEDS_RECONNECTING
    assert account.state() is ConnectionState.NEEDS_RECONNECTING


def test_a_renewal_in_trouble_puts_the_post_off(account: Connected) -> None:
    account.there.fault(PUBLISH[account.slug], "expired_token")
    account.there.fault("token", "status", status=503)
    one = share(account)
    work()
    assert state(one) is DeliveryState.WAITING and account.state() is ConnectionState.ACTIVE


def test_without_a_refresh_token_there_is_nothing_to_renew(account: Connected) -> None:
    account.there.fault(PUBLISH[account.slug], "expired_token")
    account.keep(refresh=None)
    one = share(account)
    work()
    assert state(one) is DeliveryState.NEEDS_RECONNECTING and account.refreshes() == 0


def test_a_post_is_deleted_by_renewed_tokens(account: Connected) -> None:
    one = share(account)
    work()
    account.there.fault("delete", "expired_token")
    delete(one)
    jobs.delete_next(OUT, most=5, lease=LEASE)
    assert deletion().state == "done" and account.refreshes() == 1


def test_a_post_is_deleted_by_renewed_tokens_of_an_account_that_was_given_up(account: Connected) -> None:
    one = share(account)
    work()
    delete(one)
    account.disconnect()
    (before,) = account.to_give_back()
    account.there.fault("delete", "expired_token")
    jobs.delete_next(OUT, most=5, lease=LEASE)
    assert deletion().state == "done" and account.refreshes() == 1
    (after,) = account.to_give_back()  # the new pair is what is revoked
    assert after.access != before.access and after.refresh != before.refresh


def test_a_renewal_of_what_was_given_up_may_fail_and_holds_nothing(account: Connected) -> None:
    one = share(account)
    work()
    delete(one)
    account.disconnect()
    before = account.to_give_back()
    account.there.fault("delete", "expired_token")
    account.there.fault("token", "status", status=503)
    jobs.delete_next(OUT, most=5, lease=LEASE)
    assert deletion().state == "waiting" and account.to_give_back() == before
    with db.unit_of_work():
        db.session.scalars(sa.select(Deletion)).one().due_at = now()
    jobs.delete_next(OUT, most=5, lease=LEASE)
    assert deletion().state == "done"


@pytest.mark.parametrize("account", ["x"], indirect=True)  # at Bluesky a look shows no token
def test_a_look_renews_too(account: Connected) -> None:
    account.there.fault("posts", "accept_then_hang_up")
    one = share(account)
    work()
    assert state(one) is DeliveryState.SENDING
    with db.unit_of_work():
        (claim,) = delivering.reserve_lost(most=1, lease=LEASE, at=now() + timedelta(seconds=1))
    account.there.fault("me", "expired_token")
    looking.look(claim, OUT)
    assert state(one) is DeliveryState.SENT and account.refreshes() == 1


def test_a_refusal_of_older_tokens_says_nothing_of_newer_ones(
    account: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = networks.network(account.slug)

    def refuses(*_given: Any) -> Any:
        account.keep(access="newer")  # she has connected anew, or another process has renewed them
        raise NeedsReconnecting(("The token was taken back.", {}))

    one = share(account)
    with monkeypatch.context() as patch:
        patch.setattr(module, "publish", refuses)
        patch.setattr(sending, "network", lambda _slug: module)
        work()
    assert account.state() is ConnectionState.ACTIVE and state(one) is DeliveryState.WAITING
    with monkeypatch.context() as patch:
        patch.setattr(module, "publish", lambda *_given: raised(NeedsReconnecting(("Again.", {}))))
        patch.setattr(sending, "network", lambda _slug: module)
        with db.unit_of_work():
            db.session.get_one(Delivery, one).due_at = now()
        work()
    assert account.state() is ConnectionState.NEEDS_RECONNECTING, "these are the ones that are kept"


def test_a_renewal_that_was_refused_late_leaves_a_new_connection_alone(
    account: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = networks.network(account.slug)

    def refuses(*_given: Any) -> Any:
        account.keep(access="newer", refresh="newer")
        with db.unit_of_work():
            db.session.scalars(sa.select(Connection)).one().renewing_token = None  # as connecting does
        raise NeedsReconnecting(("The session is over.", {}))

    account.keep(expires_at=now() + timedelta(minutes=1))
    one = share(account)
    monkeypatch.setattr(module, "renew", refuses)
    monkeypatch.setattr(tokens, "network", lambda _slug: module)
    work()
    assert account.state() is ConnectionState.ACTIVE and state(one) is DeliveryState.WAITING


def test_a_deletion_refused_by_older_tokens_is_tried_by_the_newer(
    account: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = share(account)
    work()
    delete(one)
    module, good = networks.network(account.slug), account.kept().access

    def refuses(*_given: Any) -> Any:
        account.keep(access="newer")
        raise NeedsReconnecting(("The token was taken back.", {}))

    with monkeypatch.context() as patch:
        patch.setattr(module, "delete", refuses)
        patch.setattr(deleting, "network", lambda _slug: module)
        jobs.delete_next(OUT, most=5, lease=LEASE)
    assert deletion().state == "waiting"
    account.keep(access=good)
    with db.unit_of_work():
        db.session.scalars(sa.select(Deletion)).one().due_at = now()
    jobs.delete_next(OUT, most=5, lease=LEASE)
    assert deletion().state == "done"


@pytest.mark.parametrize("fails", [True, False])
def test_whose_claim_ran_out_writes_no_end(
    account: Connected, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    one = share(account)
    work()
    delete(one)
    module = networks.network(account.slug)

    def slow(*given: Any) -> None:
        with db.unit_of_work():
            (taken,) = reserving.reserve(Deletion, most=1, lease=LEASE, at=now() + 2 * LEASE)
        others.append(taken.token)
        if fails:
            raise Permanent(("No.", {}))

    others: list[str] = []
    monkeypatch.setattr(module, "delete", slow)
    monkeypatch.setattr(deleting, "network", lambda _slug: module)
    jobs.delete_next(OUT, most=5, lease=LEASE)
    found = deletion()
    assert (found.state, found.claim_token, found.attempts) == ("waiting", others[0], 0)
    assert state(one) is DeliveryState.SENT


def raised(wrong: Exception) -> None:
    raise wrong
