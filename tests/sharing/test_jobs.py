"""What the worker does, against the practice network."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from PIL import Image

from advocacy import clock, db, storage, vault
from advocacy.http import Outbound
from advocacy.leaderboards.models import Points
from advocacy.sharing import actions, connecting, delivering, jobs
from advocacy.sharing.delivering import Claim
from advocacy.sharing.models import (
    Attempt,
    Connection,
    ConnectionState,
    Deletion,
    Delivery,
    DeliveryState,
    Registration,
    Revocation,
)
from advocacy.sharing.networks import mastodon
from tests.makers.content import make_kit, make_picture
from tests.makers.sharing import make_connection, make_share, make_sharer
from tests.practice.mastodon.wayfarer import Wayfarer
from tests.practice.network import Network

LEASE = timedelta(seconds=30)
OUT = Outbound(["127.0.0.1"], timeout=(2, 1.5), total=4)


class Watch:
    """Our clock, which a test may turn forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self._true = clock.now

    def __call__(self) -> datetime:
        """Now, and as far ahead as was asked."""
        return self._true() + self.ahead


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture(scope="module")
def wayfarer(threaded: Network) -> Wayfarer:
    """Ada's app on the practice network, which may read her own posts."""
    return Wayfarer(threaded)


@pytest.fixture
def post(app: Any, network: Network, watch: Watch, wayfarer: Wayfarer) -> Iterator[Callable[..., int]]:
    """Shares words by Ada's account on the practice network; returns the delivery's key."""

    def make(words: str = "We dig.", *, may_read: bool = False, **limits: int) -> int:
        at = clock.now()
        token = wayfarer.connected().token or ""
        with db.unit_of_work():
            ada = make_sharer()
            connection = make_connection(
                ada, server=network.url, access=token, may_read=may_read, limits=limits, at=at
            )
            tokens = connecting.Sealed(token, None, None, tuple(wayfarer.scopes.split()))
            connection.sealed_tokens = connecting.seal(connection, tokens)
            kit = make_kit(publish_at=at - timedelta(days=1))
            share = make_share(ada, kit=kit, connection=connection, text=f"{words} #WorksAtNordlys", at=at)
            return share.deliveries[0].id

    return make


def work() -> None:
    """One round of the worker's jobs on posts."""
    claims: list[Claim] = []
    jobs.take_due(claims.append, most=10, lease=LEASE)
    for claim in claims:
        jobs.deliver(claim, OUT, lease=LEASE)
    time.sleep(0.01)
    jobs.settle_lost(OUT, most=10, lease=LEASE)


def row(delivery_id: int) -> Delivery:
    """The delivery as it stands."""
    with db.unit_of_work(write=False):
        found = db.session.get_one(Delivery, delivery_id)
        assert found.connection is None or found.connection.id
        return found


def test_a_post_goes_out(post: Callable[..., int], network: Network) -> None:
    one = post()
    work()
    assert row(one).state is DeliveryState.SENT and (row(one).remote_url or "").startswith(network.url)
    work()
    assert len(network.ledger("statuses")) == 1


def test_a_post_goes_out_with_its_pictures_and_their_words(
    post: Callable[..., int], network: Network
) -> None:
    one = post()
    out = BytesIO()
    Image.new("RGB", (40, 30), "#0e6271").save(out, "PNG")
    with db.unit_of_work():
        kit = make_kit(pictures=(make_picture(storage.keep(out.getvalue())),))
        delivery = db.session.get_one(Delivery, one)
        delivery.asset_ids = [kit.pictures[0].id, 999_999]
        delivery.alts = {str(kit.pictures[0].id): "My own words for it"}
    work()
    assert row(one).state is DeliveryState.SENT and len(network.ledger("media")) == 1
    (there,) = requests.get(f"{network.url}/api/v1/timelines/public", timeout=5).json()[:1]
    assert there["media_attachments"][0]["description"] == "My own words for it"


def test_a_picture_that_is_gone_fails_in_words(post: Callable[..., int], network: Network) -> None:
    one = post()
    with db.unit_of_work():
        kit = make_kit(pictures=(make_picture("f" * 64),))
        db.session.get_one(Delivery, one).asset_ids = [kit.pictures[0].id]
    work()
    assert row(one).state is DeliveryState.FAILED and "picture" in (row(one).reason or "")
    assert network.ledger("statuses") == []


def test_the_gate_stops_between_reservation_and_sending(post: Callable[..., int], network: Network) -> None:
    one = post()
    claims: list[Claim] = []
    jobs.take_due(claims.append, most=10, lease=LEASE)
    with db.unit_of_work():
        db.session.get_one(Delivery, one).share.person.paused_at = clock.now()
    jobs.deliver(claims[0], OUT, lease=LEASE)
    assert row(one).state is DeliveryState.HELD and network.ledger("statuses") == []


def test_accepted_then_hung_up_is_sent_once(post: Callable[..., int], network: Network) -> None:
    network.fault("statuses", "accept_then_hang_up")
    one = post()
    work()
    assert row(one).state is DeliveryState.WAITING and row(one).lost_at
    work()
    assert row(one).state is DeliveryState.SENT
    calls = network.ledger("statuses")
    assert [call["created"] for call in calls].count(True) == 1 and len(calls) == 2
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(sa.func.count()).where(Points.kind == "sent")) == 1
        assert [a.outcome for a in db.session.scalars(sa.select(Attempt).order_by(Attempt.id))] == [
            "lost",
            "sent",
        ]


def test_a_500_after_acceptance_is_sent_once(
    post: Callable[..., int], network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert network.app is not None
    inner, broken = network.app.wsgi_app, []

    def breaks(environ: Any, start: Any) -> Any:
        def started(status: str, headers: Any, *more: Any) -> Any:
            wrong = environ["PATH_INFO"] == "/api/v1/statuses" and not broken
            broken.extend([True] * wrong)
            return start("500 Internal Server Error" if wrong else status, headers, *more)

        return inner(environ, started)

    monkeypatch.setattr(network.app, "wsgi_app", breaks)
    one = post()
    work()
    work()
    assert broken and row(one).state is DeliveryState.SENT
    assert [call["created"] for call in network.ledger("statuses")].count(True) == 1


def test_a_429_is_honoured(post: Callable[..., int], network: Network, watch: Watch) -> None:
    network.fault("statuses", "status", status=429, retry_after=120)
    one = post()
    work()
    assert row(one).state is DeliveryState.WAITING and row(one).due_at > clock.now() + timedelta(seconds=110)
    watch.ahead = timedelta(seconds=100)
    work()
    assert len(network.ledger("statuses")) == 1, "no call before the network said"
    watch.ahead = timedelta(seconds=125)
    work()
    assert row(one).state is DeliveryState.SENT and len(network.ledger("statuses")) == 2


def test_an_expired_token_asks_to_reconnect(post: Callable[..., int], network: Network) -> None:
    network.fault("statuses", "expired_token")
    one = post()
    work()
    found = row(one)
    assert found.state is DeliveryState.NEEDS_RECONNECTING
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(Connection)).one().state is ConnectionState.NEEDS_RECONNECTING


def test_a_refusal_fails_with_the_networks_words(post: Callable[..., int], network: Network) -> None:
    network.fault("statuses", "status", status=422)
    one = post()
    work()
    assert row(one).state is DeliveryState.FAILED and row(one).reason_values["words"]


def test_a_network_without_keys_is_looked_through(
    post: Callable[..., int], network: Network, watch: Watch
) -> None:
    network.fault("statuses", "accept_then_hang_up")
    one = post(f"Looked for {time.time_ns()}", may_read=True, idempotent_seconds=0)
    work()
    assert row(one).state is DeliveryState.SENT and len(network.ledger("statuses")) == 1


def test_what_is_not_found_is_asked_about_after_three_looks(
    post: Callable[..., int], network: Network, watch: Watch
) -> None:
    network.fault("statuses", "status", status=500)
    one = post(f"Nowhere {time.time_ns()}", may_read=True, idempotent_seconds=0)
    for _ in range(4):
        work()
        watch.ahead += timedelta(minutes=5)
    assert row(one).state is DeliveryState.UNKNOWN and len(network.ledger("statuses")) == 1


def test_a_look_that_goes_wrong_is_a_look(post: Callable[..., int], network: Network, watch: Watch) -> None:
    network.fault("statuses", "status", status=500)
    network.fault("verify_credentials", "status", status=503, calls=5)
    one = post(f"Nowhere {time.time_ns()}", may_read=True, idempotent_seconds=0)
    work()
    assert row(one).state is DeliveryState.SENDING
    with db.unit_of_work(write=False):
        outcomes = db.session.scalars(sa.select(Attempt.outcome).order_by(Attempt.id)).all()
    assert outcomes == ["lost", "looked"]


def test_a_look_after_the_account_was_given_up_leaves_it(post: Callable[..., int], network: Network) -> None:
    network.fault("statuses", "status", status=500)
    one = post(f"Nowhere {time.time_ns()}", may_read=True, idempotent_seconds=0)
    claims: list[Claim] = []
    jobs.take_due(claims.append, most=1, lease=LEASE)
    jobs.deliver(claims[0], OUT, lease=LEASE)
    time.sleep(0.01)
    with db.unit_of_work():
        (claim,) = delivering.reserve_lost(most=1, lease=LEASE, at=clock.now())
        found = db.session.get_one(Delivery, one)
        assert found.connection is not None
        connecting.disconnect(found.connection, by=found.share.person, at=clock.now())
    jobs.looking.look(claim, OUT)
    assert row(one).state is DeliveryState.SENDING


def test_what_breaks_in_our_own_code_after_the_call_is_lost_not_sent_twice(
    post: Callable[..., int], network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = post()
    with monkeypatch.context() as patch:
        patch.setattr(mastodon, "Posted", lambda *_: 1 / 0)
        work()
    assert row(one).lost_at and row(one).state is DeliveryState.WAITING
    work()
    assert row(one).state is DeliveryState.SENT
    assert [call["created"] for call in network.ledger("statuses")] == [True, False]


def test_what_breaks_in_our_own_code_before_any_call_is_tried_again(
    post: Callable[..., int], network: Network, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = post()
    with monkeypatch.context() as patch:
        patch.setattr(jobs.sending.interface, "Post", lambda *_: 1 / 0)
        work()
    assert row(one).lost_at is None and row(one).state is DeliveryState.WAITING
    watch.ahead = timedelta(seconds=20)
    work()
    assert row(one).state is DeliveryState.SENT and len(network.ledger("statuses")) == 1


def test_keys_that_are_gone_ask_to_reconnect(
    post: Callable[..., int], network: Network, test_settings: Any
) -> None:
    one = post()
    vault.configure([vault.new_key()])
    try:
        work()
    finally:
        vault.configure(test_settings.keys())
    assert row(one).state is DeliveryState.NEEDS_RECONNECTING and network.ledger("statuses") == []


def test_a_network_that_we_no_longer_speak_fails_in_words(post: Callable[..., int]) -> None:
    one = post()
    with db.unit_of_work():
        db.session.get_one(Delivery, one).network = "myspace"
    work()
    assert row(one).state is DeliveryState.FAILED
    with db.unit_of_work():
        found = db.session.get_one(Delivery, one)
        found.state, found.claim_token = DeliveryState.SENDING, "x"
        found.lease_until = clock.now() - timedelta(seconds=1)
        assert found.connection is not None
        found.connection.limits = {}
    work()
    assert row(one).state is DeliveryState.UNKNOWN


def deleted(one: int) -> Deletion:
    """The deletion that was asked for, after the worker saw to it."""
    jobs.delete_next(OUT, most=5, lease=LEASE)
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Deletion).order_by(Deletion.id.desc())).first()  # type: ignore[return-value]


def ask_deletion(one: int) -> None:
    with db.unit_of_work():
        found = db.session.get_one(Delivery, one)
        actions.ask_deletion(found, by=found.share.person, at=clock.now())


def test_a_post_is_deleted_at_its_network(post: Callable[..., int], network: Network, watch: Watch) -> None:
    one = post()
    work()
    network.fault("delete", "status", status=503)
    ask_deletion(one)
    assert deleted(one).state == "waiting" and row(one).state is DeliveryState.SENT
    watch.ahead = timedelta(minutes=1)
    assert deleted(one).state == "done" and row(one).state is DeliveryState.DELETED
    assert jobs.delete_next(OUT, most=5, lease=LEASE) == 0


def test_a_post_is_deleted_although_its_account_was_given_up_meanwhile(
    post: Callable[..., int], network: Network
) -> None:
    one = post()
    work()
    ask_deletion(one)
    with db.unit_of_work():
        found = db.session.get_one(Delivery, one)
        assert found.connection is not None
        connecting.disconnect(found.connection, by=found.share.person, at=clock.now())
    assert jobs.revoke_next(OUT, most=5, lease=LEASE) == 0
    assert deleted(one).state == "done"


def test_a_deletion_without_tokens_says_what_to_do(post: Callable[..., int], network: Network) -> None:
    one = post()
    work()
    with db.unit_of_work():
        found = db.session.get_one(Delivery, one)
        assert found.connection is not None
        found.connection.sealed_tokens = None
    ask_deletion(one)
    assert deleted(one).state == "failed" and "Reconnect" in (deleted(one).reason or "")
    with db.unit_of_work():
        found = db.session.get_one(Delivery, one)
        found.connection = None
        db.session.add(Deletion(delivery_id=one, asked_at=clock.now(), due_at=clock.now()))
    assert deleted(one).state == "failed"


def test_a_token_is_revoked(
    post: Callable[..., int], network: Network, watch: Watch, wayfarer: Wayfarer
) -> None:
    one = post()
    with db.unit_of_work():
        registration = db.session.scalars(sa.select(Registration)).one()
        registration.client_id = wayfarer.app["client_id"]
        sealed = vault.seal(f"registration:{registration.code}", wayfarer.app["client_secret"])
        registration.sealed_secret = sealed
        found = db.session.get_one(Delivery, one)
        assert found.connection is not None
        connecting.disconnect(found.connection, by=found.share.person, at=clock.now())
    network.fault("revoke", "status", status=503)
    assert jobs.revoke_next(OUT, most=5, lease=LEASE) == 1
    assert revocation().state == "waiting"
    watch.ahead = timedelta(minutes=1)
    jobs.revoke_next(OUT, most=5, lease=LEASE)
    assert revocation().state == "done" and revocation().sealed_tokens is None
    assert [call["status"] for call in network.ledger("revoke")] == [503, 200]


def revocation() -> Revocation:
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Revocation)).one()


def test_a_token_that_cannot_be_opened_is_let_go(post: Callable[..., int], test_settings: Any) -> None:
    one = post()
    with db.unit_of_work():
        found = db.session.get_one(Delivery, one)
        assert found.connection is not None
        connecting.disconnect(found.connection, by=found.share.person, at=clock.now())
    vault.configure([vault.new_key()])
    try:
        jobs.revoke_next(OUT, most=5, lease=LEASE)
    finally:
        vault.configure(test_settings.keys())
    assert revocation().state == "done"


def test_a_token_that_came_back_is_not_revoked(post: Callable[..., int], network: Network) -> None:
    one = post()
    with db.unit_of_work():
        found = db.session.get_one(Delivery, one)
        assert found.connection is not None
        connecting.disconnect(found.connection, by=found.share.person, at=clock.now())
        db.session.flush()
        db.session.scalars(sa.select(Revocation)).one().sealed_tokens = None
    jobs.revoke_next(OUT, most=5, lease=LEASE)
    assert revocation().state == "done" and network.ledger("revoke") == []
