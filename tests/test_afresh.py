"""`advocacy demo --afresh`: what it deletes, and before what it stops."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advocacy import cli, places, vault
from advocacy.practice.store import Store

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demo's folder with its data, and no process started."""
    place = tmp_path / "elsewhere"
    for name in ("files/sha256", "mail"):
        (place / name).mkdir(parents=True)
    (place / "keys").write_text(vault.new_key())
    (place / "keys").chmod(0o600)
    for name in ("practice.sqlite", "mail/1.eml", "files/sha256/a"):
        (place / name).write_text("x")
    people(place, "someone@nordlys.example", "root@demo.example")
    monkeypatch.setenv("ADVOCACY_DATA__FOLDER", str(place))
    monkeypatch.setenv("ADVOCACY_SETTINGS", str(places.config() / "demo.toml"))
    monkeypatch.setattr(cli.servers, "check_ports", lambda children: None)
    monkeypatch.setattr(cli.servers, "_supervise", lambda children, on_ready: None)
    return place


def people(place: Path, *addresses: str) -> None:
    with closing(sqlite3.connect(place / "advocacy.sqlite")) as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("CREATE TABLE people (email TEXT)")
        base.executemany("INSERT INTO people VALUES (?)", [(one,) for one in addresses])
        base.commit()


def held(place: Path) -> list[str]:
    return sorted(str(one.relative_to(place)) for one in place.rglob("*"))


def afresh() -> Result:
    return CliRunner().invoke(cli.main, ["demo", "--afresh"])


def refused(place: Path, said: str) -> None:
    """It says why, and everything lies there as before."""
    before = held(place)
    result = afresh()
    assert result.exit_code == 1 and said in result.output, result.output
    assert held(place) == before


def test_the_folder_in_use_is_emptied(folder: Path) -> None:
    result = afresh()
    assert result.exit_code == 0 and held(folder) == ["keys"], result.output


def test_without_the_word_nothing_is_deleted(folder: Path) -> None:
    before = held(folder)
    assert CliRunner().invoke(cli.main, ["demo"]).exit_code == 0 and held(folder) == before


def test_a_first_start_that_was_stopped_is_emptied(folder: Path) -> None:
    (folder / "advocacy.sqlite").unlink()
    people(folder)
    result = afresh()
    assert result.exit_code == 0 and held(folder) == ["keys"], result.output


def barely_begun(place: Path, *, tables: bool | None = None) -> None:
    """Only what a first start makes within its first seconds, with no database yet or one with `tables` or none."""
    for one in place.iterdir():
        if one.is_dir():
            shutil.rmtree(one)
        elif one.name != "keys":
            one.unlink()
    Store(str(place / "practice.sqlite")).engine.dispose()
    if tables is not None:
        with closing(sqlite3.connect(place / "advocacy.sqlite")) as base:
            base.execute("PRAGMA journal_mode = WAL")
            if tables:
                base.execute("CREATE TABLE orders (number TEXT)")


@pytest.mark.parametrize("tables", [None, False])
def test_a_start_that_was_stopped_before_it_had_tables_is_emptied(folder: Path, tables: bool | None) -> None:
    barely_begun(folder, tables=tables)
    result = afresh()
    assert result.exit_code == 0 and held(folder) == ["keys"], result.output


def test_a_database_that_holds_other_tables_is_no_beginning(folder: Path) -> None:
    barely_begun(folder, tables=True)
    refused(folder, "its advocacy.sqlite was not made by the demo")


@pytest.mark.parametrize("there", ["files", "mail", "advocacy.sqlite-wal"])
def test_what_comes_after_the_tables_is_no_beginning(folder: Path, there: str) -> None:
    barely_begun(folder)
    (folder / there).write_text("x")
    refused(folder, "it holds no advocacy.sqlite that a demo made")


def test_a_practice_network_of_someone_elses_is_no_beginning(folder: Path) -> None:
    barely_begun(folder)
    (folder / "practice.sqlite").unlink()
    with closing(sqlite3.connect(folder / "practice.sqlite")) as base:
        base.execute("CREATE TABLE orders (number TEXT)")
    refused(folder, "it holds no advocacy.sqlite that a demo made")


def test_a_folder_that_is_refused_gets_no_keys(folder: Path) -> None:
    (folder / "keys").unlink()
    (folder / "thesis.odt").write_text("x")
    refused(folder, "it holds thesis.odt")
    (folder / "thesis.odt").unlink()
    (folder / "advocacy.sqlite").unlink()
    people(folder, "ada@nordlys.example")
    refused(folder, "its advocacy.sqlite was not made by the demo")


def test_keys_that_are_of_no_use_are_found_before_anything_is_deleted(folder: Path) -> None:
    (folder / "keys").chmod(0o604)
    refused(folder, "may be read by others")


def test_what_was_deleted_before_something_could_not_be_is_not_denied(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vanished(place: Path) -> None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place))

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(shutil, "rmtree", vanished)
        result = afresh()
    assert result.exit_code == 1 and "Nothing was deleted" not in result.output
    assert f"Not everything was deleted in {folder}: files cannot be (No such file" in result.output
    assert afresh().exit_code == 0 and held(folder) == ["keys"], "the folder is known again"


def test_the_demo_starts_on_no_others_data(folder: Path) -> None:
    (folder / "keys").unlink()
    (folder / "advocacy.sqlite").unlink()
    people(folder, "boss@nordlys.example", "ada@nordlys.example")
    before = held(folder)
    result = CliRunner().invoke(cli.main, ["demo"])
    assert result.exit_code == 1 and held(folder) == before
    assert (
        f"in {folder} are not the demo's: they seem to be those of ada@nordlys.example and 1" in result.output
    )


def test_nor_on_those_in_another_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = folder.parent / "others"
    monkeypatch.setenv("ADVOCACY_DATABASE__URL", f"sqlite:///{elsewhere / 'advocacy.sqlite'}")
    assert CliRunner().invoke(cli.main, ["demo"]).exit_code == 0, "there is none yet"
    elsewhere.mkdir()
    people(elsewhere, "ada@nordlys.example")
    result = CliRunner().invoke(cli.main, ["demo"])
    assert result.exit_code == 1
    assert "in the database (database.url) are not the demo's: they seem to be those of ada@" in result.output
    with closing(sqlite3.connect(elsewhere / "advocacy.sqlite")) as base, base:
        base.execute("INSERT INTO people VALUES ('root@demo.example')")
    assert CliRunner().invoke(cli.main, ["demo"]).exit_code == 0


def test_there_may_be_nothing_to_delete(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVOCACY_DATA__FOLDER", str(folder.parent / "none-yet"))
    assert afresh().exit_code == 0 and held(folder)
    assert afresh().exit_code == 0, "the keys that the settings brought are no data"


def test_a_port_in_use_is_found_before_anything_is_deleted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("ADVOCACY_DATA__FOLDER", str(folder))
    monkeypatch.setenv("ADVOCACY_SETTINGS", str(places.config() / "demo.toml"))
    monkeypatch.setattr(cli.servers, "_supervise", lambda children, on_ready: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("ADVOCACY_WEB__PORT", str(taken.getsockname()[1]))
        refused(folder, "in use")


def test_a_demo_that_runs_at_other_ports_keeps_its_data(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "advocacy.sqlite")) as running:
        running.execute("SELECT * FROM people").fetchall()
        before = [one for one in held(folder) if not one.endswith(("-wal", "-shm"))]
        result = afresh()
        assert result.exit_code == 1 and "a demo is running on it; end that first" in result.output
        assert [one for one in held(folder) if not one.endswith(("-wal", "-shm"))] == before


def test_a_folder_with_something_else_in_it_is_no_demos(folder: Path) -> None:
    (folder / "thesis.odt").write_text("x")
    refused(folder, f"Nothing was deleted in {folder}: it holds thesis.odt, which no demo makes.")


def test_a_folder_without_a_database_is_no_demos(folder: Path) -> None:
    (folder / "advocacy.sqlite").unlink()
    refused(folder, "it holds no advocacy.sqlite that a demo made")


@pytest.mark.parametrize("kind", ["others", "no table", "no database"])
def test_a_database_that_no_demo_made_is_kept(folder: Path, kind: str) -> None:
    (folder / "advocacy.sqlite").unlink()
    if kind == "others":
        people(folder, "ada@nordlys.example")
    else:
        (folder / "advocacy.sqlite").write_text("" if kind == "no table" else "no database" * 99)
    refused(folder, "its advocacy.sqlite was not made by the demo")


def test_another_database_is_not_the_folders(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVOCACY_DATABASE__URL", "postgresql+psycopg://ada@127.0.0.1:1/x")
    refused(folder, "in another database")


def test_settings_that_are_not_the_demos_delete_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.toml").write_text("")
    monkeypatch.setenv("ADVOCACY_SETTINGS", str(tmp_path / "own.toml"))
    refused(folder, "These settings are not for the demo")


def test_make_leaves_the_deleting_to_the_command() -> None:
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\ndemo-reset:")[2].partition("\n\n")[0]
    assert "advocacy demo --afresh" in recipe and "rm " not in recipe
