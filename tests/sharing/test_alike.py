"""Nearly the same words: said while composing, refused where the network does, held at the gate."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Person
from advocacy.errors import Several
from advocacy.sharing import actions, composing, delivering, likeness, personal_data, queries
from advocacy.sharing.models import Connection, Delivery, DeliveryState, Share
from advocacy.sharing.queries import Terms, alike
from tests.makers.content import make_kit
from tests.makers.sharing import WORDING, later, make_connection, make_delivery, make_sharer, make_wish
from tests.sharing.test_delivering import begun

pytestmark = pytest.mark.usefixtures("unit")
LINE = (
    "Nineteen doors, one Saturday: our apprentices show how a network is built, and you may splice a fibre."
)
NEAR = LINE.replace("Saturday", "Sunday")


@pytest.fixture(autouse=True)
def terms() -> Iterator[None]:
    """The product's own terms: X alone refuses."""
    queries.configure_likeness(Terms(refuses=composing.refuses_alike))
    yield
    queries.configure_likeness()


def account(person: Person, network: str = "x") -> Connection:
    connection = make_connection(person)
    connection.network = network
    db.session.flush()
    return connection


def said(words: str) -> str:
    return f"{words}\n\n{WORDING} https://here.example/l/abcdefghi"


def out(
    words: str = LINE, *, network: str = "x", at: datetime, by: Person | None = None, **values: object
) -> Delivery:
    """A post that went out."""
    person = by or make_sharer()
    delivery = make_delivery(person, connection=account(person, network), text=said(words), at=at)
    delivery.state, delivery.sent_at = DeliveryState.SENT, at
    for name, value in values.items():
        setattr(delivery, name, value)
    db.session.flush()
    return delivery


def wish(person: Person, words: str, network: str = "x") -> actions.Wish:
    return make_wish(account(person, network), text=said(words))


def test_nearly_the_same_words_of_a_colleague_are_said_with_figure_and_threshold(at: datetime) -> None:
    out(network="mastodon", at=at)
    found = alike(wish(make_sharer(), NEAR, "mastodon"), make_sharer(), at=later(1))
    assert found is not None and 80 <= found.percent < 100 and found.most == 80 and not found.is_refused
    msgid, values = found.reason
    assert "colleagues" in msgid and values == {
        "network": "Mastodon",
        "percent": found.percent,
        "most": 80,
    }


@pytest.mark.parametrize(
    ("words", "network", "days"),
    [(LINE, "linkedin", 0), ("Another thing.", "mastodon", 0), (LINE, "mastodon", 15), ("", "mastodon", 0)],
)
def test_nothing_is_said_of_other_networks_words_and_times(
    at: datetime, words: str, network: str, days: int
) -> None:
    out(network="mastodon", at=at)
    moment = at + timedelta(days=days, minutes=1)
    assert alike(wish(make_sharer(), words, network), make_sharer(), at=moment) is None


def test_ones_own_words_count_where_the_network_refuses_only_on_another_account(at: datetime) -> None:
    ada = make_sharer()
    first, second = out(at=at, by=ada), out(at=at, by=ada, network="mastodon")
    same = make_wish(first.connection, text=said(LINE))
    assert alike(same, ada, at=later(1)) is None, "the account's own post is X's own affair"
    found = alike(wish(ada, LINE), ada, at=later(1))
    assert found is not None and found.is_refused and found.percent == 100
    assert alike(wish(ada, LINE, "mastodon"), ada, at=later(1)) is None and second


@pytest.mark.parametrize(
    ("state", "counts"),
    [(DeliveryState.SENDING, True), (DeliveryState.UNKNOWN, True), (DeliveryState.POSTED, True),
     (DeliveryState.WAITING, False), (DeliveryState.DELETED, False), (DeliveryState.FAILED, False)],
)  # fmt: skip
def test_what_is_under_way_counts_and_what_never_went_out_does_not(
    at: datetime, state: DeliveryState, counts: bool
) -> None:
    out(at=at, state=state, first_tried_at=at)
    assert (alike(wish(make_sharer(), LINE), make_sharer(), at=later(1)) is not None) is counts


def test_sharing_is_refused_on_x_and_allowed_elsewhere(at: datetime) -> None:
    out(at=at)
    out(network="mastodon", at=at)
    ada, kit = make_sharer(), make_kit()
    with pytest.raises(Several) as refused:
        actions.share(kit, [wish(ada, NEAR), wish(ada, LINE, "mastodon")], form_key="k", by=ada, at=later(1))
    ((msgid, values),) = refused.value.reasons
    assert "several accounts" in msgid and values["network"] == "X"
    assert "name" not in values and "person" not in values
    mine = wish(ada, "I learnt to solder at sixteen, and this weekend I show children how.")
    assert actions.share(kit, [mine], form_key="k", by=ada, at=later(1)).deliveries


def test_the_same_words_on_two_accounts_in_one_share_are_refused_on_x(at: datetime) -> None:
    ada, kit = make_sharer(), make_kit()
    with pytest.raises(Several):
        actions.share(kit, [wish(ada, LINE), wish(ada, NEAR)], form_key="k", by=ada, at=at)
    both = [wish(ada, LINE, "mastodon"), wish(ada, NEAR, "mastodon")]
    assert len(actions.share(kit, both, form_key="k", by=ada, at=at).deliveries) == 2


def test_the_gate_holds_what_became_alike_while_it_waited(at: datetime) -> None:
    ada = make_sharer()
    mine = make_delivery(ada, connection=account(ada), text=said(LINE), at=at)
    out(NEAR, at=at)
    assert begun(mine, at) is None
    assert mine.state is DeliveryState.HELD and mine.reason == queries.ALIKE
    assert mine.reason_values["percent"] >= 80 and mine.reason in queries.PUT_RIGHT
    elsewhere = make_delivery(ada, connection=account(ada, "mastodon"), text=said(LINE), at=at)
    out(network="mastodon", at=at)
    assert begun(elsewhere, at) is not None


def test_of_two_that_wait_with_the_same_words_one_goes_out(at: datetime) -> None:
    people = [make_sharer(), make_sharer()]
    both = [make_delivery(one, connection=account(one), text=said(LINE), at=at) for one in people]
    claims = delivering.reserve_due(most=5, lease=timedelta(minutes=2), at=at)
    whole = lambda _network, text, _language: len(text)  # noqa: E731
    begun = [delivering.begin(one, fold=whole, lease=timedelta(minutes=2), at=at) for one in claims]
    assert sorted(one is None for one in begun) == [False, True]
    assert {one.state for one in both} == {DeliveryState.SENDING, DeliveryState.HELD}


def test_a_network_that_is_not_known_refuses_nothing() -> None:
    assert composing.refuses_alike("x") and not composing.refuses_alike("facebook")


def test_erasing_forgets_the_mark(at: datetime) -> None:
    ada = make_sharer()
    delivery = out(at=at, by=ada)
    personal_data.erase(ada, by=None, at=at)
    db.session.refresh(delivery, ["shingles"])
    assert delivery.shingles is None


def test_ten_thousand_recent_posts_are_gone_through_while_one_types(at: datetime) -> None:
    ada, colleague = make_sharer(), make_sharer()
    example = out(network="mastodon", at=at, by=colleague)
    share = Share(person_id=colleague.id, kit=make_kit(), form_key="many", title="", created_at=at)
    db.session.add(share)
    db.session.flush()
    row = {
        "share_id": share.id, "connection_id": example.connection_id, "network": "mastodon", "language": "en",
        "due_at": at, "sent_at": at, "state": DeliveryState.SENT, "disclosure": "",
    }  # fmt: skip
    texts = [f"{n * 7919} {LINE[n % 60 :]} {n}" for n in range(99)]
    marks = [{"text": text, "shingles": likeness.mark(text)} for text in texts]
    rows = [row | marks[n % 99] | {"code": f"c{n}"} for n in range(9_999)]
    db.session.execute(sa.insert(Delivery), rows)
    wanted = wish(ada, LINE, "mastodon")
    times = []
    for _ in range(3):
        begun = time.process_time()
        found = alike(wanted, ada, at=later(1))
        times.append(time.process_time() - begun)
    assert found is not None and min(times) < 0.25, "seconds of our own"
