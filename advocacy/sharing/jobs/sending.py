"""Sending one post: through the gate, then the call outside any transaction, then its outcome."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from advocacy import clock, db, metrics, storage, text, web
from advocacy.content import queries as content
from advocacy.content.models import KitAsset
from advocacy.errors import N_, Missing, Reason
from advocacy.http import Outbound
from advocacy.sharing import (
    allowing,
    composing,
    connected,
    costing,
    delivering,
    outcomes,
    renewing,
    tokens,
)
from advocacy.sharing.delivering import Claim, OwnPlace, Place, Sending
from advocacy.sharing.models import Delivery
from advocacy.sharing.networks import interface, network
from advocacy.sharing.networks.metered import Metered
from advocacy.sharing.rules import Told, asked_for
from advocacy.stubborn import GONE, written
from advocacy.together import Together

log = logging.getLogger(__name__)

MOST_TOGETHER = 64
"""So many posts pass the gate, or are recorded, in one transaction at most."""
APART = 0.1
"""So many seconds apart such transactions begin, when posts come one after the other."""
BROKEN: Reason = (N_("Something went wrong on our side while the post was being sent."), {})
NO_PLACE: Reason = (N_("The network has become slow, so this waits for its turn."), {})


def deliver(claim: Claim, outbound: Outbound, *, lease: timedelta, place: Place | None = None) -> None:
    """Send one post: through the gate, then the call outside any transaction, then its outcome.

    `place` is its place among the calls to its network. Where a repeat harms nothing it may pass the gate ahead of it.
    """
    place = place or OwnPlace()
    sending = _begin(claim, lease=lease) if place.await_turn(ahead=_repeats(claim.network)) else None
    if sending is None:
        return
    taken = clock.now()
    metrics.DUE_TO_TAKEN.labels(claim.network).observe((taken - sending.due_at).total_seconds())
    meter = Metered(outbound, sending.closed, now=clock.now)
    try:
        posted = _called(lambda: _publish(sending, meter), place)
    except interface.Outcome as outcome:
        _count(claim, type(outcome).__name__)
        written(lambda outcome=outcome: _record(sending, outcome, meter))  # type: ignore[misc]
    except Exception:
        log.exception("a call to a network broke, for delivery %s", claim.id)
        _count(claim, "Broken")
        written(lambda: _record_broken(claim, may_have_posted=meter.posting))
    else:
        metrics.TAKEN_TO_SENT.labels(claim.network).observe((clock.now() - taken).total_seconds())
        _count(claim, "Sent")
        if delivering.goes_alone(claim.network, costing.cost_of_post):
            _record_each_sent([(sending, posted, meter)])
        else:
            _outcomes.do((sending, posted, meter))


def _repeats(slug: str) -> bool:
    """Whether a post to this network that is begun and never called, since its worker died, goes out by itself."""
    try:
        return network(slug).default_limits().idempotent_seconds > 0
    except Missing:
        return False


def _called(publish: Callable[[], interface.Posted], place: Place) -> interface.Posted:
    if not place.take():
        raise interface.Temporary(NO_PLACE, retry_after=1)
    try:
        return publish()
    finally:
        place.give_up()


def _count(claim: Claim, outcome: str) -> None:
    metrics.OUTCOMES.labels(claim.network, outcome.lower()).inc()


def _begin(claim: Claim, *, lease: timedelta) -> Sending | None:
    """The gate; where the database goes while we pass it, nothing was called, whatever of it was kept.

    Threads that come to it at one moment pass it in one transaction; each goes to its network right after.
    """
    asked = _Asked(claim, lease)
    try:
        if delivering.goes_alone(claim.network, costing.cost_of_post):
            return _begin_each([asked])[0]
        return _gate.do(asked)
    except GONE:
        log.warning("the database went away before delivery %s was begun; it is taken up again", claim.id)
        written(lambda: _record_not_begun(asked))
        return None


@dataclass
class _Asked:
    """One who comes to the gate, and the moment of its passing (None: it did not come so far)."""

    claim: Claim
    lease: timedelta
    at: datetime | None = None


def _begin_each(asked: list[_Asked]) -> list[Sending | None]:
    with db.unit_of_work():
        delivering.come_to_the_gate({one.claim.network for one in asked})
        at = clock.now()
        for one in asked:
            one.at = at
        return delivering.begin_each(
            [one.claim for one in asked],
            fold=composing.fold,
            price=costing.cost_of_post,
            lease=max(one.lease for one in asked),
            at=at,
            repeats=connected.repeat_seconds,
        )


_gate = Together(_begin_each, most=MOST_TOGETHER, apart=APART, for_all=GONE)


def _record_not_begun(asked: _Asked) -> None:
    """What this passing began is taken back; the same message may have come before, and its call be under way."""
    delivering.give_up([asked.claim])
    if asked.at is not None and outcomes.was_begun(asked.claim, at=asked.at):
        _record_temporary(asked.claim, interface.Temporary(BROKEN))


def _record_broken(claim: Claim, *, may_have_posted: bool) -> None:
    if may_have_posted:
        outcomes.record_lost(claim, BROKEN, at=clock.now())
    else:
        _record_temporary(claim, interface.Temporary(BROKEN))


Went = tuple[Sending, interface.Posted, Metered]
"""What was sent, what the network said of it, and what it told meanwhile of its limits."""


def _record_each_sent(went: list[Went]) -> list[None]:
    written(lambda: _note_each_sent(went))
    return [None] * len(went)


def _note_each_sent(went: list[Went]) -> None:
    posts = [outcomes.Sent(one.claim, posted.remote_id, posted.url) for one, posted, _meter in went]
    for was_recorded, post in zip(outcomes.record_each_sent(posts, at=clock.now()), posts, strict=True):
        if not was_recorded:
            outcomes.record_permanent(post.claim, outcomes.EARLIER, at=clock.now())
    allowing.lock([(one.claim.network, one.server, one.connection_code) for one, _p, m in went if m.heard])
    for sending, _posted, meter in sorted(went, key=lambda one: (one[0].server, one[0].connection_code)):
        note(sending, meter.heard)


_outcomes = Together(_record_each_sent, most=MOST_TOGETHER, apart=APART, for_all=GONE)


def _record(sending: Sending, outcome: interface.Outcome, meter: Metered) -> None:
    claim = sending.claim
    if isinstance(outcome, interface.Lost):
        outcomes.record_lost(claim, outcome.reason, at=clock.now())
    elif isinstance(outcome, interface.NeedsReconnecting):
        spent = outcome.spent
        outcomes.record_needs_reconnecting(
            claim, outcome.reason, is_spent=lambda account: renewing.is_spent(account, spent), at=clock.now()
        )
    elif isinstance(outcome, interface.Temporary):
        _record_temporary(claim, outcome)
    elif not (outcome.is_duplicate and outcomes.record_perhaps_there(claim, at=clock.now())):
        outcomes.record_permanent(claim, outcome.reason, at=clock.now())
    note(sending, [*meter.heard, *_said(outcome, meter)])


def _record_temporary(claim: Claim, outcome: interface.Temporary) -> None:
    outcomes.record_temporary(
        claim,
        outcome.reason,
        retry_after=outcome.retry_after,
        retry_at=outcome.retry_at,
        at=clock.now(),
    )


def _said(outcome: interface.Outcome, meter: Metered) -> list[Told]:
    """Until when the network takes no such call, as its module understood it."""
    until = asked_for(clock.now(), outcome.retry_after, outcome.retry_at)
    if outcome.status_code != 429 or meter.last is None or until is None:
        return []
    return [Told(meter.last, 0, until, outcome.shared)]


def note(sending: Sending, heard: list[Told]) -> None:
    """Keep what a network told of its limits while it was called."""
    allowing.note(sending.claim.network, sending.server, sending.connection_code, heard)


def _publish(sending: Sending, meter: Metered) -> interface.Posted:
    """Call the network; what fails before the call says so, since nothing can have been posted then."""
    try:
        connector = network(sending.claim.network)
    except Missing as gone:
        raise interface.Permanent(gone.reason) from gone
    post = _post(sending, cards=connector.can.cards)
    turn = interface.Turn(sending.idempotency_key, sending.first_tried_at, sending.is_repeat)
    return tokens.used(
        sending.connection_code,
        meter,
        lambda good: connector.publish(meter, sending.server, good, post, turn),
        at=clock.now(),
        known=sending.sealed_tokens,
    )


def _post(sending: Sending, *, cards: bool) -> interface.Post:
    """The post as the network's module takes it, with its pictures read; a card of its link where there are none."""
    images, card = _shown(sending, cards=cards) if cards or sending.asset_ids else ([], None)
    visibility = interface.Visibility(sending.visibility)
    return interface.Post(
        sending.text, sending.language, images, visibility, card, sending.reshare_of, is_paid=sending.is_paid
    )


def _shown(sending: Sending, *, cards: bool) -> tuple[list[interface.Image], interface.Card | None]:
    with db.unit_of_work(write=False):
        images = [
            _image(asset, sending.language, sending.alts.get(str(asset_id), ""))
            for asset_id in sending.asset_ids
            if (asset := db.session.get(KitAsset, asset_id)) is not None
        ]
        has_card = cards and sending.link and not images and not sending.reshare_of
        return images, _card(sending) if has_card else None


def _image(asset: KitAsset, language: str, own: str = "") -> interface.Image:
    alts = {text.language.split("-")[0]: text.alt for text in asset.texts}
    alt = own or alts.get(language.split("-")[0]) or next(iter(alts.values()), "")
    return interface.Image(_picture(asset.digest), asset.media_type, alt)


def _card(sending: Sending) -> interface.Card:
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
