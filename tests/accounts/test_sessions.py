"""Sessions as rows, remembered in the process for a moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from advocacy import db
from advocacy.accounts import queries, sessions
from advocacy.accounts.models import SignedIn
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
    with db.unit_of_work():  # as another process would: nothing is forgotten here
        db.session.query(SignedIn).update({"ended_at": at})
    assert look(secret, at + timedelta(seconds=5))
    assert look(secret, at + timedelta(seconds=6)) is None


def test_the_memory_is_bounded(ada, at, monkeypatch):
    monkeypatch.setattr(sessions, "_seen", {str(n): None for n in range(10_001)})
    assert look(started(ada, at), at)
    assert len(sessions._seen) == 1
