"""Makes connected accounts, shares and deliveries, for tests."""

from __future__ import annotations

import itertools
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from advocacy import db
from advocacy.accounts.models import Entity, Person
from advocacy.content.models import Kit
from advocacy.links.rules import new_code
from advocacy.sharing import actions, arranging, connecting, networks
from advocacy.sharing.actions import Wish
from advocacy.sharing.connecting import Account, Sealed
from advocacy.sharing.models import Connection, Delivery, DeliveryState, HelpKind, Registration, Share
from tests.makers.accounts import AT, make_champion, make_entity
from tests.makers.content import make_kit

_count = itertools.count(1)
WORDING = "#WorksAtNordlys"
SERVER = "https://social.example"


def make_nordlys() -> Entity:
    """An entity with a wording in English and one in French, and a person to reach."""
    entity = make_entity(name="Nordlys")
    arranging.keep_disclosures(
        entity, [("en", WORDING), ("en", "I work at Nordlys"), ("fr", "#ChezNordlys")], by=None, at=AT
    )
    arranging.keep_help_contact(
        entity,
        HelpKind.MISTAKE,
        "Carl Brandt",
        "carl@demo.example",
        "+353 1 555 0100",
        "Day and night",
        by=None,
        at=AT,
    )
    return entity


def make_sharer(name: str = "Ada Lindqvist", **values: Any) -> Person:
    """A champion of Nordlys."""
    return make_champion(name, **{"entity": make_nordlys()} | values)


def make_registration(
    server: str = SERVER, redirect_uri: str = "https://here.example/callback"
) -> Registration:
    """Our application as a server knows it."""
    return connecting.keep_registration(
        "mastodon", server, redirect_uri, client_id="id", client_secret="secret", scopes="profile", at=AT
    )


def make_account(handle: str = "", remote_id: str = "", server: str = SERVER) -> Account:
    """An account as its network tells of it."""
    n = next(_count)
    handle = handle or f"@ada{n}@social.example"
    limits = asdict(networks.network("mastodon").default_limits())
    return Account(remote_id or str(n), handle, "Ada", f"{server}/{handle.split('@')[1]}", server, limits)


def make_tokens(access: str = "token") -> Sealed:
    """Tokens that do not end."""
    return Sealed(access, None, None, ("profile", "write:statuses", "write:media"))


def make_connection(
    person: Person,
    *,
    server: str = SERVER,
    access: str = "token",
    may_read: bool = False,
    limits: dict[str, Any] | None = None,
    at: datetime = AT,
) -> Connection:
    """An account that this person connected."""
    row = connecting.connect(
        make_registration(server),
        make_account(server=server),
        make_tokens(access),
        may_read=may_read,
        by=person,
        at=at,
    )
    row.limits = {**row.limits, **(limits or {})}
    db.session.flush()
    return row


def make_planned(person: Person, **values: Any) -> Delivery:
    """A post of this person that is planned for Thursday morning, on an account of hers."""
    return make_delivery(person, **{"local_time": "2026-11-05T08:30"} | values)


def make_wish(connection: Connection | None, **values: Any) -> Wish:
    """A wish to post a few words with their disclosure."""
    known: dict[str, Any] = {
        "network": connection.network if connection else "linkedin",
        "text": f"We dig. {WORDING}",
        "disclosure": WORDING,
        "language": "en",
        "link_code": new_code(),
        "connection": connection,
    }
    return Wish(**known | values)


def make_share(
    person: Person,
    *,
    kit: Kit | None = None,
    connection: Connection | None = None,
    at: datetime = AT,
    **values: Any,
) -> Share:
    """A share with one delivery: on an account unless `by_hand`."""
    by_hand = values.pop("by_hand", False)
    connection = None if by_hand else connection or make_connection(person, at=at)
    form_key = values.pop("form_key", f"key-{next(_count)}")
    wish = make_wish(connection, **values)
    return actions.share(kit or make_kit(), [wish], form_key=form_key, by=person, at=at)


def make_delivery(person: Person, state: DeliveryState | None = None, **values: Any) -> Delivery:
    """The delivery of a new share, put into this state."""
    delivery = make_share(person, **values).deliveries[0]
    if state is not None:
        delivery.state = state
    db.session.flush()
    return delivery


def later(minutes: float) -> datetime:
    """So many minutes after AT."""
    return AT + timedelta(minutes=minutes)
