"""The pages that people see: the timeline, profiles, posts, signing in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response as AnyResponse

from advocacy.practice import actions, rules, shapes
from advocacy.practice.models import Account, App, Media, Status, Token
from advocacy.practice.rules import Refusal
from advocacy.practice.sessions import check_form, form_token, safe_next, sign_in_here, sign_out_here, visitor
from advocacy.practice.store import practice

bp = Blueprint("pages", __name__)

PAGE = 20


@bp.app_context_processor
def everywhere() -> dict[str, Any]:
    """What every template may use."""
    now = practice().clock()
    return {
        "visitor": visitor,
        "form_token": form_token,
        "body": lambda status: Markup(shapes.html(status.text)),  # noqa: S704 (escaped in shapes.html)
        "card": lambda status: shapes.card(status.text),
        "ago": lambda at: ago(at, now),
        "exact": lambda at: at.strftime("%-d %B %Y, %H:%M UTC"),
        "colour": lambda account: sum(account.username.encode()) % 6,
        "initials": initials,
    }


def ago(at: datetime, now: datetime) -> str:
    """How long ago, as timelines say it."""
    seconds = max(int((now - at).total_seconds()), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            count = seconds // size
            return at.strftime("%-d %b %Y") if unit == "d" and count > 6 else f"{count} {unit}"
    return "now"


def initials(account: Account) -> str:
    """One or two letters for a person without a picture."""
    words = account.display_name.split() or [account.username]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def _page(*conditions: Any) -> dict[str, Any]:
    """One page of posts, and where the next one begins."""
    older = request.args.get("max_id", 0, int)
    found = select(Status).where(*conditions).order_by(Status.id.desc()).limit(PAGE + 1)
    found = found.where(Status.id < older) if older else found
    with practice().store.reading() as session:
        rows = list(session.scalars(found))
    return {"statuses": rows[:PAGE], "older": rows[PAGE - 1].id if len(rows) > PAGE else None}


@bp.get("/")
def timeline() -> str:
    """Everybody's public posts, newest first."""
    return render_template("practice/timeline.html", **_page(Status.visibility == "public"))


@bp.get("/@<username>")
@bp.get("/users/<username>", alias=True)
def profile(username: str) -> str:
    """One person and their posts."""
    with practice().store.reading() as session:
        account = session.scalar(select(Account).where(Account.username == username))
    if account is None:
        abort(404)
    mine = visitor()
    seen = rules.VISIBILITIES if mine and mine.id == account.id else ("public", "unlisted")
    page = _page(Status.account_id == account.id, Status.visibility.in_(seen))
    return render_template("practice/profile.html", account=account, **page)


@bp.get("/@<username>/<int:status_id>")
@bp.get("/users/<username>/statuses/<int:status_id>", alias=True)
def post(username: str, status_id: int) -> str:
    """One post."""
    with practice().store.reading() as session:
        status = session.get(Status, status_id)
    mine = visitor()
    if status is None or status.account.username != username:
        abort(404)
    if status.visibility not in ("public", "unlisted") and (mine is None or mine.id != status.account_id):
        abort(404)
    return render_template("practice/post.html", status=status)


@bp.post("/@<username>/<int:status_id>/deletion")
def delete_post(username: str, status_id: int) -> AnyResponse:
    """Delete an own post by hand, as people do without telling anybody."""
    check_form()
    account = visitor()
    if account is None:
        abort(403)
    try:
        actions.delete(practice().store, account, status_id)
    except Refusal:
        abort(404)
    flash("Your post is deleted.")
    return redirect(url_for("pages.profile", username=account.username), 303)


@bp.get("/sign-in")
def sign_in() -> str:
    """Ask who it is."""
    return render_template("practice/sign_in.html", next=safe_next(request.args.get("next")), name="")


@bp.post("/sign-in")
def enter() -> AnyResponse | tuple[str, int]:
    """Sign in, and go on to where the person was going."""
    check_form()
    name, onward = request.form.get("username", ""), safe_next(request.form.get("next"))
    if sign_in_here(name, request.form.get("password", "")) is None:
        return render_template("practice/sign_in.html", next=onward, name=name, wrong=True), 401
    return redirect(onward, 303)


@bp.post("/sign-out")
def leave() -> AnyResponse:
    """Sign out."""
    check_form()
    sign_out_here()
    return redirect("/", 303)


@bp.get("/apps")
def apps() -> AnyResponse | str:
    """The apps that may act for the person."""
    account = visitor()
    if account is None:
        return redirect(url_for("pages.sign_in", next="/apps"))
    own = Token.account_id == account.id, Token.revoked_at.is_(None)
    found = select(App).where(App.id.in_(select(Token.app_id).where(*own))).order_by(App.name, App.id)
    with practice().store.reading() as session:
        return render_template("practice/apps.html", apps=list(session.scalars(found)))


@bp.post("/apps/<int:app_id>/revocation")
def revoke_app(app_id: int) -> AnyResponse:
    """Take an app's permission back by hand."""
    check_form()
    account = visitor()
    if account is None:
        abort(403)
    actions.forget_app(practice().store, account, app_id, at=practice().clock())
    flash("That app can no longer act for you.")
    return redirect(url_for("pages.apps"), 303)


@bp.get("/media/<int:media_id>/<any(original, small):size>")
def picture(media_id: int, size: str) -> Response:
    """A picture."""
    column = Media.original if size == "original" else Media.small
    with practice().store.reading() as session:
        media = session.get(Media, media_id, options=[undefer(column)])
    if media is None:
        abort(404)
    data, shown = (media.original, media.content_type) if size == "original" else (media.small, "image/jpeg")
    return Response(data, mimetype=shown, headers={"Cache-Control": "public, max-age=86400"})


@bp.get("/avatars/<username>.svg")
def avatar(username: str) -> Response:
    """A person's picture: initials on a colour."""
    with practice().store.reading() as session:
        account = session.scalar(select(Account).where(Account.username == username))
    if account is None:
        abort(404)
    return Response(render_template("practice/avatar.svg", account=account), mimetype="image/svg+xml")
