"""Who gets a letter, and who gets it once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.mail import actions, personal_data, queries, rules
from advocacy.mail.models import Letter
from tests.makers.accounts import make_person


def test_write_takes_language_and_name_from_the_person(unit, at):
    ada = make_person("Ada", language="fr", time_zone="Europe/Paris")
    letter = actions.write(ada, kind="test", values={"a": 1}, at=at)
    assert (letter.name, letter.language, letter.time_zone, letter.values) == (
        "Ada",
        "fr",
        "Europe/Paris",
        {"a": 1},
    )
    other = actions.write("x@demo.example", kind="test", at=at, language="fr")
    assert (other.person_id, other.language) == (None, "fr")


def test_write_keeps_a_key_once(unit, at, monkeypatch):
    ada = make_person()
    assert actions.write(ada, kind="test", key="weekly:1", at=at)
    assert actions.write(ada, kind="test", key="weekly:1", at=at) is None
    monkeypatch.setattr(queries, "is_written", lambda key: False)  # as when two write it at one moment
    assert actions.write(ada, kind="test", key="weekly:1", at=at) is None
    assert len(db.session.scalars(sa.select(Letter)).all()) == 1


@pytest.mark.parametrize("values", [{"email": None}, {"disabled_at": True}, {"erased_at": True}])
def test_write_to_nobody(unit, at, values):
    ada = make_person(**{name: at if value else None for name, value in values.items()})
    assert actions.write(ada, kind="sign_in_link", at=at) is None


def test_paused_people_get_what_they_ask_for(unit, at):
    ada = make_person(paused_at=at)
    assert actions.write(ada, kind="weekly", at=at) is None
    assert all(actions.write(ada, kind=kind, at=at) for kind in sorted(rules.ASKED_FOR))


def test_next_try_gives_up(at):
    waits = [rules.next_try(n, at=at) for n in range(1, 9)]
    assert waits[-1] is None and waits[:-1] == sorted(waits[:-1])


def test_personal_data(unit, at):
    ada, eve = make_person(), make_person()
    actions.write(ada, kind="test", values={"story": "open-day"}, sealed={"secret": "x"}, at=at)
    actions.write(eve, kind="test", at=at)
    [held] = personal_data.export(ada)["letters"]
    assert held["values"] == {"story": "open-day"} and held["written_at"] == at.isoformat()
    personal_data.erase(ada, by=ada, at=at)
    assert personal_data.export(ada) == {"letters": []} and len(personal_data.export(eve)["letters"]) == 1


def test_claim_next_leaves_what_another_worker_took(unit, at, monkeypatch):
    actions.write("x@demo.example", kind="test", at=at)
    taken = actions.claim_next(at=at, until=at)
    assert taken
    db.session.execute(sa.update(Letter).values(lease_until=at + rules.LONGEST_WORTH))
    monkeypatch.setattr(queries, "due", lambda _at: sa.select(Letter.id))  # as it stood a moment ago
    assert actions.claim_next(at=at, until=at) is None
