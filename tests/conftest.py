"""Fixtures: both databases, the application, and a client that is signed in as whoever is asked for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from advocacy import app as front_door
from advocacy import clock, db, keep, settings, vault
from advocacy.accounts import passwords, sessions
from advocacy.accounts.models import Person
from advocacy.sharing import networks
from tests import postgres
from tests.browser import browser  # noqa: F401 - these imports give their fixtures and hooks to every test
from tests.pace import pytest_collection_finish, pytest_runtest_protocol  # noqa: F401
from tests.postgres import pytest_configure, pytest_unconfigure  # noqa: F401
from tests.reporting import pytest_runtest_makereport, pytest_terminal_summary  # noqa: F401

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session", autouse=True)
def _keys() -> None:
    """A key for the vault, so that actions can seal without an application."""
    vault.configure([vault.new_key()])


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Tests hash by the same algorithm with a thousandth of its memory; journeys and `test_passwords` in earnest."""
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: quick)
        patch.setattr(passwords, "NOBODYS", quick.hash("nobody's"))
        yield


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def empty_sqlite(folder: Path) -> Path:
    """An SQLite file with every table and no row, to be copied."""
    file = folder / "empty.sqlite"
    engine = db.configure(f"sqlite:///{file}", synchronous="OFF")
    db.Model.metadata.create_all(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def empty_postgres() -> Iterator[str]:
    """The address of a PostgreSQL database with every table, of this process alone."""
    server = sa.make_url(postgres.server_url())
    name = f"advocacy_test_{os.getpid()}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    url = server.set(database=name).render_as_string(hide_password=False)
    engine = sa.create_engine(url)
    db.Model.metadata.create_all(engine)
    engine.dispose()
    yield url
    for engine in _engines.values():
        engine.dispose()
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database; the test runs once on each kind."""
    if request.param == "sqlite":
        yield from _sqlite(request)
    else:
        yield from _postgres(request)
    keep.forget()


def _sqlite(request: pytest.FixtureRequest) -> Iterator[str]:
    file = request.getfixturevalue("folder") / "test.sqlite"
    for old in file.parent.glob("test.sqlite*"):
        old.unlink()  # whoever still reads it keeps its own
    shutil.copy(request.getfixturevalue("empty_sqlite"), file)
    url = f"sqlite:///{file}"
    _connect(url, synchronous="OFF")
    yield url
    db.engine().dispose()


def _postgres(request: pytest.FixtureRequest) -> Iterator[str]:
    url = request.getfixturevalue("empty_postgres")
    engine = _connect(url, pool_size=5)
    yield url
    _empty(engine)


_engines: dict[str, sa.Engine] = {}


def _connect(url: str, **options: Any) -> sa.Engine:
    """Connect as the product does; later tests get the same engine, which knows the statements it has compiled."""
    if url not in _engines:
        _engines[url] = db.configure(url, **options)
    if db._engine is not None and db._engine is not _engines[url]:
        db._engine.dispose()
    keep.forget()
    db._engine = _engines[url]
    return _engines[url]


def _empty(engine: sa.Engine) -> None:
    """Delete every row and let keys begin at one again; for few rows much quicker than truncating."""
    with engine.begin() as connection:
        connection.exec_driver_sql(_EMPTYING)


# Triggers of foreign keys are left out, so the order does not matter.
_EMPTYING = """
DO $$
DECLARE named text; full_one boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR named IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || named || ')' INTO full_one;
        IF full_one THEN EXECUTE 'DELETE FROM ' || named; END IF;
    END LOOP;
    PERFORM setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


@pytest.fixture
def unit(database: str) -> Iterator[db.Unit]:
    """An open unit of work on each database, thrown away after the test."""
    with db.unit_of_work() as unit:
        yield unit
        unit.abandon()


@pytest.fixture
def at() -> datetime:
    """The moment at which tests act."""
    return AT


@pytest.fixture(scope="session")
def test_settings(folder: Path) -> settings.Settings:
    return settings.load(
        {"ADVOCACY_SETTINGS": str(Path(__file__).parent.parent / "config" / "testing.toml")},
        **{"data.folder": str(folder), "vault.keys": vault.new_key()},
    )


@pytest.fixture(scope="session")
def built_app(test_settings: settings.Settings, empty_sqlite: Path) -> front_door.Advocacy:
    app = front_door.create_app(test_settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def app(built_app: front_door.Advocacy, database: str) -> front_door.Advocacy:
    """The application on each database; CSRF is checked where a test turns it on, and in every browser journey.

    Of the networks only Mastodon can be connected, whatever another test set up before.
    """
    networks.configure()
    return built_app


class Client(FlaskClient):
    """A client that can be signed in without the sign-in page."""

    def sign_in(self, person: Person) -> Client:
        """Give this client a session of that person; call outside a unit of work."""
        with db.unit_of_work():
            cookie = sessions.start(person, device="test", at=clock.now())
        self.set_cookie(sessions.COOKIE, cookie)
        return self


@pytest.fixture
def client(app: front_door.Advocacy) -> Any:
    app.test_client_class = Client
    return app.test_client()


@pytest.fixture
def new_client(app: front_door.Advocacy) -> Any:
    """Makes further clients, for journeys with several people."""
    app.test_client_class = Client
    return app.test_client
