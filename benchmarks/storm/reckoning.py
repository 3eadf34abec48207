"""The reckoning after the storm: every row of ours against what stands on the networks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from advocacy import clock, db
from advocacy.leaderboards.models import Points
from advocacy.sharing.models import Attempt, Connection, Delivery, DeliveryState
from benchmarks.storm.practice import MARK, Networks

OPEN = (DeliveryState.WAITING, DeliveryState.SENDING)


@dataclass(frozen=True)
class Row:
    """One post as we have it, and what stands on its network."""

    number: int
    network: str
    state: DeliveryState
    remote_id: str
    is_reading: bool
    honours_keys: bool
    is_lost: bool
    points: int
    posts: tuple[str, ...]

    def wrongs(self) -> list[str]:
        """What must not be."""
        found = ["double"] * (len(self.posts) - 1)
        sent = self.state is DeliveryState.SENT
        if (sent and not self.posts) or self.state in OPEN:
            found.append("lost")
        if sent and self.posts and not any(self.remote_id.endswith(one) for one in self.posts):
            found.append("another_post")
        if self.points != int(sent):
            found.append("points")
        if self.state is DeliveryState.UNKNOWN and not self._may_be_unknown():
            found.append("unknown_forbidden")
        if self.state not in (*OPEN, DeliveryState.SENT, DeliveryState.UNKNOWN):
            found.append(str(self.state))
        return found

    def _may_be_unknown(self) -> bool:
        """Whether the design's table leaves this one to its owner."""
        if not self.is_lost or self.network == "bluesky":
            return False
        if self.network == "linkedin":
            return True
        if self.network == "mastodon" and self.honours_keys:
            return False
        return not self.is_reading or not self.posts  # that none was found proves nothing


def how_many_open() -> int:
    """How many posts have not come to an end."""
    with db.unit_of_work(write=False):
        return db.session.scalar(sa.select(sa.func.count(Delivery.id)).where(Delivery.state.in_(OPEN))) or 0


def how_many_untried() -> int:
    """How many posts nobody has tried to send."""
    untried = sa.and_(Delivery.state == DeliveryState.WAITING, Delivery.first_tried_at.is_(None))
    with db.unit_of_work(write=False):
        return db.session.scalar(sa.select(sa.func.count(Delivery.id)).where(untried)) or 0


def hurry(longer_than: float) -> None:
    """Cut waits between tries, and between looks, short, as if their time had passed."""
    at = clock.now()
    far = at + timedelta(seconds=longer_than)
    with db.unit_of_work():
        for state, column in ((DeliveryState.WAITING, "due_at"), (DeliveryState.SENDING, "lease_until")):
            db.session.execute(
                sa.update(Delivery)
                .where(Delivery.state == state, getattr(Delivery, column) > far)
                .values({column: at})
                .execution_options(synchronize_session=False)
            )


def rows(there: Networks) -> list[Row]:
    """Every post, in the order in which they were shared."""
    posts = there.posts()
    with db.unit_of_work(write=False):
        points = Counter(db.session.scalars(sa.select(Points.source).where(Points.kind == "sent")).all())
        lost = set(db.session.scalars(sa.select(Attempt.delivery_id).where(_has_no_answer())))
        found = db.session.execute(
            sa.select(Delivery, Connection.may_read, Connection.limits)
            .join(Connection, Delivery.connection_id == Connection.id)
            .order_by(Delivery.id)
        ).all()
        return [_row(one, may_read, limits, one.id in lost, points, posts) for one, may_read, limits in found]


def _has_no_answer() -> sa.ColumnElement[bool]:
    return sa.or_(Attempt.outcome == "lost", Attempt.outcome.is_(None))


def _row(
    one: Delivery,
    may_read: bool,
    limits: dict[str, int],
    is_lost: bool,
    points: Counter[str],
    posts: dict[int, list[str]],
) -> Row:
    mark = MARK.search(one.text)
    assert mark is not None
    honours = bool(limits.get("idempotent_seconds"))
    own = tuple(posts.get(int(mark[1]), ()))
    earned = points[f"delivery:{one.id}"]
    return Row(
        int(mark[1]), one.network, one.state, one.remote_id or "", may_read, honours, is_lost, earned, own
    )


def figures(found: list[Row], there: Networks) -> dict[str, int]:
    """What came of all, as counts; whatever must not be is 0 in a good run."""
    wrongs = Counter(wrong for row in found for wrong in row.wrongs())
    unknown = [row for row in found if row.state is DeliveryState.UNKNOWN]
    sent = sum(row.state is DeliveryState.SENT for row in found)
    posts = sum(len(row.posts) for row in found)
    told = {
        "shares": len(found),
        "posts": posts,
        "sent": sent,
        "points": sum(row.points for row in found),
        "doubles": wrongs.pop("double", 0),
        "sent_twice": there.sent_twice(),  # which no double shows where a network takes no text twice
        "lost": wrongs.pop("lost", 0),
        "unknown": len(unknown),
        "unknown_posted": sum(bool(row.posts) for row in unknown),
        "unknown_forbidden": wrongs.pop("unknown_forbidden", 0),
        "unlike_ledger": abs(sum(there.created().values()) - posts),
    }
    by_network = Counter(f"unknown_{row.network}" for row in unknown)
    return told | dict(by_network) | {f"wrong_{name}": count for name, count in wrongs.items()}


def is_void(told: dict[str, int]) -> list[str]:
    """The figures that say that something went wrong."""
    must_be_none = ("doubles", "sent_twice", "lost", "unknown_forbidden", "unlike_ledger")
    found = [name for name in told if told[name] and (name in must_be_none or name.startswith("wrong_"))]
    if told["points"] != told["sent"]:
        found.append("points")
    if told["posts"] != told["sent"] + told["unknown_posted"]:
        found.append("posts")
    return found
