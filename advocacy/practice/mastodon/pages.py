"""The pages that people see in Mastodon's mode: the timeline, profiles, posts, and their apps."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response as AnyResponse

from advocacy.practice.look import Card, Picture, Post
from advocacy.practice.mastodon import actions, rules
from advocacy.practice.mastodon.models import App, Media, Status, Token
from advocacy.practice.mastodon.rules import Refusal
from advocacy.practice.models import Account
from advocacy.practice.sessions import sender, visitor
from advocacy.practice.store import practice
from advocacy.practice.text import first_link, headline, html

bp = Blueprint("pages", __name__)

PAGE = 20
AUDIENCES = {
    "public": "Public",
    "unlisted": "Quiet public",
    "private": "Followers",
    "direct": "Mentioned people",
}


def shown(status: Status) -> Post:
    """A post as the pages show it; its card gives way to its pictures."""
    url = None if status.media else first_link(status.text)
    return Post(
        address=f"/@{status.account.username}/{status.id}",
        account=status.account,
        at=status.created_at,
        language=status.language,
        text=status.text,
        body=Markup(html(status.text)),  # noqa: S704 (escaped there)
        facts=(AUDIENCES[status.visibility], f"via {status.app.name}"),
        spoiler=status.spoiler_text,
        pictures=[_picture(media) for media in status.media],
        card=Card(url, urlsplit(url).hostname or "", headline(url)) if url else None,
    )


def _picture(media: Media) -> Picture:
    place = f"/media/{media.id}"
    size = media.small_width, media.small_height
    return Picture(f"{place}/original", f"{place}/small", *size, media.description or "")


def _page(*conditions: Any) -> dict[str, Any]:
    """One page of posts, and where the next one begins."""
    older = request.args.get("max_id", 0, int)
    found = select(Status).where(*conditions).order_by(Status.id.desc()).limit(PAGE + 1)
    found = found.where(Status.id < older) if older else found
    with practice().store.reading() as session:
        rows = list(session.scalars(found))
    onward = f"?max_id={rows[PAGE - 1].id}" if len(rows) > PAGE else None
    return {"posts": [shown(status) for status in rows[:PAGE]], "older": onward}


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
    """One post, which its author can delete."""
    with practice().store.reading() as session:
        status = session.get(Status, status_id)
    mine = visitor()
    if status is None or status.account.username != username:
        abort(404)
    own = mine is not None and mine.id == status.account_id
    if status.visibility not in ("public", "unlisted") and not own:
        abort(404)
    deletion = url_for("pages.delete_post", username=username, status_id=status_id) if own else None
    return render_template("practice/post.html", post=shown(status), deletion=deletion)


@bp.post("/@<username>/<int:status_id>/deletion")
def delete_post(username: str, status_id: int) -> AnyResponse:
    """Delete an own post by hand, as people do without telling anybody."""
    account = sender()
    try:
        actions.delete(practice().store, account, status_id)
    except Refusal:
        abort(404)
    flash("Your post is deleted.")
    return redirect(url_for("pages.profile", username=account.username), 303)


@bp.get("/apps")
def apps() -> AnyResponse | str:
    """The apps that may act for the person."""
    account = visitor()
    if account is None:
        return redirect(url_for("sessions.sign_in", next="/apps"))
    own = Token.account_id == account.id, Token.revoked_at.is_(None)
    found = select(App).where(App.id.in_(select(Token.app_id).where(*own))).order_by(App.name, App.id)
    with practice().store.reading() as session:
        return render_template("practice/apps.html", apps=list(session.scalars(found)))


@bp.post("/apps/<int:app_id>/revocation")
def revoke_app(app_id: int) -> AnyResponse:
    """Take an app's permission back by hand."""
    account = sender()
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
    data, kind = (media.original, media.content_type) if size == "original" else (media.small, "image/jpeg")
    return Response(data, mimetype=kind, headers={"Cache-Control": "public, max-age=86400"})
