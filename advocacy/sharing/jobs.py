"""What the worker does for sharing: hands due posts to the engine, calls the networks, settles what is unclear."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from advocacy import clock, db, storage, text, vault, web
from advocacy.content import queries as content
from advocacy.content.models import KitAsset
from advocacy.errors import N_, Missing, Reason
from advocacy.http import Outbound
from advocacy.sharing import (
    actions,
    composing,
    connecting,
    delivering,
    holding,
    outcomes,
    queries,
    renewing,
    tokens,
)
from advocacy.sharing.models import Deletion, Delivery, DeliveryState, Revocation
from advocacy.sharing.networks import every, interface, network
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
        post = _post(sending, cards=connector.can.cards)
    turn = interface.Turn(sending.idempotency_key, sending.first_tried_at, sending.is_repeat)
    good = tokens.fresh(sending.connection_code, outbound, at=clock.now())
    try:
        return connector.publish(outbound, sending.server, good, post, turn)
    except interface.Expired:  # nothing was posted
        good = tokens.fresh(sending.connection_code, outbound, at=clock.now(), spent=good.access)
        return connector.publish(outbound, sending.server, good, post, turn)


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


def _post(sending: delivering.Sending, *, cards: bool) -> interface.Post:
    """The post as the network's module takes it, with its pictures read; a card of its link where there are none."""
    images = [
        _image(asset, sending.language)
        for asset_id in sending.asset_ids
        if (asset := db.session.get(KitAsset, asset_id)) is not None
    ]
    card = _card(sending) if cards and sending.link and not images else None
    visibility = interface.Visibility(sending.visibility)
    return interface.Post(sending.text, sending.language, images, visibility, card)


def _image(asset: KitAsset, language: str) -> interface.Image:
    alts = {text.language.split("-")[0]: text.alt for text in asset.texts}
    alt = alts.get(language.split("-")[0]) or next(iter(alts.values()), "")
    return interface.Image(_picture(asset.digest), asset.media_type, alt)


def _card(sending: delivering.Sending) -> interface.Card:
    """How the story's link is shown beneath the post."""
    kit = db.session.get_one(Delivery, sending.claim.id).share.kit
    words = content.text_in(kit, sending.language)
    thumbnail = _image(kit.pictures[0], sending.language) if kit.pictures else None
    return interface.Card(
        web.absolute(f"/l/{sending.link}"), words.title, text.teaser(words.story, 200), thumbnail
    )


def _picture(digest: str) -> bytes:
    try:
        return storage.read(digest)
    except OSError as gone:
        raise interface.Permanent(
            (N_("The picture is not kept here any more. Share the story anew."), {})
        ) from gone


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
        return network(slug).can.readable
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
    sought = interface.Sought(sending.text, sending.link, since)
    try:
        good = tokens.fresh(sending.connection_code, outbound, at=clock.now())
        found = network(claim.network).find(outbound, sending.server, good, sought)
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
        is_connected = connection is not None and connection.sealed_tokens is not None
    if connection is None or sealed is None:
        msgid = N_("Reconnect this account to delete the post, or delete it on the network itself.")
        raise interface.Permanent((msgid, {}))
    good = (
        tokens.fresh(connection.code, outbound, at=clock.now())
        if is_connected
        else tokens.clear(connection.code, sealed)
    )
    network(connection.network).delete(outbound, connection.server, good, remote_id)


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
            ours, slug = tokens.registration(row.registration), row.registration.network
            given = tokens.clear(row.connection_code, row.sealed_tokens) if row.sealed_tokens else None
        if given is not None:
            network(slug).revoke(outbound, ours, given)
    except (interface.Outcome, Missing, vault.Unsealable) as wrong:
        again = isinstance(wrong, interface.Temporary | interface.Lost)
    with db.unit_of_work():
        row = db.session.get_one(Revocation, claim.id)
        if again and delivering.put_off(row, at=clock.now()):
            return
        row.state, row.sealed_tokens, row.done_at = "done", None, clock.now()


def tell_of_holds(*, most: int) -> int:
    """Write the message of a hold to the champions whom it concerns, some at a time; returns how many."""
    with db.unit_of_work():
        hold = queries.hold_to_tell(clock.now())
        return holding.tell_some(hold, most=most, at=clock.now()) if hold is not None else 0


def end_holds(*, most: int) -> int:
    """Give back to their owners what a hold that is over kept back, some at a time; returns how many."""
    with db.unit_of_work():
        hold = queries.hold_to_end(clock.now())
        return holding.return_held(hold, most=most, at=clock.now()) if hold is not None else 0


def renew_stale(outbound: Outbound, *, most: int, lease: timedelta) -> int:
    """Renew what was not used for days, or it would run out unseen; returns how many were tried."""
    slugs = [one.slug for one in every() if one.can.renews]
    with db.unit_of_work(write=False):
        codes = renewing.stale(slugs, most=most, at=clock.now())
    for code in codes:
        try:
            with db.unit_of_work(write=False):
                known = renewing.tokens_of(code)
            if known is not None:
                tokens.fresh(code, outbound, at=clock.now(), spent=known.access)
        except (interface.Outcome, Missing, vault.Unsealable):
            log.info("connection %s could not be renewed yet", code)
    return len(codes)
