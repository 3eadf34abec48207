"""Stories that are paid for: every post says so first, and X gets its mark."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.content.models import Kit, KitState
from advocacy.http import Outbound
from advocacy.permissions import Role
from advocacy.sharing import connecting, jobs, networks, queries, rules
from advocacy.sharing.connecting import Sealed
from advocacy.sharing.delivering import Claim
from advocacy.sharing.models import Delivery, DeliveryState
from advocacy.sharing.networks.interface import Client
from tests.content.test_desk import edited
from tests.makers.accounts import make_person
from tests.makers.content import make_kit
from tests.makers.sharing import WORDING, make_connection, make_share, make_sharer
from tests.practice.network import Network
from tests.practice.x.wayfarer import Caller, Wayfarer
from tests.sharing.roads import fields

OUT = Outbound(["127.0.0.1"], timeout=(2, 5), total=8)
LEASE = timedelta(minutes=2)
PAID = f"Paid partnership · {WORDING}"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", PAID), ("fr-CH", f"Collaboration commerciale · {WORDING}"), ("pl", PAID)],
)
def test_what_a_post_says_first(language: str, words: str) -> None:
    assert rules.paid_wording(WORDING, language) == words


@pytest.fixture
def there(modes: dict[str, Network]) -> Iterator[Network]:
    found = modes["x"]
    found.fresh()
    queries.go_by(None)
    yield found
    found.fresh()
    networks.configure()


@pytest.fixture
def caller(there: Network) -> Caller:
    return Wayfarer(there).connected()


def make_paid(there: Network, caller: Caller, text: str) -> None:
    """Ada shares a story that is paid for on X's practice network."""
    networks.configure(clients={"x": Client("client-1", "secret-1")}, practice={"x": there.url})
    at = clock.now()
    with db.unit_of_work():
        ada = make_sharer()
        connection = make_connection(ada, server=there.url, at=at)
        connection.network, connection.limits = "x", {}
        connection.sealed_tokens = connecting.seal(connection, Sealed(caller.token or "", None, None, (), {}))
        kit = make_kit("open-day", publish_at=at - timedelta(days=1), is_paid=True)
        make_share(ada, kit=kit, connection=connection, at=at, text=text)


def work() -> Delivery:
    claims: list[Claim] = []
    jobs.take_due(claims.append, most=9, lease=LEASE)
    for claim in claims:
        jobs.deliver(claim, OUT, lease=LEASE)
    with db.unit_of_work(write=False):
        return db.session.scalars(sa.select(Delivery)).one()


def test_x_is_told_that_a_story_is_paid_for(app: Any, there: Network, caller: Caller) -> None:
    make_paid(there, caller, f"We dig, {there.url[-5:]}{clock.now():%f}. {PAID}")
    sent = work()
    assert sent.state is DeliveryState.SENT
    (read,) = caller.look_up(sent.remote_id or "", fields="paid_partnership")["data"]
    assert read["paid_partnership"] is True


def test_a_post_that_does_not_say_so_is_held(app: Any, there: Network, caller: Caller) -> None:
    make_paid(there, caller, f"We dig. {WORDING}")
    held = work()
    assert (held.state, held.reason) == (DeliveryState.HELD, queries.NOW_PAID)
    assert there.ledger("posts") == []


def test_a_post_that_says_neither_is_told_so(app: Any, there: Network, caller: Caller) -> None:
    make_paid(there, caller, "We dig.")
    assert work().reason == queries.UNDISCLOSED


def test_a_kit_that_becomes_paid_for_says_something_else(app: Any) -> None:
    with db.unit_of_work():
        kit = make_kit()
        before = kit.words_mark
        kit.is_paid = True
        assert kit.words_mark != before


def test_the_composer_puts_it_first(client: Any, there: Network, caller: Caller) -> None:
    make_paid(there, caller, f"We dig. {PAID}")
    with db.unit_of_work(write=False):
        ada = db.session.scalars(sa.select(Delivery)).one().share.person
    client.sign_in(ada)
    page = client.get("/kits/open-day/shares/new").text
    assert PAID in page
    answer = client.post("/kits/open-day/shares", data=fields(page) | {"words": ["Doors."], "when": ["now"]})
    assert answer.status_code == 303
    with db.unit_of_work(write=False):
        newest = db.session.scalars(sa.select(Delivery).order_by(Delivery.id.desc())).first()
        assert newest is not None and PAID in newest.text and newest.disclosure == PAID
    assert "This story is paid for" in client.get("/kits/open-day").text


def test_the_studio_keeps_the_mark(client: Any) -> None:
    with db.unit_of_work():
        carl = make_person("Carl", roles=[Role.COMMS])
        make_kit("open-day", state=KitState.DRAFT, author=carl)
    client.sign_in(carl)
    edited(client, "/studio/kits/open-day/editor", {"is_paid": "y"})
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(Kit)).one().is_paid
    edited(client, "/studio/kits/open-day/editor", {})
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(Kit)).one().is_paid
