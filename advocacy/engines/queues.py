"""The engine at scale: Celery on RabbitMQ or Redis, one queue for each network.

A message holds a row's id, the token of its reservation and its network. One that is lost is sent anew when the
reservation has run out; one that comes again finds its token spent.
"""

from __future__ import annotations

import logging
import os
import socket
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from celery import Celery, signals
from celery.exceptions import SecurityWarning
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError

from advocacy.engines import Away
from advocacy.sharing.delivering import Claim

log = logging.getLogger(__name__)

TASK = "advocacy.deliver"
LOOK_EVERY = 0.05
PATIENCE = 5.0


def application(broker: str, prefix: str, networks: Sequence[str], *, lease: float = 120) -> Celery:
    """Celery, told what it needs; `prefix` keeps installations that share a broker apart, `lease` is in seconds."""
    made = Celery("advocacy", broker=broker, set_as_current=False)
    made.conf.update(
        task_queues=[_queue(prefix, network) for network in networks],
        task_create_missing_queues=False,
        task_acks_late=True,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_default_delivery_mode="transient",  # the row is what must not be lost
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_timeout=PATIENCE,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport(broker, lease),
    )
    return made


def _transport(broker: str, lease: float) -> dict[str, Any]:
    """Redis gives a message to another consumer when it was not acknowledged in time; RabbitMQ sees who is gone.

    A broker that refuses is asked once more, at once: who rings asks again by herself, and nothing may wait for that.
    """
    once_more = {"max_retries": 1, "interval_start": 0.1}
    if not broker.startswith("redis"):
        return once_more | {"read_timeout": PATIENCE, "write_timeout": PATIENCE}
    return once_more | {
        "visibility_timeout": 2 * lease,
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
    }


def _queue(prefix: str, network: str) -> Queue:
    name = f"{prefix}.{network}"
    return Queue(name, Exchange(""), routing_key=name, durable=True)


class QueueEngine:
    """The dispatcher's side: messages go into queues, at most `room` of them waiting in each."""

    def __init__(self, celery: Celery, prefix: str, networks: Sequence[str], *, room: int) -> None:
        self._celery, self._room = celery, room
        self._queues = {network: _queue(prefix, network) for network in networks}
        self._first = self._queues[networks[0]]
        self._broken = _errors(celery)

    def ring(self, claim: Claim) -> None:
        """Put a message into its network's queue; raises Away."""
        queue = self._queues.get(claim.network, self._first)
        try:
            self._celery.send_task(
                TASK,
                (claim.id, claim.token, claim.network),
                queue=queue.name,
                retry=False,
                ignore_result=True,
            )
        except self._broken as gone:
            raise Away(str(gone)) from gone

    def free(self, network: str) -> int:
        """How many more messages of this network are welcome now; raises Away."""
        return max(0, self._room - self.waiting(network))

    def waiting(self, network: str) -> int:
        """How many messages wait in a network's queue; raises Away."""
        try:
            with self._celery.pool.acquire(block=True) as connection, connection.channel() as channel:
                name = self._queues.get(network, self._first).name
                declared = channel.queue_declare(name, durable=True, auto_delete=False)
                return int(declared.message_count)
        except self._broken as gone:
            raise Away(str(gone)) from gone

    def await_room(self, network: str, seconds: float) -> None:
        """Wait until half of a network's room is free, at most so long; raises Away."""
        ends = time.monotonic() + seconds
        while self.free(network) < self._room / 2 and time.monotonic() < ends:
            time.sleep(LOOK_EVERY)

    def begin_no_more(self) -> None:
        """Nothing is begun here: the consumers stop by a signal of their own."""

    def stop(self) -> None:
        """Close what is open; messages that wait are carried out by the consumers."""
        self._celery.amqp.producer_pool.force_close_all()
        self._celery.pool.force_close_all()
        self._celery.close()


def _errors(celery: Celery) -> tuple[type[Exception], ...]:
    """What a broken connection to this broker raises."""
    connection = celery.connection_for_write()
    return (OperationalError, *connection.connection_errors, *connection.channel_errors)


def _leave_logging_alone(**_told: Any) -> None:
    """The command has set it up."""


def consume(
    celery: Celery, prefix: str, networks: Sequence[str], *, threads: int, deliver: Callable[[Claim], None]
) -> None:
    """Carry out what comes by the queues of these networks, so many at once, until a signal asks to stop."""

    @celery.task(name=TASK)  # type: ignore[untyped-decorator]
    def carry(number: int, token: str, network: str) -> None:
        deliver(Claim(number, token, network))

    signals.setup_logging.connect(_leave_logging_alone)
    warnings.simplefilter("ignore", SecurityWarning)  # of pickle, which is not accepted
    worker = celery.Worker(
        queues=[_queue(prefix, network).name for network in networks],
        concurrency=threads,
        pool="threads",
        hostname=f"{'-'.join(networks)}.{os.getpid()}@{socket.gethostname()}",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    log.info("carrying posts to %s, %s at once", ", ".join(networks), threads)
    worker.start()
