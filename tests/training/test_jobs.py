from __future__ import annotations

from datetime import timedelta

from advocacy import db
from advocacy.mail import jobs as mail
from advocacy.mail.models import Letter
from advocacy.training import actions, jobs
from tests.makers.accounts import make_champion
from tests.makers.training import AT, make_course


def test_remind_due_writes_a_letter_that_can_be_read(app):
    with db.unit_of_work():
        course = make_course("kind", "Kindness")
        actions.remind_me(course, days=3, by=make_champion(), at=AT)
    assert jobs.remind_due(AT) == 0
    assert jobs.remind_due(AT + timedelta(days=3)) == 1
    with db.unit_of_work(write=False):
        letter = db.session.query(Letter).one()
    with app.app_context():
        text = mail.rendered(letter).get_content()
    assert "Kindness" in text and "/training/kind" in text


def test_remind_due_goes_on_until_every_letter_is_written(database, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    monkeypatch.setattr(jobs, "MOST_BATCHES", 2)
    with db.unit_of_work():
        course = make_course("kind", "Kindness")
        for _number in range(5):
            actions.remind_me(course, days=3, by=make_champion(), at=AT)
    later = AT + timedelta(days=3)
    assert [jobs.remind_due(later), jobs.remind_due(later)] == [4, 1]
