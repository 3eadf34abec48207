"""Taking posts down at their networks, and giving tokens back there."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeGuard

from advocacy import clock, db, vault
from advocacy.errors import Missing
from advocacy.http import Outbound
from advocacy.sharing import actions, allowing, renewing, tokens
from advocacy.sharing.models import Connection, Deletion, Revocation
from advocacy.sharing.networks import interface, network
from advocacy.sharing.networks.metered import Metered
from advocacy.sharing.reserving import Claim, Lane, held, put_off, reserve
from advocacy.stubborn import written


def delete_next(outbound: Outbound, *, most: int, lease: timedelta, lane: Lane | None = None) -> int:
    """Delete posts at their networks, as their owners asked; returns how many were tried."""
    with db.unit_of_work():
        claims = reserve(Deletion, most=most, lease=lease, at=clock.now(), lane=lane)
    for claim in claims:
        _delete(claim, outbound)
    return len(claims)


def _delete(claim: Claim, outbound: Outbound) -> None:
    problem: interface.Outcome | Missing | None = None
    with db.unit_of_work(write=False):
        connection = db.session.get_one(Deletion, claim.id).delivery.connection
        closed = allowing.closed(connection, at=clock.now()) if connection else []
    meter = Metered(outbound, closed, now=clock.now)
    try:
        _call_delete(claim, meter)
    except (interface.Outcome, Missing) as wrong:
        problem = wrong
    written(lambda: _end_deletion(claim, problem, meter))


def _call_delete(claim: Claim, meter: Metered) -> None:
    with db.unit_of_work(write=False):
        row = db.session.get_one(Deletion, claim.id)
        connection, remote_id = row.delivery.connection, row.delivery.remote_id or ""
        given_up = connection is None or connection.sealed_tokens is None
    if connection is None:
        raise interface.Permanent((tokens.GONE, {}))
    connector = network(connection.network)
    tokens.used(
        connection.code,
        meter,
        lambda good: connector.delete(meter, connection.server, good, remote_id),
        at=clock.now(),
        given_up=given_up,
    )


def _end_deletion(claim: Claim, problem: interface.Outcome | Missing | None, meter: Metered) -> None:
    at = clock.now()
    connection = db.session.get_one(Deletion, claim.id).delivery.connection
    if connection is not None:
        allowing.note(connection.network, connection.server, connection.code, meter.heard)
    row = held(Deletion, claim)
    if row is None:  # whoever has it now writes how it ends
        return
    if problem is None:
        row.state, row.done_at, row.reason = "done", at, None
        actions.mark_deleted(row.delivery, at=at)
        return
    row.reason, row.reason_values = problem.reason
    if _may_pass(problem, connection) and put_off(
        row, at=at, retry_after=problem.retry_after, retry_at=problem.retry_at
    ):
        return
    row.state, row.done_at = "failed", at


def _may_pass(
    problem: interface.Outcome | Missing, connection: Connection | None
) -> TypeGuard[interface.Outcome]:
    """Whether trying again can help: also where tokens were refused in whose place there are others by now."""
    if isinstance(problem, interface.NeedsReconnecting):
        return (
            connection is not None
            and connection.is_active
            and not renewing.is_spent(connection, problem.spent)
        )
    return isinstance(problem, interface.Temporary | interface.Lost)


def revoke_next(outbound: Outbound, *, most: int, lease: timedelta) -> int:
    """Revoke tokens that people gave up; returns how many were tried."""
    with db.unit_of_work():
        claims = reserve(Revocation, most=most, lease=lease, at=clock.now())
    for claim in claims:
        _revoke(claim, outbound)
    return len(claims)


def _revoke(claim: Claim, outbound: Outbound) -> None:
    problem: interface.Outcome | None = None
    with db.unit_of_work(write=False):
        row = db.session.get_one(Revocation, claim.id)
        ours, slug, code = row.registration, row.registration.network, row.connection_code
        account, sealed = renewing.account_of(code), row.sealed_tokens
        server = account.server if account is not None else ours.server
        meter = Metered(outbound, allowing.closed_at(slug, server, code, at=clock.now()), now=clock.now)
    try:
        if sealed:
            with db.unit_of_work(write=False):
                known = tokens.registration(db.session.get_one(Revocation, claim.id).registration)
            network(slug).revoke(meter, known, tokens.clear(code, sealed))
    except interface.Outcome as wrong:
        problem = wrong
    except (Missing, vault.Unsealable):
        pass  # there is nothing left that could be given back
    written(lambda: _end_revocation(claim, problem, slug, server, code, meter))


def _end_revocation(
    claim: Claim, problem: interface.Outcome | None, slug: str, server: str, code: str, meter: Metered
) -> None:
    allowing.note(slug, server, code, meter.heard)
    row, at = held(Revocation, claim), clock.now()
    if row is None:
        return
    if isinstance(problem, interface.Temporary | interface.Lost) and put_off(
        row, at=at, retry_after=problem.retry_after, retry_at=problem.retry_at
    ):
        return
    row.state, row.sealed_tokens, row.done_at = "done", None, at
