"""What the worker does for sharing: hands due posts to the engine, calls the networks, settles what is unclear."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from advocacy import clock, db, storage, vault
from advocacy.content.models import KitAsset
from advocacy.errors import N_, Missing, Reason
from advocacy.http import Outbound
from advocacy.sharing import actions, composing, connecting, delivering, outcomes
from advocacy.sharing.models import Deletion, DeliveryState, Registration, Revocation
from advocacy.sharing.networks import interface, network
from advocacy.sharing.rules import AfterLoss

log = logging.getLogger(__name__)

Ring = Callable[[delivering.Claim], None]
"""The engine's doorbell: take this claim soon. Losing or repeating it harms nothing."""

LOOK_AGAIN = timedelta(minutes=4)


def take_due(ring: Ring, *, most: int, lease: timedelta) -> int:
    """Reserve what is due and ring the engine for each; returns how many."""
    with db.unit_of_work():
        claims = delivering.reserve_due(most=most, lease=lease, at=clock.now())
    for claim in claims:
        ring(claim)
    return len(claims)


def deliver(claim: delivering.Claim, outbound: Outbound, *, lease: timedelta) -> None:
    """Send one post: through the gate, then the call outside any transaction, then its outcome."""
    with db.unit_of_work():
        sending = delivering.begin(claim, fold=composing.fold, lease=lease, at=clock.now())
    if sending is None:
        return
    try:
        posted = _publish(sending, outbound)
    except interface.Outcome as outcome:
        _record(claim, outcome)
    except Exception:
        log.exception("a call to a network broke, for delivery %s", claim.id)
        with db.unit_of_work():
            outcomes.record_lost(claim, _BROKEN, at=clock.now())
    else:
        with db.unit_of_work():
            outcomes.record_sent(claim, remote_id=posted.remote_id, url=posted.url, at=clock.now())


_BROKEN: Reason = (N_("Something went wrong on our side while the post was being sent."), {})


def _publish(sending: delivering.Sending, outbound: Outbound) -> interface.Posted:
    """Call the network; what fails before the call says so, since nothing can have been posted then."""
    try:
        connector = network(sending.claim.network)
    except Missing as gone:
        raise interface.Permanent(gone.reason) from gone
    with db.unit_of_work(write=False):
        post = _post(sending)
    tokens = _tokens(sending.connection_code, sending.sealed_tokens)
    return connector.publish(outbound, sending.server, tokens, post, sending.idempotency_key)


def _record(claim: delivering.Claim, outcome: interface.Outcome) -> None:
    with db.unit_of_work():
        if isinstance(outcome, interface.Lost):
            outcomes.record_lost(claim, outcome.reason, at=clock.now())
        elif isinstance(outcome, interface.NeedsReconnecting):
            outcomes.record_needs_reconnecting(claim, outcome.reason, at=clock.now())
        elif isinstance(outcome, interface.Temporary):
            outcomes.record_temporary(
                claim,
                outcome.reason,
                retry_after=outcome.retry_after,
                retry_at=outcome.retry_at,
                at=clock.now(),
            )
        else:
            outcomes.record_permanent(claim, outcome.reason, at=clock.now())


def _post(sending: delivering.Sending) -> interface.Post:
    """The post as the network's module takes it, with its pictures read."""
    images = []
    for asset_id in sending.asset_ids:
        asset = db.session.get(KitAsset, asset_id)
        if asset is not None:
            alts = {text.language.split("-")[0]: text.alt for text in asset.texts}
            alt = alts.get(sending.language.split("-")[0]) or next(iter(alts.values()), "")
            images.append(interface.Image(_picture(asset.digest), asset.media_type, alt))
    return interface.Post(sending.text, sending.language, images, interface.Visibility(sending.visibility))


def _picture(digest: str) -> bytes:
    try:
        return storage.read(digest)
    except OSError as gone:
        raise interface.Permanent(
            (N_("The picture is not kept here any more. Share the story anew."), {})
        ) from gone


def _tokens(connection_code: str, sealed: str) -> interface.Tokens:
    try:
        clear = connecting.unseal(connection_code, sealed)
    except vault.Unsealable as lost:
        msgid = N_("We can no longer open what your network gave us. Please connect your account again.")
        raise interface.NeedsReconnecting((msgid, {})) from lost
    return interface.Tokens(clear.access, clear.refresh, clear.expires_at, clear.scopes)


def settle_lost(outbound: Outbound, *, most: int, lease: timedelta) -> int:
    """Settle posts whose answer was lost, by what the network allows; returns how many were looked at."""
    with db.unit_of_work():
        claims = delivering.reserve_lost(most=most, lease=lease, at=clock.now())
    for claim in claims:
        with db.unit_of_work():
            what = outcomes.settle(
                claim,
                readable=_is_readable(claim.network),
                looks=outcomes.looks_so_far(claim),
                at=clock.now(),
            )
        if what is AfterLoss.LOOK:
            _look(claim, outbound)
    return len(claims)


def _is_readable(slug: str) -> bool:
    try:
        return network(slug).readable
    except Missing:
        return False


def _look(claim: delivering.Claim, outbound: Outbound) -> None:
    """Look among the person's own posts, as she allowed; matched in memory, nothing else is kept."""
    with db.unit_of_work(write=False):
        delivery = delivering.held_by(claim, DeliveryState.SENDING)
        if delivery is None or delivery.connection is None or not delivery.connection.sealed_tokens:
            return
        sending = delivering.sending(delivery, claim)
    since = sending.first_tried_at - timedelta(minutes=2)
    try:
        tokens = _tokens(sending.connection_code, sending.sealed_tokens)
        found = network(claim.network).find(outbound, sending.server, tokens, sending.text, since)
    except interface.Outcome:
        found = None
    with db.unit_of_work():
        if found is not None:
            outcomes.record_sent(claim, remote_id=found.remote_id, url=found.url, at=clock.now())
        else:
            outcomes.record_looked(claim, again_in=LOOK_AGAIN, at=clock.now())


def delete_next(outbound: Outbound, *, most: int, lease: timedelta) -> int:
    """Delete posts at their networks, as their owners asked; returns how many were tried."""
    with db.unit_of_work():
        claims = delivering.reserve(Deletion, most=most, lease=lease, at=clock.now())
    for claim in claims:
        _delete(claim, outbound)
    return len(claims)


def _delete(claim: delivering.Claim, outbound: Outbound) -> None:
    problem: Reason | None = None
    retry_after: int | None = None
    again = False
    try:
        _call_delete(claim, outbound)
    except (interface.Outcome, Missing) as wrong:
        problem, again = wrong.reason, isinstance(wrong, interface.Temporary | interface.Lost)
        retry_after = wrong.retry_after if isinstance(wrong, interface.Outcome) else None
    with db.unit_of_work():
        row = db.session.get_one(Deletion, claim.id)
        _end_deletion(row, problem, again=again, retry_after=retry_after)


def _call_delete(claim: delivering.Claim, outbound: Outbound) -> None:
    with db.unit_of_work(write=False):
        row = db.session.get_one(Deletion, claim.id)
        connection, remote_id = row.delivery.connection, row.delivery.remote_id or ""
        sealed = connecting.tokens_for_deletion(connection) if connection else None
    if connection is None or sealed is None:
        msgid = N_("Reconnect this account to delete the post, or delete it on the network itself.")
        raise interface.Permanent((msgid, {}))
    network(connection.network).delete(
        outbound, connection.server, _tokens(connection.code, sealed), remote_id
    )


def _end_deletion(row: Deletion, problem: Reason | None, *, again: bool, retry_after: int | None) -> None:
    at = clock.now()
    if problem is None:
        row.state, row.done_at, row.reason = "done", at, None
        actions.mark_deleted(row.delivery, at=at)
        return
    row.reason, row.reason_values = problem
    if not again or not delivering.put_off(row, at=at, retry_after=retry_after):
        row.state, row.done_at = "failed", at


def revoke_next(outbound: Outbound, *, most: int, lease: timedelta) -> int:
    """Revoke tokens that people gave up; returns how many were tried."""
    with db.unit_of_work():
        claims = delivering.reserve(Revocation, most=most, lease=lease, at=clock.now())
    for claim in claims:
        _revoke(claim, outbound)
    return len(claims)


def _revoke(claim: delivering.Claim, outbound: Outbound) -> None:
    again = False
    try:
        with db.unit_of_work(write=False):
            row = db.session.get_one(Revocation, claim.id)
            registration, slug = _registration(row.registration), row.registration.network
            tokens = _tokens(row.connection_code, row.sealed_tokens) if row.sealed_tokens else None
        if tokens is not None:
            network(slug).revoke(outbound, registration, tokens)
    except (interface.Outcome, Missing, vault.Unsealable) as wrong:
        again = isinstance(wrong, interface.Temporary | interface.Lost)
    with db.unit_of_work():
        row = db.session.get_one(Revocation, claim.id)
        if again and delivering.put_off(row, at=clock.now()):
            return
        row.state, row.sealed_tokens, row.done_at = "done", None, clock.now()


def _registration(row: Registration) -> interface.Registration:
    return interface.Registration(
        row.server, row.redirect_uri, row.client_id, connecting.secret_of(row), tuple(row.scopes.split())
    )
