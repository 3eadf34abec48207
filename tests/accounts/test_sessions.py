"""Sessions as rows, remembered in the process for a moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import queries, sessions
from advocacy.accounts.models import Grant, Person, SignedIn
from advocacy.permissions import Role
from tests.makers.accounts import make_person


@pytest.fixture
def ada(database):
    with db.unit_of_work():
        return make_person("Ada")


def started(person, at):
    with db.unit_of_work():
        return sessions.start(person, device="x" * 200, at=at)


def look(secret, at):
    with db.unit_of_work(write=False):
        return sessions.look(secret, at=at)


def test_look_knows_only_what_was_started(ada, at):
    secret = started(ada, at)
    assert look(secret, at).person_id == ada.id
    assert look("something else", at) is None and look(None, at) is None
    assert look(secret, at + timedelta(days=8)) is None


def test_touch_notes_use_every_five_minutes(ada, at):
    seen = look(started(ada, at), at)
    sessions.touch(seen, at=at + timedelta(minutes=4))
    with db.unit_of_work(write=False):
        [row] = queries.devices(ada, at=at)
        assert row.touched_at == at and len(row.device) == 120
    sessions.touch(seen, at=at + timedelta(minutes=5))
    with db.unit_of_work(write=False):
        [row] = queries.devices(ada, at=at)
        assert row.touched_at == at + timedelta(minutes=5)


def test_an_end_elsewhere_is_seen_within_five_seconds(ada, at):
    secret = started(ada, at)
    assert look(secret, at)
    with db.engine().begin() as another:  # another process would not tell this one either
        another.execute(sa.update(SignedIn).values(ended_at=at))
    assert look(secret, at + timedelta(seconds=5))
    assert look(secret, at + timedelta(seconds=6)) is None


def test_an_end_here_is_seen_at_once(ada, at):
    secret = started(ada, at)
    assert look(secret, at)
    with db.unit_of_work():
        sessions.end_all(ada, at=at)
    assert look(secret, at) is None


def owner(seen, at, **how):
    with db.unit_of_work(write=False):
        return sessions.owner(seen, at=at, **how)


def test_a_person_is_remembered_for_five_seconds_and_never_shared_between_requests(ada, at):
    seen = look(started(ada, at), at)
    first, again = owner(seen, at), owner(seen, at)
    assert first is not again and again.name == "Ada" and again.grants == []
    with db.engine().begin() as another:
        another.execute(sa.update(Person).values(name="Ada Nyström"))
    assert owner(seen, at + timedelta(seconds=5)).name == "Ada"
    assert owner(seen, at, afresh=True).name == "Ada Nyström"
    assert owner(seen, at + timedelta(seconds=6)).name == "Ada Nyström"


def test_who_writes_is_known_as_she_is_now(ada, at):
    seen = look(started(ada, at), at)
    assert owner(seen, at).name == "Ada"
    with db.engine().begin() as another:
        another.execute(sa.update(Person).values(name="Ada Nyström"))
    with db.unit_of_work():
        assert sessions.owner(seen, at=at).name == "Ada Nyström"


def test_who_was_disabled_here_is_nobody_at_once(ada, at):
    seen = look(started(ada, at), at)
    assert owner(seen, at) and sessions.known(seen, at=at)
    with db.unit_of_work():
        db.session.get_one(Person, ada.id).disabled_at = at
    assert sessions.known(seen, at=at) is None
    assert owner(seen, at) is None and owner(seen, at) is None and sessions.known(seen, at=at) is None


def test_who_is_not_there_any_more_is_nobody(database, at):
    assert owner(sessions.Seen(1, "code", 1, at, at, None), at) is None


def test_a_new_role_here_counts_at_once(ada, at):
    seen = look(started(ada, at), at)
    assert not owner(seen, at).may("kit.edit")
    with db.unit_of_work():
        db.session.add(Grant(person_id=ada.id, role=Role.COMMS, granted_at=at))
    assert owner(seen, at).may("kit.edit")
