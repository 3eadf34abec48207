"""The unit of work keeps what succeeded and nothing else, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

import pytest
import sqlalchemy as sa

from advocacy import db, sqlite
from advocacy.accounts.models import Entity
from tests.makers.accounts import make_entity, make_person


def count() -> int:
    with db.unit_of_work(write=False):
        return db.session.scalar(sa.select(sa.func.count()).select_from(Entity)) or 0


def test_a_unit_commits(database: str) -> None:
    with db.unit_of_work():
        make_entity()
    assert count() == 1


def test_a_unit_that_raises_keeps_nothing(database: str) -> None:
    with pytest.raises(ValueError), db.unit_of_work():
        make_entity()
        raise ValueError
    assert count() == 0


def test_an_abandoned_unit_keeps_nothing(database: str) -> None:
    with db.unit_of_work() as unit:
        make_entity()
        unit.abandon()
    assert count() == 0


def test_a_reading_unit_refuses_to_write(database: str) -> None:
    with pytest.raises(RuntimeError, match="tried to write"), db.unit_of_work(write=False):
        make_entity()
    with pytest.raises(RuntimeError, match="tried to write"), db.unit_of_work(write=False):
        db.session.execute(sa.delete(Entity))


def test_units_do_not_nest(database: str) -> None:
    with db.unit_of_work(), pytest.raises(RuntimeError, match="open already"), db.unit_of_work():
        pass


def test_an_outside_call_inside_a_writing_transaction_is_refused(database: str) -> None:
    with db.unit_of_work():
        make_entity()
        with pytest.raises(RuntimeError, match="outside call"):
            db.let_go()


def test_after_letting_go_the_unit_may_write(database: str) -> None:
    with db.unit_of_work(write=False) as unit:
        db.session.scalar(sa.select(Entity))
        db.let_go()
        make_entity()
        assert unit.write
        db.session.commit()
    assert count() == 1


def test_a_naive_time_is_refused(unit: db.Unit) -> None:
    with pytest.raises(sa.exc.StatementError, match="naive"):
        make_person(joined_at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_times_come_back_aware(unit: db.Unit, at: datetime) -> None:
    person = make_person(joined_at=at)
    db.session.expire(person)
    assert person.joined_at == at and person.joined_at.tzinfo is not None


def test_what_went_wrong_is_said_without_what_was_stored(database: str) -> None:
    with pytest.raises(sa.exc.StatementError) as wrong, db.unit_of_work():
        db.session.execute(sa.text("SELECT nothing FROM nowhere WHERE x = :x"), {"x": "a-secret"})
    assert "a-secret" not in str(wrong.value)


def test_threads_take_turns_at_writing(database: str) -> None:
    """Each waits for the one before, whether that one commits, gives up or breaks; nobody keeps the turn."""

    def write(number: int) -> None:
        with suppress(ZeroDivisionError), db.unit_of_work() as unit:
            db.lock_exclusive("entities")
            seen = db.session.scalar(sa.select(sa.func.count()).select_from(Entity))
            make_entity(f"seen-{seen}")  # the same twice, if two wrote at once
            if number % 3 == 1:
                unit.abandon()
            if number % 3 == 2:
                raise ZeroDivisionError

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))
    assert count() == 8
    assert not sqlite.turn.locked()


def test_who_reads_waits_for_no_writer(database: str) -> None:
    with ThreadPoolExecutor(1) as pool, db.unit_of_work():
        make_entity()
        assert pool.submit(count).result(timeout=5) == 0


def test_one_connection_may_write_twice(database: str) -> None:
    with db.engine().connect() as connection:
        for _ in range(2):
            with connection.begin():
                connection.execute(sa.update(Entity).values(name="Nordlys"))
    assert not sqlite.turn.locked()


def test_several_names_are_held_alone_until_the_end(database: str) -> None:
    def write(names: list[str]) -> None:
        with db.unit_of_work():
            db.lock_each(names)
            seen = db.session.scalar(sa.select(sa.func.count()).select_from(Entity))
            make_entity(f"seen-{seen}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [["a", "b"], ["b"], ["a", "b", "c"], ["b", "c"]] * 3))
    assert count() == 12
