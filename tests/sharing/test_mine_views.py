"""What Me and other rooms' pages show of one's sharing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.links.models import Click, ClickDay
from advocacy.sharing import queries
from advocacy.sharing.models import Connection, ConnectionState, Delivery
from advocacy.training.models import Course
from tests.makers.content import make_kit
from tests.makers.leaderboards import make_points
from tests.makers.sharing import make_connection, make_share, make_sharer
from tests.makers.training import make_certificate, make_course


@pytest.fixture
def ada(app: Any, client: Any) -> Person:
    """A champion, signed in."""
    with db.unit_of_work():
        ada = make_sharer()
    client.sign_in(ada)
    return ada


def test_me_begins_with_a_first_step_and_no_zeros(client: Any, ada: Person) -> None:
    page = client.get("/me").text
    assert "Your first post stands here" in page and "stat-value" not in page
    assert "Connect an account" in page and "Find a story" in page


def test_me_shows_quietly_what_posts_did_and_the_days_left(client: Any, ada: Person) -> None:
    at = clock.now()
    with db.unit_of_work():
        person = db.session.get_one(Person, ada.id)
        connection = make_connection(person, at=at)
        connection.expires_at = at + timedelta(days=2, hours=1)
        kit = make_kit(publish_at=at - timedelta(days=1))
        share = make_share(person, kit=kit, connection=connection, at=at)
        old = make_share(person, kit=kit, connection=connection, at=at)
        db.session.execute(sa.update(Delivery).values(state="sent", sent_at=at))
        db.session.execute(
            sa.update(Delivery)
            .where(Delivery.id == old.deliveries[0].id)
            .values(sent_at=at - timedelta(days=40))
        )
        link_id = share.deliveries[0].link_id
        assert link_id
        db.session.add(Click(link_id=link_id, at=at))
        db.session.add(ClickDay(link_id=link_id, day=at.date(), clicks=6))
        db.session.add(ClickDay(link_id=link_id, day=(at - timedelta(days=40)).date(), clicks=90))
        make_points(person, 10, at=at)
        make_points(person, 50, at=at - timedelta(days=40))
    with db.unit_of_work(write=False):
        found = queries.results_of(db.session.get_one(Person, ada.id), since=at - timedelta(days=30), at=at)
        assert found.posts == 1 and found.clicks == 7 and found.points >= 10
        assert found.points < 60
    page = client.get("/me").text
    assert "last 30 days" in page and "2 days left" in page and "Find a story" in page
    with db.unit_of_work():
        db.session.execute(sa.update(Connection).values(state=ConnectionState.NEEDS_RECONNECTING))
    page = client.get("/me").text
    assert page.count("btn-primary") == 1 and "Reconnect" in page and ">Find a story" not in page
    again = client.get("/connections/").text
    assert again.count("btn-primary") == 1 and again.index("btn-primary") < again.index("Connect another")


def test_me_shows_what_was_learnt_and_what_is_next(client: Any, ada: Person) -> None:
    with db.unit_of_work():
        course = make_course("confidence", "Confidence", at=clock.now())
    page = client.get("/me").text
    assert "Next: Confidence" in page and "one course, about" in page
    with db.unit_of_work():
        make_certificate(
            db.session.get_one(Course, course.id), db.session.get_one(Person, ada.id), at=clock.now()
        )
    page = client.get("/me").text
    assert "Next: Confidence" not in page and "Certificate valid" in page
