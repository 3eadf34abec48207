from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa

from advocacy import clock, db
from advocacy.accounts.models import Grant, Person
from advocacy.permissions import Role
from advocacy.training import actions, queries, rules
from advocacy.training.rules import LessonData, LessonWords
from tests.makers.accounts import make_entity, make_person
from tests.makers.training import lesson_data, make_course

ABOUT = {
    "en-title": "Kindness",
    "en-summary": "",
    "en-introduction": "",
    "minutes": 5,
    "pass_mark": 75,
    "valid_months": "",
}
LESSON = {"en-title": "One", "en-body": "Body one.", "minutes": 4}
QUESTION = {
    "en-title": "Well?",
    "en-scenario": "",
    "en-why": "",
    "rows": 4,
    "0-is_right": "y",
    "0-en-text": "Yes",
    "0-en-feedback": "Good.",
    "2-en-text": "No",
    "2-en-feedback": "Think again.",
}


@pytest.fixture
def hr(client, database):
    """The client, signed in as someone of HR for the whole group."""
    with db.unit_of_work():
        hana = make_person("Hana", roles=[Role.HR])
    return client.sign_in(hana)


def seen_on(page):
    return html.unescape(re.search(r'name="seen" value="([^"]*)"', page.text)[1])


def test_the_desk_is_for_hr(client, database):
    with db.unit_of_work():
        olga = make_person("Olga")
    client.sign_in(olga)
    for place in ("/people/courses/", "/people/reading/training"):
        assert client.get(place).status_code == 403


def test_from_the_title_to_the_learn_page(hr):
    assert "No courses yet" in hr.get("/people/courses/").text
    assert hr.get("/people/courses/new").status_code == 200
    place = hr.post("/people/courses/new", data={"en-title": "Kindness"}).location
    assert place == "/people/courses/kindness"
    assert hr.get(place).status_code == 200
    assert "Write at least one lesson" in hr.get(f"{place}/preview").text
    about = hr.get(f"{place}/about")
    assert hr.post(f"{place}/about", data={**ABOUT, "seen": seen_on(about)}).location == place
    assert hr.post(f"{place}/lessons/1", data=LESSON).location == place
    assert hr.post(f"{place}/questions/1", data=QUESTION).location == place
    assert "Body one." in hr.get(f"{place}/lessons/1").text
    page = hr.get(f"{place}/preview")
    assert "Publish version 1" in page.text
    assert hr.post(f"{place}/versions", data={"seen": seen_on(page)}).location == place
    assert hr.get("/training/kindness/lessons/one").status_code == 200
    with db.unit_of_work(write=False):
        (question,) = queries.with_slug("kindness").current.data.questions
    assert [(choice.is_right, choice.words["en"].text) for choice in question.choices] == [
        (True, "Yes"),
        (False, "No"),
    ]
    assert hr.get(f"{place}/preview").location == place


def test_begin_without_a_title(hr):
    answer = hr.post("/people/courses/new", data={"en-title": "", "en-summary": "Kept"})
    assert answer.status_code == 422 and "Give the course a title." in answer.text and "Kept" in answer.text
    assert hr.post("/people/courses/new", data={"en-title": "x" * 161}).status_code == 422


def test_publish_says_what_is_missing(hr):
    place = hr.post("/people/courses/new", data={"en-title": "Kindness"}).location
    answer = hr.post(f"{place}/versions", data={"seen": seen_on(hr.get(f"{place}/preview"))})
    assert answer.status_code == 422 and "Write at least one lesson" in answer.text


def test_room_for_more_answers_keeps_what_was_typed(hr):
    place = hr.post("/people/courses/new", data={"en-title": "Kindness"}).location
    answer = hr.post(f"{place}/questions/1", data={**QUESTION, "more": "1"})
    assert answer.status_code == 200
    assert "Answer 5" in answer.text and "Think again." in answer.text
    assert hr.post(f"{place}/questions/1", data={**QUESTION, "0-en-text": "x" * 301}).status_code == 422


@pytest.fixture
def kind(hr):
    """The client of HR, and a course that is taught."""
    with db.unit_of_work():
        make_course("kind", "Kindness")
    return hr


@pytest.mark.parametrize(
    ("part", "form", "field"),
    [("about", ABOUT, "en-title"), ("lessons/1", LESSON, "en-body"), ("questions/1", QUESTION, "en-title")],
)
def test_the_second_of_two_writers_sees_the_difference_and_may_save_again(kind, part, form, field):
    place = f"/people/courses/kind/{part}"
    seen = seen_on(kind.get(place))
    assert kind.post(place, data={**form, field: "Hers", "seen": seen}).status_code == 303
    answer = kind.post(place, data={**form, field: "Mine", "seen": seen})
    assert answer.status_code == 409
    assert "<del>Hers</del>" in answer.text and "<ins>Mine</ins>" in answer.text
    assert kind.post(place, data={**form, field: "Mine", "seen": seen_on(answer)}).status_code == 303
    assert "Mine" in kind.get(place).text


def test_a_part_that_someone_took_away_is_a_conflict(kind):
    seen = seen_on(kind.get("/people/courses/kind/lessons/2"))
    assert kind.post("/people/courses/kind/lessons/2/removal", data={"seen": seen}).status_code == 303
    answer = kind.post("/people/courses/kind/lessons/2", data={**LESSON, "seen": seen})
    assert answer.status_code == 409 and "Body one." in answer.text


def test_parts_move(kind):
    seen = seen_on(kind.get("/people/courses/kind/lessons/2"))
    place = "/people/courses/kind/lessons/2/place"
    assert kind.post(place, data={"step": "up", "seen": seen}).location == "/people/courses/kind#lessons"
    with db.unit_of_work(write=False):
        assert [lesson.slug for lesson in queries.with_slug("kind").draft.lessons] == ["second", "first"]
    assert kind.post(place, data={"step": "down", "seen": "old"}).status_code == 409


def test_what_is_not_in_order_is_said(kind):
    for part, form in (("about", {**ABOUT, "minutes": 0}), ("lessons/1", {**LESSON, "minutes": "soon"})):
        assert kind.post(f"/people/courses/kind/{part}", data=form).status_code == 422
    assert kind.get("/people/courses/kind/lessons/9").status_code == 404
    assert kind.get("/people/courses/kind/lessons/0").status_code == 404
    assert kind.get("/people/courses/other").status_code == 404


def test_change_settings(kind):
    place = "/people/courses/kind/settings"
    form = {"audience": "everyone", "position": "2", "unlocks_sharing": "y"}
    assert kind.post(place, data=form).status_code == 303
    assert kind.post(place, data={**form, "position": "-4"}).status_code == 422
    with db.unit_of_work():
        make_course("plain", questions=(), unlocks_sharing=False)
    answer = kind.post("/people/courses/plain/settings", data=form)
    assert answer.status_code == 422 and "at least one question" in answer.text


def test_drop_draft_and_retire(kind):
    with db.unit_of_work():
        course = queries.with_slug("kind")
        actions.change_part(course, "lessons", 9, lesson_data("x", "X"), seen="", by=None, at=clock.now())
    assert "Throw the draft away" in kind.get("/people/courses/kind").text
    assert kind.post("/people/courses/kind/draft/removal").status_code == 303
    assert kind.post("/people/courses/kind/retirement").status_code == 303
    assert "Teach it again" in kind.get("/people/courses/kind").text
    assert "Retired" in kind.get("/people/courses/").text
    kind.post("/people/courses/kind/retirement", data={"back": 1})
    assert kind.get("/training/kind").status_code == 200


def test_reading_shows_sums_and_no_names(kind):
    with db.unit_of_work():
        make_entity("alpha", name="Alpha")
    page = kind.get("/people/reading/training").text
    assert "Alpha" in page and "fewer than 5" in page and "Kindness" in page
    with db.unit_of_work():
        queries.with_slug("kind").retired_at = clock.now()
    assert "No courses yet" in kind.get("/people/reading/training").text


def test_the_print_on_the_page_is_the_one_of_the_part(kind):
    with db.unit_of_work(write=False):
        first = queries.snapshot(queries.with_slug("kind")).lessons[0]
    assert seen_on(kind.get("/people/courses/kind/lessons/1")) == rules.print_of(first)


def test_hr_of_one_entity_reads_and_is_asked_to_type_nothing(client, database):
    with db.unit_of_work():
        course = make_course("kind", "Kindness")
        actions.change_about(
            course,
            actions.about(queries.snapshot(course)),
            seen=rules.print_of(actions.about(queries.snapshot(course))),
            by=None,
            at=clock.now(),
        )
        local, entity = make_person("Local"), make_entity()
        local.grants = [Grant(role=Role.HR, entity_id=entity.id, granted_at=clock.now())]
    client.sign_in(local)
    for place in ("new", "kind/about", "kind/lessons/1", "kind/questions/1"):
        answer = client.get(f"/people/courses/{place}")
        assert answer.status_code == 403 and "for the whole group" in answer.text
    for place in ("", "kind", "kind/preview"):
        page = client.get(f"/people/courses/{place}")
        main = page.text.partition("<main")[2]
        assert page.status_code == 200 and "Kindness" in main and "<form" not in main
        assert "/lessons/" not in main and "/about" not in main and "courses/new" not in main


def test_titles_are_in_the_readers_language_where_there_is_one(hr, database):
    texts = {"en": LessonWords("In English", "Body"), "fr": LessonWords("En français", "Corps")}
    with db.unit_of_work():
        make_course(
            "kind",
            lessons=(
                LessonData("first", texts, 5),
                LessonData("second", {**texts, "fr": LessonWords("", "")}, 5),
            ),
        )
        hana = db.session.scalars(sa.select(Person).where(Person.name == "Hana")).one()
        hana.language = "fr"
    page = hr.get("/people/courses/kind").text
    assert page.count("En français") == 1 and page.count("In English") == 1
    assert queries.title_in({}, "fr") == ""
