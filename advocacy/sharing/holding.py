"""Stopping what goes out, in a scope and for a time; lifting that; and asking owners to take down what is out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Entity, Person, Topic
from advocacy.audit.actions import record, record_look
from advocacy.content.models import Kit
from advocacy.errors import N_, Conflict, Forbidden, Refused
from advocacy.mail import actions as mail
from advocacy.sharing import actions, queries
from advocacy.sharing.models import Appeal, Delivery, Hold, HoldScope
from advocacy.sharing.rules import AppealAnswer

RETURNED = N_("Publishing goes on. Send this now, at another time, or let it be.")


@dataclass(frozen=True)
class Extent:
    """What a hold holds back: by its scope one thing, and `entity` besides, where it is for one company only."""

    scope: HoldScope
    network: str | None = None
    entity: Entity | None = None
    country: str | None = None
    kit: Kit | None = None
    topic: Topic | None = None


def hold_back(
    extent: Extent,
    *,
    reason: str,
    message: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    by: Person,
    at: datetime,
) -> Hold:
    """Let nothing in this extent go out, from now or from `starts_at`; when this is committed, it holds.

    Raises Forbidden outside the entities of the person, Refused for times that make no sense.
    """
    _check(extent, by)
    if ends_at is not None and ends_at <= max(at, starts_at or at):
        raise Refused(N_("The end has to lie after the beginning, and ahead of us."), field="ends_at")
    db.lock_exclusive(actions.SENDING)
    hold = Hold(
        scope=extent.scope, network=extent.network, country=extent.country, entity=extent.entity, kit=extent.kit,
        topic=extent.topic, reason=reason, message=message, starts_at=max(at, starts_at or at), ends_at=ends_at,
        placed_at=at, placed_by=by.id,
    )  # fmt: skip
    db.session.add(hold)
    db.session.flush()
    record("hold.place", by=by, at=at, about=f"hold:{hold.code}", details={"reason": reason})
    return hold


def _check(extent: Extent, by: Person) -> None:
    """A person with the right in one company can hold what that company's people publish, and nothing wider."""
    entities = by.entities_for("hold.place")
    if entities is not None and (extent.entity is None or extent.entity.id not in entities):
        raise Forbidden(N_("You may pause publishing in your own company only."))


def lift(hold: Hold, *, by: Person, at: datetime) -> None:
    """End a hold, or call off a planned one; what it kept back goes to its owners, nothing goes out by itself."""
    db.session.refresh(hold, with_for_update=True)
    if hold.lifted_at is not None or (hold.ends_at is not None and hold.ends_at <= at):
        raise Conflict(N_("This pause is over already."))
    hold.lifted_at, hold.lifted_by = at, by.id
    record("hold.lift", by=by, at=at, about=f"hold:{hold.code}")


def look_at_published(hold: Hold, *, by: Person, at: datetime) -> None:
    """Note that someone looked at what is out in a hold's scope, by name of its owners."""
    record_look("hold.look", by=by, at=at, about=f"hold:{hold.code}")


def ask_owners(hold: Hold, codes: Collection[str], *, words: str, by: Person, at: datetime) -> int:
    """Ask the owners of posts in the scope to delete or edit them, in these words; returns how many are asked."""
    asked = set(db.session.scalars(sa.select(Appeal.delivery_id).where(Appeal.hold_id == hold.id)))
    posts = db.session.scalars(queries.published_in(hold).where(Delivery.code.in_(codes))).all()
    fresh = [post for post in posts if post.id not in asked]
    for post in fresh:
        db.session.add(Appeal(hold=hold, delivery=post, words=words, asked_at=at, asked_by=by.id))
        mail.write(
            to=post.share.person,
            kind="post_appeal",
            values={
                "share": post.share.code,
                "network": post.network,
                "words": words,
                "reason": hold.reason,
                "doubt": queries.is_in_doubt(post),
            },
            at=at,
            key=f"appeal:{hold.id}:{post.id}",
        )
    if fresh:
        record("hold.ask", by=by, at=at, about=f"hold:{hold.code}", details={"posts": len(fresh)})
    return len(fresh)


def answer_appeal(delivery: Delivery, answer: AppealAnswer, *, at: datetime) -> None:
    """The owner of a post says that she changed it, or that she lets it stand; the post and the choice are hers."""
    waiting = sa.select(Appeal).where(Appeal.delivery_id == delivery.id, Appeal.answered_at.is_(None))
    for appeal in db.session.scalars(waiting).all():
        appeal.answer, appeal.answered_at = answer, at


def tell_some(hold: Hold, *, most: int, at: datetime) -> int:
    """Write the hold's message to the next champions whom it concerns; returns how many, 0 when all are told."""
    people = queries.concerned(hold, after=hold.told_through, most=most) if hold.message else []
    for person in people:
        mail.write(
            to=person,
            kind="publishing_paused",
            values={"message": hold.message, "reason": hold.reason},
            at=at,
            key=f"hold:{hold.id}:{person.id}",
        )
    if people:
        hold.told_through = people[-1].id
    else:
        hold.told_at = at
    return len(people)


def return_held(hold: Hold, *, most: int, at: datetime) -> int:
    """Give posts that a hold kept back to their owners, to be sent, put off or dropped; 0 when none is left."""
    posts = db.session.scalars(queries.held_by_hold(hold).limit(most).with_for_update(skip_locked=True)).all()
    for post in posts:
        post.hold_code = None
        post.reason, post.reason_values = RETURNED, {}
        mail.write(
            to=post.share.person,
            kind="publishing_goes_on",
            values={"share": post.share.code},
            at=at,
            key=f"returned:{hold.id}:{post.share_id}",
        )
    if not posts:
        hold.returned_at = at
    return len(posts)
