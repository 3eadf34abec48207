"""Whether the post that an owner names is the one whose answer was lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.errors import Refused
from advocacy.links.rules import new_code
from advocacy.sharing import proving
from advocacy.sharing.models import Attempt, Connection, Delivery, DeliveryState, Outlay
from advocacy.sharing.money import Entry
from tests.practice.network import Network
from tests.sharing.anywhere import OUT, Anywhere, Watch, anywhere, row

EVERYWHERE = ("linkedin", "mastodon", "x", "bluesky")


@pytest.fixture
def somewhere(
    request: pytest.FixtureRequest, app: Any, modes: dict[str, Network], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Anywhere]:
    watch = Watch()
    monkeypatch.setattr(clock, "now", watch)
    with anywhere(request.param, modes, app, watch) as found:
        yield found


def sent(there: Anywhere, account: int, words: str) -> tuple[int, str]:
    """A post that is out and leads to a short link of its own; its key and address."""
    code = new_code()
    one = there.share(account, f"{words} #WorksAtNordlys http://127.0.0.1:9/l/{code}", link_code=code)
    there.work()
    found = row(one)
    assert found.state is DeliveryState.SENT and found.remote_url, found.reason
    return one, found.remote_url


def lose(*keys: int) -> None:
    """Forget what came of these posts, as if no answer had come."""
    with db.unit_of_work():
        of = sa.update(Delivery).where(Delivery.id.in_(keys))
        db.session.execute(of.values(state="unknown", remote_id=None, remote_url=None))


def checked(one: int, url: str) -> str:
    with db.unit_of_work(write=False):
        return proving.checked(db.session.get_one(Delivery, one), url, OUT, at=clock.now())


@pytest.mark.parametrize("somewhere", EVERYWHERE, indirect=True)
def test_a_post_that_was_made_before_is_another_one(somewhere: Anywhere) -> None:
    one, url = sent(somewhere, somewhere.connect(), "We dig today.")
    remote_id = row(one).remote_id
    lose(one)
    assert checked(one, url) == remote_id
    with db.unit_of_work():
        db.session.execute(sa.update(Attempt).values(started_at=clock.now() + timedelta(minutes=10)))
    with pytest.raises(Refused, match="made before we first tried") as refusal:
        checked(one, url)
    assert refusal.value.field == "url"


@pytest.mark.parametrize("somewhere", ("mastodon", "x", "bluesky"), indirect=True)
def test_a_post_without_its_link_is_another_one_where_she_lets_us_look(somewhere: Anywhere) -> None:
    account = somewhere.connect(reading=True)
    one, own = sent(somewhere, account, "We dig by hand and by night.")
    two, other = sent(somewhere, account, "Come and see our cable ship in the harbour on Saturday!")
    lose(one, two)
    assert checked(one, own)
    with pytest.raises(Refused, match="does not lead to the short link of yours"):
        checked(one, other)
    with db.unit_of_work():
        lines = [one.state for one in db.session.scalars(sa.select(Outlay).where(Outlay.use == "read"))]
        assert lines.count(Entry.SPENT) == (2 if somewhere.slug == "x" else 0), "X charges for each look"
        db.session.execute(sa.update(Connection).values(may_read=False))
    assert checked(one, other), "without her leave nobody looks, and her word stands"


@pytest.mark.parametrize("somewhere", ["mastodon"], indirect=True)
def test_her_word_stands_where_the_network_does_not_answer(somewhere: Anywhere) -> None:
    account = somewhere.connect(reading=True)
    one, own = sent(somewhere, account, "We dig by hand and by night.")
    lose(one)
    somewhere.there.fault("any", "status", status=503)
    assert checked(one, own)
    with pytest.raises(Refused, match="does not lead"):
        checked(one, f"{own.rpartition('/')[0]}/{int(own.rpartition('/')[2]) + 1}")
