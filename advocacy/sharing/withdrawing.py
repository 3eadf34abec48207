"""Stopping what has not gone out: a person pauses or leaves, a kit is recalled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content import actions as content
from advocacy.content.models import Kit
from advocacy.errors import N_
from advocacy.mail import actions as mail
from advocacy.sharing import actions, connecting, queries


def pause(*, by: Person, at: datetime) -> None:
    """Hold everything of one's own back and mute one's letters; no reason is asked, and no list tells of it."""
    db.lock_exclusive(actions.SENDING)
    by.paused_at = by.paused_at or at


def resume(*, by: Person) -> None:
    """End one's pause; what was held waits for a word, nothing is flooded."""
    by.paused_at = None


def disconnect_all(*, by: Person, at: datetime) -> int:
    """Give up every connected account; returns how many."""
    connections = db.session.scalars(queries.connections_of(by)).all()
    for connection in connections:
        connecting.disconnect(connection, by=by, at=at)
    return len(connections)


@dataclass(frozen=True)
class Left:
    """What leaving came to: how many posts were cancelled, how many accounts disconnected."""

    posts: int
    accounts: int


def leave(*, by: Person, at: datetime) -> Left:
    """Leave the programme: what is scheduled is cancelled, tokens are revoked, posts stay.

    Who has left is nobody's list, so the trail does not tell.
    """
    db.lock_exclusive(actions.SENDING)
    waiting = queries.to_be_stopped(queries.deliveries_of(by, *queries.OPEN))
    for delivery in waiting:
        actions.stop(delivery, N_("You left the programme."), {}, at=at)
    accounts = disconnect_all(by=by, at=at)
    by.left_at, by.paused_at = at, None
    return Left(len(waiting), accounts)


def recall_kit(kit: Kit, *, reason: str, by: Person, at: datetime) -> int:
    """Recall a kit and cancel what is scheduled of it, telling each owner why; returns how many posts."""
    db.lock_exclusive(actions.SENDING)
    content.recall(kit, reason=reason, by=by, at=at)
    waiting = queries.to_be_stopped(queries.open_deliveries_of_kit(kit))
    for delivery in waiting:
        actions.stop(delivery, queries.RECALLED, {"reason": reason, "by": by.code}, at=at)
        mail.write(
            to=delivery.share.person,
            kind="story_recalled",
            values={"share": delivery.share.code, "reason": reason},
            at=at,
            key=f"recall:{kit.id}:{delivery.share_id}",
        )
    return len(waiting)
