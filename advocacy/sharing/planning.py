"""What a person does with her time: her own hours, a slot, another time or other words for a post that is planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.audit.actions import record
from advocacy.content.models import Kit
from advocacy.errors import N_, Conflict, Refused, Several
from advocacy.mail import actions as mail
from advocacy.sharing import actions, likeness, queries, slots
from advocacy.sharing.actions import Wish
from advocacy.sharing.models import Connection, Delivery, DeliveryState, Rhythm
from advocacy.sharing.queries import calendar, pace
from advocacy.sharing.slots import Window

MOVABLE = (*queries.OPEN, DeliveryState.FAILED)
IN_GOOD_TIME = timedelta(days=7)
TOO_LATE = N_("Too late: this post is being sent, or is out already. You can delete it once it is out.")


def keep_rhythm(quiet: Window | None, preferred: Mapping[int, Window], *, by: Person, at: datetime) -> Rhythm:
    """Keep a person's own hours: her quiet ones (None: none), and when she likes to post, by weekday (Monday is 0).

    Raises Refused where the preferred hours of a day do not end after they begin.
    """
    for begins, ends in preferred.values():
        if ends <= begins:
            raise Refused(N_("The hours of a day have to end after they begin."), field="preferred")
    row = pace.rhythm_of(by) or Rhythm(person_id=by.id)
    row.quiet_from, row.quiet_until = (f"{one:%H:%M}" for one in quiet) if quiet else (None, None)
    row.preferred = {str(day): [f"{one:%H:%M}" for one in hours] for day, hours in sorted(preferred.items())}
    row.changed_at = at
    db.session.add(row)
    db.session.flush()
    return row


def take_slot(
    kit: Kit, networks: Iterable[str], *, by: Person, at: datetime, moving: Delivery | None = None
) -> str:
    """The local time of her next good slot, which nobody else is given meanwhile; raises Refused when there is none."""
    db.lock_exclusive(f"slots:{kit.id}")
    found = pace.good_slot(by, kit, networks, at=at, but=moving)
    if found is None:
        raise Refused(
            N_("There is no good slot in the next four weeks. Choose a day and a time yourself."),
            field="local_time",
        )
    return f"{slots.local(found, by.time_zone):%Y-%m-%dT%H:%M}"


def move(
    delivery: Delivery, *, local_time: str | None, insists: bool = False, by: Person, at: datetime
) -> None:
    """Put a post that has not gone out to another time (None: now), under the same checks as when it was composed.

    Raises Conflict when it is being sent or is out, NotReady, Several, Untimely or Refused with what stands against it.
    """
    _hold_still(delivery, by)
    wish = _wish(delivery, local_time=local_time, insists=insists)
    kit = delivery.share.kit
    actions.check(kit, [wish], by=by, at=at, moving=delivery)
    if delivery.state is not DeliveryState.WAITING:
        delivery.kit_mark = kit.words_mark  # she has seen why it was given back, and how the story stands now
    delivery.state = DeliveryState.WAITING
    delivery.put_to(actions.due_at(wish, by=by, at=at))
    delivery.local_time = local_time[:16] if local_time else None
    delivery.time_zone = by.time_zone if local_time else None
    _begin_anew(delivery)
    record("delivery.move", by=by, at=at, about=f"delivery:{delivery.code}")


def edit_words(delivery: Delivery, *, text: str, disclosure: str, by: Person, at: datetime) -> None:
    """Give a post that has not gone out other words, composed and counted as new ones are.

    Raises Conflict when it is being sent or is out, Several where its network refuses what others said already.
    """
    _hold_still(delivery, by, *queries.OPEN)
    alike = queries.refused_as_alike([_wish(delivery, text=text, disclosure=disclosure)], by, at=at)
    if alike:
        raise Several(alike)
    delivery.text, delivery.disclosure = text, disclosure
    delivery.shingles = likeness.mark(likeness.own_words(text, disclosure))
    delivery.kit_mark = delivery.share.kit.words_mark
    if delivery.state is DeliveryState.WAITING:
        _begin_anew(delivery)
    record("delivery.edit", by=by, at=at, about=f"delivery:{delivery.code}")


def _wish(delivery: Delivery, **changes: Any) -> Wish:
    """The wish that this post would be if it were composed now, with these changes."""
    wish = Wish(
        network=delivery.network,
        text=delivery.text,
        disclosure=delivery.disclosure,
        language=delivery.language,
        connection=delivery.connection,
        variant=delivery.variant,
        asset_ids=list(delivery.asset_ids),
        visibility=delivery.visibility,
    )
    return replace(wish, **changes)


def _hold_still(delivery: Delivery, by: Person, *states: DeliveryState) -> None:
    """Lock a post against the worker; raises Conflict when the worker was first."""
    db.lock_exclusive(f"person:{by.id}")
    db.session.refresh(delivery, with_for_update=True)
    is_open = delivery.state in (states or MOVABLE) and delivery.lost_at is None
    if not is_open or delivery.connection is None:
        raise Conflict(TOO_LATE)


def _begin_anew(delivery: Delivery) -> None:
    """Forget earlier tries, none of which posted anything; whoever had reserved it finds nothing to send."""
    delivery.attempts = 0
    delivery.idempotency_key = delivery.first_tried_at = delivery.ended_at = None
    delivery.claim_token = delivery.lease_until = delivery.reason = delivery.hold_code = None
    delivery.reason_values, delivery.missing = {}, []


def remind_of_ends(slugs: list[str], *, after: int, most: int, at: datetime) -> tuple[int, int]:
    """Tell owners, once, whose account (on these networks) ends before a post that is planned.

    Looks at the next so many by key; returns the last key, 0 when there is none left, and how many were written to.
    """
    ending = calendar.outliving(None, slugs, at=at, until=at + IN_GOOD_TIME)
    further = ending.where(Connection.id > after).order_by(Connection.id).limit(most)
    rows, told = db.session.scalars(further).all(), 0
    for row in rows:
        assert row.expires_at is not None
        letter = mail.write(
            to=row.person,
            kind="account_ends",
            values={
                "account": row.account,
                "network": row.network,
                "ends": row.expires_at.isoformat(),
            },
            at=at,
            key=f"ends:{row.code}:{row.expires_at:%Y%m%d%H%M}",
        )
        told += letter is not None
    return rows[-1].id if rows else 0, told


def keep_wall_times(*, after: int, most: int, at: datetime) -> tuple[int, int]:
    """Put planned posts right whose zone has other rules by now: she said a time, not an instant.

    Looks at the next so many by key; returns the last key, 0 when there is none left, and how many were put right.
    """
    planned = (
        sa.select(Delivery)
        .where(
            Delivery.id > after,
            Delivery.state == DeliveryState.WAITING,
            Delivery.local_time.is_not(None),
            Delivery.attempts == 0,
            Delivery.due_at > at + timedelta(hours=3),
        )
        .order_by(Delivery.id)
        .limit(most)
    )
    rows = db.session.scalars(planned.with_for_update(skip_locked=True)).all()
    wrong = 0
    for row in rows:
        meant = slots.instant(slots.read_local(row.local_time or ""), row.time_zone or "UTC")
        wrong += meant != row.due_at
        row.put_to(meant)
    return rows[-1].id if rows else 0, wrong
