"""Files by their content: those kept again are young again."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from advocacy import storage

NOW = datetime.now(UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(storage, "_folder", tmp_path)
    return tmp_path


def test_what_was_kept_long_ago_is_found_and_what_was_kept_again_is_not(folder: Path) -> None:
    old, again, new = (storage.keep(data) for data in (b"old", b"again", b"new"))
    long_ago = (NOW - timedelta(days=3)).timestamp()
    for digest in (old, again):
        os.utime(storage.path(digest), (long_ago, long_ago))
    (storage.path(old).parent / "half-written").write_bytes(b"")
    storage.keep(b"again")
    assert list(storage.kept_before(NOW - timedelta(days=2))) == [old]
    assert new not in set(storage.kept_before(NOW - timedelta(days=2)))
