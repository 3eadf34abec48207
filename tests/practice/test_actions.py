"""Accounts on the practice network."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from advocacy.practice import actions
from advocacy.practice.models import Account
from advocacy.practice.store import Store


def test_two_servers_that_start_at_once_make_each_account_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read that nobody is there before either writes."""
    people = [("ada", "Ada", "secret"), ("bo", "Bo", "secret")]
    hashing, both = actions.generate_password_hash, Barrier(2, timeout=20)

    def slowly(password: str) -> str:
        both.wait()
        return hashing(password)

    monkeypatch.setattr(actions, "generate_password_hash", slowly)
    stores = [Store(str(tmp_path / "practice.sqlite")) for _ in range(2)]
    failed: list[Exception] = []

    def start(store: Store) -> None:
        try:
            actions.open_accounts(store, people, at=datetime.now(UTC))
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=start, args=[store]) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with stores[0].reading() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 2
