"""Learning: courses, their lessons and questions, and the certificates they end in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from advocacy import clock, text, web
from advocacy.errors import N_, Conflict, Missing, Refused
from advocacy.training import actions, queries, rules
from advocacy.training.models import Certificate, Course, QuizTry
from advocacy.training.queries import Progress
from advocacy.web import public, signed_in

bp = Blueprint("training", __name__)
bp.add_app_template_filter(text.markdown, "markdown")

Answer = Response | str | tuple[str, int]
GONE = N_(
    "There is no course at this address. It may no longer be offered; what you earned is on your Learn page."
)


@bp.url_defaults
def _keep_way_back(endpoint: str, values: dict[str, Any]) -> None:
    """Keep the way back through lessons and questions; the address of a certificate is for others."""
    if endpoint != "training.check":
        web.keep_way_back(endpoint, values)


@bp.app_template_filter("in_words")
def in_words(texts: Any) -> Any:
    """Of the texts of a course, lesson, question or answer, the one in the reader's language."""
    return queries.in_language(texts, g.person.language if g.get("person") else web.locale())


@bp.app_template_global("course_titles")
def titles() -> dict[str, str]:
    """The title of each course in the reader's language, by slug."""
    return {course.slug: queries.title_of(course, web.locale()) for course in queries.everything()}


@bp.app_template_global()
def certificates_held() -> list[Certificate]:
    """The certificates of the person who is signed in that hold now, the newest of each course."""
    held = queries.certificates_held(web.me(), clock.now())
    return list({one.course_id: one for one in reversed(held)}.values())


@bp.get("/training/")
@signed_in
def index() -> str:
    """Courses with how far I have come, what to read, and my certificates."""
    at = clock.now()
    return render_template(
        "training/index.html",
        courses=queries.learning(web.me(), at),
        certificates=[
            (certificate, rules.is_valid(certificate.expires_at, certificate.revoked_at, at))
            for certificate in queries.certificates(web.me())
        ],
    )


@bp.get("/training/<slug>")
@signed_in
def show(slug: str) -> str:
    """One course: what it is, its steps, and where I go on."""
    progress = _progress(slug)
    return render_template(
        "training/show.html",
        progress=progress,
        is_older=progress.version is not progress.course.current,
        needed=rules.needed(len(progress.version.questions), progress.version.pass_mark),
        is_renewable=progress.certificate
        and rules.is_renewable(progress.certificate.expires_at, clock.now()),
        days=rules.REMIND_AFTER_DAYS,
    )


@bp.post("/training/<slug>/enrolment")
@signed_in
def enrol(slug: str) -> Answer:
    """Begin, of one's own accord."""
    enrolment = actions.enrol(_known(slug), by=web.me(), at=clock.now())
    lessons = enrolment.version.lessons
    if not lessons:
        return _go(url_for("training.quiz", slug=slug))
    return _go(url_for("training.lesson", slug=slug, lesson=lessons[0].slug))


@bp.get("/training/<slug>/lessons/<lesson>")
@signed_in
def lesson(slug: str, lesson: str) -> str:
    """One page of teaching."""
    progress = _progress(slug)
    lessons = progress.version.lessons
    place = next((n for n, one in enumerate(lessons) if one.slug == lesson), None)
    if place is None:
        raise Missing(N_("This lesson is no longer part of the course."))
    return render_template("training/lesson.html", progress=progress, lessons=lessons, place=place)


@bp.post("/training/<slug>/lessons/<lesson>")
@signed_in
def finish_lesson(slug: str, lesson: str) -> Answer:
    """Read; on to the next one, or to the questions."""
    after = actions.finish_lesson(_known(slug), lesson, by=web.me(), at=clock.now())
    if after is not None:
        return _go(url_for("training.lesson", slug=slug, lesson=after.slug))
    progress = _progress(slug)
    asks = progress.version.questions and not progress.passed
    return _go(url_for("training.quiz" if asks else "training.show", slug=slug))


@bp.get("/training/<slug>/quiz")
@signed_in
def quiz(slug: str) -> str:
    """All questions on one page, so that each can be thought over again before they are handed in."""
    progress = _progress(slug)
    if not progress.version.questions:
        raise Missing(N_("This course has no questions."))
    return _quiz_page(progress, {})


@bp.post("/training/<slug>/quiz/tries")
@signed_in
def try_quiz(slug: str) -> Answer:
    """Hand in the answers, for the version that was shown."""
    number = request.form.get("version", default=0, type=int)
    answers = _answers()
    try:
        made = actions.try_quiz(_known(slug), number=number, answers=answers, by=web.me(), at=clock.now())
    except Conflict:
        raise
    except Refused as refused:
        return _quiz_page(_progress(slug), answers, web.say(refused.reason)), refused.status
    return _go(url_for("training.result", slug=slug, code=made.code))


@bp.get("/training/<slug>/tries/<code>")
@signed_in
def result(slug: str, code: str) -> str:
    """What came of a try: each answer with its feedback, and another try at once."""
    made = queries.quiz_try(web.me(), code)
    if made is None or made.enrolment.version.course.slug != slug:
        raise Missing(GONE)
    course = made.enrolment.version.course
    return render_template(
        "training/result.html",
        made=made,
        course=course,
        version=made.enrolment.version,
        marked=_marked(made),
        needed=rules.needed(made.asked, made.enrolment.version.pass_mark),
        certificate=queries.certificate_of(web.me(), course, clock.now()) if made.passed else None,
        is_older=made.enrolment.version is not course.current,
    )


@bp.post("/training/<slug>/reminder")
@signed_in
def remind_me(slug: str) -> Answer:
    """One letter in a few days, because I asked for it."""
    days = request.form.get("days", default=0, type=int)
    actions.remind_me(_known(slug), days=days, by=web.me(), at=clock.now())
    flash(_("You will get one letter, and no more.") if days else _("You will not be reminded."))
    return _go(url_for("training.show", slug=slug))


@bp.get("/training/certificates/<code>")
@signed_in
def certificate(code: str) -> str:
    """My certificate, to print or to show; nobody else's."""
    found = queries.certificate(code)
    if found is None or found.person_id != web.me().id:
        raise Missing(N_("There is no such certificate of yours."))
    held = rules.is_valid(found.expires_at, found.revoked_at, clock.now())
    return render_template("training/certificate.html", certificate=found, is_valid=held)


@bp.get("/certificates/<code>")
@public
def check(code: str) -> str:
    """Whether a certificate is good, for whoever was given its address by its owner."""
    found = queries.certificate(code)
    owner = queries.owner(found) if found else None
    if found is None or owner is None:
        raise Missing(N_("There is no certificate at this address. Ask the person who gave it to you."))
    held = rules.is_valid(found.expires_at, found.revoked_at, clock.now())
    return render_template("training/check.html", certificate=found, owner=owner, is_valid=held)


def _known(slug: str) -> Course:
    course = queries.with_slug(slug)
    if course is None or course.current is None:
        raise Missing(GONE)
    return course


def _progress(slug: str) -> Progress:
    progress = queries.progress(web.me(), _known(slug), clock.now())
    if progress is None:
        raise Missing(GONE)
    return progress


def _answers() -> dict[int, set[int]]:
    """What was chosen, by question; anything that is no key of ours is left out."""
    chosen: dict[int, set[int]] = {}
    for name, values in request.form.lists():
        key = name.removeprefix("question-")
        if key != name and key.isdecimal():
            chosen[int(key)] = {int(value) for value in values if value.isdecimal()}
    return chosen


def _quiz_page(progress: Progress, answers: dict[int, set[int]], problem: str = "") -> str:
    questions = progress.version.questions
    return render_template(
        "training/quiz.html",
        progress=progress,
        questions=questions,
        answers=answers,
        problem=problem,
        still_open=[(n, q) for n, q in enumerate(questions, 1) if not answers.get(q.id)] if problem else [],
        needed=rules.needed(len(questions), progress.version.pass_mark),
    )


def _marked(made: QuizTry) -> list[dict[str, Any]]:
    """Each question with what was chosen and what is right, so that every try teaches."""
    marked = []
    for question in made.enrolment.version.questions:
        chosen = set(made.answers.get(str(question.id), []))
        right = rules.is_right(chosen, {choice.id: choice.is_right for choice in question.choices})
        shown = [c for c in question.choices if c.id in chosen or c.is_right]
        hits = sum(c.is_right and c.id in chosen for c in question.choices)
        marked.append(
            {"question": question, "right": right, "partly": hits > 0, "chosen": chosen, "shown": shown}
        )
    return marked


def _go(place: str) -> Response:
    return redirect(place, 303)  # type: ignore[return-value]
