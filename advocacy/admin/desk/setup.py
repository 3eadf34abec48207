"""The checklist that an administrator begins with, and the mail test."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, url_for
from flask_babel import gettext as _

from advocacy import clock, web
from advocacy.admin import actions, progress, queries, rules
from advocacy.admin.desk.blueprint import Answer, bp, for_the_group, go
from advocacy.web import needs

# Where each step is done, and what its button says.
WAYS = {
    "mail": ("/admin/mail", lambda: _("Test mail")),
    "address": ("", lambda: ""),
    "people": ("/people/", lambda: _("See people")),
    "disclosures": ("/admin/entities", lambda: _("Write the wordings")),
    "help": ("/admin/entities", lambda: _("Name someone")),
    "networks": ("/admin/networks", lambda: _("Choose networks")),
    "versions": ("/admin/networks", lambda: _("See networks")),
    "guidelines": ("/guidelines/", lambda: _("See guidelines")),
    "course": ("/training/", lambda: _("See courses")),
}


@bp.get("/admin/")
@needs("setup.see")
def index() -> str:
    """What is set up and what is not, with the one next step."""
    checklist = progress.checklist(web.me(), at=clock.now())
    return render_template(
        "admin/index.html",
        steps=checklist,
        next=rules.next_step(checklist),
        ways=WAYS,
        by_hand=actions.BY_HAND,
    )


@bp.post("/admin/steps/<step>")
@needs("setup.see")
def tick(step: str) -> Answer:
    """Tick a step that the machine cannot see."""
    for_the_group("setup.see")
    actions.tick(step, by=web.me(), at=clock.now())
    flash(_("Noted."), "success")
    return go(url_for("admin.index"))


@bp.get("/admin/mail")
@needs("mail.test")
def mail() -> str:
    """How mail goes out, and the last test letter."""
    for_the_group("mail.test")
    return render_template("admin/mail.html", settings=current_app.config["ADVOCACY"].mail, **_last_test())


@bp.get("/admin/mail/state")
@needs("mail.test")
def mail_state() -> str:
    """What became of the last test letter, for the page to ask again."""
    for_the_group("mail.test")
    return render_template("admin/_mail_state.html", **_last_test())


def _last_test() -> dict[str, Any]:
    letter, arrived = queries.last_test(), queries.setup_step("mail")
    confirmed = bool(letter and arrived and arrived.done_at >= letter.created_at)
    return {"letter": letter, "is_confirmed": confirmed}


@bp.post("/admin/mail")
@needs("mail.test")
def send_test() -> Answer:
    """Write a test letter to the one who asks."""
    for_the_group("mail.test")
    actions.send_test(by=web.me(), at=clock.now())
    flash(_("A test letter to %(address)s is on its way.", address=web.me().email), "success")
    return go(url_for("admin.mail"))


@bp.post("/admin/mail/arrival")
@needs("mail.test")
def confirm_mail() -> Answer:
    """The letter arrived."""
    for_the_group("mail.test")
    actions.confirm_mail(by=web.me(), at=clock.now())
    flash(_("Mail works."), "success")
    return go(url_for("admin.index"))
