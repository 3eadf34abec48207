"""Connecting a person's own account: the trip to the network and back, the sealed tokens, and giving them up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from advocacy import db, vault
from advocacy.accounts.models import Person
from advocacy.accounts.sessions import hashed
from advocacy.audit.actions import record
from advocacy.errors import N_, Conflict, Forbidden, Refused
from advocacy.leaderboards import actions as leaderboards
from advocacy.sharing import actions, queries, rules
from advocacy.sharing.given import Account as Account
from advocacy.sharing.given import Sealed as Sealed
from advocacy.sharing.models import (
    AccountKind,
    Authorisation,
    Connection,
    ConnectionState,
    Delivery,
    Registration,
    Revocation,
)

DELETION_GRACE = timedelta(minutes=2)
"""How long a token outlives its connection when posts were to be deleted by it: on a bad day one presses both."""


def registration_for(network: str, server: str, redirect_uri: str) -> Registration | None:
    """Our application as this server knows it, the latest one."""
    return db.session.scalar(
        sa.select(Registration)
        .where(
            Registration.network == network,
            Registration.server == server,
            Registration.redirect_uri == redirect_uri,
        )
        .order_by(Registration.id.desc())
    )


def keep_registration(
    network: str,
    server: str,
    redirect_uri: str,
    *,
    client_id: str,
    client_secret: str,
    scopes: str,
    at: datetime,
) -> Registration:
    """Keep what a server gave us when we introduced ourselves; its secret sealed."""
    known = db.session.scalar(
        sa.select(Registration).where(
            Registration.network == network,
            Registration.server == server,
            Registration.redirect_uri == redirect_uri,
            Registration.scopes == scopes,
        )
    )
    row = known or Registration(
        network=network, server=server, redirect_uri=redirect_uri, scopes=scopes, created_at=at,
        client_id=client_id, sealed_secret="",
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    row.client_id, row.sealed_secret = client_id, vault.seal(f"registration:{row.code}", client_secret)
    return row


def secret_of(registration: Registration) -> str:
    """The secret of our application at a server."""
    return vault.unseal(f"registration:{registration.code}", registration.sealed_secret)


def check(network: str, *, by: Person) -> None:
    """Raise what stands against this person connecting an account on this network."""
    if not by.is_champion:
        raise Forbidden(
            N_("Join the programme first: accounts are connected for sharing, and for nothing else.")
        )
    if network in queries.networks_off(by):
        msgid, values = queries.switched_off(network)
        raise Refused(msgid, field="network", **values)


def begin_trip(
    registration: Registration,
    *,
    state: str,
    secret: str,
    session_code: str,
    may_read: bool,
    back_to: str,
    by: Person,
    at: datetime,
    kind: AccountKind | None = None,
    topic_ids: Sequence[int] = (),
) -> Authorisation:
    """Note that a person sets out to a network; its secret is kept sealed, the state only as its hash.

    `kind` and topics are what she says of the account; None leaves what is known of it as it is.
    """
    check(registration.network, by=by)
    state_hash = hashed(state)
    trip = Authorisation(
        state_hash=state_hash,
        person_id=by.id,
        session_code=session_code,
        registration=registration,
        sealed_secret=vault.seal(f"authorisation:{state_hash}", secret),
        may_read=may_read,
        back_to=back_to,
        kind=kind,
        topic_ids=list(topic_ids),
        created_at=at,
    )
    db.session.add(trip)
    return trip


def end_trip(state: str, *, session_code: str, by: Person, at: datetime) -> tuple[Authorisation, str]:
    """The trip that this state belongs to, and its secret; good once, for this person and session only."""
    state_hash = hashed(state)
    used = db.session.execute(
        sa.update(Authorisation)
        .where(
            Authorisation.state_hash == state_hash,
            Authorisation.person_id == by.id,
            Authorisation.session_code == session_code,
            Authorisation.used_at.is_(None),
            Authorisation.created_at > at - rules.STATE_LIFE,
        )
        .values(used_at=at)
        .returning(Authorisation.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if used is None:
        raise Refused(
            N_(
                "This answer from the network is too old or was used already. Please connect the account again."
            )
        )
    trip = db.session.get_one(Authorisation, used)
    return trip, vault.unseal(f"authorisation:{state_hash}", trip.sealed_secret)


def check_origin(issuer: str, *, named: list[str], is_its_address: bool) -> None:
    """Raise Refused for an answer that came to another server's address, or names another issuer (RFC 9207).

    Otherwise a server of ill will could have a code of hers, meant for another one, handed to itself.
    """
    if not is_its_address or any(one.rstrip("/") != issuer.rstrip("/") for one in named):
        raise Refused(
            N_(
                "This answer came from another server than the one you set out to, so nothing was connected. "
                "Please connect the account again."
            )
        )


def connect(
    registration: Registration, account: Account, tokens: Sealed, *, may_read: bool, by: Person, at: datetime
) -> Connection:
    """Keep a person's account; connecting it again keeps its history, connecting another's is refused."""
    row = _known(registration, account, by=by)
    first = row is None
    row = row or Connection(
        person_id=by.id, network=registration.network, server=account.server, remote_id=account.remote_id,
        account=account.handle, connected_at=at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    row.registration, row.server = registration, account.server
    row.account, row.display_name = account.handle, account.display_name
    row.profile_url, row.limits, row.scopes = account.url, account.limits, " ".join(tokens.scopes)
    _keep_from_revocation(row, tokens)
    row.sealed_tokens, row.expires_at = seal(row, tokens), ends_at(tokens)
    row.renewed_at = row.renewing_until = row.renewing_token = None
    row.state, row.may_read, row.disconnected_at, row.connected_at = (
        ConnectionState.ACTIVE,
        may_read,
        None,
        at,
    )
    if first:
        leaderboards.award(
            by,
            kind="connected",
            source=f"person:{by.id}:connected",
            reason=N_("You connected your first account"),
            values={},
            at=at,
        )
    record(
        "connection.connect", by=by, at=at, about=f"connection:{row.code}", details={"network": row.network}
    )
    return row


def _known(registration: Registration, account: Account, *, by: Person) -> Connection | None:
    """The row of this account if it is this person's; one that a colleague gave up is put aside."""
    db.lock_exclusive(f"account:{registration.network} {account.remote_id}")
    row = queries.account_at(registration.network, account.server, account.remote_id)
    if row is None or row.person_id == by.id:
        return row
    if row.state is not ConnectionState.DISCONNECTED:
        raise Conflict(
            N_("%(account)s is connected by a colleague already. Each account belongs to one person."),
            account=account.handle,
        )
    row.remote_id = f"{row.remote_id}#{row.code}"
    db.session.flush()
    return None


def _keep_from_revocation(connection: Connection, tokens: Sealed) -> None:
    """Servers may hand the same token out again: one that is in use again must not be revoked any more."""
    waiting = sa.select(Revocation).where(
        Revocation.connection_code == connection.code, Revocation.state == "waiting"
    )
    for row in db.session.scalars(waiting):
        if row.sealed_tokens and unseal(connection.code, row.sealed_tokens).access == tokens.access:
            row.state, row.sealed_tokens = "dropped", None


def seal(connection: Connection, tokens: Sealed) -> str:
    """Tokens sealed for this connection only."""
    return seal_for(connection.code, tokens)


def seal_for(connection_code: str, tokens: Sealed) -> str:
    """The same, by the connection's code."""
    return vault.seal(f"connection:{connection_code}", tokens.as_text())


def ends_at(tokens: Sealed) -> datetime | None:
    """When the person has to come again; never for tokens that are renewed without her."""
    return None if tokens.refresh else tokens.expires_at


def unseal(connection_code: str, sealed: str) -> Sealed:
    """The tokens of the connection with this code."""
    return Sealed.from_text(vault.unseal(f"connection:{connection_code}", sealed))


def to_give_back(connection_code: str) -> sa.Select[Revocation]:
    """What is to be given back of the connection with this code, the newest alone."""
    return (
        sa.select(Revocation)
        .where(
            Revocation.connection_code == connection_code,
            Revocation.state == "waiting",
            Revocation.sealed_tokens.is_not(None),
        )
        .order_by(Revocation.id.desc())
        .limit(1)
    )


def left_over(connection_code: str) -> str | None:
    """The sealed tokens by which a post may be deleted still, although its account was given up."""
    row = db.session.scalar(to_give_back(connection_code))
    return row.sealed_tokens if row is not None else None


def disconnect(connection: Connection, *, by: Person, at: datetime) -> int:
    """Give an account up: what is scheduled on it is cancelled, its token revoked by a job; returns how many posts."""
    db.lock_exclusive(actions.SENDING)
    on_it = queries.deliveries_of(by, *queries.OPEN).where(Delivery.connection_id == connection.id)
    waiting = queries.to_be_stopped(on_it)
    for delivery in waiting:
        actions.stop(delivery, N_("You disconnected this account."), {}, at=at)
    if connection.sealed_tokens and connection.registration_id:
        db.session.add(
            Revocation(
                connection_code=connection.code,
                registration_id=connection.registration_id,
                sealed_tokens=connection.sealed_tokens,
                created_at=at,
                due_at=at + DELETION_GRACE if queries.deletions_waiting(connection) else at,
            )
        )
    connection.sealed_tokens, connection.tells_figures = None, False
    connection.state, connection.disconnected_at = ConnectionState.DISCONNECTED, at
    actions.forget_figures(Delivery.connection_id == connection.id)
    record("connection.disconnect", by=by, at=at, about=f"connection:{connection.code}")
    return len(waiting)
