"""What an older key sealed is sealed anew, whoever else is at work on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import db, resealing, vault
from advocacy.resealing import Tally
from advocacy.sharing import connecting
from advocacy.sharing.models import Connection
from tests.makers.sharing import make_connection, make_sharer

pytestmark = pytest.mark.usefixtures("database", "keys")


@pytest.fixture
def keys() -> Iterator[list[str]]:
    before, made = vault._ring, [vault.new_key()]
    vault.configure(made)
    yield made
    vault._ring = before


@pytest.fixture
def column() -> sa.Column[str | None]:
    table = Connection.__table__
    return next(one for one in resealing.sealed_columns() if one.table is table)


@pytest.fixture
def codes(keys: list[str]) -> list[str]:
    """Five connections that were sealed by the old key, and a new key in front of it."""
    with db.unit_of_work():
        ada = make_sharer()
        made = [make_connection(ada, access=f"token-{n}").code for n in range(5)]
    keys.insert(0, vault.new_key())
    vault.configure(keys)
    return made


def rows() -> list[Connection]:
    with db.unit_of_work(write=False):
        return list(db.session.scalars(sa.select(Connection).order_by(Connection.id)))


def accesses() -> list[str]:
    return [connecting.unseal(row.code, row.sealed_tokens or "").access for row in rows()]


def test_every_sealed_column_is_known() -> None:
    names = {f"{one.table.name}.{one.name}" for one in resealing.sealed_columns()}
    assert names >= {
        "authorisations.sealed_secret",
        "connections.sealed_tokens",
        "letters.sealed",
        "registrations.sealed_secret",
        "revocations.sealed_tokens",
    }


def test_everything_is_sealed_anew_for_what_it_was_sealed_for(
    codes: list[str], keys: list[str], column: Any
) -> None:
    assert resealing.count(column) == Tally(found=5, older=5)
    assert resealing.reseal(column, size=2) == Tally(found=5, anew=5)
    assert resealing.count(column) == Tally(found=5)
    assert resealing.reseal(column, size=2) == Tally(found=5)
    vault.configure(keys[:1])
    assert accesses() == [f"token-{n}" for n in range(5)]
    with pytest.raises(vault.Unsealable):
        vault.unseal(f"connection:{codes[1]}", rows()[0].sealed_tokens or "")


def test_whoever_is_stopped_goes_on_where_he_was(
    codes: list[str], column: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = resealing._resealed, [2]

    def stops(*given: Any) -> Tally:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(resealing, "_resealed", stops)
        with pytest.raises(KeyboardInterrupt):
            resealing.reseal(column, size=2)
    assert resealing.count(column) == Tally(found=5, older=1)
    assert resealing.reseal(column, size=2) == Tally(found=5, anew=1)


def test_what_changes_meanwhile_is_not_put_back(
    codes: list[str], column: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = resealing._resealed

    def late(*given: Any) -> Tally:
        row = db.session.get_one(Connection, 1)
        row.sealed_tokens = connecting.seal(
            row, connecting.Sealed("renewed meanwhile", None, None, ("profile",))
        )
        db.session.flush()
        return real(*given)

    monkeypatch.setattr(resealing, "_resealed", late)
    resealing.reseal(column)
    assert accesses()[0] == "renewed meanwhile"


def test_what_no_key_opens_is_told_and_left(codes: list[str], keys: list[str], column: Any) -> None:
    with db.unit_of_work():
        db.session.get_one(Connection, 1).sealed_tokens = "damaged"
    assert resealing.reseal(column) == Tally(found=5, anew=4, lost=1)
    assert resealing.count(column) == Tally(found=5, lost=1) and rows()[0].sealed_tokens == "damaged"


def test_a_running_process_learns_of_a_new_key_by_its_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    (old,) = vault.read_or_make(file)
    vault.configure([old], file=file)
    sealed, derived = vault.seal("x", "token"), vault.derive("cookies")
    new = vault.new_key()
    vault.write(file, [new, old])
    assert vault.unseal("x", sealed) == "token" and not vault.is_newest(sealed)
    assert vault.is_newest(vault.seal("x", "token")) and vault.derived("cookies")[1] == derived
    assert file.stat().st_mode & 0o777 == 0o600 and not (tmp_path / "keys.new").exists()
    for nonsense in ("", "no key\n"):
        file.write_text(nonsense)
        assert vault.is_newest(vault.seal("x", "token")), "what was known goes on"
    file.unlink()
    assert vault.unseal("x", sealed) == "token"
    (tmp_path / "keys.new").write_text("left behind by one who was killed")
    file.write_text(f"{new}\n")
    vault.write(file, [new])
    with pytest.raises(vault.Unsealable):
        vault.unseal("x", sealed)
    with pytest.raises(vault.Unsealable):
        vault.resealed(sealed)
