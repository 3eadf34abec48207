"""What a unit wrote, and whose rows."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Entity, Following, Person
from advocacy.content.models import KitText
from advocacy.keep import EVERYTHING
from advocacy.sharing.models import Delivery, Share
from advocacy.writes import WHOSE, of_statement
from tests.makers.accounts import make_champion, make_entity, make_person, make_topic
from tests.makers.content import make_kit
from tests.makers.sharing import make_share

pytestmark = pytest.mark.usefixtures("unit")


def written(change=lambda: None):
    db.session.flush()
    db.current().written.clear()
    change()
    db.session.flush()
    return db.current().written


def test_a_row_of_a_person_is_hers():
    ada, topic = make_person(), make_topic()
    follow = Following(person_id=ada.id, topic_id=topic.id)
    assert written(lambda: db.session.add(follow)) == {("followings", ada.id)}
    assert written(lambda: db.session.delete(follow)) == {("followings", ada.id)}
    assert written(lambda: setattr(ada, "name", "Ada")) == {("people", ada.id)}
    assert written() == set()


def test_a_row_that_changes_hands_was_hers_and_is_the_others():
    ada, bea, topic = make_person(), make_person(), make_topic()
    follow = Following(person_id=ada.id, topic_id=topic.id)
    written(lambda: db.session.add(follow))
    assert written(lambda: setattr(follow, "person_id", bea.id)) == {
        ("followings", ada.id),
        ("followings", bea.id),
    }


def test_a_row_of_nobody_is_everybodys():
    assert written(make_entity) == {("entities", None)}


def test_a_new_person_and_her_rows_are_hers_already():
    ada = make_person()
    assert written(lambda: None) == set()
    assert ("people", ada.id) in written(lambda: setattr(ada, "country", "NO"))


def test_a_post_is_its_sharers_and_anybodys_where_that_was_not_loaded():
    ada = make_champion()
    share = make_share(ada)
    [delivery] = share.deliveries
    assert written(lambda: setattr(delivery, "attempts", 3)) == {("deliveries", ada.id)}
    db.session.expunge_all()
    alone = db.session.scalars(sa.select(Delivery)).one()
    assert written(lambda: setattr(alone, "attempts", 4)) == {("deliveries", None)}
    assert db.session.get_one(Share, share.id).person_id == ada.id


def test_what_falls_away_with_its_owner_is_written_too():
    kit = make_kit()
    assert ("kit_texts", None) in written(lambda: kit.texts.pop())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(KitText)) == 1


def test_a_statement_of_its_own_writes_anybodys_rows():
    for change in (
        sa.update(Person).values(country="NO"),
        sa.delete(Person).where(Person.id == 0),
        sa.insert(Entity.__table__).values(
            slug="a", name="A", country="", language="en", time_zone="UTC", accent=""
        ),
    ):
        assert written(lambda change=change: db.session.execute(change)) == {(change.table.name, None)}
    assert written(lambda: db.session.query(Person).update({"country": "SE"})) == {("people", None)}


def test_a_statement_may_say_whose_rows_it_writes():
    change = sa.update(Person).where(Person.id == 0).values(country="NO").execution_options(**{WHOSE: 7})
    assert written(lambda: db.session.execute(change)) == {("people", 7)}


def test_what_is_not_understood_may_have_written_anything():
    assert written(lambda: db.session.execute(sa.text("UPDATE people SET country = 'NO'"))) == {
        (EVERYTHING, None)
    }
    asked = sa.select(Person).from_statement(sa.update(Person).values(country="NO").returning(Person))
    assert of_statement(asked, {}) == {("people", None)}
