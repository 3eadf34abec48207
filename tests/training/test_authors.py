from __future__ import annotations

from dataclasses import replace

import pytest

from advocacy import db
from advocacy.accounts.models import Grant
from advocacy.errors import Conflict, Forbidden, Missing, Refused, Several
from advocacy.permissions import Role
from advocacy.training import actions, queries, rules
from advocacy.training.rules import Audience, Change, CourseWords, LessonData, LessonWords, QuestionData
from tests.makers.accounts import make_entity, make_person
from tests.makers.training import AT, course_data, lesson_data, make_course, make_try, question_data

pytestmark = pytest.mark.usefixtures("unit")
WORDS = {"en": CourseWords("How we answer")}


def hana():
    return make_person("Hana", roles=[Role.HR])


def prints(course, kind):
    return [rules.print_of(part) for part in getattr(queries.snapshot(course), kind)]


def test_begin_makes_an_address_of_the_title():
    by = hana()
    assert actions.begin(WORDS, by=by, at=AT).slug == "how-we-answer"
    assert actions.begin(WORDS, by=by, at=AT).slug == "how-we-answer-2"
    assert actions.begin({"en": CourseWords("Certificates")}, by=by, at=AT).slug == "certificates-2"
    with pytest.raises(Refused):
        actions.begin({"en": CourseWords(summary="No title")}, by=by, at=AT)


def test_who_may_not_edit_is_refused():
    local, entity = make_person(), make_entity()
    local.grants = [Grant(role=Role.HR, entity_id=entity.id, granted_at=AT)]
    db.session.flush()
    for person in (local, make_person()):
        with pytest.raises(Forbidden):
            actions.begin(WORDS, by=person, at=AT)


def test_editing_what_is_taught_starts_a_draft_copied_from_it():
    course, by = make_course("c"), hana()
    before = course.current.data
    seen = prints(course, "lessons")[0]
    place = actions.change_part(course, "lessons", 0, lesson_data("other", "New"), seen=seen, by=by, at=AT)
    assert place == 0
    assert course.current.data == before
    draft = course.draft.data
    assert (draft.lessons[0].slug, draft.lessons[0].words["en"].title) == ("first", "New")
    assert draft.questions == before.questions


def test_parts_are_added_moved_and_taken_out():
    course, by = make_course("c"), hana()
    new = LessonData("", {"en": LessonWords("The first lesson", "Text.")})
    assert actions.change_part(course, "lessons", 0, new, seen="", by=by, at=AT) == 2
    assert [lesson.slug for lesson in course.draft.lessons] == ["first", "second", "the-first-lesson"]
    actions.change_part(course, "lessons", 0, new, seen="", by=by, at=AT)
    assert course.draft.lessons[3].slug == "the-first-lesson-2"
    untitled = LessonData("", {})
    actions.change_part(course, "lessons", 0, untitled, seen="", by=by, at=AT)
    assert course.draft.lessons[4].slug == "untitled"
    actions.move_part(course, "lessons", 1, -1, seen=prints(course, "lessons")[1], by=by, at=AT)
    assert [lesson.slug for lesson in course.draft.lessons][:2] == ["second", "first"]
    actions.remove_part(course, "questions", 0, seen=prints(course, "questions")[0], by=by, at=AT)
    assert len(course.draft.questions) == 1 and len(course.current.questions) == 2
    actions.change_part(course, "questions", 5, question_data("Third?"), seen="", by=by, at=AT)
    assert queries.snapshot(course).questions[1] == question_data("Third?")


def test_two_people_editing_one_part_the_second_is_told():
    course, by = make_course("c"), hana()
    seen = prints(course, "lessons")[0]
    actions.change_part(course, "lessons", 0, lesson_data("first", "Hers"), seen=seen, by=by, at=AT)
    with pytest.raises(Conflict):
        actions.change_part(course, "lessons", 0, lesson_data("first", "Mine"), seen=seen, by=by, at=AT)
    with pytest.raises(Conflict):
        actions.remove_part(course, "lessons", 9, seen=seen, by=by, at=AT)
    other = prints(course, "lessons")[1]
    actions.change_part(course, "lessons", 1, lesson_data("second", "Beside"), seen=other, by=by, at=AT)


def test_change_about_leaves_the_parts():
    course, by = make_course("c"), hana()
    about = actions.about(queries.snapshot(course))
    mine = replace(about, minutes=33, valid_months=None)
    actions.change_about(course, mine, seen=rules.print_of(about), by=by, at=AT)
    assert (course.draft.minutes, course.draft.valid_months, len(course.draft.lessons)) == (33, None, 2)
    with pytest.raises(Conflict):
        actions.change_about(course, mine, seen=rules.print_of(about), by=by, at=AT)


def test_a_text_that_is_too_long_is_refused():
    course = make_course("c")
    huge = LessonData("", {"en": LessonWords("T", "x" * (rules.LONGEST_BODY + 1))})
    with pytest.raises(Refused):
        actions.change_part(course, "lessons", 9, huge, seen="", by=hana(), at=AT)


def test_publish_freezes_the_draft():
    by = hana()
    course = actions.begin({**WORDS, "fr": CourseWords()}, by=by, at=AT)
    with pytest.raises(Several):
        actions.publish(course, seen=rules.print_of(queries.snapshot(course)), by=by, at=AT)
    with pytest.raises(Conflict):
        actions.publish(course, seen="older", by=by, at=AT)
    actions.change_part(course, "lessons", 0, lesson_data(), seen="", by=by, at=AT)
    actions.change_part(course, "questions", 0, question_data(), seen="", by=by, at=AT)
    version = actions.publish(course, seen=rules.print_of(queries.snapshot(course)), by=by, at=AT)
    assert course.current is version and course.draft is None and version.published_by == by.id
    assert list(version.data.words) == ["en"] and list(version.data.lessons[0].words) == ["en"]
    with pytest.raises(Conflict):
        actions.publish(course, seen=rules.print_of(queries.snapshot(course)), by=by, at=AT)


def test_the_system_may_publish():
    course = make_course("c")
    actions.change_part(course, "lessons", 9, lesson_data("x", "X"), seen="", by=None, at=AT)
    version = actions.publish(course, seen=rules.print_of(queries.snapshot(course)), by=None, at=AT)
    assert (version.number, version.published_by) == (2, None)


def test_drop_draft():
    course, by = make_course("c"), hana()
    with pytest.raises(Missing):
        actions.drop_draft(course, by=by, at=AT)
    actions.change_part(course, "lessons", 9, lesson_data("x", "X"), seen="", by=by, at=AT)
    actions.drop_draft(course, by=by, at=AT)
    assert course.draft is None and course.current is not None
    begun = actions.begin(WORDS, by=by, at=AT)
    actions.drop_draft(begun, by=by, at=AT)
    assert queries.with_slug("how-we-answer") is None


def test_change_settings():
    course, by = make_course("c"), hana()
    same = {"unlocks_sharing": True, "audience": Audience.CHAMPIONS, "position": 1}
    assert not actions.change_settings(course, **same, by=by, at=AT)
    assert actions.change_settings(course, **{**same, "audience": Audience.EVERYONE}, by=by, at=AT)
    plain = make_course(questions=(), unlocks_sharing=False)
    with pytest.raises(Refused):
        actions.change_settings(plain, **same, by=by, at=AT)


def test_retire_and_bring_back():
    course, by = make_course("c"), hana()
    actions.retire(course, by=by, at=AT)
    actions.retire(course, by=by, at=AT)
    assert queries.taught() == []
    actions.bring_back(course, by=by, at=AT)
    actions.bring_back(course, by=by, at=AT)
    assert queries.taught() == [course]


def test_keep_course_publishes_only_when_words_changed():
    data = course_data("Kindness")
    assert actions.keep_course("kind", data, by=None, at=AT) == Change.MADE
    course = queries.with_slug("kind")
    certificate = make_try(course, make_person())
    assert actions.keep_course("kind", data, by=None, at=AT) == Change.NONE
    assert actions.keep_course("kind", replace(data, position=9), by=None, at=AT) == Change.SETTINGS
    fewer = replace(data, questions=(data.questions[0],), position=9)
    assert actions.keep_course("kind", fewer, by=None, at=AT) == Change.NEW_VERSION
    assert course.current.number == 2 and certificate.passed


def test_keep_course_leaves_a_draft_that_someone_is_writing():
    course = make_course("kind")
    actions.change_part(course, "questions", 9, QuestionData({}), seen="", by=hana(), at=AT)
    draft = course.draft
    actions.keep_course("kind", course_data("Different"), by=None, at=AT)
    assert course.current.number == 2 and course.draft is draft and draft.number == 3


def test_keep_course_without_questions_unlocks_nothing():
    actions.keep_course("plain", course_data(questions=()), by=None, at=AT)
    assert not queries.with_slug("plain").unlocks_sharing
