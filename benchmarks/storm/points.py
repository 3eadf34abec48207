"""Kills at four points around a network's acceptance, arranged from outside the product.

1. *sending* is committed and the post's call not made: the upload of its picture gets no answer;
2. the network has the call and has not accepted: it waits before the work;
3. it has accepted, and its answer is held back;
4. its answer is delivered, and the outcome cannot be written: the database is locked from outside.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa

from advocacy import db
from advocacy.sharing.models import Connection, ConnectionState, Delivery, DeliveryState
from benchmarks.storm import champions, reckoning
from benchmarks.storm.practice import MODES, PICTURES, PUBLISHING, Networks
from benchmarks.storm.workers import Engine, Worker

FAULT = {1: "hold", 2: "hold_before", 3: "hold", 4: "hold"}
PATIENCE = 90.0
ARRIVAL = 8.0  # the product waits 10 s for an answer
LEASE = "60"


@dataclass
class Points:
    """All that a round needs, and how many kills there were at each point."""

    engine: Engine
    there: Networks
    database: str
    kit_id: int
    accounts: list[dict[str, int]]
    chance: random.Random
    number: int
    kills: dict[int, int] = field(default_factory=lambda: dict.fromkeys(FAULT, 0))
    stopped: int = 0
    missed: int = 0

    def run(self, times: int) -> None:
        """So many kills at each point, each with one post per network there; a kill that finds fewer does not count."""
        turn = 0
        while (fewest := min(self.kills.values())) < times:
            point = next(point for point, many in self.kills.items() if many == fewest)
            self._round(point, turn)
            turn += 1
            if self.missed > times + 5:
                raise SystemExit("too many kills found no post at the point, so this run is void")

    def _round(self, point: int, turn: int) -> None:
        worker = self.engine.start()
        try:
            if not _comes(self._are_settled, worker, PATIENCE):
                raise SystemExit("what the last kill left is not settled, so this run is void")
            posts = self._share(turn, point)
            with self._at(point, posts, worker) as has_come:
                worker.kill()
            reckoning.hurry(0)
        finally:
            worker.kill()
            self.there.clear()
        if has_come:
            self.kills[point] += 1
            self.stopped += len(posts)
        else:
            self.missed += 1

    def _share(self, turn: int, point: int) -> list[int]:
        """A post on each network, which is to wait at the point; returns the keys."""
        kinds = PICTURES if point == 1 else PUBLISHING
        for slug in MODES:
            self.there.fault(slug, kinds[slug], FAULT[point], seconds=120)
        accounts, keys = self._active(turn), []
        with db.unit_of_work():
            for slug in MODES:
                one = champions.share(
                    self.kit_id, accounts[slug], self.chance, self.number, pictured=point == 1
                )
                keys.append(one)
                self.number += 1
        return keys

    def _active(self, turn: int) -> dict[str, int]:
        """On each network the next account that can be posted to."""
        with db.unit_of_work(write=False):
            active = set(
                db.session.scalars(sa.select(Connection.id).where(Connection.state == ConnectionState.ACTIVE))
            )
        many = len(self.accounts)
        return {
            slug: next(
                key for place in range(many) if (key := self.accounts[(turn + place) % many][slug]) in active
            )
            for slug in MODES
        }

    @contextmanager
    def _at(self, point: int, posts: list[int], worker: Worker) -> Iterator[bool]:
        """Whether all posts are at the point while the block runs."""
        has_come = _comes(lambda: self._have_arrived(point, posts), worker, ARRIVAL)
        if point != 4 or not has_come:
            yield has_come
            return
        with locked(self.database):
            self.there.release()
            delivered = _comes(lambda: not self.there.open_calls(), worker, ARRIVAL)
            time.sleep(0.05)
            yield delivered and _states(posts) == {DeliveryState.SENDING}

    def _have_arrived(self, point: int, posts: list[int]) -> bool:
        if self.there.faults_waiting() or _states(posts) != {DeliveryState.SENDING}:
            return False
        if point < 3:
            return True
        with db.unit_of_work(write=False):
            texts = db.session.scalars(sa.select(Delivery.text).where(Delivery.id.in_(posts))).all()
        there = self.there.posts()
        return all(there.get(int(reckoning.MARK.search(text)[1])) for text in texts)  # type: ignore[index]

    def _are_settled(self) -> bool:
        """Whether no post is left that will be sent again; the rest only looks, or asks its owner."""
        with db.unit_of_work(write=False):
            found = db.session.execute(
                sa.select(Connection.limits)
                .join(Delivery, Delivery.connection_id == Connection.id)
                .where(Delivery.state.in_(reckoning.OPEN), Delivery.network.in_(("mastodon", "bluesky")))
            ).scalars()
            return not any(limits.get("idempotent_seconds") for limits in found)


def _states(posts: list[int]) -> set[DeliveryState]:
    with db.unit_of_work(write=False):
        return set(db.session.scalars(sa.select(Delivery.state).where(Delivery.id.in_(posts))))


def _comes(what: Callable[[], bool], worker: Worker, seconds: float) -> bool:
    """Whether it comes true within so many seconds."""
    ends = time.monotonic() + seconds
    while not what():
        worker.check()
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def locked(database: str) -> Iterator[None]:
    """Nobody else can write a delivery while the block runs."""
    url = sa.make_url(database)
    if url.get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(url.database), timeout=20, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.rollback()
            connection.close()
        return
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as held, held.begin() as transaction:
        held.exec_driver_sql("LOCK TABLE deliveries IN EXCLUSIVE MODE")
        yield
        transaction.rollback()
