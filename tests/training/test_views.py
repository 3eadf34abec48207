from __future__ import annotations

from dataclasses import replace

import pytest

from advocacy import clock, db
from advocacy.accounts.models import Person
from advocacy.training import actions, queries
from tests.makers.accounts import make_champion
from tests.makers.guidelines import make_guideline
from tests.makers.training import answers_to, make_certificate, make_course, make_try


@pytest.fixture
def ada(client, database) -> Person:
    """A champion who is signed in, and the course "kind"."""
    with db.unit_of_work():
        make_course("kind", "Kindness", at=clock.now())
        person = make_champion("Ada")
    client.sign_in(person)
    return person


def form(*, right=True, number=1):
    with db.unit_of_work(write=False):
        version = queries.of_version(queries.with_slug("kind"), number)
        chosen = answers_to(version, right=right)
    return {"version": number, **{f"question-{key}": sorted(keys) for key, keys in chosen.items()}}


def publish_again():
    with db.unit_of_work():
        course = queries.with_slug("kind")
        actions.keep_course("kind", replace(course.current.data, minutes=44), by=None, at=clock.now())


def test_index_shows_courses_certificates_and_what_to_read(client, ada):
    with db.unit_of_work():
        make_guideline("rules", "The rules")
        make_certificate(queries.with_slug("kind"), ada, at=clock.now())
    page = client.get("/training/").text
    assert "The rules" in page and "Kindness" in page and "My certificates" in page and "Passed" in page


def test_index_when_there_is_nothing(client, database):
    with db.unit_of_work():
        person = make_champion()
    assert "No courses yet" in client.sign_in(person).get("/training/").text


def test_the_whole_road(client, ada):
    assert "Start" in client.get("/training/kind").text
    answer = client.post("/training/kind/enrolment")
    assert answer.location == "/training/kind/lessons/first"
    assert "Lesson 1 of 2" in client.get(answer.location).text
    answer = client.post(answer.location)
    assert answer.location == "/training/kind/lessons/second"
    assert "Go on" in client.get("/training/kind").text
    answer = client.post(answer.location)
    assert answer.location == "/training/kind/quiz"
    assert "Choose every answer that fits." in client.get(answer.location).text
    result = client.post("/training/kind/quiz/tries", data=form()).location
    page = client.get(result).text
    assert "You passed" in page and "Feedback 1 en" in page and "Because." in page
    certificate = client.get("/training/").text.split("/training/certificates/")[1][:16]
    assert "Ada" in client.get(f"/training/certificates/{certificate}").text
    assert client.post("/training/kind/lessons/second").location == "/training/kind"
    assert "See my certificate" in client.get("/training/kind").text


def test_a_failed_try_says_what_is_right_and_why(client, ada):
    page = client.get(client.post("/training/kind/quiz/tries", data=form(right=False)).location).text
    assert "Not yet" in page and "Try again" in page and "Feedback 2 en" in page
    assert "Right is:" in page and "Feedback 1 en" in page and "Because." in page


def test_an_answer_that_was_right_stands_under_no_not_yet(client, ada):
    typed = form()
    typed |= {
        key: values[:1] for key, values in typed.items() if isinstance(values, list) and len(values) > 1
    }
    page = client.get(client.post("/training/kind/quiz/tries", data=typed).location).text
    question = next(part for part in page.split("<h2") if "Partly right" in part)
    assert "Your answer, right:" in question and "Right as well:" in question and "Not yet" not in question


def test_the_way_back_is_kept_through_the_course_and_offered_at_its_end(client, ada):
    back = "/kits/open-day/shares/new"
    with db.unit_of_work():
        queries.with_slug("kind").unlocks_sharing = True
    page = client.get(f"/training/kind?next={back}").text
    assert f'action="/training/kind/enrolment?next={back}"' in page
    place = client.post(f"/training/kind/enrolment?next={back}").location
    assert place.endswith(f"?next={back}")
    assert f"/training/kind/lessons/first?next={back}" in client.get(place).text
    for _lesson in ("first", "second"):
        place = client.post(place).location
    assert place == f"/training/kind/quiz?next={back}"
    result = client.post(f"/training/kind/quiz/tries?next={back}", data=form()).location
    page = client.get(result).text
    assert f'class="btn btn-primary" href="{back}"' in page and "Back to the story" in page
    assert f'class="btn btn-primary" href="{back}"' in client.get(f"/training/kind?next={back}").text
    code = client.get("/training/").text.split("/training/certificates/")[1][:16]
    certificate = client.get(f"/training/certificates/{code}?next={back}").text
    assert f'href="{back}"' in certificate and f"/certificates/{code}?" not in certificate
    assert "evil.example" not in client.get("/training/kind?next=//evil.example/x").text


def test_an_open_question_keeps_the_answers_given(client, ada):
    typed = form()
    kept = typed.popitem()
    answer = client.post(
        "/training/kind/quiz/tries", data={"version": 1, kept[0]: kept[1], "question-x": "1"}
    )
    assert answer.status_code == 422
    assert "Question 1" in answer.text and answer.text.count(" checked") == len(kept[1])


def test_answers_after_the_course_changed_still_count(client, ada):
    client.post("/training/kind/enrolment")
    typed = form()
    publish_again()
    assert "You can finish the one that you began" in client.get("/training/kind").text
    page = client.get(client.post("/training/kind/quiz/tries", data=typed).location).text
    assert "You passed" in page and "You finished the version that you began" in page


def test_answers_to_no_version_are_a_conflict(client, ada):
    answer = client.post("/training/kind/quiz/tries", data={"version": 7})
    assert answer.status_code == 409 and "changed while you were in it" in answer.text


def test_what_is_not_there(client, ada):
    for place in (
        "/training/other",
        "/training/kind/lessons/third",
        "/training/kind/tries/0000",
        "/training/certificates/0000",
        "/certificates/0000",
    ):
        assert client.get(place).status_code == 404
    with db.unit_of_work():
        queries.with_slug("kind").retired_at = clock.now()
    assert client.get("/training/kind").status_code == 404


def test_a_course_without_questions(client, ada):
    with db.unit_of_work():
        make_course("plain", questions=(), unlocks_sharing=False)
        make_course("only-questions", lessons=())
    assert client.get("/training/plain/quiz").status_code == 404
    client.post("/training/plain/lessons/first")
    assert client.post("/training/plain/lessons/second").location == "/training/plain"
    assert client.post("/training/only-questions/enrolment").location == "/training/only-questions/quiz"


def test_nobody_elses_try_or_certificate(client, ada):
    with db.unit_of_work():
        course, bob = queries.with_slug("kind"), make_champion("Bob")
        code = make_try(course, bob, at=clock.now()).code
        certificate = queries.certificates(bob)[0].code
    assert client.get(f"/training/kind/tries/{code}").status_code == 404
    assert client.get(f"/training/certificates/{certificate}").status_code == 404


def test_check_tells_whoever_has_the_address(new_client, ada):
    with db.unit_of_work():
        code = make_certificate(queries.with_slug("kind"), ada, at=clock.now()).code
    stranger = new_client()
    page = stranger.get(f"/certificates/{code}")
    assert page.status_code == 200 and "Ada" in page.text and "This certificate is valid." in page.text
    with db.unit_of_work():
        queries.certificate(code).revoked_at = clock.now()
    assert "no longer valid" in stranger.get(f"/certificates/{code}").text


def test_remind_me_is_one_letter_on_request(client, ada):
    client.post("/training/kind/enrolment")
    assert "In 7 days" in client.get("/training/kind").text
    client.post("/training/kind/reminder", data={"days": 7})
    assert "You asked for one letter" in client.get("/training/kind").text
    client.post("/training/kind/reminder", data={"days": 0})
    assert "In 7 days" in client.get("/training/kind").text
    assert client.post("/training/kind/reminder", data={"days": 4}).status_code == 422
