"""Renewing what a network gave us: one process at a time renews tokens, and keeps the new pair before any use.

Most networks' refresh tokens work once, and a second use ends them all. So the right to renew is a row's, claimed by a
conditional update with a lease; whoever does not get it waits for what the other one keeps.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.sharing import connecting, rules
from advocacy.sharing.connecting import Sealed
from advocacy.sharing.models import Connection, ConnectionState

LEASE = timedelta(seconds=60)
STALE = timedelta(days=3)
"""After so long without a renewal a connection is renewed for its own sake, or its refresh token would run out."""


@dataclass(frozen=True)
class Right:
    """The right to renew one connection's tokens, until its lease runs out."""

    connection_id: int
    token: str


def tokens_of(code: str) -> Sealed | None:
    """The tokens that the connection with this code has now; None when it was given up."""
    sealed = db.session.scalar(sa.select(Connection.sealed_tokens).where(Connection.code == code))
    return connecting.unseal(code, sealed) if sealed else None


def claim(code: str, *, at: datetime) -> Right | None:
    """Claim the right to renew; None while another process has it."""
    token = secrets.token_hex(16)
    free = sa.or_(Connection.renewing_until.is_(None), Connection.renewing_until < at)
    claimed = db.session.scalar(
        sa.update(Connection)
        .where(Connection.code == code, Connection.sealed_tokens.is_not(None), free)
        .values(renewing_until=at + LEASE, renewing_token=token)
        .returning(Connection.id)
        .execution_options(synchronize_session=False)
    )
    return Right(claimed, token) if claimed is not None else None


def keep(right: Right, tokens: Sealed, *, at: datetime) -> bool:
    """Keep the new tokens; False when the right was lost meanwhile, and what was given is not ours to keep."""
    row = _held(right)
    if row is None:
        return False
    row.sealed_tokens, row.renewed_at = connecting.seal(row, tokens), at
    row.expires_at = connecting.ends_at(tokens)
    row.renewing_until = row.renewing_token = None
    return True


def let_go(right: Right) -> None:
    """Give the right back without new tokens: what went wrong may pass."""
    row = _held(right)
    if row is not None:
        row.renewing_until = row.renewing_token = None


def note_dead(right: Right) -> None:
    """The network says that these tokens are dead: the person has to come again."""
    row = _held(right)
    if row is not None:
        row.state, row.renewing_until, row.renewing_token = ConnectionState.NEEDS_RECONNECTING, None, None


def connection(right: Right) -> Connection:
    """The connection that a right is for."""
    return db.session.get_one(Connection, right.connection_id)


def _held(right: Right) -> Connection | None:
    return db.session.scalar(
        sa.select(Connection)
        .where(
            Connection.id == right.connection_id,
            Connection.renewing_token == right.token,
            Connection.sealed_tokens.is_not(None),  # given up meanwhile: nothing is put back into it
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def stale(networks: list[str], *, most: int, at: datetime) -> list[str]:
    """The codes of connections on these networks that were not renewed for long, the longest first."""
    last = sa.func.coalesce(Connection.renewed_at, Connection.connected_at)
    return list(
        db.session.scalars(
            sa.select(Connection.code)
            .join(Person)
            .where(
                Connection.network.in_(networks),
                Connection.state == ConnectionState.ACTIVE,
                Connection.sealed_tokens.is_not(None),
                Person.disabled_at.is_(None),
                last < at - STALE,
            )
            .order_by(last)
            .limit(most)
        )
    )


def is_due(tokens: Sealed, *, at: datetime) -> bool:
    """Whether these are to be renewed before they are used."""
    return tokens.refresh is not None and rules.ends_soon(tokens.expires_at, at=at)
