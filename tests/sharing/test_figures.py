"""What others did with posts: read where their owner switched it on, less and less often, and forgotten at her word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.analytics import queries as analytics
from advocacy.sharing import connecting, figures, jobs, networks, personal_data, purposes, rules
from advocacy.sharing.models import Connection, ConnectionState, Delivery, DeliveryState, PostFigures
from advocacy.sharing.networks.interface import Figures, NeedsReconnecting, Temporary
from tests.makers.accounts import AT
from tests.makers.content import make_kit
from tests.makers.sharing import make_connection, make_delivery, make_sharer
from tests.practice.network import Network
from tests.sharing.anywhere import LEASE, OUT, Anywhere, Watch, anywhere

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("age", "following"),
    [(timedelta(), HOUR), (HOUR, DAY), (HOUR * 3, DAY), (DAY, DAY * 7), (DAY * 7, None), (DAY * 30, None)],
)
def test_reading_grows_rarer_and_ends(age: timedelta, following: timedelta | None) -> None:
    assert rules.next_reading(AT, at=AT + age) == (following and AT + following)


@pytest.mark.parametrize(
    ("age", "said", "wait"),
    [
        (HOUR, {}, HOUR),
        (HOUR, {"retry_after": 60}, HOUR),
        (HOUR, {"retry_after": 7200}, HOUR * 2),
        (HOUR, {"retry_at": AT + HOUR * 9}, HOUR * 8),
        (DAY * 10, {}, None),
    ],
)
def test_a_trouble_waits_as_long_as_the_network_asks(
    age: timedelta, said: dict[str, Any], wait: timedelta | None
) -> None:
    assert rules.reading_put_off(AT, at=AT + age, **said) == (wait and AT + age + wait)


def sent(
    person: Person, connection: Connection, at: datetime, remote_id: str = "1", **values: Any
) -> Delivery:
    """A post that is out."""
    post = make_delivery(person, DeliveryState.SENT, connection=connection, **values)
    post.sent_at, post.remote_id = at, remote_id
    db.session.flush()
    return post


def kept(post: Delivery) -> PostFigures | None:
    db.session.flush()
    return db.session.scalar(sa.select(PostFigures).where(PostFigures.delivery_id == post.id))


@pytest.mark.usefixtures("unit")
def test_only_where_it_was_switched_on_and_off_forgets(at: datetime) -> None:
    ada = make_sharer()
    on, off = make_connection(ada), make_connection(ada)
    assert not on.tells_figures, "off until she says so"
    purposes.let_figures_be_read(on, True, by=ada, at=at)
    purposes.let_figures_be_read(on, True, by=ada, at=at)
    mine, _other = sent(ada, on, at), sent(ada, off, at)
    _late = sent(ada, on, at - DAY * 8, "2")
    assert figures.begin_due(most=9, at=at) == 1 and figures.begin_due(most=9, at=at) == 0
    row = kept(mine)
    assert row is not None and row.due_at == at + HOUR
    assert figures.reserve_due(most=9, lease=LEASE, at=at) == []
    (claim,) = figures.reserve_due(most=9, lease=LEASE, at=at + HOUR)
    assert figures.reserve_due(most=9, lease=LEASE, at=at + HOUR) == [], "one process at a time"
    figures.keep(claim, {"1": Figures(reactions=3, replies=0)}, at=at + HOUR)
    assert (row.reactions, row.replies, row.views, row.due_at) == (3, 0, None, at + DAY)
    post = personal_data.export(ada)["shares"][-1]["posts"][0]
    assert post["reactions"] is None or post["reactions"]["reactions"] == 3
    (claim,) = figures.reserve_due(most=9, lease=LEASE, at=at + DAY)
    purposes.let_figures_be_read(on, False, by=ada, at=at)
    assert kept(mine) is None, "what was read is gone"
    figures.keep(claim, {"1": Figures(reactions=9)}, at=at + DAY)
    assert kept(mine) is None, "what was on its way is not kept"


@pytest.mark.usefixtures("unit")
def test_disconnecting_and_erasing_forget(at: datetime) -> None:
    ada = make_sharer()
    for ends in (connecting.disconnect, lambda one, **who: personal_data.erase(ada, **who)):
        one = make_connection(ada)
        purposes.let_figures_be_read(one, True, by=ada, at=at)
        post = sent(ada, one, at)
        figures.begin_due(most=9, at=at)
        assert kept(post) is not None
        ends(one, by=ada, at=at)
        assert kept(post) is None and not one.tells_figures


@pytest.mark.usefixtures("unit")
@pytest.mark.parametrize(
    ("trouble", "following"),
    [
        (Temporary(("Slow down", {}), retry_after=7200), HOUR * 3),
        (NeedsReconnecting(("Gone", {})), HOUR * 2),
        (networks.Missing(), DAY),
        ({}, DAY),
    ],
)
def test_a_trouble_marks_no_account_and_invents_no_figure(
    at: datetime, trouble: Any, following: timedelta
) -> None:
    ada = make_sharer()
    one = make_connection(ada)
    purposes.let_figures_be_read(one, True, by=ada, at=at)
    post = sent(ada, one, at)
    figures.begin_due(most=9, at=at)
    (claim,) = figures.reserve_due(most=9, lease=LEASE, at=at + HOUR)
    figures.keep(claim, trouble, at=at + HOUR)
    row = kept(post)
    assert row is not None and row.read_at is None and row.reactions is None
    assert row.due_at == at + following and row.claim_token is None
    assert one.state is ConnectionState.ACTIVE


@pytest.mark.usefixtures("unit")
def test_so_many_posts_of_one_account_at_a_time(at: datetime) -> None:
    ada = make_sharer()
    many, few = make_connection(ada), make_connection(ada)
    for one, number in ((many, figures.MOST_OF_ONE + 2), (few, 1)):
        purposes.let_figures_be_read(one, True, by=ada, at=at)
        for n in range(number):
            sent(ada, one, at, str(n))
    figures.begin_due(most=99, at=at)
    claims = figures.reserve_due(most=99, lease=LEASE, at=at + HOUR)
    assert sorted(len(claim.ids) for claim in claims) == [1, figures.MOST_OF_ONE]
    for claim in claims:
        figures.keep(claim, {}, at=at + HOUR)
    (rest,) = figures.reserve_due(most=99, lease=LEASE, at=at + HOUR)
    assert len(rest.ids) == 2


def test_nothing_is_read_at_a_price() -> None:
    networks.configure(clients={name: networks.Client("c", "s") for name in ("linkedin", "x")})
    offered = {one.slug: figures.is_offered(one.can) for one in networks.every()}
    networks.configure()
    assert offered == {"mastodon": True, "bluesky": True, "linkedin": False, "x": False}


@pytest.mark.usefixtures("unit")
def test_comms_see_sums_over_five_people(at: datetime) -> None:
    kit = make_kit()
    for number in range(5):
        assert analytics.reactions(kit)["reactions"] is None
        ada = make_sharer()
        one = make_connection(ada)
        purposes.let_figures_be_read(one, True, by=ada, at=at)
        post = sent(ada, one, at, str(number), kit=kit)
        db.session.add(PostFigures(delivery_id=post.id, reactions=number, read_at=at))
        db.session.flush()
    assert analytics.reactions(kit) == {"reactions": 10, "replies": None, "reshares": None, "views": None}


@pytest.fixture
def somewhere(request: pytest.FixtureRequest, app: Any, modes: dict[str, Network]) -> Iterator[Anywhere]:
    with anywhere(request.param, modes, app, Watch()) as found:
        yield found


@pytest.mark.parametrize("somewhere", ["mastodon", "bluesky"], indirect=True)
def test_figures_are_read_of_the_network_and_shown_to_their_owner(somewhere: Anywhere, client: Any) -> None:
    connected = somewhere.connect()
    one = somewhere.share(connected)
    somewhere.work()
    with db.unit_of_work(write=False):
        post = db.session.get_one(Delivery, one)
        place, ada, account = f"/shares/{post.share.code}", post.share.person, post.connection
        assert account is not None
        page = f"/connections/{account.code}"
    client.sign_in(ada)
    assert "Let them be read" in client.get(place).text
    assert "never who" in client.get(page).text
    client.post(page, data={"kind": "work", "tells_figures": "y"})
    assert "about an hour after posting" in client.get(place).text
    later = clock.now() + HOUR * 2
    assert jobs.read_figures(OUT, most=9, lease=LEASE, at=clock.now()) == 1
    jobs.read_figures(OUT, most=9, lease=LEASE, at=later)
    shown = client.get(place).text
    assert "0 reactions, 0 replies, passed on 0 times" in shown, "what the network says, and a 0 only then"
    assert "does not give views" in shown and "0 views" not in shown
    client.post(page, data={"kind": "work"})
    assert "Let them be read" in client.get(place).text
    with db.unit_of_work(write=False):
        assert db.session.scalars(sa.select(PostFigures)).all() == []


@pytest.mark.parametrize("somewhere", ["mastodon"], indirect=True)
def test_a_network_that_has_trouble_is_asked_later(somewhere: Anywhere) -> None:
    connected = somewhere.connect()
    somewhere.share(connected)
    somewhere.work()
    with db.unit_of_work():
        account = db.session.get_one(Connection, connected)
        purposes.let_figures_be_read(account, True, by=account.person, at=clock.now())
    jobs.read_figures(OUT, most=9, lease=LEASE, at=clock.now())
    somewhere.there.fault("reading", "status", status=503, calls=9)
    later = clock.now() + HOUR * 2
    jobs.read_figures(OUT, most=9, lease=LEASE, at=later)
    with db.unit_of_work(write=False):
        row = db.session.scalars(sa.select(PostFigures)).one()
        assert row.read_at is None and row.due_at == later + HOUR
        assert db.session.get_one(Connection, connected).is_active


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("linkedin", "LinkedIn does not give reactions and views"),
        ("x", "X charges for reactions"),
        ("gone", "gone does not"),
    ],
)
def test_what_a_network_does_not_give_is_said_and_is_no_nought(
    app: Any, client: Any, network: str, words: str
) -> None:
    networks.configure(clients={name: networks.Client("c", "s") for name in ("linkedin", "x")})
    with db.unit_of_work():
        ada = make_sharer()
        post = sent(ada, make_connection(ada, at=clock.now()), clock.now())
        post.network = network
        place = f"/shares/{post.share.code}"
    client.sign_in(ada)
    page = client.get(place).text
    assert words in page and "0 reactions" not in page and "Let them be read" not in page
