"""Renewing what a network gave us: one process at a time renews tokens, and keeps the new pair before any use.

Most networks' refresh tokens work once, and a second use ends them all. So the right to renew is a row's, claimed by a
conditional update with a lease; whoever does not get it waits for what the other one keeps.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from advocacy import db, vault
from advocacy.accounts.models import Person
from advocacy.sharing import connecting, queries, rules
from advocacy.sharing.connecting import Account, Sealed
from advocacy.sharing.models import Connection, ConnectionState, Registration, Revocation
from advocacy.sharing.reserving import once

LEASE = timedelta(seconds=60)
STALE = timedelta(days=3)
"""After so long without a renewal a connection is renewed for its own sake, or its refresh token would run out."""
AGAIN = timedelta(hours=1)
"""So long after a try that came to nothing it is tried anew."""


@dataclass(frozen=True)
class Right:
    """The right to renew one connection's tokens, until its lease runs out."""

    connection_id: int
    token: str
    since: datetime


@dataclass(frozen=True)
class LastRight:
    """The same for tokens that are to be given back, and are needed once more before."""

    revocation_id: int
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
    return Right(claimed, token, at) if claimed is not None else None


def keep(right: Right, tokens: Sealed, *, at: datetime) -> bool:
    """Keep the new tokens; False when the right was lost meanwhile, and what was given is not ours to keep."""
    row = _held(right)
    if row is None:
        return False
    row.sealed_tokens, row.renewed_at = connecting.seal(row, tokens), at
    row.expires_at = connecting.ends_at(tokens)
    row.renewing_until = row.renewing_token = None
    return True


def give_back(right: Right, tokens: Sealed, *, at: datetime) -> bool:
    """Have new tokens revoked whose account was given up while they were on their way; False if it was not."""
    row = connection(right)
    given_up = row.sealed_tokens is None or row.connected_at > right.since
    if given_up and row.registration_id:
        db.session.add(
            Revocation(
                connection_code=row.code,
                registration_id=row.registration_id,
                sealed_tokens=connecting.seal(row, tokens),
                created_at=at,
                due_at=at,
            )
        )
    return given_up


def return_granted(registration_id: int, account: Account, tokens: Sealed, *, at: datetime) -> None:
    """Have tokens revoked that were granted for an account which is a colleague's here.

    Not those that the colleague uses: some servers hand the same token out again, and hers would end with it.
    """
    network = db.session.get_one(Registration, registration_id).network
    row = queries.account_at(network, account.server, account.remote_id)
    if row is not None and row.sealed_tokens and _is_same(row, tokens):
        return
    code = secrets.token_hex(8)
    db.session.add(
        Revocation(
            connection_code=code,
            registration_id=registration_id,
            sealed_tokens=connecting.seal_for(code, tokens),
            created_at=at,
            due_at=at,
        )
    )


def _is_same(row: Connection, tokens: Sealed) -> bool:
    """Whether these are the tokens that a connection has; what no key of ours opens is taken for the same."""
    try:
        hers = connecting.unseal(row.code, row.sealed_tokens or "")
    except vault.Unsealable:
        return True
    return hers.access == tokens.access or (hers.refresh is not None and hers.refresh == tokens.refresh)


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


def account_of(code: str) -> Connection | None:
    """The connection with this code, given up or not."""
    return db.session.scalar(sa.select(Connection).where(Connection.code == code))


def is_spent(account: Connection, mark: str) -> bool:
    """Whether the tokens that a network refused (their mark, "" for none) are those that are kept now.

    A late answer says nothing of tokens that came in their place; none, or some that cannot be opened, are no use.
    """
    try:
        return (
            not account.sealed_tokens or connecting.unseal(account.code, account.sealed_tokens).mark == mark
        )
    except vault.Unsealable:
        return True


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


def claim_last(code: str, *, at: datetime) -> LastRight | None:
    """Claim the right to renew what is to be given back; None while another has it, or where nothing is left."""
    token = secrets.token_hex(16)
    newest = connecting.to_give_back(code).with_only_columns(Revocation.id).scalar_subquery()
    claimed = db.session.scalar(
        sa.update(Revocation)
        .where(Revocation.id == newest, sa.or_(Revocation.lease_until.is_(None), Revocation.lease_until < at))
        .values(lease_until=at + LEASE, claim_token=token)
        .returning(Revocation.id)
        .execution_options(synchronize_session=False)
    )
    return LastRight(claimed, token) if claimed is not None else None


def last_tokens(right: LastRight) -> tuple[Sealed, Registration]:
    """The tokens that this right is for, and the application that they were given to."""
    row = db.session.get_one(Revocation, right.revocation_id)
    return connecting.unseal(row.connection_code, row.sealed_tokens or ""), row.registration


def keep_last(right: LastRight, tokens: Sealed | None) -> None:
    """End this right, with the new tokens if there are any: these are to be given back now."""
    row = db.session.scalar(
        sa.select(Revocation)
        .where(Revocation.id == right.revocation_id, Revocation.claim_token == right.token)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return
    row.lease_until = row.claim_token = None
    if tokens is not None:
        row.sealed_tokens = connecting.seal_for(row.connection_code, tokens)


def reserve_stale(networks: list[str], *, most: int, at: datetime) -> list[str]:
    """Reserve connections on these networks that were not renewed for long, and tell their codes.

    Who was tried comes again after all others, and after a while: what cannot be renewed keeps nobody waiting.
    """
    last = sa.func.coalesce(Connection.renewed_at, Connection.connected_at)
    tried = Connection.renewal_tried_at
    chosen = (
        sa.select(Connection.id)
        .join(Person)
        .where(
            Connection.network.in_(networks),
            Connection.state == ConnectionState.ACTIVE,
            Connection.sealed_tokens.is_not(None),
            Person.disabled_at.is_(None),
            last < at - STALE,
            sa.or_(tried.is_(None), tried < at - AGAIN),
        )
        .order_by(sa.func.coalesce(tried, last), Connection.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=Connection)
    )
    return list(
        db.session.scalars(
            sa.update(Connection)
            .where(Connection.id.in_(once(chosen)))
            .values(renewal_tried_at=at)
            .returning(Connection.code)
            .execution_options(synchronize_session=False)
        )
    )


def is_due(tokens: Sealed, *, at: datetime) -> bool:
    """Whether these are to be renewed before they are used."""
    return tokens.refresh is not None and rules.ends_soon(tokens.expires_at, at=at)
