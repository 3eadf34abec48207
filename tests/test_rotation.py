"""What `advocacy key rotate` does and says, wherever the keys come from."""

# ruff: noqa: F811 - pytest hands fixtures over by their names

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from advocacy import cli, db, vault
from advocacy.audit.models import AuditLine
from advocacy.sharing.models import Connection
from tests.makers.sharing import make_connection, make_sharer
from tests.test_cli import run, var  # noqa: F401 - gives its fixture


@pytest.fixture
def place(var: Path) -> Iterator[Path]:
    """A data folder with a database, and the vault put back after the test."""
    before = vault._ring
    run("db", "upgrade")
    yield var
    vault._ring = before


def refused(*words: str) -> str:
    result = CliRunner().invoke(cli.main, words)
    assert result.exit_code == 1, result.output
    return result.output


def test_a_key_comes_in_and_the_older_one_is_dropped_when_nothing_needs_it(place: Path) -> None:
    file = place / "keys"
    (old,) = vault.listed(file.read_text())
    with db.unit_of_work():
        made = make_connection(make_sharer(), access="a-token")
    assert "one key only" in run("key", "rotate", "--finish")
    told = run("key", "rotate")
    new, second = vault.listed(file.read_text())
    assert second == old != new and old not in told and new not in told
    assert "A new key stands first" in told and "connections.sealed_tokens" in told and "2 of 2" in told
    assert "being brought in already" in run("key", "rotate")
    assert "in 6" in refused("key", "rotate", "--finish") and len(vault.listed(file.read_text())) == 2
    os.utime(file, (time.time() - 90, time.time() - 90))
    with db.unit_of_work():
        row = db.session.get_one(Connection, made.id)
        newest, row.sealed_tokens = row.sealed_tokens, "damaged"
        db.session.flush()
    assert "opened by none of these keys" in run("key", "rotate")
    with db.unit_of_work():
        vault.configure([old])
        db.session.get_one(Connection, made.id).sealed_tokens = vault.seal(f"connection:{made.code}", "late")
    assert "1 of 2 sealed texts are by an older key still" in refused("key", "rotate", "--finish")
    with db.unit_of_work():
        db.session.get_one(Connection, made.id).sealed_tokens = newest
    assert "was dropped" in run("key", "rotate", "--finish") and vault.listed(file.read_text()) == [new]
    trail = [(line.verb, line.by_name, line.details) for line in lines()]
    assert trail[:2] == [("key.rotate", None, {}), ("key.sealed", None, {"texts": 2})]
    assert trail[-1][0] == "key.drop" and not any(one in str(trail) for one in (old, new))


def lines() -> list[AuditLine]:
    with db.unit_of_work(write=False):
        return list(
            db.session.scalars(
                sa.select(AuditLine).where(AuditLine.verb.startswith("key.")).order_by(AuditLine.id)
            )
        )


def test_two_at_once_are_not_let(place: Path) -> None:
    with (place / "rotation.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "is at work" in refused("key", "rotate")


def test_a_database_without_tables_is_one_sentence_and_nothing_is_left(var: Path) -> None:
    told = refused("key", "rotate")
    assert "There is no database yet" in told and told.count("\n") == 1 and not var.exists()
    run("db", "upgrade", "0003")
    told = refused("key", "rotate")
    assert "at 0003" in told and "Run `advocacy db upgrade`." in told and told.count("\n") == 1
    assert not (var / "rotation.lock").exists()


def test_keys_of_the_environment_are_the_operators_to_change(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = vault.new_key(), vault.new_key()
    monkeypatch.setenv("ADVOCACY_VAULT__KEYS", old)
    told = run("key", "rotate")
    assert "ADVOCACY_VAULT__KEYS: no key is added" in told and "restart every process" in told
    assert "one key only" in told
    with db.unit_of_work():
        make_connection(make_sharer())
    monkeypatch.setenv("ADVOCACY_VAULT__KEYS", f"{new},{old}")
    assert "2 of 2 sealed texts are by an older key" in refused("key", "rotate", "--finish")
    told = run("key", "rotate")
    assert "2 of 2 sealed texts were sealed anew" in told and "In a minute" in told
    assert "you may take them out" in run("key", "rotate", "--finish")


def test_a_file_named_in_the_environment_is_read_again_but_not_written(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, old, new = tmp_path / "mounted", vault.new_key(), vault.new_key()
    file.write_text(f"{old}\n")
    monkeypatch.setenv("ADVOCACY_VAULT__KEYS_FILE", str(file))
    assert f"in {file} (ADVOCACY_VAULT__KEYS_FILE)" in run("key", "rotate")
    sealed = vault.seal("x", "token")
    file.write_text(f"{new}\n{old}\n")
    assert not vault.is_newest(sealed) and vault.is_newest(vault.seal("x", "token"))
    run("key", "rotate")
    assert file.read_text() == f"{new}\n{old}\n"
    assert "again in" in refused("key", "rotate", "--finish")
    os.utime(file, (time.time() - 90, time.time() - 90))
    assert "you may take them out" in run("key", "rotate", "--finish")
