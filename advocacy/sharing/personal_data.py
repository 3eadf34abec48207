"""What the sharing room holds about a person: accounts, shares, what became of them, calls for help."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.errors import N_
from advocacy.mail import actions as mail
from advocacy.mail.models import Letter
from advocacy.sharing import actions, connecting, queries
from advocacy.sharing.models import (
    Appeal,
    Authorisation,
    Connection,
    Delivery,
    DeliveryState,
    Draft,
    HelpContact,
    HelpRequest,
    Hold,
    PostFigures,
    Rhythm,
    Share,
)

# What stands here about people.
TABLES = (Appeal, Authorisation, Connection, Draft, HelpContact, HelpRequest, Hold, Rhythm, Share)


def export(person: Person) -> dict[str, Any]:
    """Everything here that is hers; tokens are left out, since they are keys and no knowledge about her."""
    accounts = db.session.scalars(
        sa.select(Connection).where(Connection.person_id == person.id).order_by(Connection.id)
    )
    drafts = db.session.scalars(sa.select(Draft).where(Draft.person_id == person.id).order_by(Draft.id))
    calls = db.session.scalars(
        sa.select(HelpRequest).where(HelpRequest.person_id == person.id).order_by(HelpRequest.id)
    )
    return {
        "connected_accounts": [_account(one) for one in accounts],
        "shares": [_share(one) for one in db.session.scalars(queries.shares_of(person)).unique()],
        "drafts": [_draft(one) for one in drafts],
        "calls_for_help": [
            {"kind": one.kind.value, "message": one.message, "asked_at": _written(one.asked_at)}
            for one in calls
        ],
        "asked_about_posts": [
            _appeal(one)
            for one in db.session.scalars(sa.select(Appeal).where(_on_hers(person)).order_by(Appeal.id))
        ],
        "pauses_placed": [
            {"reason": one.reason, "message": one.message, "placed_at": _written(one.placed_at)}
            for one in db.session.scalars(
                sa.select(Hold).where(Hold.placed_by == person.id).order_by(Hold.id)
            )
        ],
        "own_hours": _hours(person),
        "named_as_help": [
            {"name": one.name, "email": one.email, "phone": one.phone, "note": one.note}
            for one in db.session.scalars(sa.select(HelpContact).where(_is_named(person)))
        ],
    }


def _draft(draft: Draft) -> dict[str, Any]:
    return {
        "kit_id": draft.kit_id,
        "network": draft.network,
        "text": draft.text,
        "picture_descriptions": draft.alts,
        "saved_at": _written(draft.saved_at),
    }


def _hours(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "quiet_from": one.quiet_from,
            "quiet_until": one.quiet_until,
            "preferred": one.preferred,
            "changed_at": _written(one.changed_at),
        }
        for one in db.session.scalars(sa.select(Rhythm).where(Rhythm.person_id == person.id))
    ]


def _on_hers(person: Person) -> sa.ColumnElement[bool]:
    """Whether an appeal is about a post of hers."""
    hers = sa.select(Delivery.id).join(Share).where(Share.person_id == person.id)
    return Appeal.delivery_id.in_(hers)


def _is_named(person: Person) -> sa.ColumnElement[bool]:
    """A bad day's contact is typed by an administrator; it is this person's when it has her address."""
    return sa.and_(HelpContact.email != "", sa.func.lower(HelpContact.email) == person.email)


def erase(person: Person, *, by: Any, at: datetime) -> None:
    """Give tokens back, forget words and handles; rows and keys stay, so that sums and the trail stay right.

    What is scheduled is cancelled. Posts that are out stay on the networks, where they are hers.
    """
    db.lock_exclusive(actions.SENDING)
    for delivery in queries.to_be_stopped(queries.deliveries_of(person, *queries.OPEN)):
        actions.stop(delivery, N_("The account of its owner was closed."), {}, at=at)
    for connection in db.session.scalars(
        sa.select(Connection).where(Connection.person_id == person.id)
    ).all():
        _erase_account(connection, person, at=at)
    actions.forget_figures(Share.person_id == person.id)
    for model in (Draft, Authorisation, Rhythm):
        db.session.execute(sa.delete(model).where(model.person_id == person.id))
    mine = sa.select(Share.id).where(Share.person_id == person.id)
    db.session.execute(
        sa.update(Delivery)
        .where(Delivery.share_id.in_(mine), Delivery.state != DeliveryState.SENDING)
        .values(
            text="", alts={}, shingles=None, remote_id=None, remote_url=None, reason=None, reason_values={}
        )
    )
    db.session.execute(
        sa.update(Appeal)
        .where(_on_hers(person))
        .values(words="")
        .execution_options(synchronize_session=False)
    )
    _erase_calls(person)


def _erase_calls(person: Person) -> None:
    """Forget what she wrote when she asked for help, the letters that told it to whoever helps, and that she helps."""
    hers = HelpRequest.person_id == person.id
    # a call's first letter, and those by which words were added to it
    calls = [f"help:{code}" for code in db.session.scalars(sa.select(HelpRequest.code).where(hers))]
    mail.forget(sa.or_(sa.false(), *(Letter.key.startswith(call) for call in calls)))
    db.session.execute(sa.delete(HelpContact).where(_is_named(person)))
    db.session.execute(sa.update(HelpRequest).where(hers).values(message=""))


def _erase_account(connection: Connection, person: Person, *, at: datetime) -> None:
    if connection.sealed_tokens:
        connecting.disconnect(connection, by=person, at=at)
    connection.remote_id = f"erased#{connection.code}"
    connection.account = connection.display_name = connection.profile_url = ""
    connection.topics = []


def _account(connection: Connection) -> dict[str, Any]:
    return {
        "network": connection.network,
        "server": connection.server,
        "account": connection.account,
        "name": connection.display_name,
        "profile": connection.profile_url,
        "state": connection.state.value,
        "may_read_own_posts": connection.may_read,
        "may_read_reactions": connection.tells_figures,
        "kind": connection.kind.value,
        "topics": [one.slug for one in connection.topics],
        "connected_at": _written(connection.connected_at),
        "disconnected_at": _written(connection.disconnected_at),
    }


def _appeal(appeal: Appeal) -> dict[str, Any]:
    return {
        "words": appeal.words,
        "asked_at": _written(appeal.asked_at),
        "your_answer": appeal.answer.value if appeal.answer else None,
        "answered_at": _written(appeal.answered_at),
    }


def _share(share: Share) -> dict[str, Any]:
    return {
        "story": share.kit.slug,
        "title": share.title,
        "shared_at": _written(share.created_at),
        "posts": [_delivery(one) for one in share.deliveries],
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "network": delivery.network,
        "account": delivery.connection.account if delivery.connection else None,
        "text": delivery.text,
        "descriptions_of_pictures": list(delivery.alts.values()),
        "language": delivery.language,
        "state": delivery.state.value,
        "wanted_at": _written(delivery.wanted_at),
        "due_at": _written(delivery.due_at),
        "sent_at": _written(delivery.sent_at),
        "address": delivery.remote_url,
        "link": delivery.link.code if delivery.link else None,
        "reactions": _figures(queries.figures_of(delivery)),
    }


def _figures(row: PostFigures | None) -> dict[str, Any] | None:
    if row is None or row.read_at is None:
        return None
    told = {name: getattr(row, name) for name in ("views", "reactions", "replies", "reshares")}
    return told | {"read_at": _written(row.read_at)}


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
