"""Export and erasure of what sharing holds."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.links import personal_data as links_data
from advocacy.links.models import Link
from advocacy.mail.models import Letter
from advocacy.sharing import drafting, helping, personal_data
from advocacy.sharing.models import (
    Authorisation,
    DeliveryState,
    Draft,
    HelpKind,
    Revocation,
)
from tests.makers.content import make_kit
from tests.makers.sharing import make_connection, make_delivery, make_share, make_sharer

pytestmark = pytest.mark.usefixtures("unit")


def test_export_holds_everything_but_tokens(at: datetime) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada)
    by_hand = make_delivery(ada, by_hand=True)
    drafting.save_draft(make_kit(), "any", "Not yet", by=ada, at=at)
    helping.ask_for_help(delivery.share, kind=HelpKind.PRESS, message="They call", by=ada, at=at)
    db.session.flush()
    held = personal_data.export(ada)
    assert held["connected_accounts"][0]["account"].startswith("@ada")
    assert held["drafts"][0]["text"] == "Not yet" and held["calls_for_help"][0]["message"] == "They call"
    texts = [post["text"] for share in held["shares"] for post in share["posts"]]
    assert texts == [by_hand.text, delivery.text]
    assert "sealed" not in str(held) and "token" not in str(held)
    assert len(links_data.export(ada)["short_links"]) == 2
    assert personal_data.export(make_sharer())["shares"] == []


def test_erase_forgets_each_letter_of_ones_own_calls_for_help_alone(at: datetime) -> None:
    ada, bo = make_sharer(), make_sharer("Bo")
    shares = {person.id: make_share(person) for person in (ada, bo)}
    for person, words in ((ada, "They call"), (ada, "They call again"), (bo, "Of Bo"), (bo, "More of Bo")):
        helping.ask_for_help(shares[person.id], kind=HelpKind.PRESS, message=words, by=person, at=at)
    personal_data.erase(ada, by=None, at=at)
    letters = db.session.scalars(sa.select(Letter).where(Letter.kind == "help").order_by(Letter.id))
    assert [one.values["message"] for one in letters] == ["Of Bo", "More of Bo"]


def test_erase_gives_back_and_forgets_words_but_keeps_rows(at: datetime) -> None:
    ada = make_sharer()
    connection = make_connection(ada)
    sent = make_delivery(ada, DeliveryState.SENT, connection=connection)
    waiting = make_delivery(ada, connection=connection)
    drafting.save_draft(make_kit(), "any", "Not yet", by=ada, at=at)
    call = helping.ask_for_help(sent.share, kind=HelpKind.PRESS, message="They call", by=ada, at=at)
    db.session.flush()
    personal_data.erase(ada, by=None, at=at)
    links_data.erase(ada, by=None, at=at)
    db.session.flush()
    db.session.expire_all()
    assert waiting.state is DeliveryState.CANCELLED and sent.state is DeliveryState.SENT
    assert sent.text == waiting.text == "" and call.message == ""
    assert connection.sealed_tokens is None and connection.account == ""
    assert db.session.scalars(sa.select(Revocation)).one().sealed_tokens
    for model in (Draft, Authorisation):
        assert db.session.scalar(sa.select(sa.func.count(model.id))) == 0
    assert db.session.scalars(sa.select(Link.person_id)).all() == [None, None]
    personal_data.erase(ada, by=None, at=at)
