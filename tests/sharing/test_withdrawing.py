"""Stopping what has not gone out."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.audit.models import AuditLine
from advocacy.errors import Refused
from advocacy.mail.models import Letter
from advocacy.permissions import Role
from advocacy.sharing import queries, withdrawing
from advocacy.sharing.models import DeliveryState, Revocation
from tests.makers.accounts import make_person
from tests.makers.content import make_kit
from tests.makers.sharing import later, make_connection, make_delivery, make_share, make_sharer

pytestmark = pytest.mark.usefixtures("unit")


def test_pause_keeps_its_first_moment_and_resume_ends_it(at: datetime) -> None:
    ada = make_sharer()
    withdrawing.pause(by=ada, at=at)
    withdrawing.pause(by=ada, at=later(5))
    assert ada.paused_at == at
    withdrawing.resume(by=ada)
    assert not ada.is_paused


def test_leave_cancels_disconnects_and_leaves_posts_alone(at: datetime) -> None:
    ada = make_sharer()
    connection = make_connection(ada)
    waiting = make_delivery(ada, connection=connection)
    held = make_delivery(ada, DeliveryState.HELD, connection=connection)
    sent = make_delivery(ada, DeliveryState.SENT, connection=connection)
    other = make_delivery(make_sharer())
    withdrawing.pause(by=ada, at=at)
    assert queries.how_many_open(ada) == 2
    assert withdrawing.leave(by=ada, at=later(1)) == withdrawing.Left(posts=2, accounts=1)
    assert waiting.state is held.state is DeliveryState.CANCELLED and sent.state is DeliveryState.SENT
    assert other.state is DeliveryState.WAITING
    assert not ada.is_champion and not ada.is_paused and connection.sealed_tokens is None
    assert db.session.scalars(sa.select(Revocation)).one().connection_code == connection.code


def test_nobody_can_read_in_the_trail_who_paused_or_left(at: datetime) -> None:
    ada = make_sharer()
    withdrawing.pause(by=ada, at=at)
    withdrawing.leave(by=ada, at=at)
    db.session.flush()
    assert not db.session.scalars(sa.select(AuditLine).where(AuditLine.about == f"person:{ada.code}")).all()


def test_recall_kit_cancels_and_tells_each_owner(at: datetime) -> None:
    ada, carl = make_sharer(), make_person(roles=[Role.COMMS])
    kit = make_kit("open-day")
    connection = make_connection(ada)
    delivery = make_delivery(ada, kit=kit, connection=connection)
    sent = make_delivery(ada, DeliveryState.SENT, kit=kit, connection=connection)
    other = make_delivery(ada, connection=connection)
    assert withdrawing.recall_kit(kit, reason="A figure is wrong.", by=carl, at=later(1)) == 1
    assert delivery.state is DeliveryState.CANCELLED
    assert delivery.reason_values == {"reason": "A figure is wrong.", "by": carl.code}
    assert sent.state is DeliveryState.SENT and other.state is DeliveryState.WAITING
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "story_recalled")).one()
    assert letter.address == ada.email


def test_recall_kit_takes_the_permission(at: datetime) -> None:
    kit = make_kit()
    delivery = make_share(make_sharer(), kit=kit).deliveries[0]
    with pytest.raises(Refused):
        withdrawing.recall_kit(kit, reason="No", by=make_sharer(), at=at)
    assert delivery.state is DeliveryState.WAITING
