"""Makes posts that are out with their clicks, written as rows, for figures."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit, Variant
from advocacy.links import actions as links
from advocacy.links.models import Click
from advocacy.sharing.models import Delivery, DeliveryState, Share
from tests.makers.accounts import AT, make_champion

_count = itertools.count(1)


def make_post(
    kit: Kit,
    person: Person,
    *,
    at: datetime = AT,
    by_hand: bool = False,
    clicks: int = 0,
    caption: Variant | None = None,
    text: str = "",
    network: str = "",
    state: DeliveryState | None = None,
) -> Delivery:
    """A share of one post that stands on its network, with so many clicks."""
    link = links.shorten("https://n.example/a", kit_id=kit.id, person_id=person.id, at=at)
    delivery = Delivery(
        network=network or ("linkedin" if by_hand else "mastodon"),
        variant=caption,
        link=link,
        language="en",
        text=text or (caption.text if caption else "My own words"),
        due_at=at,
        sent_at=at,
        state=state or (DeliveryState.POSTED if by_hand else DeliveryState.SENT),
    )
    share = Share(
        person=person, kit=kit, form_key=f"made-{next(_count)}", created_at=at, deliveries=[delivery]
    )
    db.session.add(share)
    db.session.flush()
    db.session.add_all(Click(link_id=link.id, at=at) for _ in range(clicks))
    db.session.flush()
    return delivery


def make_posts(
    kit: Kit, number: int, *, weeks_ago: int = 0, people: list[Person] | None = None, **values: Any
) -> list[Person]:
    """So many posts, each by another champion; the people, to be used again."""
    sharers = people or [make_champion() for _ in range(number)]
    person_values = {"at": values.pop("at", AT) - timedelta(weeks=weeks_ago)} | values
    for person in sharers[:number]:
        make_post(kit, person, **person_values)
    return sharers
