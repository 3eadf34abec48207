"""The `advocacy` command: what an operator types, and what it leaves behind."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from advocacy import cli, db, vault
from advocacy.accounts.models import Person
from advocacy.sharing.networks import CONNECTORS
from advocacy.sharing.networks.bluesky import keys
from tests.makers.accounts import make_entity, make_person


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own, and no process started."""
    before = os.umask(0o022)
    monkeypatch.setenv("ADVOCACY_DATA__FOLDER", str(tmp_path / "var"))
    monkeypatch.setattr(cli.servers, "_children", lambda settings: [])
    monkeypatch.setattr(cli.servers, "_supervise", lambda children, on_ready: None)
    yield tmp_path / "var"
    os.umask(before)
    db.engine().dispose()


def run(*words: str) -> str:
    result = CliRunner().invoke(cli.main, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_what_is_kept_is_for_its_owner_alone(var: Path) -> None:
    run("db", "upgrade")
    for place in (var, var / "advocacy.sqlite"):
        assert not stat.S_IMODE(place.stat().st_mode) & 0o077, place


def test_a_place_that_nobody_administers_offers_the_link_again(var: Path) -> None:
    first, second = run("run"), run("run")
    assert "/setup/" in first and "/setup/" in second and first != second
    with db.unit_of_work():
        make_person("Ada")  # loaded from a folder in which nobody has a role
    assert "/setup/" in run("run")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "ADVOCACY_DATABASE__URL",
            "postgresql+psycopg://ada:a-secret@127.0.0.1:1/x",
            "The database cannot be used",
        ),
        ("ADVOCACY_DATABASE__URL", "postgresql://[", "The database cannot be used"),
        ("ADVOCACY_DATA__FOLDER", "/dev/null/var", "The data folder /dev/null/var cannot be used: Not a dir"),
        ("ADVOCACY_DATA__FOLDER", __file__, f"The data folder {__file__} is a file."),
        ("ADVOCACY_VAULT__KEY_FILE", "/dev/null/keys", "The keys cannot be read or made"),
    ],
)
def test_what_cannot_be_reached_is_said_in_words(
    var: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    result = CliRunner().invoke(cli.main, ["run"])
    assert result.exit_code == 1 and said in result.output and "a-secret" not in result.output


@pytest.mark.parametrize(
    "words", ["worker", "practice", "db upgrade", "db check", "key rotate", "people invite a@b.example"]
)
@pytest.mark.parametrize("folder", ["/dev/null/var", __file__, "locked"])
def test_a_data_folder_that_cannot_be_one_is_said_by_every_command(
    var: Path, monkeypatch: pytest.MonkeyPatch, words: str, folder: str
) -> None:
    if folder == "locked":
        if words in {"db check", "key rotate"}:
            return  # they only look, and find no database there
        if words == "worker":
            run("db", "upgrade")  # it looks first too, and makes its keys and files only beside a database
        real = os.access  # nothing is locked to the one who is root
        monkeypatch.setattr(os, "access", lambda place, mode: place != var and real(place, mode))
    else:
        monkeypatch.setenv("ADVOCACY_DATA__FOLDER", folder)
    result = CliRunner().invoke(cli.main, words.split())
    assert result.exit_code == 1 and result.output.count("\n") == 1
    assert "The data folder" in result.output and "data.folder (ADVOCACY_DATA__FOLDER)" in result.output


def test_a_new_key_is_for_the_vault_or_for_a_network() -> None:
    assert not vault.is_weak(run("key", "new").strip())
    pem = run("key", "new", "--for", "bluesky")
    assert pem.startswith("-----BEGIN PRIVATE KEY-----\n") and len(keys.read_all(pem)) == 1
    assert CliRunner().invoke(cli.main, ["key", "new", "--for", "nowhere"]).exit_code == 2


def test_people_are_invited_on_a_fresh_database_and_what_is_no_address_is_refused(var: Path) -> None:
    assert "gets a letter" in run("people", "invite", "nia@demo.example")
    for typed in ("notmail", "", "a@b"):
        refused = CliRunner().invoke(cli.main, ["people", "invite", typed])
        assert refused.exit_code == 1 and "not an e-mail address" in refused.output
    with db.unit_of_work():
        assert [(one.name, one.email) for one in db.session.query(Person)] == [("nia", "nia@demo.example")]


def test_someone_is_invited_into_a_company(var: Path) -> None:
    run("db", "upgrade")
    with db.unit_of_work():
        make_entity("norge", country="NO", time_zone="Europe/Oslo", language="nb")
    run("people", "invite", "nia@demo.example", "--entity", "norge")
    with db.unit_of_work():
        nia = db.session.query(Person).one()
        assert (nia.entity.slug, nia.country, nia.time_zone, nia.language) == (
            "norge",
            "NO",
            "Europe/Oslo",
            "nb",
        )
    refused = CliRunner().invoke(cli.main, ["people", "invite", "bo@demo.example", "--entity", "narnia"])
    assert refused.exit_code == 1 and "no company “narnia”" in refused.output


def test_going_back_asks_first(var: Path) -> None:
    run("db", "upgrade")
    asked = CliRunner().invoke(cli.main, ["db", "downgrade", "base"], input="n\n")
    assert asked.exit_code == 1 and "is lost" in asked.output
    assert "as this version needs it" in run("db", "check")
    assert "base" in run("db", "downgrade", "base", "--yes")


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        (["upgrade", "9999"], None),
        (["upgrade", "+99"], None),
        *[(["downgrade", to], typed) for to in ("nope", "-99", "9999") for typed in ("y\n", "n\n")],
    ],
)
def test_a_migration_that_there_is_not_is_one_sentence(
    var: Path, words: list[str], typed: str | None
) -> None:
    run("db", "upgrade")
    result = CliRunner().invoke(cli.main, ["db", *words], input=typed)
    assert result.exit_code == 1 and "No migrations lead from" in result.output
    assert words[-1] in result.output and "Go on?" not in result.output and result.output.count("\n") == 1
    assert "as this version needs it" in run("db", "check")


@pytest.mark.parametrize("words", [["run"], ["db", "upgrade"], ["db", "downgrade", "base", "--yes"]])
def test_a_database_that_a_newer_version_made_is_said_to_be_so(var: Path, words: list[str]) -> None:
    run("db", "upgrade")
    with db.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    result = CliRunner().invoke(cli.main, words)
    assert result.exit_code == 1 and "at 9999, which a newer version made" in result.output


def test_going_back_takes_one_step_or_all(var: Path) -> None:
    run("db", "upgrade", "0003")
    assert "is at 0002" in run("db", "downgrade", "--yes", "-1")
    mistyped = CliRunner().invoke(cli.main, ["db", "downgrade", "--yse"])
    assert mistyped.exit_code == 2 and "No such option '--yse'" in mistyped.output
    assert '("-1" undoes the newest)' in " ".join(run("db", "downgrade", "--help").split())
    assert "is at 0001" in run("db", "downgrade", "0001", "--yes")
    assert "is at base" in run("db", "downgrade", "base", "--yes")
    assert "is at base" in run("db", "downgrade", "base", "--yes")


def test_celerys_engine_is_a_dispatcher_and_a_part_for_each_network(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setenv("ADVOCACY_WORKER__BROKER", "amqp://127.0.0.1")
    monkeypatch.setattr(
        cli.servers, "_supervise", lambda children, on_ready: started.extend(child.argv for child in children)
    )
    run("db", "upgrade")
    run("worker", "--engine", "celery")
    assert started[0][-2:] == ["--part", "dispatcher"]
    carried = [slug for argv in started[1:] for slug in argv[-1].split(",")]
    assert sorted(carried) == sorted(CONNECTORS), "what is not offered goes with another"
    unknown = CliRunner().invoke(cli.main, ["worker", "--engine", "celery", "--part", "myspace"])
    assert unknown.exit_code == 2 and "mastodon" in unknown.output
    none = CliRunner().invoke(cli.main, ["worker", "--part", "mastodon"])
    assert none.exit_code == 2 and "no parts" in none.output


def test_the_help_says_every_command_to_the_end_of_its_sentence() -> None:
    for group in ([], ["db"], ["key"], ["people"]):
        _usage, commands = run(*group, "--help").split("Commands:")
        assert "..." not in commands
    assert "on this computer only." in " ".join(run("--help").split()) and "-part" not in run("--help")


def test_checking_the_database_makes_nothing(var: Path) -> None:
    result = CliRunner().invoke(cli.main, ["db", "check"])
    assert result.exit_code == 1 and "There is no database yet" in result.output
    assert not var.exists()
    run("db", "upgrade")
    db.engine().dispose()
    (var / "keys").unlink()
    before = sorted(var.rglob("*"))
    assert "as this version needs it" in run("db", "check")
    assert sorted(var.rglob("*")) == before, "a key or a file was made"
    run("db", "downgrade", "base", "--yes")
    old = CliRunner().invoke(cli.main, ["db", "check"])
    assert old.exit_code == 1 and "at nothing" in old.output


def test_starting_says_what_it_does(var: Path) -> None:
    said = run("run")
    assert str(var) in said and "Making the database's tables" in said
    assert "Starting the web server on port" in said and "the worker" in said
    assert "Making" not in run("run"), "there was nothing to do"


def test_the_table_of_settings_has_straight_columns() -> None:
    lines = run("settings").splitlines()
    ends = {line.rindex("  ") for line in lines if len(line.split()) >= 3 and "default" in line}
    assert len(ends) == 1, "where a setting came from stands in one column"
