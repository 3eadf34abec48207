"""Whether the post at an address that its owner gives is the one whose answer was lost, as far as that can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from advocacy import db
from advocacy.errors import N_, Missing, Refused
from advocacy.sharing import connected, costing, queries, spending, tokens
from advocacy.sharing.models import Connection, Delivery, Outlay
from advocacy.sharing.money import Entry
from advocacy.sharing.networks import interface, network
from advocacy.sharing.networks.rarer import Recognises, Shows

if TYPE_CHECKING:
    from advocacy.http import Outbound  # an HTTP client comes with it

CLOCKS_APART = timedelta(minutes=2)
"""A network's clock may be so far from ours."""
OLDER = N_("This post was made before we first tried to send yours, so it is another one.")
ANOTHER = N_(
    "We looked at this post, and it does not lead to the short link of yours, so it is another one. "
    "Open the right one and copy its address."
)


@dataclass(frozen=True)
class _Look:
    """What one look at a post needs, read before the transaction was let go; `line` pays for it."""

    connector: Shows
    server: str
    connection_code: str
    sealed_tokens: str
    remote_id: str
    link: str
    line: int | None


def checked(delivery: Delivery, url: str, outbound: Outbound, *, at: datetime) -> str:
    """The network's id of the post at this address, "" where that tells none; lets the transaction go.

    Raises Refused where it is seen to be another one: elsewhere, made before, or without this post's short link,
    which is looked for only where she allowed reading. Where nothing can be seen, her word stands.
    """
    remote_id = connected.post_at(delivery, url)
    _check_age(delivery, remote_id or url)
    look = _look(delivery, remote_id, at=at)
    db.let_go()
    if look is not None and not _leads(look, outbound, at=at):
        raise Refused(ANOTHER, field="url")
    return remote_id


def _check_age(delivery: Delivery, told: str) -> None:
    first = queries.first_tried(delivery)
    try:
        connector = network(delivery.network)
    except Missing:
        return
    made = connector.dated(told) if isinstance(connector, Recognises) else None
    if made is not None and first is not None and made < first - CLOCKS_APART:
        raise Refused(OLDER, field="url")


def _look(delivery: Delivery, remote_id: str, *, at: datetime) -> _Look | None:
    """A look at the post, if she allowed it, there is something to look for, and the budget has room for it."""
    connection, link = delivery.connection, delivery.link
    if not remote_id or link is None or connection is None or not _may_read(connection):
        return None
    connector, sealed = network(delivery.network), connection.sealed_tokens
    if not isinstance(connector, Shows) or sealed is None:
        return None
    values = (connector, connection.server, connection.code, sealed, remote_id, link.code)
    cost, key = costing.cost_of_reading(connector.slug, 1), delivery.id
    if cost is None:
        return _Look(*values, None)
    db.let_go()
    with db.apart():
        paid = spending.reserve_reading(db.session.get_one(Delivery, key), cost, at=at)
        db.session.flush()
        return _Look(*values, paid.id) if paid is not None else None


def _may_read(connection: Connection) -> bool:
    return connection.may_read and connection.is_active and network(connection.network).can.readable


def _leads(look: _Look, outbound: Outbound, *, at: datetime) -> bool:
    """Whether the post leads to its short link; tokens that ran out are not renewed for this."""
    said, entry = True, Entry.RETURNED
    try:
        good = tokens.clear(look.connection_code, look.sealed_tokens)
        if good.expires_at is None or good.expires_at > at:
            said = look.connector.leads(outbound, look.server, good, look.remote_id, look.link)
            entry = Entry.SPENT
    except interface.Outcome:
        pass
    if look.line is not None:
        with db.apart():
            spending.end(db.session.get_one(Outlay, look.line), entry, at=at)
    return said
