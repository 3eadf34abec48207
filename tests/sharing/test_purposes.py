"""What an account is for, and what may be read on it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person, Topic
from advocacy.sharing import connected, personal_data, purposes, rules
from advocacy.sharing.models import AccountKind, Connection, ConnectionState, ConnectionTopic
from tests.makers.accounts import make_topic
from tests.makers.content import make_kit
from tests.makers.sharing import make_connection, make_sharer
from tests.practice.network import Network
from tests.sharing import roads

HIKING = {"hiking": "Hiking"}


@pytest.mark.parametrize(
    ("kind", "topics", "about", "words"),
    [
        ("work", {}, [], None),
        ("work", {}, ["energy"], None),
        ("work", HIKING, ["hiking", "energy"], None),
        ("work", HIKING, ["energy"], "Marked for: Hiking"),
        ("work", HIKING, [], "Marked for: Hiking"),
        ("private", {}, ["hiking"], "Marked private"),
        ("private", HIKING, ["energy"], "Marked private, for: Hiking"),
        ("private", HIKING, ["hiking"], None),
    ],
)
def test_which_account_is_proposed_for_a_story_and_why_not(
    kind: str, topics: dict[str, str], about: list[str], words: str | None
) -> None:
    reason = rules.not_proposed(AccountKind(kind), topics, about)
    assert (reason and reason[0] % reason[1]) == words


@pytest.mark.usefixtures("unit")
def test_an_account_is_for_what_its_owner_says(at: datetime) -> None:
    ada, hiking, energy = make_sharer(), make_topic("hiking"), make_topic("energy")
    row, other = make_connection(ada), make_connection(ada)
    assert row.kind is AccountKind.WORK and row.topics == []
    purposes.mark(row, AccountKind.PRIVATE, [hiking.id, energy.id, 999], by=ada, at=at)
    purposes.mark(row, AccountKind.PRIVATE, [hiking.id], by=ada, at=at)
    db.session.flush()
    assert [one.slug for one in row.topics] == ["hiking"] and other.topics == []
    kit = make_kit(topics=[energy])
    assert set(connected.left_out([row, other], kit, "en")) == {row.code}
    assert connected.left_out([row], make_kit(topics=[hiking]), "en") == {}
    told = personal_data.export(ada)["connected_accounts"]
    assert [(one["kind"], one["topics"]) for one in told] == [("private", ["hiking"]), ("work", [])]
    personal_data.erase(ada, by=None, at=at)
    db.session.flush()
    assert db.session.scalars(sa.select(ConnectionTopic)).all() == []


@pytest.fixture
def ada(app: Any, client: Any) -> Person:
    """A champion, signed in."""
    with db.unit_of_work():
        ada = make_sharer()
    client.sign_in(ada)
    return ada


def account() -> Connection:
    with db.unit_of_work(write=False):
        row = db.session.scalars(sa.select(Connection)).one()
        assert row.topics is not None
        return row


def test_what_she_says_at_connecting_is_kept_and_a_reconnection_leaves_it(
    client: Any, ada: Person, network: Network
) -> None:
    with db.unit_of_work():
        hiking = make_topic("hiking").id
    roads.connect(client, network, kind="private", topics=str(hiking))
    assert account().kind is AccountKind.PRIVATE and [one.slug for one in account().topics] == ["hiking"]
    roads.connect(client, network)
    assert account().kind is AccountKind.PRIVATE and len(account().topics) == 1
    page = client.get("/connections/").text
    assert "Private, for: Hiking" in page and f"/connections/{account().code}" in page


def test_show_and_choose_what_it_is_for(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        code = make_connection(db.session.get_one(Person, ada.id), at=clock.now()).code
        hiking = make_topic("hiking").id
    page = client.get(f"/connections/{code}").text
    assert "What it is for" in page and "Hiking" in page and page.count("btn-primary") == 1
    assert client.post(f"/connections/{code}", data={"kind": "hobby"}).status_code == 422
    assert client.post(f"/connections/{code}", data={"kind": "work", "topics": "77"}).status_code == 422
    answer = client.post(f"/connections/{code}", data={"kind": "private", "topics": str(hiking)})
    assert answer.status_code == 303 and account().kind is AccountKind.PRIVATE
    long_ago = clock.now() - timedelta(days=1)
    with db.unit_of_work():
        make_kit("trail", topics=[db.session.get_one(Topic, hiking)], publish_at=long_ago)
        make_kit("grid", publish_at=long_ago)
    ticked = f'name="accounts" value="{code}" data-network="mastodon" checked'
    assert ticked in client.get("/kits/trail/shares/new").text
    page = client.get("/kits/grid/shares/new").text
    assert ticked not in page and "Marked private, for: Hiking" in page


def test_reading_can_be_taken_back_and_is_given_at_the_network(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        row = make_connection(db.session.get_one(Person, ada.id), may_read=True, at=clock.now())
        code = row.code
    assert 'name="may_read" type="checkbox" value="y" checked' in _sorted(
        client.get(f"/connections/{code}").text
    )
    client.post(f"/connections/{code}", data={"kind": "work", "may_read": "y"})
    assert account().may_read
    client.post(f"/connections/{code}", data={"kind": "work"})
    assert not account().may_read
    page = client.get(f"/connections/{code}").text
    assert "Allow it on Mastodon" in page and 'type="checkbox" name="may_read"' not in page
    client.post(f"/connections/{code}", data={"kind": "work", "may_read": "y"})
    assert not account().may_read, "the network has to be asked first"
    with db.unit_of_work():
        db.session.execute(sa.update(Connection).values(network="bluesky"))
    client.post(f"/connections/{code}", data={"kind": "work", "may_read": "y"})
    assert account().may_read, "whatever stands there is public"
    with db.unit_of_work():
        db.session.execute(sa.update(Connection).values(network="linkedin"))
    assert "LinkedIn lets nobody look through your posts" in client.get(f"/connections/{code}").text
    client.post(f"/connections/{code}", data={"kind": "work", "may_read": "y"})
    assert not account().may_read
    with db.unit_of_work():
        db.session.execute(sa.update(Connection).values(network="gone"))
    assert client.get(f"/connections/{code}").status_code == 200


def _sorted(page: str) -> str:
    """Inputs with their attributes in one order."""

    def tidy(match: re.Match[str]) -> str:
        found = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', match[0]))
        said = " ".join(f'{key}="{found[key]}"' for key in ("name", "type", "value") if key in found)
        return said + (" checked" if " checked" in match[0] else "")

    return re.sub(r"<input[^>]*>", tidy, page)


def test_an_account_of_a_colleague_or_one_given_up_is_not_there(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        hers = make_connection(make_sharer(), at=clock.now()).code
        mine = make_connection(db.session.get_one(Person, ada.id), at=clock.now())
        mine.state = ConnectionState.DISCONNECTED
        codes = (hers, mine.code)
    for code in codes:
        assert client.get(f"/connections/{code}").status_code == 404
        assert client.post(f"/connections/{code}", data={"kind": "work"}).status_code == 404
