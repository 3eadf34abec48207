"""What is kept in memory is good until this process writes what it came from, and for five seconds."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest

from advocacy import db, keep
from advocacy.accounts.models import Entity, Following, Person
from advocacy.keep import EVERYTHING, Shelf
from tests.conftest import AT
from tests.makers.accounts import make_entity, make_person, make_topic


class Unit:
    """Stands for a unit of work that only reads, beside any database."""

    session = None
    write = False
    as_of = None

    def __init__(self):
        self.mark = keep.mark()
        self.written = set()


@pytest.fixture
def shelf():
    return Shelf(Entity, own=(Person, Following), most=3)


def put(shelf, key="hers", *, owner=7, at=AT, unit=None):
    shelf.put(key, "kept", unit=unit or Unit(), at=at, owner=owner)


@pytest.mark.parametrize(
    ("written", "good"),
    [
        ({("entities", None)}, False),
        ({("entities", 3)}, False),
        ({("people", None)}, False),
        ({("people", 7)}, False),
        ({("people", 8)}, True),
        ({("followings", 8), ("followings", 7)}, False),
        ({("kits", None), ("kits", 7)}, True),
        ({(EVERYTHING, None)}, False),
        (set(), True),
    ],
)
def test_what_came_from_rows_that_were_written_is_good_no_more(shelf, written, good):
    put(shelf)
    keep.wrote(written)
    assert (shelf.find("hers", at=AT) == "kept") is good
    put(shelf)
    assert shelf.find("hers", at=AT) == "kept"


def test_what_was_read_while_another_committed_is_not_kept(shelf):
    reading = Unit()
    keep.wrote({("people", 7)})
    put(shelf, unit=reading)
    assert shelf.find("hers", at=AT) is None


@pytest.mark.parametrize(("later", "good"), [(0, True), (5, True), (5.1, False), (-1, False)])
def test_nothing_is_older_than_five_seconds_nor_younger_than_now(shelf, later, good):
    put(shelf)
    assert (shelf.find("hers", at=AT + timedelta(seconds=later)) is not None) is good


def test_forgetting_forgets_everything(shelf):
    put(shelf)
    keep.forget()
    assert shelf.find("hers", at=AT) is None


def test_what_is_too_old_leaves_as_other_things_come(shelf):
    put(shelf, "a")
    put(shelf, "b")
    put(shelf, "a", at=AT + timedelta(seconds=4))
    put(shelf, "c", at=AT + timedelta(seconds=9))
    assert list(shelf._kept) == ["a", "c"]
    put(shelf, "d", at=AT + timedelta(seconds=20))
    assert list(shelf._kept) == ["d"]


def test_a_shelf_holds_so_much(shelf):
    for key in "abcd":
        put(shelf, key)
    assert list(shelf._kept) == ["d"]


def test_many_owners_are_not_remembered_for_ever(shelf, monkeypatch):
    monkeypatch.setattr(keep, "MOST_OWNERS", 2)
    put(shelf)
    keep.wrote({("people", owner) for owner in (1, 2, 3)})
    assert shelf.find("hers", at=AT) is None and not keep._by_owner


def test_a_unit_is_as_old_as_the_oldest_that_it_found(shelf):
    unit = Unit()
    put(shelf, "old", at=AT - timedelta(seconds=3))
    put(shelf, "new")
    assert shelf.find("new", at=AT, unit=unit) and unit.as_of == AT
    assert shelf.find("old", at=AT, unit=unit) and shelf.find("new", at=AT, unit=unit)
    assert unit.as_of == AT - timedelta(seconds=3)


def test_commits_of_many_threads_are_all_counted():
    began = keep.mark()
    threads = [Thread(target=lambda: [keep.wrote({("people", 1)}) for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keep.mark() == began + 800


def names(shelf):
    return shelf.read(db.current(), "", lambda: [one.name for one in db.session.query(Entity)], at=AT)


def test_a_unit_sees_what_it_wrote_itself_and_keeps_it_from_others(database):
    shelf = Shelf(Entity)
    with db.unit_of_work(write=False):
        assert names(shelf) == names(shelf) == []
    with db.unit_of_work() as unit:
        assert names(shelf) == []
        make_entity(name="A")
        assert names(shelf) == ["A"]
        unit.abandon()
    with db.unit_of_work(write=False):
        assert names(shelf) == []


def test_a_commit_is_seen_by_the_next_unit(database):
    shelf = Shelf(Entity)
    with db.unit_of_work(write=False):
        assert names(shelf) == []
    with db.unit_of_work():
        make_entity(name="A")
    with db.unit_of_work(write=False):
        assert names(shelf) == ["A"]


def test_what_others_do_leaves_mine(database):
    shelf = Shelf(own=(Following,))
    with db.unit_of_work():
        ada, bea, topic = make_person(), make_person(), make_topic()
    with db.unit_of_work(write=False) as unit:
        shelf.put("ada", 1, unit=unit, at=AT, owner=ada.id)
        shelf.put("bea", 2, unit=unit, at=AT, owner=bea.id)
    with db.unit_of_work():
        db.session.add(Following(person_id=bea.id, topic_id=topic.id))
    assert shelf.find("ada", at=AT) == 1 and shelf.find("bea", at=AT) is None
