"""What networks say of how many calls they take is kept for all workers, and none is made before its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.http import Answer
from advocacy.sharing import allowing, reserving
from advocacy.sharing.models import Allowance, Deletion, Delivery, DeliveryState
from advocacy.sharing.networks.linkedin import restli
from advocacy.sharing.networks.rates import heard, kind_of
from advocacy.sharing.rules import CallKind, Told, merged, uses_attempt
from tests.makers.sharing import make_connection, make_share, make_sharer
from tests.practice.network import Network
from tests.sharing.test_jobs import LEASE, OUT, Watch, jobs, post, row, wayfarer, work  # noqa: F401

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SOON = NOON + timedelta(minutes=5)
POST, MEDIA = CallKind.POST, CallKind.MEDIA


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/api/v1/statuses", POST),
        ("POST", "/api/v2/media", MEDIA),
        ("GET", "/api/v1/media/7", CallKind.READ),
        ("DELETE", "/api/v1/statuses/7", CallKind.DELETE),
        ("POST", "/oauth/token", CallKind.TOKEN),
        ("POST", "/rest/posts", POST),
        ("POST", "/rest/images?action=initializeUpload", MEDIA),
        ("PUT", "/dms-uploads/C4E/uploaded-image/0?ut=token", MEDIA),
        ("DELETE", "/rest/posts/urn%3Ali%3Ashare%3A7", CallKind.DELETE),
        ("POST", "/2/tweets", POST),
        ("POST", "/2/media/upload", MEDIA),
        ("GET", "/2/users/7/tweets", CallKind.READ),
        ("POST", "/2/oauth2/token", CallKind.TOKEN),
        ("POST", "/xrpc/com.atproto.repo.putRecord", POST),
        ("POST", "/xrpc/com.atproto.repo.uploadBlob", MEDIA),
        ("POST", "/xrpc/com.atproto.repo.deleteRecord", CallKind.DELETE),
        ("POST", "/xrpc/com.atproto.server.refreshSession", CallKind.TOKEN),
    ],
)
def test_calls_are_told_apart_as_networks_count_them(method: str, path: str, kind: CallKind) -> None:
    assert kind_of(method, f"https://network.example{path}") is kind


SECONDS = str(int(SOON.timestamp()))


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        (200, {}, []),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-11-02T12:05:00.000000Z"}, [0]),
        (200, {"x-rate-limit-remaining": "3", "x-rate-limit-reset": SECONDS}, [3]),
        (200, {"ratelimit-remaining": "7", "ratelimit-reset": SECONDS}, [7]),
        (200, {"ratelimit-remaining": "7", "ratelimit-reset": "300"}, [7]),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-11-02T12:05:00"}, [0]),
        (200, {"x-ratelimit-remaining": "many", "x-ratelimit-reset": SECONDS}, []),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "tomorrow"}, []),
        (200, {"retry-after": "300"}, []),
        (429, {"retry-after": "300"}, [0]),
        (503, {"retry-after": "Mon, 02 Nov 2026 12:05:00 GMT"}, [0]),
        (429, {"retry-after": "soon"}, []),
    ],
)
def test_every_networks_headers_are_understood(status: int, headers: dict[str, str], told: list[int]) -> None:
    assert list(heard(POST, status, headers, at=NOON)) == [Told(POST, left, SOON) for left in told]


def test_a_day_of_the_whole_application_is_shared_by_all() -> None:
    headers = {"x-app-limit-24hour-remaining": "0", "x-app-limit-24hour-reset": SECONDS}
    assert list(heard(POST, 201, headers, at=NOON)) == [Told(POST, 0, SOON, shared=True)]
    assert list(heard(CallKind.READ, 200, headers, at=NOON)) == []
    assert list(heard(POST, 201, {"x-app-limit-24hour-remaining": "0"}, at=NOON)) == []


@pytest.mark.parametrize(("level", "shared"), [("APPLICATION", True), ("APPLICATION_AND_MEMBER", False)])
def test_linkedin_says_in_words_whose_day_is_used_up(level: str, shared: bool) -> None:
    words = f"Resource level throttle {level} DAY limit for calls to this resource is reached."
    throttled = restli._throttled(Answer(429, {"date": "Mon, 02 Nov 2026 12:00:00 GMT"}, b"", "host"), words)
    assert throttled.shared is shared
    assert throttled.retry_at == datetime(2026, 11, 3, tzinfo=UTC)


def test_a_server_whose_clock_is_behind_ours_is_not_called_early() -> None:
    headers = {
        "date": "Mon, 02 Nov 2026 11:59:00 GMT",
        "ratelimit-remaining": "0",
        "ratelimit-reset": SECONDS,
        "retry-after": "Mon, 02 Nov 2026 12:05:00 GMT",
    }
    later = Told(POST, 0, SOON + timedelta(minutes=1))
    assert list(heard(POST, 429, headers, at=NOON)) == [later, later]


def test_no_server_shuts_us_out_for_longer_than_a_day() -> None:
    headers = {"ratelimit-remaining": "0", "ratelimit-reset": "9999999999"}
    assert [told.resets_at for told in heard(POST, 429, headers, at=NOON)] == [NOON + timedelta(days=1)]


def test_less_counts_within_a_window_and_the_word_of_a_later_one_beyond() -> None:
    known = Told(POST, 4, SOON)
    assert merged(known, Told(POST, 7, SOON + timedelta(seconds=1))).remaining == 4
    assert merged(known, Told(POST, 2, SOON)).remaining == 2
    newer = Told(POST, 300, SOON + timedelta(minutes=5))
    assert merged(known, newer) == newer
    assert merged(known, Told(POST, 0, SOON - timedelta(minutes=5))) == known


def test_a_try_counts_unless_the_network_names_a_time_for_less_than_a_day() -> None:
    assert uses_attempt(NOON, named=False, at=NOON)
    assert not uses_attempt(NOON, named=True, at=NOON + timedelta(hours=23))
    assert uses_attempt(NOON, named=True, at=NOON + timedelta(hours=25))


def test_what_is_left_is_counted_by_all_together(unit: db.Unit) -> None:
    def taken(kinds: list[CallKind], at: datetime = NOON) -> tuple[datetime | None, list[Told]]:
        return allowing.take(connection, kinds, allowing.open_of([connection], at=at))

    connection = make_connection(make_sharer())

    def note(*heard: Told) -> None:
        allowing.note(connection.network, connection.server, connection.code, heard)
        db.session.flush()

    note(Told(POST, 250, SOON))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Allowance)) == 0, "far from its end"
    note(Told(POST, 2, SOON), Told(MEDIA, 0, SOON), Told(POST, 900, SOON, shared=True))
    assert taken([POST]) == (None, [Told(MEDIA, 0, SOON)])
    assert taken([POST, MEDIA])[0] == SOON
    assert taken([POST])[0] is None
    assert taken([POST])[0] == SOON
    assert {told.kind for told in allowing.closed(connection, at=NOON)} == {POST, MEDIA}
    assert taken([POST, MEDIA], SOON)[0] is None
    note(Told(POST, 5, SOON + timedelta(minutes=5)))
    assert taken([POST], SOON)[0] is None
    assert allowing.forget(at=SOON + timedelta(seconds=1)) == 2


def test_two_workers_that_hear_it_at_once_both_keep_it(
    unit: db.Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = {"network": "x", "server": "s", "whose": "w", "kind": POST}
    db.session.add(Allowance(**first, remaining=4, resets_at=SOON))
    db.session.flush()
    true, asked = allowing._row, []

    def blind(*key: Any) -> Allowance | None:
        asked.append(key)
        return true(*key) if len(asked) > 1 else None

    monkeypatch.setattr(allowing, "_row", blind)
    allowing.note("x", "s", "w", [Told(POST, 1, SOON)])
    db.session.flush()
    assert db.session.scalars(sa.select(Allowance.remaining)).all() == [1]


def test_who_is_asked_to_wait_waits_and_others_go_on(
    post: Callable[..., int],  # noqa: F811
    network: Network,
    watch: Watch,
) -> None:
    network.fault("statuses", "status", status=429, retry_after=120)
    one = post()
    work()
    assert row(one).attempts == 0, "a try that the network put off uses no attempt"
    with db.unit_of_work():
        first = db.session.get_one(Delivery, one)
        share = make_share(
            first.share.person, kit=first.share.kit, connection=first.connection, at=clock.now()
        )
        two = share.deliveries[0].id
    before = len(network.ledger())
    work()
    assert row(two).due_at > clock.now() + timedelta(seconds=110) and row(two).attempts == 0
    assert len(network.ledger()) == before, "no call before its time, for another post of that account either"
    assert row(two).reason and row(two).state is DeliveryState.WAITING
    with db.unit_of_work():
        db.session.get_one(Delivery, two).connection = other = make_connection(
            make_sharer("Bo"), server=network.url
        )
        other.sealed_tokens = None
    watch.ahead = timedelta(seconds=125)
    work()
    assert row(one).state is DeliveryState.SENT


def test_a_deletion_waits_for_its_time_too(
    post: Callable[..., int],  # noqa: F811
    network: Network,
    watch: Watch,
) -> None:
    one = post()
    work()
    with db.unit_of_work():
        delivery = db.session.get_one(Delivery, one)
        assert delivery.connection is not None
        told = [Told(CallKind.DELETE, 0, clock.now() + timedelta(minutes=2))]
        allowing.note(delivery.network, delivery.connection.server, delivery.connection.code, told)
        db.session.add(Deletion(delivery_id=one, asked_at=clock.now(), due_at=clock.now()))
    lane = replace(jobs.lanes()[0])
    for _ in range(2):
        jobs.delete_next(OUT, most=5, lease=LEASE, lane=lane)
    assert network.ledger("delete") == []
    watch.ahead = timedelta(seconds=125)
    jobs.delete_next(OUT, most=5, lease=LEASE, lane=jobs.lanes()[1])
    assert network.ledger("delete") == [], "another lane leaves it"
    jobs.delete_next(OUT, most=5, lease=LEASE, lane=lane)
    assert [call["status"] for call in network.ledger("delete")] == [200]


def test_a_look_waits_for_its_time_and_counts_as_none(
    post: Callable[..., int],  # noqa: F811
    network: Network,
    watch: Watch,
) -> None:
    network.fault("statuses", "accept_then_hang_up")
    one = post(may_read=True, idempotent_seconds=0)
    with db.unit_of_work():
        connection = db.session.get_one(Delivery, one).connection
        assert connection is not None
        told = [Told(CallKind.READ, 0, clock.now() + timedelta(minutes=2))]
        allowing.note(connection.network, connection.server, connection.code, told)
    work()
    assert row(one).state is DeliveryState.SENDING
    assert [call["kind"] for call in network.ledger()][-1] == "statuses"
    watch.ahead = timedelta(seconds=125)
    work()
    assert row(one).state is DeliveryState.SENT


def test_a_claim_that_is_given_up_is_free_at_once(unit: db.Unit, at: datetime) -> None:
    delivery = make_share(make_sharer(), at=at).deliveries[0]
    db.session.flush()
    (claim,) = reserving.reserve_due(most=5, lease=LEASE, at=at)
    assert reserving.reserve_due(most=5, lease=LEASE, at=at) == []
    reserving.give_up([replace(claim, token="another's")])
    assert reserving.reserve_due(most=5, lease=LEASE, at=at) == []
    reserving.give_up([claim])
    assert [again.id for again in reserving.reserve_due(most=5, lease=LEASE, at=at)] == [delivery.id]
