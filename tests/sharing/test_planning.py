"""Another time and other words for a planned post, against the worker too; reminders; wall times that stay."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.errors import Conflict, Refused, Several
from advocacy.mail.models import Letter
from advocacy.sharing import actions, composing, delivering, foreseeing, networks, planning, queries
from advocacy.sharing.delivering import Claim
from advocacy.sharing.models import Delivery, DeliveryState
from advocacy.sharing.queries import Terms, pace
from advocacy.sharing.slots import Pace
from advocacy.sharing.timing import LATE
from tests.makers.content import make_kit
from tests.makers.sharing import (
    WORDING,
    later,
    make_connection,
    make_delivery,
    make_planned,
    make_sharer,
)

LEASE = timedelta(minutes=2)
FRIDAY = "2026-11-06T17:45"


@pytest.mark.usefixtures("unit")
class TestOne:
    """What happens to one post."""

    def test_move_to_another_time(self, at: datetime) -> None:
        ada = make_sharer()
        post = make_planned(ada)
        planning.move(post, local_time=FRIDAY, by=ada, at=at)
        assert (post.local_time, post.time_zone) == (FRIDAY, "Europe/Dublin")
        assert post.due_at.isoformat() == "2026-11-06T17:45:00+00:00" and post.state is DeliveryState.WAITING
        planning.move(post, local_time=None, by=ada, at=later(1))
        assert (post.local_time, post.time_zone, post.due_at) == (None, None, later(1))

    def test_move_passes_what_composing_does(self, at: datetime) -> None:
        ada = make_sharer()
        post = make_planned(ada, kit=make_kit(expires_at=at + timedelta(days=4)))
        with pytest.raises(Refused, match="expires before then"):
            planning.move(post, local_time="2026-11-09T09:00", by=ada, at=at)
        with pytest.raises(Refused, match="passed already"):
            planning.move(post, local_time="2026-11-01T09:00", by=ada, at=at)
        ada.left_at = at
        with pytest.raises(actions.NotReady):
            planning.move(post, local_time="2026-11-05T09:00", by=ada, at=at)
        assert post.local_time == "2026-11-05T08:30"

    def test_a_move_within_a_full_day_is_no_further_post(self, at: datetime) -> None:
        ada = make_sharer()
        post = make_planned(ada)
        other = make_planned(ada, connection=post.connection, local_time="2026-11-06T08:30")
        pace._pace[:] = [Pace(daily=1)]
        try:
            planning.move(post, local_time="2026-11-05T18:00", by=ada, at=at)
            with pytest.raises(Refused, match="as many of your shares"):
                planning.move(other, local_time="2026-11-05T19:00", by=ada, at=at)
        finally:
            pace._pace[:] = [Pace()]

    def test_what_is_late_asks_and_takes_another_time(self, at: datetime) -> None:
        ada = make_sharer()
        post = make_delivery(ada)
        (claim,) = delivering.reserve_due(most=5, lease=LEASE, at=later(61))
        assert delivering.begin(claim, fold=composing.fold, lease=LEASE, at=later(61)) is None
        assert post.state is DeliveryState.HELD and post.reason == LATE
        planning.move(post, local_time=FRIDAY, by=ada, at=later(62))
        assert post.state is DeliveryState.WAITING and post.reason is None and post.claim_token is None
        (claim,) = delivering.reserve_due(most=5, lease=LEASE, at=post.due_at)
        assert delivering.begin(claim, fold=composing.fold, lease=LEASE, at=post.due_at) is not None

    @pytest.mark.parametrize("state", [DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.CANCELLED])
    def test_too_late_is_said(self, at: datetime, state: DeliveryState) -> None:
        ada = make_sharer()
        post = make_planned(ada, state=state)
        with pytest.raises(Conflict, match="Too late"):
            planning.move(post, local_time=FRIDAY, by=ada, at=at)
        with pytest.raises(Conflict, match="Too late"):
            planning.edit_words(post, text="New", disclosure="", by=ada, at=at)

    def test_what_may_be_out_already_and_what_is_by_hand_is_not_moved(self, at: datetime) -> None:
        ada = make_sharer()
        lost = make_planned(ada)
        lost.lost_at = at
        db.session.flush()
        with pytest.raises(Conflict):
            planning.move(lost, local_time=FRIDAY, by=ada, at=at)
        lost.lost_at, lost.connection = None, None
        db.session.flush()
        with pytest.raises(Conflict):
            planning.move(lost, local_time=FRIDAY, by=ada, at=at)

    def test_edit_words(self, at: datetime) -> None:
        ada = make_sharer()
        post = make_planned(ada)
        old = post.shingles
        planning.edit_words(post, text=f"Something else. {WORDING}", disclosure=WORDING, by=ada, at=at)
        assert post.text.startswith("Something") and post.shingles != old
        assert post.state is DeliveryState.WAITING
        post.state, post.reason = DeliveryState.HELD, "The story was changed"
        post.kit_mark = "old"
        db.session.flush()
        planning.edit_words(post, text=f"Again. {WORDING}", disclosure=WORDING, by=ada, at=at)
        assert post.state is DeliveryState.HELD and post.kit_mark == post.share.kit.words_mark
        post.state = DeliveryState.FAILED
        db.session.flush()
        with pytest.raises(Conflict):
            planning.edit_words(post, text="x", disclosure=WORDING, by=ada, at=at)

    def test_words_that_others_had_are_refused_where_the_network_does(self, at: datetime) -> None:
        ada, hana = make_sharer(), make_sharer("Hana")
        post = make_planned(ada, text=f"My own words about the open day. {WORDING}")
        hers = make_planned(hana, text=f"We open our doors on Saturday, come and see us. {WORDING}")
        hers.state, hers.sent_at = DeliveryState.SENT, at
        queries.configure_likeness(Terms(refuses=lambda _network: True))
        try:
            with pytest.raises(Several):
                planning.edit_words(post, text=hers.text, disclosure=WORDING, by=ada, at=at)
        finally:
            queries.configure_likeness()
        assert post.text.startswith("My own words")

    def test_wall_times_stay_when_the_rules_of_a_zone_change(self, at: datetime) -> None:
        ada = make_sharer()
        right, wrong = make_planned(ada), make_planned(ada)
        wrong.due_at += timedelta(hours=1)  # as an older table of zones had it
        now = make_delivery(ada)
        db.session.flush()
        last, count = planning.keep_wall_times(after=0, most=2, at=at)
        assert (last, count) == (wrong.id, 1)
        assert wrong.due_at == right.due_at and now.due_at == at
        assert planning.keep_wall_times(after=last, most=2, at=at) == (0, 0)

    def test_owners_are_told_once_that_an_account_ends_first(self, at: datetime) -> None:
        ada = make_sharer()
        post = make_planned(ada)
        account = post.connection
        assert account is not None
        account.expires_at = at + timedelta(days=2)
        db.session.flush()

        def told(slug: str, moment: datetime) -> int:
            return planning.remind_of_ends([slug], after=0, most=5, at=moment)[1]

        assert told("linkedin", at) == told("mastodon", at - timedelta(days=6)) == 0
        assert told("mastodon", at) == 1 and told("mastodon", later(30)) == 0
        letter = db.session.scalars(sa.select(Letter)).one()
        assert letter.kind == "account_ends" and letter.values["account"] == account.account
        assert planning.remind_of_ends(["mastodon"], after=account.id, most=5, at=at) == (0, 0)
        account.expires_at = at + timedelta(days=60)
        db.session.flush()
        assert told("mastodon", at + timedelta(days=55)) == 0


@pytest.fixture
def planned(database: str, at: datetime) -> list[int]:
    """Posts that are due and reserved, as they wait in a pool."""
    with db.unit_of_work():
        ada = make_sharer()
        connection = make_connection(ada)
        return [make_delivery(ada, connection=connection).id for _ in range(12)]


def take(claim: Claim, at: datetime) -> bool:
    with db.unit_of_work():
        return delivering.begin(claim, fold=composing.fold, lease=LEASE, at=at) is not None


def put_off(key: int, at: datetime) -> bool:
    """Move a post to Friday; False when it is too late."""
    try:
        with db.unit_of_work():
            ada = db.session.scalars(sa.select(Person)).one()
            planning.move(db.session.get_one(Delivery, key), local_time=FRIDAY, by=ada, at=at)
    except Conflict:
        return False
    return True


def test_a_post_is_either_moved_or_sent(planned: list[int], at: datetime) -> None:
    with db.unit_of_work():
        claims = delivering.reserve_due(most=20, lease=LEASE, at=at)
    start = threading.Barrier(4)

    def work(todo: list[Claim], act: str) -> dict[int, bool]:
        start.wait()
        return {one.id: take(one, at) if act == "take" else put_off(one.id, at) for one in todo}

    with ThreadPoolExecutor(4) as pool:
        taking = [pool.submit(work, claims[part::2], "take") for part in range(2)]
        moving = [pool.submit(work, claims[part::2][::-1], "move") for part in range(2)]
        taken = {key: done for one in taking for key, done in one.result().items()}
        moved = {key: done for one in moving for key, done in one.result().items()}
    assert all(taken[key] != moved[key] for key in planned)
    with db.unit_of_work(write=False):
        rows = db.session.scalars(sa.select(Delivery)).all()
        assert {row.id for row in rows if row.state is DeliveryState.SENDING} == {
            key for key, done in taken.items() if done
        }
        assert {row.id for row in rows if row.local_time == FRIDAY} == {
            key for key, done in moved.items() if done
        }


def test_two_posts_at_the_gate_share_one_place_in_a_day(
    planned: list[int], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "_pace", [Pace(daily=2, per_network=5)])
    with db.unit_of_work():
        claims = delivering.reserve_due(most=20, lease=LEASE, at=at)
    with ThreadPoolExecutor(4) as pool:
        gone = list(pool.map(lambda claim: take(claim, at), claims))
    assert sum(gone) == 2
    with db.unit_of_work(write=False):
        held = sa.select(sa.func.count()).where(Delivery.state == DeliveryState.HELD)
        assert db.session.scalar(held) == len(planned) - 2


@pytest.mark.usefixtures("database")
def test_jobs_remind_and_keep_times(at: datetime) -> None:
    networks.configure()
    with db.unit_of_work():
        make_planned(make_sharer())
    assert foreseeing.remind_of_ends(most=5, at=at) == foreseeing.keep_wall_times(most=5, at=at) == 0
    assert "x" not in networks.ends_by_itself()
