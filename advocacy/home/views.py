"""The first page, and the link that stops the weekly letter."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from advocacy import clock, web
from advocacy.accounts.models import Entity, Following, Grant, Person, Team, Topic, TopicText
from advocacy.admin import progress
from advocacy.content import queries as content
from advocacy.content.models import Kit, KitAsset, KitAssetText, KitAudience, KitText, KitTopic, Review
from advocacy.content.stories import topic_names
from advocacy.guidelines.models import Acknowledgement, Guideline, GuidelineText, GuidelineVersion
from advocacy.home import actions, queries
from advocacy.keep import Shelf
from advocacy.sharing import queries as sharing
from advocacy.sharing.models import Appeal, Connection, Delivery, Hold, Share
from advocacy.training.models import (
    Certificate,
    Course,
    CourseText,
    CourseVersion,
    Enrolment,
    Lesson,
    LessonRead,
)

bp = Blueprint("home", __name__)
SEEN: Shelf[Any] = Shelf(
    Entity, Team, Topic, TopicText,
    Kit, KitAsset, KitAssetText, KitAudience, KitText, KitTopic, Review,
    Guideline, GuidelineVersion, GuidelineText, Course, CourseVersion, CourseText, Lesson, Hold, Appeal,
    own=(
        Person, Grant, Following, Acknowledgement, Enrolment, LessonRead, Certificate, Connection, Share, Delivery,
    ),
    most=1_000,
)  # fmt: skip


@bp.get("/")
@web.public
@web.kept(SEEN)
def index() -> Response | str:
    """Home for whoever is signed in, a welcome for everyone else; who only administers begins with the setup."""
    if not web.me().is_authenticated:
        return render_template("home/welcome.html")
    person, at = web.me(), clock.now()
    to_set_up = progress.missing(person, at=at)
    if person.may("setup.see"):
        g.told = True  # what is still to be set up comes from everywhere, so this page is not kept
    if to_set_up and progress.begins_with_it(person):
        return redirect(url_for("admin.index"), 303)
    standing = queries.standing(person, at=at)
    suggested = queries.stories(person, at=at, standing=standing)
    return render_template(
        "home/index.html",
        first=suggested[0] if suggested else None,
        further=suggested[1:],
        names=topic_names(person.language, at),
        next_step=queries.next_step(person, standing, at=at),
        notices=sharing.notices(person, recalled=standing.recalled, asked=standing.asked),
        to_review=content.waiting_for(person) if person.may("kit.approve") else 0,
        sent_back=content.sent_back_to(person) if person.may("kit.edit") else [],
        to_set_up=[web.say((step.title, {})) for step in to_set_up],
        asks_to_join=not person.is_champion and not person.not_now_at and not person.left_at,
    )


@bp.get("/letter/<code>/<mark>")
@web.public
def letter(code: str, mark: str) -> str:
    """Where the link at the foot of the letter leads: one button, since mail scanners follow links."""
    person = actions.whose_letter(code, mark)
    return render_template("home/letter.html", code=code, mark=mark, stopped=not person.weekly_letter)


@bp.post("/letter/<code>/<mark>")
@web.public
@web.proven_by_link
def stop_letter(code: str, mark: str) -> Response | tuple[str, int]:
    """Stop the letter, by that button or by the mail program's own (RFC 8058); or take it up again."""
    person = actions.whose_letter(code, mark)
    if request.form.get("again"):
        actions.start_letter(person, at=clock.now())
    else:
        actions.stop_letter(person, at=clock.now())
    if request.form.get("List-Unsubscribe") == "One-Click":
        return "", 200
    return redirect(url_for("home.letter", code=code, mark=mark), 303)
