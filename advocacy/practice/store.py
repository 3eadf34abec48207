"""The practice network's own database: SQLite in WAL mode, one writer at a time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Connection, create_engine, event, inspect
from sqlalchemy.orm import Session, sessionmaker

from advocacy.practice.limits import Limits
from advocacy.practice.mode import Client, Mode
from advocacy.practice.models import Call, Fault, Record, Release, Secret


class Store:
    """Opens short sessions: `reading()` sees a snapshot, `writing()` holds the one write lock."""

    def __init__(self, path: str) -> None:
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 20, "check_same_thread": False})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        self.engine = engine
        writer = engine.execution_options(writes=True)
        self._reader = sessionmaker(engine, expire_on_commit=False)
        self._writer = sessionmaker(writer, expire_on_commit=False)
        with writer.begin() as connection:
            _forget_older_notes(connection)
            Record.metadata.create_all(connection)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with self._reader() as session:
            yield session

    def writing(self) -> AbstractContextManager[Session]:
        """A session that is kept when its block ends well, and forgotten otherwise."""
        return self._writer.begin()

    def secret(self, name: str) -> str:
        """The server's secret of this name, made at first asking."""
        with self.writing() as session:
            kept = session.get(Secret, name) or Secret(name=name, value=secrets.token_urlsafe(32))
            session.add(kept)
            return kept.value


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _forget_older_notes(connection: Connection) -> None:
    """Drop a ledger and faults from before a column was added; they are notes of a day, and posts are kept."""
    there = inspect(connection)
    for record in (Call, Fault, Release):
        name, wanted = record.__tablename__, record.__table__.columns.keys()
        if there.has_table(name) and set(wanted) != {column["name"] for column in there.get_columns(name)}:
            connection.exec_driver_sql(f"DROP TABLE {name}")


@dataclass
class Practice:
    """What every part of one mode of the practice network needs to know."""

    store: Store
    mode: Mode
    public_url: str
    clock: Callable[[], datetime]
    clients: tuple[Client, ...] = ()
    limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        """Begin with full budgets."""
        self.limits = Limits(self.mode.rates)

    def client(self, client_id: str) -> Client | None:
        """The application of this public name that was handed in."""
        return next((one for one in self.clients if one.id == client_id), None)

    def url(self, path: str) -> str:
        """The full address of a path here."""
        return self.public_url + path


def practice() -> Practice:
    """The practice network of the running app."""
    found: Practice = current_app.extensions["practice"]
    return found


def digest(secret: str) -> str:
    """How a secret is kept: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()
