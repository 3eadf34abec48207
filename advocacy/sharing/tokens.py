"""Tokens that are good for a call now: read, and renewed where they are about to end."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from advocacy import db, vault
from advocacy.errors import N_
from advocacy.sharing import connecting, renewing
from advocacy.sharing.connecting import Sealed
from advocacy.sharing.models import Registration
from advocacy.sharing.networks import interface, network

if TYPE_CHECKING:
    from advocacy.http import Outbound  # an HTTP client comes with it

Result = TypeVar("Result")

PATIENCE = 15.0
"""So many seconds one waits for what another process renews."""
LOOK_EVERY = 0.25
UNSEALABLE = N_("We can no longer open what your network gave us. Please connect your account again.")
GONE = N_("Reconnect this account to delete the post, or delete it on the network itself.")
RENEWED_ELSEWHERE = N_("Our permission to act for you is being renewed, so this waits for a moment.")


def clear(connection_code: str, sealed: str) -> interface.Tokens:
    """Tokens in the clear, as the network's module takes them; raises NeedsReconnecting if they cannot be opened."""
    return plain(_known(connection_code, sealed))


def plain(tokens: Sealed) -> interface.Tokens:
    """The same, from the form in which they are kept."""
    return interface.Tokens(
        tokens.access, tokens.refresh, tokens.expires_at, tokens.scopes, dict(tokens.extra)
    )


def kept(tokens: interface.Tokens) -> Sealed:
    """The form in which they are kept."""
    return Sealed(tokens.access, tokens.refresh, tokens.expires_at, tokens.scopes, dict(tokens.extra))


def registration(row: Registration) -> interface.Registration:
    """Our application at a server, as the network's module takes it."""
    return interface.Registration(
        row.server, row.redirect_uri, row.client_id, connecting.secret_of(row), tuple(row.scopes.split())
    )


def used(
    connection_code: str,
    outbound: Outbound,
    call: Callable[[interface.Tokens], Result],
    *,
    at: datetime,
    given_up: bool = False,
    known: str | None = None,
) -> Result:
    """What a call by good tokens comes to; where they are refused, before anything was done, they are renewed once.

    `known` are sealed tokens that were read just now.
    `given_up` are the tokens of an account that was disconnected, which are to be revoked and needed once more.
    """
    began = time.monotonic()
    good = _left_over(connection_code) if given_up else fresh(connection_code, outbound, at=at, known=known)
    try:
        return _tried(call, good)
    except interface.Expired:
        if not good.refresh:
            raise
    moment = at + timedelta(seconds=time.monotonic() - began)
    if given_up:
        return _tried(call, _renewed_last(connection_code, outbound, good.access, at=moment))
    return _tried(call, fresh(connection_code, outbound, at=moment, spent=good.access))


def _tried(call: Callable[[interface.Tokens], Result], good: interface.Tokens) -> Result:
    """What a call comes to; a refusal says of which tokens it was."""
    try:
        return call(good)
    except interface.NeedsReconnecting as refused:
        refused.spent = kept(good).mark
        raise


def fresh(
    connection_code: str,
    outbound: Outbound,
    *,
    at: datetime,
    spent: str | None = None,
    known: str | None = None,
) -> interface.Tokens:
    """Tokens that are good now, renewed if they end soon or if `spent` (an access token) was refused.

    `known` are sealed tokens that were read just now; only others are read.

    Raises NeedsReconnecting where the network says that they are dead, Temporary for whatever may pass.
    """
    tokens = _known(connection_code, known) if known else _read_apart(connection_code)
    if not _is_due(tokens, spent, at=at):
        return plain(tokens)
    began = time.monotonic()
    while True:
        moment = at + timedelta(seconds=time.monotonic() - began)
        with db.unit_of_work():
            tokens = _read(connection_code)
            due = _is_due(tokens, spent, at=moment)
            right = renewing.claim(connection_code, at=moment) if due else None
            if right is not None:  # another may have kept new ones between the look and the claim
                tokens = _read(connection_code)
                due = _is_due(tokens, spent, at=moment)
            if right is not None and not due:
                renewing.let_go(right)
        if not due:
            return plain(tokens)
        if right is not None:
            return _renewed(connection_code, right, tokens, outbound, at=moment)
        if time.monotonic() - began > PATIENCE:
            raise interface.Temporary((RENEWED_ELSEWHERE, {}), retry_after=30)
        time.sleep(LOOK_EVERY)


def _is_due(tokens: Sealed, spent: str | None, *, at: datetime) -> bool:
    return renewing.is_due(tokens, at=at) or (bool(tokens.refresh) and tokens.access == spent)


def _known(connection_code: str, sealed: str) -> Sealed:
    try:
        return connecting.unseal(connection_code, sealed)
    except vault.Unsealable as lost:
        raise interface.NeedsReconnecting((UNSEALABLE, {})) from lost


def _read_apart(connection_code: str) -> Sealed:
    with db.unit_of_work(write=False):
        return _read(connection_code)


def _read(connection_code: str) -> Sealed:
    try:
        tokens = renewing.tokens_of(connection_code)
    except vault.Unsealable as lost:
        raise interface.NeedsReconnecting((UNSEALABLE, {})) from lost
    if tokens is None:
        raise interface.NeedsReconnecting((N_("Reconnect this account, then send the post."), {}))
    return tokens


def _renewed(
    connection_code: str, right: renewing.Right, tokens: Sealed, outbound: Outbound, *, at: datetime
) -> interface.Tokens:
    """Ask once; the new tokens are kept before they are used."""
    with db.unit_of_work(write=False):
        slug, ours = _application(right)
    try:
        new = network(slug).renew(outbound, ours, plain(tokens))
    except interface.NeedsReconnecting as refused:
        refused.spent = tokens.mark
        with db.unit_of_work():
            renewing.note_dead(right)
        raise
    except Exception:
        with db.unit_of_work():
            renewing.let_go(right)
        raise
    with db.unit_of_work():
        is_ours = renewing.keep(right, kept(new), at=at)
        if not is_ours:
            renewing.give_back(right, kept(new), at=at)
    if not is_ours:
        raise interface.Temporary((RENEWED_ELSEWHERE, {}), retry_after=30)
    return new


def _left_over(connection_code: str) -> interface.Tokens:
    with db.unit_of_work(write=False):
        sealed = connecting.left_over(connection_code)
    if sealed is None:
        raise interface.NeedsReconnecting((GONE, {}))
    return clear(connection_code, sealed)


def _renewed_last(connection_code: str, outbound: Outbound, spent: str, *, at: datetime) -> interface.Tokens:
    """New tokens for an account that was given up, kept in place of those that are to be given back."""
    with db.unit_of_work():
        right = renewing.claim_last(connection_code, at=at)
        if right is None:
            raise interface.Temporary((RENEWED_ELSEWHERE, {}), retry_after=5)
        tokens, row = renewing.last_tokens(right)
        slug, ours = row.network, registration(row)
    new: interface.Tokens | None = None
    try:
        new = plain(tokens) if tokens.access != spent else network(slug).renew(outbound, ours, plain(tokens))
    finally:
        with db.unit_of_work():
            renewing.keep_last(right, kept(new) if new is not None else None)
    return new


def _application(right: renewing.Right) -> tuple[str, interface.Registration]:
    row = renewing.connection(right)
    assert row.registration is not None
    return row.network, registration(row.registration)
