"""What this room holds about a person, and how it is forgotten."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts import actions, personal_data, sessions
from advocacy.accounts.models import Following, Grant, LinkRequest, Person, SignedIn, SignInLink
from advocacy.errors import Refused
from advocacy.permissions import Role
from tests.makers.accounts import make_champion, make_entity, make_person, make_team, make_topic


def test_export_and_erase(unit, at):
    entity = make_entity(name="Here Ltd")
    ada = make_champion(
        "Ada",
        entity=entity,
        team=make_team(entity),
        follows=[make_topic("product")],
        roles=[Role.COMMS],
        password_hash="x",
    )
    sessions.start(ada, device="Firefox, Linux", at=at)
    actions.send_link(ada, at=at)
    actions.ask_for_link(ada.email, at=at)
    actions.ask_for_link("stranger@x.example", at=at)
    held = json.loads(json.dumps(personal_data.export(ada)))
    assert held["entity"] == "Here Ltd" and held["topics"] == ["product"] and held["has_password"]
    assert held["sessions"][0]["device"] == "Firefox, Linux" and held["roles"][0]["role"] == "comms"
    personal_data.erase(ada, by=ada, at=at)
    db.session.flush()
    assert held["links_asked_for"] == [at.isoformat()]
    assert [one.address for one in db.session.scalars(sa.select(LinkRequest))] == ["stranger@x.example"]
    for record in (Following, Grant, SignedIn, SignInLink):
        assert db.session.scalar(sa.select(record.id)) is None
    db.session.expire_all()
    row = db.session.scalars(sa.select(Person)).one()
    assert (row.id, row.name, row.email, row.staff_id, row.entity, row.joined_at) == (
        ada.id,
        "—",
        None,
        None,
        None,
        None,
    )
    assert row.erased_at == at and not row.is_active and row.grants == []


def test_erase_keeps_the_last_administrator(unit, at):
    root = make_person(roles=[Role.ADMIN])
    with pytest.raises(Refused):
        personal_data.erase(root, by=root, at=at)
