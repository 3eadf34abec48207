from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.errors import Conflict, Missing, Refused
from advocacy.leaderboards.models import Points
from advocacy.mail.models import Letter
from advocacy.training import actions, queries
from advocacy.training.models import Certificate, Enrolment
from tests.makers.accounts import make_champion
from tests.makers.training import (
    AT,
    answers_to,
    course_data,
    lesson_data,
    make_certificate,
    make_course,
    make_try,
)

pytestmark = pytest.mark.usefixtures("unit")
DAY = timedelta(days=1)


def publish_again(course, at, **changes):
    data = replace(course.current.data, **{"minutes": course.current.minutes + 1} | changes)
    actions.keep_course(course.slug, data, by=None, at=at)
    return course.current


def test_enrol_is_once_per_version():
    course, ada = make_course(), make_champion()
    first = actions.enrol(course, by=ada, at=AT)
    assert actions.enrol(course, by=ada, at=AT + DAY) is first
    assert first.started_at == AT


def test_enrol_in_what_is_not_taught_is_a_conflict():
    ada, course = make_champion(), make_course()
    course.retired_at = AT
    with pytest.raises(Conflict):
        actions.enrol(course, by=ada, at=AT)


def test_finish_lesson_leads_to_the_next():
    course, ada = make_course(), make_champion()
    after = actions.finish_lesson(course, "first", by=ada, at=AT)
    assert after is not None and after.slug == "second"
    assert actions.finish_lesson(course, "first", by=ada, at=AT).slug == "second"
    progress = queries.progress(ada, course, AT)
    assert progress.steps == (1, 3) and progress.next_lesson.slug == "second"
    assert actions.finish_lesson(course, "second", by=ada, at=AT) is None
    assert queries.progress(ada, course, AT).next_lesson is None
    with pytest.raises(Missing):
        actions.finish_lesson(course, "third", by=ada, at=AT)


def test_a_failed_try_earns_nothing_and_may_be_followed_at_once():
    course, ada = make_course(), make_champion()
    failed = make_try(course, ada, right=False)
    assert (failed.right, failed.asked, failed.passed) == (0, 2, False)
    assert queries.certificate_of(ada, course, AT) is None
    assert make_try(course, ada).passed


def test_passing_earns_a_certificate_and_points_once_per_version():
    course, ada = make_course(), make_champion()
    certificate = make_certificate(course, ada)
    assert certificate.expires_at == AT.replace(year=2027)
    make_try(course, ada, at=AT + DAY)
    assert queries.certificates(ada) == [certificate]
    assert len(db.session.scalars(sa.select(Points).where(Points.person_id == ada.id)).all()) == 1
    publish_again(course, AT + DAY)
    make_try(course, ada, at=AT + 2 * DAY)
    assert len(queries.certificates(ada)) == 2
    assert len(db.session.scalars(sa.select(Points).where(Points.person_id == ada.id)).all()) == 2


def test_a_certificate_is_renewed_when_it_ends_soon():
    course, ada = make_course(), make_champion()
    make_certificate(course, ada)
    make_try(course, ada, at=AT + 330 * DAY)
    assert len(queries.certificates(ada)) == 2
    assert queries.missing_for(ada, AT + 400 * DAY) == []


def test_every_question_wants_an_answer():
    course, ada = make_course(), make_champion()
    answers = answers_to(course.current)
    answers.pop(course.current.questions[0].id)
    with pytest.raises(Refused):
        actions.try_quiz(course, number=1, answers=answers, by=ada, at=AT)


def test_an_answer_that_belongs_elsewhere_is_a_conflict():
    course, ada = make_course(), make_champion()
    answers = {question.id: {-1} for question in course.current.questions}
    with pytest.raises(Conflict):
        actions.try_quiz(course, number=1, answers=answers, by=ada, at=AT)


def test_a_course_that_changed_meanwhile_is_finished_as_it_was_begun():
    course, ada = make_course(), make_champion()
    actions.finish_lesson(course, "first", by=ada, at=AT)
    answers = answers_to(course.current)
    publish_again(course, AT + DAY)
    assert queries.version_for(ada, course, AT + 2 * DAY).number == 1
    made = actions.try_quiz(course, number=1, answers=answers, by=ada, at=AT + 2 * DAY)
    assert made.passed and queries.missing_for(ada, AT + 2 * DAY) == []
    assert queries.version_for(ada, course, AT + 2 * DAY).number == 2


def test_answers_to_what_was_replaced_long_ago_are_a_conflict():
    course, ada = make_course(), make_champion()
    actions.enrol(course, by=ada, at=AT)
    answers = answers_to(course.current)
    publish_again(course, AT + DAY)
    with pytest.raises(Conflict):
        actions.try_quiz(course, number=1, answers=answers, by=ada, at=AT + 60 * DAY)
    assert queries.version_for(ada, course, AT + 60 * DAY).number == 2


@pytest.mark.parametrize("number", [0, 2])
def test_answers_to_a_version_that_is_not_there_are_a_conflict(number):
    course, ada = make_course(), make_champion()
    with pytest.raises(Conflict):
        actions.try_quiz(course, number=number, answers={}, by=ada, at=AT)


def test_a_course_without_questions_has_no_quiz():
    course = make_course(questions=(), unlocks_sharing=False)
    with pytest.raises(Conflict):
        actions.try_quiz(course, number=1, answers={}, by=make_champion(), at=AT)
    assert queries.progress(make_champion(), course, AT).steps == (0, 2)


def test_lessons_that_did_not_change_stay_read():
    course, ada = make_course(), make_champion()
    actions.finish_lesson(course, "first", by=ada, at=AT)
    actions.finish_lesson(course, "second", by=ada, at=AT)
    publish_again(
        course, AT + DAY, lessons=(lesson_data(), lesson_data("second", "Quite new"), lesson_data("third"))
    )
    enrolment = actions.enrol(course, by=ada, at=AT + 60 * DAY)
    assert enrolment.version.number == 2
    progress = queries.progress(ada, course, AT + 60 * DAY)
    assert [lesson.slug for lesson in enrolment.version.lessons if lesson.id in progress.read] == ["first"]


def test_remind_me_only_when_asked_and_once():
    course, ada = make_course(), make_champion()
    with pytest.raises(Refused):
        actions.remind_me(course, days=5, by=ada, at=AT)
    assert actions.remind_me(course, days=7, by=ada, at=AT).remind_at == AT + 7 * DAY
    assert actions.remind_due(at=AT + 6 * DAY) == 0
    assert actions.remind_due(at=AT + 7 * DAY) == 1
    assert actions.remind_due(at=AT + 8 * DAY) == 0
    letter = db.session.scalars(sa.select(Letter)).one()
    assert (letter.kind, letter.values["slug"]) == ("course_reminder", course.slug)


def test_remind_me_can_be_taken_back():
    course, ada = make_course(), make_champion()
    actions.remind_me(course, days=3, by=ada, at=AT)
    assert actions.remind_me(course, days=0, by=ada, at=AT).remind_at is None


def test_no_letter_when_there_is_nothing_left_to_do():
    passed, retired, ada = make_course(), make_course(), make_champion()
    for course in (passed, retired):
        actions.remind_me(course, days=3, by=ada, at=AT)
    make_try(passed, ada)
    retired.retired_at = AT
    assert actions.remind_due(at=AT + 9 * DAY) == 1
    assert db.session.scalar(sa.select(Letter.id)) is None
    assert db.session.scalars(sa.select(Enrolment.remind_at)).all() == [None, None]


def test_missing_for_asks_for_a_certificate_that_holds():
    ada, course = make_champion(), make_course()
    make_course(unlocks_sharing=False)
    certificate = make_certificate(course, ada)
    assert queries.missing_for(ada, AT) == []
    assert queries.missing_for(ada, certificate.expires_at) == [course]
    certificate.revoked_at = AT + DAY
    db.session.flush()
    assert queries.missing_for(ada, AT + DAY) == [course]
    course.retired_at = AT
    db.session.flush()
    assert queries.missing_for(ada, AT + DAY) == []


def test_a_certificate_without_end_holds_longest():
    ada, course = make_champion(), make_course(valid_months=None)
    certificate = make_certificate(course, ada)
    assert certificate.expires_at is None
    db.session.add(
        Certificate(
            person_id=ada.id,
            course=course,
            version=course.current,
            issued_at=AT,
            expires_at=AT + DAY,
            try_id=None,
        )
    )
    db.session.flush()
    assert queries.certificate_of(ada, course, AT) is certificate


def test_what_is_not_taught_is_not_learned():
    ada, course = make_champion(), make_course()
    assert [one.course for one in queries.learning(ada, AT)] == [course]
    course.retired_at = AT
    assert queries.progress(ada, course, AT) is None and queries.taught() == []
    draft = actions.begin(course_data("Draft").words, by=None, at=AT)
    assert queries.progress(ada, draft, AT) is None
    assert queries.title_of(draft, "fr") == "Draft (fr)"
    draft.draft.texts = []
    assert queries.title_of(draft, "fr") == "draft"


def test_a_certificate_of_someone_erased_has_no_owner():
    ada, course = make_champion(), make_course()
    certificate = make_certificate(course, ada)
    assert queries.owner(certificate) is ada
    assert queries.certificate(certificate.code) is certificate
    ada.erased_at = AT
    assert queries.owner(certificate) is None
