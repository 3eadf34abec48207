"""The back door: does what must happen later, as the rows say."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from advocacy import clock, db, http, metrics, timekeeping
from advocacy.accounts import jobs as accounts
from advocacy.app import PERSONAL
from advocacy.content import jobs as content
from advocacy.engines import Away, Engine
from advocacy.engines.pool import Deliver, PoolEngine
from advocacy.guidelines import jobs as guidelines
from advocacy.home import jobs as home
from advocacy.http import Outbound
from advocacy.links import jobs as links
from advocacy.mail import jobs as mail
from advocacy.mail import queries as letters
from advocacy.privacy import jobs as privacy
from advocacy.settings import Settings
from advocacy.sharing import foreseeing, networks
from advocacy.sharing import jobs as sharing
from advocacy.sharing.queries import pulse as figures
from advocacy.sharing.reserving import Claim, Lane, OwnPlace, Place
from advocacy.training import jobs as training

log = logging.getLogger(__name__)

BATCH = 50
MOST_TAKEN = 200
DUE_EVERY = timedelta(seconds=0.5)
WHILE_AWAY = timedelta(seconds=2)
DISPATCHER = "dispatcher"


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


def _take_due(tools: Tools, lane: Lane) -> int:
    engine = tools.engine
    if not engine.free(lane.network):
        engine.await_room(lane.network, DUE_EVERY.total_seconds())
    free = engine.free(lane.network)
    return (
        sharing.take_due(engine.ring, most=min(free, MOST_TAKEN), lease=tools.lease, lane=lane) if free else 0
    )


def _with_outbound(job: Callable[..., int], **more: Lane) -> Callable[[Tools], int]:
    return lambda tools: job(tools.outbound, most=BATCH, lease=tools.lease, **more)


def _lane_jobs(lane: Lane) -> tuple[Job, ...]:
    """What is done for each network apart, so that one that hangs keeps no other waiting."""
    return (
        Job(f"sharing.take_due.{lane.network}", DUE_EVERY, lambda tools: _take_due(tools, lane)),
        Job(
            f"sharing.settle_lost.{lane.network}",
            timedelta(seconds=1),
            _with_outbound(sharing.settle_lost, lane=lane),
        ),
        Job(
            f"sharing.delete_next.{lane.network}",
            timedelta(seconds=2),
            _with_outbound(sharing.delete_next, lane=lane),
        ),
    )


def _read_figures(tools: Tools) -> int:
    return sharing.read_figures(tools.outbound, most=BATCH, lease=tools.lease, at=clock.now())


def _remind_of_ends(_tools: Tools) -> int:
    return foreseeing.remind_of_ends(most=BATCH, at=clock.now())


def _keep_wall_times(_tools: Tools) -> int:
    return foreseeing.keep_wall_times(most=500, at=clock.now())


JOBS: tuple[Job, ...] = (
    *(job for lane in sharing.lanes() for job in _lane_jobs(lane)),
    Job("sharing.revoke_next", timedelta(seconds=2), _with_outbound(sharing.revoke_next)),
    Job("sharing.forget_allowances", timedelta(hours=1), lambda _tools: sharing.forget_allowances()),
    Job("sharing.renew_stale", timedelta(seconds=30), _with_outbound(sharing.renew_stale)),
    Job("sharing.read_figures", timedelta(minutes=1), _read_figures),
    Job("sharing.tell_of_holds", timedelta(seconds=5), lambda _tools: sharing.tell_of_holds(most=BATCH)),
    Job("sharing.end_holds", timedelta(seconds=5), lambda _tools: sharing.end_holds(most=BATCH)),
    Job("sharing.end_want", timedelta(seconds=30), lambda _tools: sharing.end_want(most=BATCH)),
    Job(
        "sharing.end_looks",
        timedelta(minutes=5),
        lambda tools: sharing.end_looks(most=BATCH, lease=tools.lease),
    ),
    Job("sharing.remind_of_ends", timedelta(minutes=30), _remind_of_ends),
    Job("sharing.keep_wall_times", timedelta(hours=6), _keep_wall_times),
    Job(
        "accounts.answer_requests",
        timedelta(seconds=0.5),
        lambda _tools: accounts.answer_requests(most=BATCH),
    ),
    Job("mail.send_due", timedelta(seconds=1), lambda _tools: mail.send_due(clock.now())),
    Job("mail.sweep_files", timedelta(hours=1), lambda _tools: mail.sweep_files()),
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


def carrier(settings: Settings, app: Flask, outbound: Outbound) -> Deliver:
    """What carries one post out, in a thread of the application's."""
    lease = timedelta(seconds=settings.worker.lease_seconds)

    def deliver(claim: Claim, place: Place) -> None:
        with app.app_context():  # a link's card names our own address
            sharing.deliver(claim, outbound, lease=lease, place=place)

    return deliver


def tools_for(settings: Settings, app: Flask) -> Tools:
    """The outbound pipe, the lease and the engine that these settings ask for."""
    outbound = http.outbound()
    slugs = [lane.network for lane in sharing.lanes()]
    return Tools(
        settings,
        outbound,
        _queue_engine(settings, slugs)
        if settings.worker.engine == "celery"
        else PoolEngine(carrier(settings, app, outbound), settings.worker.pool, slugs),
        timedelta(seconds=settings.worker.lease_seconds),
    )


def _queue_engine(settings: Settings, slugs: list[str]) -> Engine:
    from advocacy.engines import queues  # Celery comes with it

    own = settings.worker
    celery = queues.application(own.broker, own.queue_prefix, slugs, lease=own.lease_seconds)
    return queues.QueueEngine(celery, own.queue_prefix, slugs, room=own.queue_room)


def parts() -> list[str]:
    """What Celery's engine is made of: the dispatcher, and for each network that is offered one that carries its posts.

    What is not offered goes with the first; posts to it are few, and end with a reason.
    """
    every = [lane.network for lane in sharing.lanes()]
    offered = [network.slug for network in networks.connected()] or every[:1]
    first = ",".join([offered[0], *(slug for slug in every if slug not in offered)])
    return [DISPATCHER, first, *offered[1:]]


def pulse(engine: Engine | None = None) -> list[metrics.Gauge]:
    """The figures that all workers share, as the database has them now, and what waits in the engine's queues."""
    at = clock.now()
    with db.unit_of_work(write=False):
        due = figures.due(at)
        shared: list[tuple[str, str, str, Mapping[str, float]]] = [
            ("posts_due", "Posts that are due and not taken.", "network", _of_each(due, 0)),
            ("oldest_due_seconds", "How long the oldest of them has been due.", "network", _of_each(due, 1)),
            ("posts", "Posts by where they stand.", "state", figures.standing_still()),
            ("posts_scheduled", "Posts whose time is to come.", "", {"": figures.scheduled(at)}),
            ("holds_on", "Pauses that are on.", "", {"": figures.holds_on(at)}),
            ("deletions_due", "Posts to be deleted at their networks.", "", {"": figures.deletions_due(at)}),
            ("letters_due", "Letters that are due and not sent.", "", {"": letters.how_many_due(at)}),
        ]
    if engine is not None:
        room = {lane.network: float(engine.free(lane.network)) for lane in sharing.lanes()}
        shared.append(("engine_room", "How many more posts the engine takes now.", "network", room))
    return [metrics.Gauge(f"advocacy_{name}", says, label, values) for name, says, label, values in shared]


def _of_each(due: dict[str, tuple[int, float]], place: int) -> dict[str, float]:
    return {lane.network: due.get(lane.network, (0, 0))[place] for lane in sharing.lanes()}


def _show_figures(settings: Settings, offset: int, engine: Engine | None = None) -> None:
    own = settings.metrics
    if own.port:
        metrics.serve(own.host, own.port + offset, lambda: pulse(engine) if not offset else ())


def consume(app: Flask, settings: Settings, slugs: list[str]) -> None:
    """Carry out what Celery's queues of these networks bring, until a signal asks to stop."""
    from advocacy.engines import queues  # Celery comes with it

    own = settings.worker
    timekeeping.keep_time(threading.Event())
    _show_figures(settings, 1 + [lane.network for lane in sharing.lanes()].index(slugs[0]))
    celery = queues.application(own.broker, own.queue_prefix, slugs, lease=own.lease_seconds)
    deliver = carrier(settings, app, http.outbound())
    queues.consume(
        celery,
        own.queue_prefix,
        slugs,
        threads=own.pool * len(slugs),
        deliver=lambda claim: deliver(claim, OwnPlace()),
    )


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
    timekeeping.keep_time(stopping)
    tools = tools_for(settings, app)
    _show_figures(settings, 0, tools.engine)
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
    tools.engine.begin_no_more()
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
        except Away as away:
            log.warning("the broker is away, so posts wait: %s", away)
            stopping.wait(WHILE_AWAY.total_seconds())
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
