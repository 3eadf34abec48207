from __future__ import annotations

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.training import actions, personal_data
from advocacy.training.models import Certificate, Enrolment, LessonRead, QuizTry
from tests.makers.accounts import make_champion
from tests.makers.training import AT, make_certificate, make_course, make_try

pytestmark = pytest.mark.usefixtures("unit")


def test_export_and_erase():
    ada, bob, course = make_champion(), make_champion(), make_course("kind")
    actions.finish_lesson(course, "first", by=ada, at=AT)
    make_try(course, ada, right=False)
    certificate = make_certificate(course, ada)
    make_certificate(course, bob)
    course.current.edited_by = ada.id
    db.session.flush()
    told = personal_data.export(ada)
    (begun,) = told["courses_begun"]
    assert begun["course"] == "kind" and begun["remind_at"] is None
    assert [one["lesson"] for one in begun["lessons_read"]] == ["first"]
    assert [one["passed"] for one in begun["tries"]] == [False, True]
    assert [one["code"] for one in told["certificates"]] == [certificate.code]
    assert told["courses_written"] == [{"course": "kind", "version": 1}]
    personal_data.erase(ada, by=ada, at=AT)
    for record in (Certificate, Enrolment, QuizTry):
        assert len(db.session.scalars(sa.select(record)).all()) == 1
    assert db.session.scalar(sa.select(LessonRead.id)) is None
