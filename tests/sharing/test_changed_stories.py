"""What becomes of posts whose story was changed after they were written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.content.models import Kit, KitState
from advocacy.permissions import Role
from advocacy.sharing import actions, delivering, queries, timing
from advocacy.sharing.models import Delivery, DeliveryState, Draft, Share
from tests.makers.accounts import make_person
from tests.makers.content import make_kit
from tests.makers.sharing import later, make_connection, make_delivery, make_share, make_sharer
from tests.sharing.roads import fields

LEASE = timedelta(minutes=2)


def begun(delivery: Delivery, at: datetime) -> delivering.Sending | None:
    """What the gate says of the one post that is due."""
    (claim,) = delivering.reserve_due(most=5, lease=LEASE, at=at)
    return delivering.begin(claim, fold=lambda _network, text, _tag: len(text), lease=LEASE, at=at)


def approved_again(kit: Kit, at: datetime, **words: str) -> None:
    """Change a kit's English and approve it anew."""
    for name, value in words.items():
        setattr(next(text for text in kit.texts if text.language == "en"), name, value)
    kit.approved_at = at
    db.session.flush()


def test_a_story_that_says_something_else_now_holds_the_post_until_its_owner_sends_it(
    unit: db.Unit, at: datetime
) -> None:
    ada = make_sharer()
    delivery = make_delivery(ada)
    approved_again(delivery.share.kit, later(1), story="It is 421 people, not 412.")
    assert begun(delivery, later(2)) is None
    assert delivery.state is DeliveryState.HELD
    assert delivery.reason is not None and delivery.reason.startswith("The story was changed")
    actions.send_again(delivery, by=ada, at=later(3))
    assert begun(delivery, later(3)) is not None


def test_a_story_that_was_approved_again_with_the_same_words_holds_nothing(
    unit: db.Unit, at: datetime
) -> None:
    delivery = make_delivery(make_sharer())
    delivery.share.kit.expires_at = later(600)
    approved_again(delivery.share.kit, later(1))
    assert begun(delivery, later(2)) is not None


@pytest.mark.parametrize("part", ["link", "caption"])
def test_a_link_and_a_caption_are_words_of_a_story_too(unit: db.Unit, at: datetime, part: str) -> None:
    delivery = make_delivery(make_sharer())
    kit = delivery.share.kit
    if part == "link":
        kit.link_url = "https://www.nordlys.example/corrected"
    else:
        kit.captions[0].text = "421 people, one ferry."
    approved_again(kit, later(1))
    assert begun(delivery, later(2)) is None


@pytest.fixture
def ada(app: Any, client: Any) -> Person:
    """A champion, signed in, who shared a story that is being changed."""
    at = clock.now()
    with db.unit_of_work():
        ada = make_sharer()
        kit = make_kit("open-day", title="Open day", publish_at=at - timedelta(days=1))
        make_share(ada, kit=kit, connection=make_connection(ada, at=at), at=at)
    client.sign_in(ada)
    return ada


def place() -> str:
    with db.unit_of_work(write=False):
        return f"/shares/{db.session.scalars(sa.select(Share)).one().code}"


def rewritten(state: KitState, title: str = "Open day, corrected") -> None:
    with db.unit_of_work():
        kit = db.session.scalars(sa.select(Kit)).one()
        kit.state = state
        approved_again(kit, clock.now(), title=title)


def test_the_title_of_a_draft_is_not_shown_to_those_who_shared_the_story(client: Any, ada: Person) -> None:
    rewritten(KitState.DRAFT, "Secret until Monday")
    for page in ("/shares/", place(), f"{place()}/help"):
        shown = client.get(page)
        assert shown.status_code == 200 and "Open day" in shown.text and "Secret" not in shown.text, page


def test_a_story_is_named_in_the_readers_language_while_it_bears_its_title(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        db.session.scalars(sa.select(Share)).one().title = "Open day"
        kit = db.session.scalars(sa.select(Kit)).one()
        next(text for text in kit.texts if text.language == "fr").title = "Portes ouvertes"
        db.session.scalars(sa.select(Person).where(Person.email == ada.email)).one().language = "fr"
    assert "Portes ouvertes" in client.get("/shares/").text
    rewritten(KitState.DRAFT, "Open day")
    assert "Portes ouvertes" not in client.get("/shares/").text, "a draft's titles are for its editors"


def test_a_scheduled_post_of_a_changed_story_says_so_at_once(client: Any, ada: Person) -> None:
    rewritten(KitState.APPROVED)
    assert "The story was changed since you wrote this." in client.get(place()).text


@pytest.mark.parametrize(
    ("values", "sendable", "offered"),
    [
        ({"kit_mark": "another"}, True, True),
        ({"text": "No word of my employer"}, False, True),
        ({"reason": timing.LATE}, True, False),
    ],
)
def test_a_fault_in_the_post_leads_to_the_composer(
    client: Any, ada: Person, values: dict[str, str], sendable: bool, offered: bool
) -> None:
    with db.unit_of_work():
        db.session.execute(sa.update(Delivery).values(state=DeliveryState.HELD, **values))
    page = client.get(place()).text
    assert ("Send now" in page) is sendable and "Cancel this post" in page
    assert ("Make it mine again" in page) is offered and page.count("btn-primary") == 1


def test_a_fault_that_is_put_right_is_not_told_any_more(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        db.session.execute(sa.update(Delivery).values(state=DeliveryState.HELD, reason=queries.UNDISCLOSED))
    page = client.get(place()).text
    assert "What held it back is put right" in page and "Send now" in page and "agreed for your" not in page


def test_the_editor_says_how_many_posts_a_change_holds(client: Any, ada: Person, new_client: Any) -> None:
    with db.unit_of_work():
        carl = make_person("Carl", roles=[Role.COMMS])
        make_kit("untouched")
    studio = new_client().sign_in(carl)
    assert "What is scheduled of it is held then." in studio.get("/studio/kits/open-day/editor").text
    assert "is held then" not in studio.get("/studio/kits/untouched/editor").text


def test_what_was_typed_is_not_lost_when_the_story_changes_meanwhile(client: Any, ada: Person) -> None:
    sent = fields(client.get("/kits/open-day/shares/new").text) | {"words": ["My own words."]}
    rewritten(KitState.DRAFT, "Secret until Monday")
    answer = client.post("/kits/open-day/shares", data=sent)
    assert answer.status_code == 422 and "being changed" in answer.text
    assert "My own words." in answer.text and "Secret" not in answer.text
    with db.unit_of_work(write=False):
        assert [row.text for row in db.session.scalars(sa.select(Draft))] == ["My own words."]
    rewritten(KitState.APPROVED)
    assert client.post("/kits/open-day/shares", data=fields(answer.text)).status_code == 303


def test_a_story_that_never_was_hers_stays_unknown(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        make_kit("new", state=KitState.DRAFT)
    assert client.post("/kits/new/shares", data={"words": "Hello"}).status_code == 404
