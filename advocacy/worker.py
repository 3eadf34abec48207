"""The back door: does what must happen later, as the rows say."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from flask import Flask

from advocacy import clock, http
from advocacy.app import PERSONAL
from advocacy.content import jobs as content
from advocacy.guidelines import jobs as guidelines
from advocacy.home import jobs as home
from advocacy.http import Outbound
from advocacy.links import jobs as links
from advocacy.mail import jobs as mail
from advocacy.privacy import jobs as privacy
from advocacy.settings import Settings
from advocacy.sharing import jobs as sharing
from advocacy.sharing.delivering import Claim
from advocacy.training import jobs as training

log = logging.getLogger(__name__)

BATCH = 50


class Engine(Protocol):
    """Who carries posts out; a doorbell, since the row is the truth (a thread pool here, Celery at scale)."""

    def ring(self, claim: Claim) -> None:
        """Take this claim soon."""

    def free(self) -> int:
        """How many more claims are welcome now."""

    def stop(self) -> None:
        """Finish what has begun and take no more."""


class PoolEngine:
    """The embedded engine: threads in this process."""

    def __init__(self, deliver: Callable[[Claim], None], size: int) -> None:
        self._deliver = deliver
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="deliver")
        self._size = size
        self._busy = 0
        self._lock = threading.Lock()

    def ring(self, claim: Claim) -> None:
        """Hand the claim to a thread."""
        with self._lock:
            self._busy += 1
        self._pool.submit(self._run, claim)

    def free(self) -> int:
        """Twice the pool may wait, so that no thread is idle between two looks."""
        with self._lock:
            return max(0, 2 * self._size - self._busy)

    def stop(self) -> None:
        """Wait for calls that are under way; what was only reserved is taken up again after its lease."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, claim: Claim) -> None:
        try:
            self._deliver(claim)
        except Exception:
            log.exception("delivery %s broke", claim.id)
        finally:
            with self._lock:
                self._busy -= 1


@dataclass(frozen=True)
class Tools:
    """What jobs are handed."""

    settings: Settings
    outbound: Outbound
    engine: Engine
    lease: timedelta


@dataclass(frozen=True)
class Job:
    """A piece of recurring work: one small unit each time."""

    name: str
    every: timedelta
    run: Callable[[Tools], int]


def _take_due(tools: Tools) -> int:
    free = tools.engine.free()
    return sharing.take_due(tools.engine.ring, most=min(free, BATCH), lease=tools.lease) if free else 0


def _with_outbound(job: Callable[..., int]) -> Callable[[Tools], int]:
    return lambda tools: job(tools.outbound, most=BATCH, lease=tools.lease)


JOBS: tuple[Job, ...] = (
    Job("sharing.take_due", timedelta(seconds=0.5), _take_due),
    Job("sharing.settle_lost", timedelta(seconds=1), _with_outbound(sharing.settle_lost)),
    Job("sharing.delete_next", timedelta(seconds=1), _with_outbound(sharing.delete_next)),
    Job("sharing.revoke_next", timedelta(seconds=2), _with_outbound(sharing.revoke_next)),
    Job("sharing.renew_stale", timedelta(minutes=10), _with_outbound(sharing.renew_stale)),
    Job("sharing.tell_of_holds", timedelta(seconds=5), lambda _tools: sharing.tell_of_holds(most=BATCH)),
    Job("sharing.end_holds", timedelta(seconds=5), lambda _tools: sharing.end_holds(most=BATCH)),
    Job("mail.send_due", timedelta(seconds=1), lambda _tools: mail.send_due(clock.now())),
    Job("content.publish_next", timedelta(seconds=15), lambda _tools: content.publish_next()),
    Job("links.fold_due", timedelta(seconds=60), lambda _tools: links.fold_due()),
    Job("guidelines.remind_due", timedelta(minutes=30), lambda _tools: guidelines.remind_due(clock.now())),
    Job("training.remind_due", timedelta(minutes=30), lambda _tools: training.remind_due(clock.now())),
    Job("privacy.make_next", timedelta(seconds=5), lambda _tools: privacy.make_next(PERSONAL, clock.now())),
    Job("privacy.forget_copies", timedelta(minutes=5), lambda _tools: privacy.forget_copies(clock.now())),
    Job("privacy.clear_due", timedelta(hours=1), lambda _tools: privacy.clear_due(clock.now())),
    Job("privacy.sweep_files", timedelta(hours=6), lambda _tools: privacy.sweep_files(clock.now())),
    Job("home.write_weekly", timedelta(minutes=10), lambda _tools: home.write_weekly()),
)


def tools_for(settings: Settings) -> Tools:
    """The outbound pipe, the lease and the engine that these settings ask for."""
    outbound = http.outbound()
    lease = timedelta(seconds=settings.worker.lease_seconds)
    engine = PoolEngine(lambda claim: sharing.deliver(claim, outbound, lease=lease), settings.worker.pool)
    return Tools(settings, outbound, engine, lease)


def warn(settings: Settings) -> None:
    """Say at the start what is set up so that it cannot work: letters that nobody gets."""
    if settings.mode == "production" and settings.mail.way == "file":
        log.warning(
            "letters are only kept as files in %s, so nobody gets them: set mail.way to smtp",
            settings.folder / "mail",
        )


def work(app: Flask, settings: Settings) -> None:
    """Do every job in its rhythm until a signal asks to stop."""
    warn(settings)
    stopping = threading.Event()
    tools = tools_for(settings)
    threads = [
        threading.Thread(target=_repeat, args=(job, tools, app, stopping), name=job.name, daemon=True)
        for job in JOBS
    ]
    with _stopped_by_signals(stopping):
        for thread in threads:
            thread.start()
        log.info("the worker is ready, with %s jobs", len(JOBS))
        while not stopping.wait(60):
            pass
    for thread in threads:
        thread.join(timeout=5)
    tools.engine.stop()


def work_once(app: Flask, tools: Tools) -> int:
    """Do every job once, in order; for tests and for catching up. Returns how much was done."""
    with app.app_context():
        return sum(job.run(tools) for job in JOBS)


def _repeat(job: Job, tools: Tools, app: Flask, stopping: threading.Event) -> None:
    while not stopping.is_set():
        done = 0
        try:
            with app.app_context():
                done = job.run(tools)
        except Exception:
            log.exception("%s broke; it runs again in its turn", job.name)
        if not done or job.every >= timedelta(minutes=1):
            stopping.wait(job.every.total_seconds())


@contextmanager
def _stopped_by_signals(stopping: threading.Event) -> Iterator[None]:
    before = {
        number: signal.signal(number, lambda *_: stopping.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
