"""`advocacy demo --afresh`: what it deletes, and before what it stops."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advocacy import cli, places, vault

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
