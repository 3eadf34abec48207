"""What others did or asked about one's posts: told at home, once; answered on the share's page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.permissions import Role
from advocacy.sharing import holding, withdrawing
from advocacy.sharing.holding import Extent
from advocacy.sharing.models import Appeal, Deletion, Delivery, DeliveryState, Hold, HoldScope, Share
from tests.makers.accounts import make_person
from tests.makers.content import make_kit
from tests.makers.sharing import make_connection, make_share, make_sharer

WITHDRAWN = "Carl Brandt withdrew a story that you had planned to share"
ASKED = "Carl Brandt asks you to"


@pytest.fixture
def ada(app: Any, client: Any) -> Person:
    """A champion, signed in, with one post on its way."""
    with db.unit_of_work():
        ada = make_sharer()
        kit = make_kit("open-day", title="Open day", publish_at=clock.now() - timedelta(days=1))
        make_share(ada, kit=kit, connection=make_connection(ada), at=clock.now())
        make_person("Carl Brandt", email="carl@x.example", roles=[Role.COMMS])
    client.sign_in(ada)
    return ada


def one(kind: Any) -> Any:
    return db.session.scalars(sa.select(kind)).one()


def carl() -> Person:
    return db.session.scalars(sa.select(Person).where(Person.email == "carl@x.example")).one()


def recall(days_ago: float = 0) -> str:
    """Withdraw the story; returns the address of the share."""
    with db.unit_of_work():
        at = clock.now() - timedelta(days=days_ago)
        withdrawing.recall_kit(one(Kit), reason="A figure was wrong", by=carl(), at=at)
        return f"/shares/{one(Share).code}"


def test_home_tells_of_a_recall_until_its_share_was_looked_at(client: Any, ada: Person) -> None:
    assert "withdr" not in client.get("/").text.partition("<main")[2]
    place = recall()
    page = client.get("/").text
    assert WITHDRAWN in page and "A figure was wrong" in page and f'href="{place}"' in page
    assert "Open day" in page and "waits for you" not in page
    assert WITHDRAWN in client.get("/").text, "home alone does not count as looking at it"
    assert "A figure was wrong" in client.get(place).text
    assert client.get(place).status_code == 200
    assert "A figure was wrong" not in client.get("/").text


def test_home_tells_of_a_recall_for_a_week_at_most(client: Any, ada: Person) -> None:
    recall(days_ago=6.9)
    assert WITHDRAWN in client.get("/").text
    with db.unit_of_work():
        one(Delivery).ended_at = clock.now() - timedelta(days=7.1)
    assert WITHDRAWN not in client.get("/").text


def test_home_tells_of_no_cancelling_of_ones_own_and_to_nobody_else(
    client: Any, new_client: Any, ada: Person
) -> None:
    with db.unit_of_work():
        bo = make_sharer("Bo")
        mine = make_share(bo, kit=one(Kit), connection=make_connection(bo), at=clock.now()).deliveries[0].code
        share = db.session.scalars(sa.select(Share).where(Share.person_id == bo.id)).one().code
    other = new_client().sign_in(bo)
    other.post(f"/shares/{share}/deliveries/{mine}/cancellation")
    with db.unit_of_work():
        withdrawing.recall_kit(one(Kit), reason="A figure was wrong", by=carl(), at=clock.now())
    assert WITHDRAWN not in other.get("/").text and WITHDRAWN in client.get("/").text


def test_a_recall_found_out_at_the_moment_of_sending_names_nobody(client: Any, ada: Person) -> None:
    recall()
    with db.unit_of_work():
        one(Delivery).reason_values = {"reason": "A figure was wrong"}
    page = client.get("/").text
    assert "A story that you had planned to share was withdrawn" in page and WITHDRAWN not in page


def appeal(**values: Any) -> str:
    """Let the post be out and its owner be asked; returns the address of the share."""
    at = clock.now()
    known: dict[str, Any] = {"state": DeliveryState.SENT, "sent_at": at, "remote_id": "1"}
    with db.unit_of_work():
        post = one(Delivery)
        for name, value in (known | values).items():
            setattr(post, name, value)
        db.session.flush()
        hold = holding.hold_back(Extent(HoldScope.EVERYTHING), reason="An accident", by=carl(), at=at)
        holding.ask_owners(hold, [post.code], words="Write <two> lines.", by=carl(), at=at)
        return f"/shares/{one(Share).code}"


def test_show_says_who_asks_and_why_with_the_words_and_the_way_to_delete(client: Any, ada: Person) -> None:
    place = appeal()
    assert f"{ASKED} look at a post of yours: An accident" in client.get("/").text
    page = client.get(place).text
    asked = page.partition(f"{ASKED} delete or change this post")[2]
    assert "An accident" in asked and "Write &lt;two&gt; lines." in asked
    assert '<details class="more" open><summary>Delete my post' in asked
    assert page.count("btn-primary") <= 1
    assert ASKED in client.get(f"{place}/state").text


@pytest.mark.parametrize(
    ("said", "told"), [("changed", "its owner changed it"), ("kept", "its owner lets it stand")]
)
def test_answer_ends_what_was_asked_and_reaches_who_asked(
    client: Any, new_client: Any, ada: Person, said: str, told: str
) -> None:
    place = appeal()
    with db.unit_of_work(write=False):
        post, hold = one(Delivery).code, one(Hold).code
    answer = client.post(f"{place}/deliveries/{post}/answer", data={"answer": said}, follow_redirects=True)
    assert "sees your answer" in answer.text and ASKED not in answer.text
    assert ASKED not in client.get("/").text
    with db.unit_of_work(write=False):
        row, by = one(Appeal), carl()
        assert row.answer == said and row.answered_at is not None
    assert told in new_client().sign_in(by).get(f"/studio/holds/{hold}/published").text


def test_nobody_answers_for_another(client: Any, new_client: Any, ada: Person) -> None:
    place = appeal()
    with db.unit_of_work():
        bo, post = make_sharer("Bo"), one(Delivery).code
    answer = new_client().sign_in(bo).post(f"{place}/deliveries/{post}/answer", data={"answer": "kept"})
    assert answer.status_code == 404
    assert ASKED in client.get(place).text


def test_what_was_asked_is_gone_with_the_post(client: Any, ada: Person) -> None:
    place = appeal()
    with db.unit_of_work(write=False):
        post = one(Delivery).code
    client.post(f"{place}/deliveries/{post}/deletion")
    assert ASKED not in client.get(place).text, "it is being deleted"
    with db.unit_of_work():
        one(Deletion).state, one(Delivery).state = "done", DeliveryState.DELETED
    assert ASKED not in client.get(place).text and ASKED not in client.get("/").text
