"""The unit of work keeps what succeeded and nothing else, on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from advocacy import db
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
