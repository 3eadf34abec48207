from __future__ import annotations

from datetime import timedelta

import pytest

from advocacy import db
from advocacy.guidelines import jobs, queries, record
from advocacy.mail import jobs as mail
from advocacy.mail.models import Letter
from tests.makers.accounts import make_person
from tests.makers.guidelines import AT, make_guideline


@pytest.mark.parametrize(("language", "word"), [("en", "Kindness"), ("fr", "Kindness (fr)")])
def test_remind_due_writes_a_letter_that_can_be_read(app, language, word):
    with db.unit_of_work():
        make_guideline("kind", "Kindness")
        ada = make_person("Ada", language=language)
    assert jobs.remind_due(AT + timedelta(days=25)) == 1
    with db.unit_of_work(write=False):
        letter = db.session.query(Letter).one()
        assert record.reminders(ada) and queries.to_read(ada, AT)
    with app.app_context():
        text = mail.rendered(letter).get_content()
    assert word in text and "/guidelines/kind" in text


def test_remind_due_goes_on_until_everybody_was_written_to(database, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    monkeypatch.setattr(jobs, "MOST_BATCHES", 3)
    with db.unit_of_work():
        make_guideline("kind")
        for _number in range(9):
            make_person()
    later = AT + timedelta(days=25)
    assert [jobs.remind_due(later), jobs.remind_due(later), jobs.remind_due(later)] == [6, 3, 0]
