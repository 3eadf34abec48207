"""What a champion does with her posts: shares, moves, cancels, confirms, deletes, asks for help."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.audit.actions import record
from advocacy.content import queries as content
from advocacy.content.models import Kit, Variant
from advocacy.errors import N_, Conflict, Forbidden, Refused, Several
from advocacy.leaderboards import actions as leaderboards
from advocacy.links import actions as links
from advocacy.sharing import drafting, likeness, money, queries, rules, spending, timing
from advocacy.sharing.models import (
    Connection,
    Deletion,
    Delivery,
    DeliveryState,
    Hold,
    PostFigures,
    Share,
)

AGAIN = (DeliveryState.HELD, DeliveryState.FAILED, DeliveryState.NEEDS_RECONNECTING, DeliveryState.UNKNOWN)
NOT_FROM_HERE = N_("This post cannot be deleted from here. Please delete it on the network itself.")
SENDING = "sending"
"""The lock that the gate shares and that pausing, leaving, recalling and disconnecting take alone."""


@dataclass(frozen=True)
class Wish:
    """One post that a person wants: its final words (disclosure and link included), where, and when.

    `link_code` is the code of the short link that the words name; `local_time` None means now; `insists` that it may
    go out in her quiet hours. `cost` is what the network charges, None for nothing.
    """

    network: str
    text: str
    disclosure: str
    language: str
    link_code: str | None = None
    connection: Connection | None = None
    variant: Variant | None = None
    asset_ids: list[int] = field(default_factory=list)
    local_time: str | None = None
    visibility: str = "public"
    cost: money.Cost | None = None
    alts: dict[str, str] = field(default_factory=dict)
    """Her own descriptions of pictures, by their keys."""
    reshare_of: str = ""
    insists: bool = False


class NotReady(Forbidden):
    """Something is missing before this person can share; `missing` names it."""

    def __init__(self, missing: queries.BeforeSharing) -> None:
        super().__init__(N_("Before you can share, a little is missing."))
        self.missing = missing


def share(kit: Kit, wishes: list[Wish], *, form_key: str, by: Person, at: datetime) -> Share:
    """Share a story on one or more accounts, now or later; the same `form_key` again gives the same share.

    Raises NotReady when the gate is shut, Several with every other reason against it.
    """
    db.lock_exclusive(f"person:{by.id}")
    made = db.session.scalar(sa.select(Share).where(Share.person_id == by.id, Share.form_key == form_key))
    if made is not None:
        return made
    check(kit, wishes, by=by, at=at)
    title = content.text_in(kit, by.language).title
    share = Share(person_id=by.id, kit=kit, form_key=form_key, title=title, created_at=at)
    share.deliveries = [_delivery(kit, wish, by=by, at=at) for wish in wishes]
    db.session.add(share)
    db.session.flush()
    drafting.discard_drafts(kit, by=by)
    record("share.make", by=by, at=at, about=f"share:{share.code}", details={"kit": kit.slug})
    return share


def check(kit: Kit, wishes: list[Wish], *, by: Person, at: datetime, moving: Delivery | None = None) -> None:
    """Raise what stands against these wishes, all of it, before anything is made or (`moving`) put to another time."""
    missing = queries.before_sharing(by, at=at)
    if missing:
        raise NotReady(missing)
    if not wishes:
        raise Refused(N_("Choose at least one account to share on."), field="accounts")
    reasons = queries.reasons_against(by, kit, (wish.network for wish in wishes), at=at)
    for wish in wishes:
        if wish.connection is not None and not wish.connection.is_active:
            reasons.append((N_("Reconnect %(account)s first."), {"account": wish.connection.account}))
    costs = [(wish.network, wish.cost, due_at(wish, by=by, at=at)) for wish in wishes if wish.cost]
    reasons += spending.reasons_against(by, costs)
    stopped = [_hold_against(kit, wish, by=by, at=at) for wish in wishes]
    reasons += [queries.on_hold(hold) for hold in dict.fromkeys(stopped) if hold is not None]
    reasons += queries.refused_as_alike(wishes, by, at=at)
    if reasons:
        raise Several(reasons)
    for moment in {due_at(wish, by=by, at=at) for wish in wishes}:
        if kit.expires_at is not None and moment >= kit.expires_at:
            raise Refused(N_("The story expires before then. Choose an earlier time."), field="local_time")
    planned = [(wish.network, due_at(wish, by=by, at=at)) for wish in wishes if wish.connection is not None]
    insisted = all(wish.insists for wish in wishes)
    timing.check(kit, planned, insisted=insisted, by=by, at=at, but=moving)


def _hold_against(kit: Kit, wish: Wish, *, by: Person, at: datetime) -> Hold | None:
    """The hold that will be on when this is due; one without an end may be lifted until then, so it stops only now."""
    moment = due_at(wish, by=by, at=at)
    hold = queries.hold_against(by, kit, wish.network, at=moment)
    return hold if hold is not None and (moment == at or hold.ends_at is not None) else None


def due_at(wish: Wish, *, by: Person, at: datetime) -> datetime:
    """The moment at which a wish is to go out; raises Refused for a local time that cannot be."""
    return at if wish.local_time is None else rules.moment(wish.local_time, by.time_zone, at=at)


def _delivery(kit: Kit, wish: Wish, *, by: Person, at: datetime) -> Delivery:
    link = None
    if wish.link_code is not None and kit.link_url:
        link = links.shorten(
            links.tagged(kit.link_url, network=wish.network, campaign=kit.slug),
            code=wish.link_code,
            kit_id=kit.id,
            person_id=by.id,
            at=at,
        )
    return Delivery(
        connection=wish.connection,
        network=wish.network,
        variant=wish.variant,
        link=link,
        language=wish.language,
        text=wish.text,
        shingles=likeness.mark(likeness.own_words(wish.text, wish.disclosure)),
        disclosure=wish.disclosure,
        kit_mark=kit.words_mark,
        asset_ids=wish.asset_ids,
        alts=wish.alts,
        reshare_of=wish.reshare_of,
        visibility=wish.visibility,
        local_time=wish.local_time[:16] if wish.local_time else None,
        time_zone=by.time_zone if wish.local_time else None,
        due_at=due_at(wish, by=by, at=at),
        state=DeliveryState.WAITING if wish.connection else DeliveryState.OPENED,
    )


def cancel(delivery: Delivery, *, by: Person, at: datetime) -> None:
    """Take back a post that has not gone out, or let one rest that failed; raises Conflict when it is on its way."""
    db.lock_exclusive(SENDING)
    db.session.refresh(delivery, with_for_update=True)
    if delivery.state not in (*queries.OPEN, DeliveryState.FAILED):
        raise Conflict(
            N_("This post is on its way already, so it cannot be cancelled. You can delete it after.")
        )
    stop(delivery, N_("You cancelled it."), {}, at=at)
    record("delivery.cancel", by=by, at=at, about=f"delivery:{delivery.code}")


def stop(delivery: Delivery, msgid: str, values: dict[str, object], *, at: datetime) -> None:
    """Cancel a post that has not gone out; one whose answer was lost becomes a question instead."""
    delivery.state = DeliveryState.UNKNOWN if delivery.lost_at else DeliveryState.CANCELLED
    delivery.reason, delivery.reason_values = msgid, dict(values)
    delivery.ended_at = None if delivery.lost_at else at
    delivery.claim_token = delivery.lease_until = None


def send_again(delivery: Delivery, *, by: Person, at: datetime) -> None:
    """Send a post that was held, failed, or that its owner has not found; now, and under a new key."""
    db.session.refresh(delivery, with_for_update=True)
    if delivery.state not in AGAIN or delivery.connection is None:
        raise Conflict(N_("This post is not waiting for your word any more."))
    missing = queries.before_sharing(by, at=at)
    if missing:
        raise NotReady(missing)
    if not queries.is_out_for(delivery.share.kit, by, at=at):
        msgid, values = queries.out_of_date(delivery.share.kit, at=at)
        raise Refused(msgid, **values)
    stopped = queries.hold_against(by, delivery.share.kit, delivery.network, at=at)
    if stopped is not None:
        msgid, values = queries.on_hold(stopped)
        raise Refused(msgid, **values)
    if not delivery.connection.is_active:
        raise Refused(N_("Reconnect %(account)s first."), account=delivery.connection.account)
    timing.lock_days([by])
    full = timing.full_now(delivery, at=at)
    if full is not None:
        raise Refused(full[0], **full[1])
    spending.settle(delivery, money.Entry.RETURNED, at=at)  # by her word nothing is there
    delivery.put_to(at)
    delivery.state, delivery.attempts = DeliveryState.WAITING, 0
    delivery.local_time = delivery.time_zone = None
    delivery.idempotency_key = delivery.first_tried_at = delivery.lost_at = delivery.ended_at = None
    delivery.claim_token = delivery.lease_until = delivery.reason = None
    delivery.reason_values, delivery.missing, delivery.hold_code = {}, [], None
    delivery.kit_mark = delivery.share.kit.words_mark  # she has seen how the story stands now
    record("delivery.send_again", by=by, at=at, about=f"delivery:{delivery.code}")


def confirm_posted(delivery: Delivery, *, url: str, by: Person, at: datetime, remote_id: str = "") -> None:
    """The owner says that the post is there: made by her own hands; or one whose answer was lost, by its address."""
    db.session.refresh(delivery, with_for_update=True)
    if url and not rules.is_web_address(url):
        raise Refused(N_("Paste the whole address of your post, beginning with https://."), field="url")
    if url and queries.other_at(delivery, url, remote_id):
        raise Refused(N_("This is the address of another post that you shared from here."), field="url")
    if delivery.state is DeliveryState.OPENED:
        delivery.state, kind = DeliveryState.POSTED, "by_hand"
    elif delivery.state is DeliveryState.UNKNOWN or queries.may_be_out(delivery):
        if not url:
            raise Refused(N_("Paste the address of your post, so that we know which one it is."), field="url")
        delivery.state, kind = DeliveryState.SENT, "sent"
    else:
        raise Conflict(N_("This post is not waiting for your word any more."))
    delivery.sent_at, delivery.ended_at = delivery.first_tried_at or at, at
    delivery.remote_url = url or delivery.remote_url
    delivery.remote_id = remote_id or delivery.remote_id
    delivery.reason, delivery.reason_values, delivery.lost_at = None, {}, None
    spending.settle(delivery, money.Entry.SPENT, at=at)
    award(delivery, by, kind=kind, at=at)
    record("delivery.confirm", by=by, at=at, about=f"delivery:{delivery.code}")


def award(delivery: Delivery, person: Person, *, kind: str, at: datetime) -> None:
    """Thank a person for a post, once."""
    award_each([(person, delivery.id, delivery.network, delivery.share.kit_id)], kind=kind, at=at)


def award_each(
    posts: Iterable[tuple[leaderboards.Thanked, int, str, int]], *, kind: str, at: datetime
) -> None:
    """Thank the owners of several posts (owner, the post's key, its network, its story's key), once for each."""
    thanks = [
        leaderboards.Thanks(
            owner,
            kind,
            source=f"delivery:{post_id}",
            reason=N_("You shared a story on %(network)s"),
            values={"network": network, "kit_id": kit_id},
        )
        for owner, post_id, network, kit_id in posts
    ]
    leaderboards.award_each(thanks, at=at)


def note_recall_seen(share: Share, *, at: datetime) -> None:
    """Its owner has seen that a recall cancelled something of this share, so her first page tells of it no more."""
    share.recall_seen_at = at


def drop_by_hand(delivery: Delivery, *, by: Person, at: datetime) -> None:
    """The owner says that she did not post it after all."""
    db.session.refresh(delivery, with_for_update=True)
    if delivery.state is not DeliveryState.OPENED:
        raise Conflict(N_("This post is not waiting for your word any more."))
    stop(delivery, N_("You did not post it."), {}, at=at)


def ask_deletion(delivery: Delivery, *, by: Person, at: datetime) -> None:
    """Ask the network to delete a post of one's own; a job does it and takes the points back.

    Raises Conflict for a post that we cannot reach: one that was posted by hand elsewhere is only struck off here.
    """
    db.session.refresh(delivery, with_for_update=True)
    if delivery.state is DeliveryState.POSTED:
        mark_deleted(delivery, at=at)
    elif delivery.state is DeliveryState.SENT and delivery.remote_id:
        waiting = sa.select(Deletion).where(Deletion.delivery_id == delivery.id, Deletion.done_at.is_(None))
        if db.session.scalar(waiting) is None:
            db.session.add(Deletion(delivery_id=delivery.id, asked_at=at, due_at=at))
    else:
        raise Conflict(NOT_FROM_HERE)
    record("delivery.delete", by=by, at=at, about=f"delivery:{delivery.code}")


def mark_deleted(delivery: Delivery, *, at: datetime) -> None:
    """A post is gone from its network: its points go with it."""
    delivery.state, delivery.ended_at = DeliveryState.DELETED, at
    leaderboards.take_back(source=f"delivery:{delivery.id}", at=at)


def forget_figures(of: sa.ColumnElement[bool]) -> None:
    """Forget what others did with these posts, as far as it was read."""
    posts = sa.select(Delivery.id).join(Share).where(of)
    forgotten = sa.delete(PostFigures).where(PostFigures.delivery_id.in_(posts))
    db.session.execute(forgotten.execution_options(synchronize_session="fetch"))
