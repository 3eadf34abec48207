"""What stands against a moment: quiet hours, and days that are full, when she composes and at the gate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.errors import Refused
from advocacy.sharing import actions, delivering, planning, slots
from advocacy.sharing.models import Connection, DeliveryState
from advocacy.sharing.queries import pace
from advocacy.sharing.slots import Pace
from advocacy.sharing.timing import Untimely
from tests.makers.content import make_kit
from tests.makers.sharing import later, make_connection, make_delivery, make_share, make_sharer, make_wish

NIGHT = (time(21), time(7))
LEASE = timedelta(minutes=2)


@pytest.fixture(autouse=True)
def paced(unit: db.Unit) -> Iterator[None]:
    """Two shares a day, one post a day on a network, and usual quiet hours at night."""
    pace.keep_pace(Pace(daily=2, per_network=2, quiet=NIGHT))
    yield
    pace.keep_pace(Pace())


@pytest.fixture
def ada() -> Person:
    return make_sharer()


@pytest.fixture
def account(ada: Person) -> Connection:
    return make_connection(ada)


def untimely(kit: Kit, account: Connection, by: Person, at: datetime, **values: object) -> Untimely:
    """Why this wish is refused."""
    with pytest.raises(Untimely) as refusal:
        actions.share(kit, [make_wish(account, **values)], form_key="late", by=by, at=at)
    return refusal.value


def whole(_network: str, text: str, _language: str) -> int:
    """A network that folds nothing away."""
    return len(text)


def test_into_quiet_hours_only_if_she_insists(ada: Person, account: Connection, at: datetime) -> None:
    kit = make_kit()
    refusal = untimely(kit, account, ada, at, local_time="2026-11-03T22:15")
    assert "22:15 lies within your quiet hours (21:00 to 07:00)" in str(refusal)
    assert refusal.field == "local_time" and refusal.may_insist
    assert refusal.offer == datetime.fromisoformat("2026-11-04T07:00+00:00")
    wish = make_wish(account, local_time="2026-11-03T22:15", insists=True)
    share = actions.share(kit, [wish], form_key="insisted", by=ada, at=at)
    assert share.deliveries[0].local_time == "2026-11-03T22:15"


def test_now_in_quiet_hours_is_asked_too(ada: Person, account: Connection, at: datetime) -> None:
    refusal = untimely(make_kit(), account, ada, at + timedelta(hours=13))
    assert "22:00" in str(refusal) and refusal.offer == at + timedelta(hours=22)


def test_her_own_quiet_hours_count(ada: Person, account: Connection, at: datetime) -> None:
    planning.keep_rhythm(None, {}, by=ada, at=at)
    make_share(ada, connection=account, at=at + timedelta(hours=13))
    planning.keep_rhythm((time(8), time(10)), {0: (time(10), time(12))}, by=ada, at=at)
    refusal = untimely(make_kit(), account, ada, at)
    assert "09:00 lies within your quiet hours (08:00 to 10:00)" in str(refusal)
    assert pace.hours_of(ada) == slots.Hours("Europe/Dublin", (time(8), time(10)), {0: (time(10), time(12))})
    with pytest.raises(Refused, match="end after they begin"):
        planning.keep_rhythm(None, {0: (time(12), time(10))}, by=ada, at=at)


def test_a_full_day_offers_another(ada: Person, account: Connection, at: datetime) -> None:
    kit = make_kit(expires_at=at + timedelta(days=3))
    make_share(ada, kit=kit, connection=account)
    make_share(ada, kit=kit, connection=account, local_time="2026-11-02T20:00")
    refusal = untimely(kit, account, ada, later(5))
    assert "as many of your shares as a day may have (2)" in str(refusal) and not refusal.may_insist
    assert refusal.offer == later(5) + timedelta(days=1)
    make_share(ada, kit=kit, by_hand=True)  # what she posts by hand is in her own hands
    make_share(ada, kit=kit, connection=account, local_time="2026-11-03T09:00")
    kit.expires_at = later(60)
    assert untimely(kit, account, ada, later(5)).offer is None


def test_a_network_has_its_own_limit(ada: Person, account: Connection, at: datetime) -> None:
    pace.keep_pace(Pace(daily=0, per_network=1))
    make_share(ada, connection=account)
    assert "posts on Mastodon as a day may have (1)" in str(untimely(make_kit(), account, ada, later(5)))
    make_share(ada, connection=account, local_time="2026-11-03T00:10")  # her own day, not UTC's: it is winter


def test_a_post_over_the_limit_waits_for_its_owner(ada: Person, account: Connection, at: datetime) -> None:
    pace.keep_pace(Pace())
    first, second = (make_delivery(ada, connection=account) for _ in range(2))
    pace.keep_pace(Pace(per_network=1))
    claims = {claim.id: claim for claim in delivering.reserve_due(most=9, lease=LEASE, at=at)}
    assert delivering.begin(claims[first.id], fold=whole, lease=LEASE, at=at) is not None
    assert delivering.begin(claims[second.id], fold=whole, lease=LEASE, at=at) is None
    assert second.state is DeliveryState.HELD
    assert "full on %(network)s" in (second.reason or "")
    assert second.reason_values == {"most": 1, "network": "Mastodon"}
    with pytest.raises(Refused, match="full on Mastodon"):
        actions.send_again(second, by=ada, at=later(1))
    actions.send_again(second, by=ada, at=at + timedelta(days=1))
    assert second.state is DeliveryState.WAITING


def test_the_next_good_slot_keeps_apart_from_colleagues(
    account: Connection, ada: Person, at: datetime
) -> None:
    kit, hana = make_kit(), make_sharer("Hana")
    hers = make_connection(hana)
    first = planning.take_slot(kit, ["mastodon"], by=ada, at=at)
    assert first == "2026-11-02T09:10"
    make_share(ada, kit=kit, connection=account, local_time=first)
    assert planning.take_slot(kit, ["mastodon"], by=hana, at=at) == "2026-11-02T09:25"
    assert planning.take_slot(kit, ["linkedin"], by=hana, at=at) == "2026-11-02T09:10"
    assert planning.take_slot(make_kit(), ["mastodon"], by=hana, at=at) == "2026-11-02T09:10"
    kit.expires_at = later(1)
    with pytest.raises(Refused, match="no good slot"):
        planning.take_slot(kit, ["mastodon"], by=hana, at=at)
    assert hers.is_active
