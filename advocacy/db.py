"""The database pipe: one session per unit of work, and the only place that commits."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column

from advocacy import keep, sqlite, writes

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Instant(sa.TypeDecorator[datetime]):
    """A moment in UTC; refuses naive values, and returns aware ones from every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time was given where an Instant belongs")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Choice(sa.TypeDecorator[StrEnum]):
    """One value of a `StrEnum`, stored as its text."""

    impl = sa.String(32)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


class Model(DeclarativeBase):
    """What every record is made of."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: Instant(),
        int: Key,
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
        list[str]: sa.JSON(),
        list[int]: sa.JSON(),
    }


@event.listens_for(sa.Table, "after_parent_attach")
def _never_reuse_ids(table: sa.Table, metadata: Any) -> None:
    """A reused id would point an erased person's trail at someone else."""
    if metadata is Model.metadata:
        table.dialect_options["sqlite"]["autoincrement"] = True


@event.listens_for(sa.Table, "before_create")
def _narrow(table: sa.Table, connection: sa.Connection, **_more: Any) -> None:
    """A partial index says `info={"where": …}`: `postgresql_where` would load that dialect where nobody needs it."""
    for index in table.indexes:
        if "where" in index.info:
            index.dialect_options[connection.dialect.name]["where"] = sa.text(index.info["where"])


def table(model: type[Model]) -> sa.Table:
    """A record's table, for a statement that many rows or many times need: the ORM takes its time over its own."""
    return cast(sa.Table, model.__table__)


def pk() -> Mapped[int]:
    """The integer key of a record; never shown in an address."""
    return mapped_column(Key, primary_key=True)


def code() -> Mapped[str]:
    """A random code (16 hexadecimal digits) by which addresses name a record."""
    return mapped_column(sa.String(16), unique=True, default=lambda: secrets.token_hex(8))


def choice(kind: type[StrEnum], **options: Any) -> Mapped[Any]:
    """A column that holds one value of `kind`."""
    return mapped_column(Choice(kind), **options)


class Unit:
    """One unit of work: a session, whether it may write, and whether to keep what it wrote."""

    def __init__(self, *, write: bool) -> None:
        if _engine is None:
            raise RuntimeError("db.configure was not called")
        self.session = Session(_engine, expire_on_commit=False)
        self.write = write
        self.kept = True
        self.mark = keep.mark()
        self.written: set[keep.Written] = set()
        self.as_of: datetime | None = None
        self.session.info["unit"] = self

    def abandon(self) -> None:
        """Leave nothing of this unit in the database."""
        self.kept = False


_engine: Engine | None = None
_unit: ContextVar[Unit | None] = ContextVar("unit", default=None)


def current() -> Unit:
    """The unit of work that is open here."""
    unit = _unit.get()
    if unit is None:
        raise RuntimeError("no unit of work is open")
    return unit


class _CurrentSession:
    """Stands for the session of the open unit of work."""

    def __getattr__(self, name: str) -> Any:
        return getattr(current().session, name)

    def __contains__(self, record: object) -> bool:
        return record in current().session


session = cast(Session, _CurrentSession())


def configure(url: str, *, pool_size: int = 10, synchronous: str = "FULL") -> Engine:
    """Connect to the database named by `url`; closes what was connected before."""
    global _engine
    if _engine is not None:
        _engine.dispose()
    keep.forget()
    _engine = sqlite.connect(url, synchronous) if url.startswith("sqlite") else _postgresql(url, pool_size)
    event.listen(_engine, "begin", _begin)
    return _engine


def engine() -> Engine:
    """The engine in use."""
    if _engine is None:
        raise RuntimeError("db.configure was not called")
    return _engine


def _postgresql(url: str, pool_size: int) -> Engine:
    return sa.create_engine(
        url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, hide_parameters=True
    )


def _begin(connection: sa.Connection) -> None:
    """SQLite: a write begins as one, since an upgrade in mid-transaction fails at once whatever the time-out."""
    if connection.dialect.name != "sqlite":
        return
    unit = _unit.get()
    if unit is not None and not unit.write:
        connection.exec_driver_sql("BEGIN")
        return
    sqlite.take_turn(connection)
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def unit_of_work(*, write: bool = True) -> Iterator[Unit]:
    """Open a unit of work; commits at the end unless it raises, was abandoned, or only reads."""
    if _unit.get() is not None:
        raise RuntimeError("a unit of work is open already")
    with _open(write=write) as unit:
        yield unit


@contextmanager
def apart() -> Iterator[Unit]:
    """Open a short transaction of its own, before or after the unit of the request, never within its writes."""
    with _open(write=True) as unit:
        yield unit


@contextmanager
def _open(*, write: bool) -> Iterator[Unit]:
    unit = Unit(write=write)
    token = _unit.set(unit)
    try:
        yield unit
        if unit.kept and unit.write:
            unit.session.commit()
            keep.wrote(unit.written)
    finally:
        unit.session.close()
        _unit.reset(token)


def lacks_shape(error: sa.exc.DBAPIError) -> bool:
    """Whether a statement failed since a table or column is not there: the database lacks a migration."""
    if code := getattr(error.orig, "sqlstate", None):
        return code in {"42P01", "42703", "3F000"}  # undefined table, column, schema
    return str(error.orig).startswith(("no such table", "no such column"))


def let_go() -> None:
    """End the reading transaction before an outside call; what follows may write, in a new transaction.

    Raises RuntimeError when something was already written in this unit.
    """
    unit = current()
    if unit.write and unit.session.in_transaction() and unit.session.info.get("wrote"):
        raise RuntimeError("an outside call inside a transaction that wrote")
    unit.session.rollback()
    unit.write = True


def allow_writes() -> None:
    """Let the rest of this unit write, although it began as one that reads."""
    unit = current()
    if not unit.write:
        unit.session.rollback()
        unit.write = True


@event.listens_for(Session, "before_flush")
def _refuse_flush(session: Session, _context: Any, _instances: Any) -> None:
    unit = session.info.get("unit")
    if unit is not None and not unit.write and (session.new or session.deleted or session.dirty):
        raise RuntimeError("a unit that reads tried to write; mark the view @writes or use POST")
    session.info["wrote"] = True


@event.listens_for(Session, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    unit = state.session.info.get("unit")
    if state.is_select or unit is None:
        return
    if not unit.write:
        raise RuntimeError("a unit that reads tried to write; mark the view @writes or use POST")
    state.session.info["wrote"] = True
    unit.written |= writes.of_statement(state.statement, state.execution_options)


@event.listens_for(Session, "after_flush")
def _note_flush(session: Session, flush: Any) -> None:
    unit = session.info.get("unit")
    if unit is not None:
        unit.written |= writes.of_flush(flush)


def lock_shared(name: str) -> None:
    """Hold `name` together with others until this transaction ends (SQLite has one writer anyway)."""
    _lock("pg_advisory_xact_lock_shared", name)


def lock_exclusive(name: str) -> None:
    """Hold `name` alone until this transaction ends (SQLite has one writer anyway)."""
    _lock("pg_advisory_xact_lock", name)


def lock_each(names: Iterable[str]) -> None:
    """Hold each of these alone until this transaction ends, taken in this order by one statement."""
    keys = [zlib.crc32(name.encode()) for name in names]
    if keys and engine().dialect.name == "postgresql":
        each = sa.func.unnest(sa.bindparam("keys", keys, sa.ARRAY(sa.BigInteger))).column_valued("key")
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(each)))


def _lock(function: str, name: str) -> None:
    if engine().dialect.name == "postgresql":
        session.execute(sa.select(getattr(sa.func, function)(zlib.crc32(name.encode()))))
