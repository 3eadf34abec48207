"""What is sealed opens with its key, for its purpose, and in no other way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from advocacy import vault


@pytest.fixture(autouse=True)
def keys() -> Iterator[list[str]]:
    before = vault._ring
    made = [vault.new_key(), vault.new_key()]
    vault.configure(made)
    yield made
    vault._ring = before


def test_what_is_sealed_opens_for_its_purpose_only() -> None:
    sealed = vault.seal("connection:a", "token")
    assert "token" not in sealed and vault.unseal("connection:a", sealed) == "token"
    with pytest.raises(vault.Unsealable):
        vault.unseal("connection:b", sealed)


def test_an_older_key_still_opens(keys: list[str]) -> None:
    sealed = vault.seal("x", "token")
    vault.configure([vault.new_key(), *keys])
    assert vault.unseal("x", sealed) == "token"


@pytest.mark.parametrize("damaged", ["", "x", "gAAAA"])
def test_what_is_damaged_does_not_open(damaged: str) -> None:
    with pytest.raises(vault.Unsealable):
        vault.unseal("x", damaged)


def test_another_key_does_not_open() -> None:
    sealed = vault.seal("x", "token")
    vault.configure([vault.new_key()])
    with pytest.raises(vault.Unsealable):
        vault.unseal("x", sealed)


def test_derived_secrets_differ_by_purpose_and_stay() -> None:
    assert vault.derive("a") == vault.derive("a") != vault.derive("b")


@pytest.mark.parametrize("key", ["A" * 43 + "=", "no", ""])
def test_weak_keys(key: str) -> None:
    assert vault.is_weak(key)


def test_a_drawn_key_is_not_weak() -> None:
    assert not vault.is_weak(vault.new_key())


def test_without_keys_nothing_is_sealed() -> None:
    vault._ring = None
    with pytest.raises(RuntimeError):
        vault.seal("x", "y")
