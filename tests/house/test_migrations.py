"""Migrations lead to the very models and back to nothing, on both databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from advocacy import app as front_door
from advocacy import db, places
from tests import postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A connection to a database without a table."""
    assert front_door.RECORDS
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/migrated.sqlite"
    else:
        url = postgres.database_url(f"migrations_{tmp_path.name}_{id(tmp_path)}")
    made = db.configure(url)
    yield made
    made.dispose()


def config(engine: sa.Engine) -> Config:
    made = Config()
    made.set_main_option("script_location", str(places.migrations()))
    made.set_main_option(
        "sqlalchemy.url", engine.url.render_as_string(hide_password=False).replace("%", "%%")
    )
    return made


def tables(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version", "sqlite_sequence"}


def differences(engine: sa.Engine) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, db.Model.metadata))


def test_upgraded_tables_are_the_models(engine: sa.Engine) -> None:
    command.upgrade(config(engine), "head")
    assert tables(engine) == set(db.Model.metadata.tables)
    assert differences(engine) == []


def test_downgraded_tables_are_gone(engine: sa.Engine) -> None:
    command.upgrade(config(engine), "head")
    command.downgrade(config(engine), "base")
    assert tables(engine) == set()


def test_each_step_can_be_taken_back_and_again(engine: sa.Engine) -> None:
    scripts = ScriptDirectory.from_config(config(engine))
    for revision in reversed(list(scripts.walk_revisions())):
        command.upgrade(config(engine), revision.revision)
        before = tables(engine)
        command.downgrade(config(engine), revision.down_revision or "base")  # type: ignore[arg-type]
        command.upgrade(config(engine), revision.revision)
        assert tables(engine) == before


def test_there_is_one_head(engine: sa.Engine) -> None:
    assert len(ScriptDirectory.from_config(config(engine)).get_heads()) == 1
