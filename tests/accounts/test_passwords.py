"""Passwords by argon2id, few at once."""

from __future__ import annotations

import pytest

from advocacy.accounts import passwords

IN_EARNEST = {"_hasher": passwords._hasher, "NOBODYS": passwords.NOBODYS}


@pytest.fixture(autouse=True)
def in_earnest(monkeypatch):
    """As the product hashes, and not as quickly as other tests do."""
    for name, own in IN_EARNEST.items():
        monkeypatch.setattr(passwords, name, own)


def test_hash_is_argon2id_and_matches():
    kept = passwords.hash("correct horse battery")
    assert kept.startswith("$argon2id$v=19$m=65536")
    assert passwords.matches(kept, "correct horse battery")
    assert not passwords.matches(kept, "correct horse batterz")


@pytest.mark.parametrize("kept", [None, "no hash at all"])
def test_matches_nothing_without_a_hash(kept):
    assert not passwords.matches(kept, "nobody's password")


def test_too_many_at_once_are_turned_away(monkeypatch):
    passwords.configure(1)
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 0.01)
    with passwords._place(), pytest.raises(passwords.Busy) as refused:
        passwords.hash("one more")
    assert refused.value.status == 503
    assert passwords.hash("now there is room")
    passwords.configure(2)


def test_what_is_checked_in_vain_takes_as_long_as_a_real_one():
    assert not passwords._hasher().check_needs_rehash(passwords.NOBODYS)
