"""Connecting an account, and giving it up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from advocacy import db, vault
from advocacy.accounts.models import Person
from advocacy.errors import Conflict, Forbidden, Refused
from advocacy.leaderboards.models import Points
from advocacy.sharing import arranging, connecting, queries
from advocacy.sharing.models import Authorisation, Connection, ConnectionState, DeliveryState, Revocation
from tests.makers.accounts import make_person
from tests.makers.sharing import (
    SERVER,
    later,
    make_account,
    make_connection,
    make_delivery,
    make_registration,
    make_sharer,
    make_tokens,
)

pytestmark = pytest.mark.usefixtures("unit")
SESSION = "0123456789abcdef"


def trip(person: Person, at: datetime, state: str = "the-state") -> Authorisation:
    """A trip to the network."""
    made = connecting.begin_trip(
        make_registration(),
        state=state,
        secret="the-verifier",
        session_code=SESSION,
        may_read=True,
        back_to="/kits/",
        by=person,
        at=at,
    )
    db.session.flush()
    return made


def test_keep_registration_seals_and_replaces(at: datetime) -> None:
    row = make_registration()
    assert "secret" not in row.sealed_secret and connecting.secret_of(row) == "secret"
    known = connecting.registration_for("mastodon", SERVER, row.redirect_uri)
    assert known is row and make_registration() is row
    assert connecting.registration_for("mastodon", SERVER, "https://else.example/") is None


def test_a_trip_ends_once_and_gives_its_verifier(at: datetime) -> None:
    ada = make_sharer()
    made = trip(ada, at)
    assert "the-verifier" not in made.sealed_secret and made.state_hash != "the-state"
    ended, verifier = connecting.end_trip("the-state", session_code=SESSION, by=ada, at=later(1))
    assert ended is made and verifier == "the-verifier"
    with pytest.raises(Refused, match="too old or was used"):
        connecting.end_trip("the-state", session_code=SESSION, by=ada, at=later(1))


def test_a_trip_is_of_one_person_one_session_and_a_quarter_of_an_hour(at: datetime) -> None:
    ada = make_sharer()
    trip(ada, at)
    for state, session, person, minutes in (
        ("another", SESSION, ada, 1),
        ("the-state", "another", ada, 1),
        ("the-state", SESSION, make_sharer(), 1),
        ("the-state", SESSION, ada, 15),
    ):
        with pytest.raises(Refused):
            connecting.end_trip(state, session_code=session, by=person, at=later(minutes))
    assert connecting.end_trip("the-state", session_code=SESSION, by=ada, at=later(14))


def test_accounts_are_for_champions_where_the_network_is_on(at: datetime) -> None:
    with pytest.raises(Forbidden):
        trip(make_person(), at)
    ada = make_sharer()
    assert ada.entity is not None
    arranging.switch_network(ada.entity, "mastodon", False, by=None, at=at)
    with pytest.raises(Refused, match="switched off"):
        trip(ada, at)


def test_connect_seals_keeps_limits_and_thanks_for_the_first(at: datetime) -> None:
    ada = make_sharer()
    row = make_connection(ada, access="very-secret")
    assert row.sealed_tokens and "very-secret" not in row.sealed_tokens
    assert connecting.unseal(row.code, row.sealed_tokens) == make_tokens("very-secret")
    with pytest.raises(vault.Unsealable):
        connecting.unseal("another", row.sealed_tokens)
    assert row.limits["characters"] == 500 and row.limits["idempotent_seconds"] == 3000
    make_connection(ada)
    assert db.session.scalar(sa.select(sa.func.count()).where(Points.kind == "connected")) == 1


def test_tokens_keep_when_they_end(at: datetime) -> None:
    tokens = connecting.Sealed("a", "r", at + timedelta(days=60), ("profile",))
    assert connecting.Sealed.from_text(tokens.as_text()) == tokens


def test_connecting_again_keeps_history_and_wakes_the_account(at: datetime) -> None:
    ada = make_sharer()
    account = make_account()
    first = connecting.connect(make_registration(), account, make_tokens(), may_read=False, by=ada, at=at)
    first.state = ConnectionState.NEEDS_RECONNECTING
    again = connecting.connect(
        make_registration(), account, make_tokens("new"), may_read=True, by=ada, at=later(1)
    )
    assert again is first and again.is_active and again.may_read


def test_an_account_belongs_to_one_person(at: datetime) -> None:
    ada, olga = make_sharer(), make_sharer()
    account = make_account("@us@social.example")
    kept = connecting.connect(make_registration(), account, make_tokens(), may_read=False, by=ada, at=at)
    with pytest.raises(Conflict, match="colleague already"):
        connecting.connect(make_registration(), account, make_tokens(), may_read=False, by=olga, at=at)
    connecting.disconnect(kept, by=ada, at=at)
    taken = connecting.connect(make_registration(), account, make_tokens(), may_read=False, by=olga, at=at)
    assert taken is not kept and taken.person_id == olga.id
    assert kept.person_id == ada.id and kept.remote_id.endswith(f"#{kept.code}")


def test_disconnect_cancels_and_queues_the_revocation(at: datetime) -> None:
    ada = make_sharer()
    row, other = make_connection(ada), make_connection(ada)
    waiting = make_delivery(ada, connection=row)
    elsewhere = make_delivery(ada, connection=other)
    assert connecting.disconnect(row, by=ada, at=at) == 1
    assert waiting.state is DeliveryState.CANCELLED and elsewhere.state is DeliveryState.WAITING
    assert row.sealed_tokens is None and row.state is ConnectionState.DISCONNECTED
    assert connecting.disconnect(row, by=ada, at=at) == 0
    revocation = db.session.scalars(sa.select(Revocation)).one()
    assert revocation.due_at == at and connecting.left_over(row.code) == revocation.sealed_tokens
    assert db.session.scalars(queries.connections_of(ada)).all() == [other]


@pytest.mark.parametrize(("access", "state"), [("token", "dropped"), ("another", "waiting")])
def test_a_token_that_came_back_is_not_revoked_after_all(at: datetime, access: str, state: str) -> None:
    ada = make_sharer()
    account = make_account()
    row = connecting.connect(make_registration(), account, make_tokens(), may_read=False, by=ada, at=at)
    connecting.disconnect(row, by=ada, at=at)
    db.session.flush()
    connecting.connect(make_registration(), account, make_tokens(access), may_read=False, by=ada, at=later(1))
    assert db.session.scalars(sa.select(Revocation)).one().state == state


def test_a_connection_is_its_owners_alone(at: datetime) -> None:
    ada = make_sharer()
    row = make_connection(ada)
    assert queries.connection(ada, row.code) is row
    with pytest.raises(Refused):
        queries.connection(make_sharer(), row.code)
    assert db.session.scalar(sa.select(sa.func.count(Connection.id))) == 1


def test_an_account_with_a_did_is_one_wherever_its_server_is(at: datetime) -> None:
    ada, olga, registration = make_sharer(), make_sharer(), make_registration()
    first = replace(make_account(), remote_id="did:plc:ada", server="https://one.example")
    moved = replace(first, server="https://two.example")
    row = connecting.connect(registration, first, make_tokens(), may_read=False, by=ada, at=at)
    with pytest.raises(Conflict):
        connecting.connect(registration, moved, make_tokens(), may_read=False, by=olga, at=at)
    again = connecting.connect(registration, moved, make_tokens(), may_read=False, by=ada, at=at)
    assert again is row and row.server == "https://two.example"
