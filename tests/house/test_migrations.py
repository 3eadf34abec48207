"""Migrations lead to the very models and back to nothing, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from advocacy import app as front_door
from advocacy import db, schema
from tests import postgres

pytestmark = pytest.mark.usefixtures("bare")


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[None]:
    """A database without a table, with every room's records known."""
    assert front_door.RECORDS
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/migrated.sqlite"
    else:
        url = postgres.database_url(f"migrations_{worker_id}")
    made = db.configure(url)
    yield
    made.dispose()


def tables() -> set[str]:
    return set(sa.inspect(db.engine()).get_table_names()) - {"alembic_version", "sqlite_sequence"}


def test_upgraded_tables_are_the_models() -> None:
    schema.upgrade()
    assert tables() == set(db.Model.metadata.tables)
    assert schema.differences() == []
    assert schema.version() == schema.newest()


def test_downgraded_tables_are_gone() -> None:
    schema.upgrade()
    schema.downgrade("base")
    assert tables() == set()


def test_each_step_can_be_taken_back_and_again() -> None:
    scripts = ScriptDirectory.from_config(schema.config())
    for step in reversed(list(scripts.walk_revisions())):
        schema.upgrade(step.revision)
        after = tables()
        schema.downgrade(str(step.down_revision or "base"))
        schema.upgrade(step.revision)
        assert tables() == after


def test_a_column_too_many_is_a_difference() -> None:
    schema.upgrade()
    with db.engine().begin() as connection:
        connection.exec_driver_sql("ALTER TABLE people ADD COLUMN shoe_size INTEGER")
    assert "shoe_size" in str(schema.differences())


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory.from_config(schema.config()).get_heads()) == 1
