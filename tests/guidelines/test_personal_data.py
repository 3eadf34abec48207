from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.guidelines import actions, personal_data
from advocacy.guidelines.models import Acknowledgement, ReadingReminder
from advocacy.permissions import Role
from tests.makers.accounts import make_person
from tests.makers.guidelines import AT, make_guideline, publish_again

pytestmark = pytest.mark.usefixtures("unit")


def test_export_and_erase():
    hana = make_person(roles=[Role.HR])
    guideline = make_guideline("kind")
    actions.acknowledge(guideline, number=1, language="fr", by=hana, at=AT)
    publish_again(guideline, at=AT)
    guideline.versions[1].edited_by = hana.id
    actions.remind_due(at=AT + timedelta(days=25))
    told = personal_data.export(hana)
    assert told["guidelines_accepted"] == [
        {"guideline": "kind", "version": 1, "language": "fr", "at": AT.isoformat()}
    ]
    assert told["guideline_reminders"][0]["stage"] == "soon"
    assert told["guidelines_written"] == [{"guideline": "kind", "version": 2}]
    personal_data.erase(hana, by=hana, at=AT)
    assert db.session.scalar(sa.select(ReadingReminder.id)) is None
    assert db.session.scalar(sa.select(Acknowledgement.person_id)) == hana.id
