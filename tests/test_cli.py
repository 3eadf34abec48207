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
from advocacy.sharing.networks.bluesky import keys
from tests.makers.accounts import make_person


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
        ("ADVOCACY_DATA__FOLDER", "/dev/null/var", "The keys cannot be read or made"),
    ],
)
def test_what_cannot_be_reached_is_said_in_words(
    var: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    result = CliRunner().invoke(cli.main, ["run"])
    assert result.exit_code == 1 and said in result.output and "a-secret" not in result.output


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


def test_going_back_asks_first(var: Path) -> None:
    run("db", "upgrade")
    asked = CliRunner().invoke(cli.main, ["db", "downgrade", "base"], input="n\n")
    assert asked.exit_code == 1 and "is lost" in asked.output
    assert "as this version needs it" in run("db", "check")
    assert "base" in run("db", "downgrade", "base", "--yes")
