"""What happens to all modes of the practice network at once: people get their accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from werkzeug.security import generate_password_hash

from advocacy.practice.models import Account
from advocacy.practice.store import Store


def open_accounts(store: Store, accounts: Iterable[tuple[str, str, str]], *, at: datetime) -> None:
    """Make the accounts (username, display name, password) that are not there yet."""
    with store.reading() as session:
        known = set(session.scalars(select(Account.username)))
    new = {
        name: Account(
            username=name, display_name=shown, password=generate_password_hash(password), created_at=at
        )
        for name, shown, password in accounts
        if name not in known
    }  # hashing takes a while, so it is done before anything is locked
    with store.writing() as session:
        meanwhile = set(session.scalars(select(Account.username)))
        session.add_all(account for name, account in new.items() if name not in meanwhile)
