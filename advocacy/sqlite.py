"""SQLite as the product runs it: its settings, and whose turn it is to write."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine

WAIT_SECONDS = 15
turn = threading.Lock()
"""Whose turn it is to write, among this process's threads."""


def connect(url: str, synchronous: str) -> Engine:
    """An engine for the file that `url` names, whose folder is made if it is missing."""
    file = sa.make_url(url).database
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    made = sa.create_engine(
        url, connect_args={"timeout": WAIT_SECONDS}, pool_size=20, max_overflow=40, hide_parameters=True
    )
    event.listen(made, "checkin", _end_turn)

    @event.listens_for(made, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            f"busy_timeout={WAIT_SECONDS * 1000}",
            f"synchronous={synchronous}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return made


def take_turn(connection: sa.Connection) -> None:
    """Wait until this connection may write; it may until it goes back to the pool.

    Threads of one process take turns: SQLite itself lets whoever waits sleep up to a tenth of a second too long.
    """
    if not connection.info.get("turn"):  # it may have had one transaction before this
        connection.info["turn"] = turn.acquire(timeout=WAIT_SECONDS)


def _end_turn(_connection: Any, record: Any) -> None:
    if record.info.pop("turn", False):
        turn.release()
