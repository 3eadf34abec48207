"""The composer says, quietly, that this story is among one's shares already."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.sharing.models import Delivery, DeliveryState
from tests.makers.content import make_kit
from tests.makers.sharing import make_connection, make_share, make_sharer
from tests.sharing.roads import fields

COMPOSE = "/kits/open-day/shares/new"
SAID = "You shared this story before"


@pytest.fixture
def ada(app: Any, client: Any) -> Person:
    """A champion, signed in, for whom a story is out."""
    with db.unit_of_work():
        ada = make_sharer()
        make_kit("open-day", title="Open day", publish_at=clock.now() - timedelta(days=9))
    client.sign_in(ada)
    return ada


def shared(ada: Person, state: DeliveryState, **values: Any) -> str:
    """Share the story and put its post into a state; returns the share's code."""
    with db.unit_of_work():
        person, kit = db.session.get_one(Person, ada.id), db.session.scalars(sa.select(Kit)).one()
        at = clock.now() - timedelta(days=3)
        share = make_share(person, kit=kit, at=at, **values)
        share.deliveries[0].state, share.deliveries[0].sent_at = state, at
        return share.code


def test_compose_names_when_and_where_it_was_shared_and_refuses_nothing(client: Any, ada: Person) -> None:
    assert SAID not in client.get(COMPOSE).text
    code = shared(ada, DeliveryState.SENT)
    page = client.get(COMPOSE).text
    said = page.partition('id="before"')[2].partition("</p>")[0]
    assert SAID in said and f'href="/shares/{code}"' in said and "@social.example" in said
    assert "3 days ago" in said
    sent = fields(page) | {"words": ["Once more, in other words."], "when": ["now"]}
    assert client.post("/kits/open-day/shares", data=sent).status_code == 303


@pytest.mark.parametrize("state", [DeliveryState.CANCELLED, DeliveryState.DELETED, DeliveryState.FAILED])
def test_compose_says_nothing_of_what_never_stood_or_is_gone(
    client: Any, ada: Person, state: DeliveryState
) -> None:
    shared(ada, state)
    assert SAID not in client.get(COMPOSE).text


def test_compose_names_what_is_planned_or_by_hand_but_nobody_elses(client: Any, ada: Person) -> None:
    by_hand = shared(ada, DeliveryState.OPENED, by_hand=True)
    with db.unit_of_work():
        other, kit = make_sharer("Bo"), db.session.scalars(sa.select(Kit)).one()
        theirs = make_share(other, kit=kit, connection=make_connection(other), at=clock.now()).code
        person = db.session.get_one(Person, ada.id)
        soon = f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
        planned = make_share(person, kit=kit, at=clock.now(), local_time=soon).code
    said = client.get(COMPOSE).text.partition('id="before"')[2].partition("</p>")[0]
    assert f"/shares/{by_hand}" in said and "LinkedIn" in said and theirs not in said
    assert f"/shares/{planned}" in said and "planned for" in said
    with db.unit_of_work(write=False):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 3
