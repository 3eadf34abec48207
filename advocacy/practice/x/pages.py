"""The pages that people see in X's mode: the timeline, users, the company, posts, and their apps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer
from werkzeug.wrappers import Response as AnyResponse

from advocacy.practice import look
from advocacy.practice.look import Card, Picture
from advocacy.practice.models import Account
from advocacy.practice.sessions import sender, visitor
from advocacy.practice.store import practice
from advocacy.practice.text import headline
from advocacy.practice.x import actions, counting, rules
from advocacy.practice.x.models import Family, Post, Upload
from advocacy.practice.x.rules import Refusal

bp = Blueprint("pages", __name__)

PAGE = 20
_MARKS = re.compile(r"(?<![\w&])(?:#(?P<tag>\w*[^\W\d]\w*)|@(?P<user>[A-Za-z0-9_]{1,15}))")


@dataclass(frozen=True)
class TimelinePost(look.Post):
    """A post as X's timeline shows it."""

    quoted: TimelinePost | None = None
    is_quote: bool = False
    paid: bool = False


@dataclass(frozen=True)
class PermittedApp:
    """An application that may act for the person."""

    id: str
    name: str
    scopes: str


def company() -> Account:
    """The company as pages show an author; it has no account, and nobody can sign in as it."""
    return Account(username=rules.COMPANY.username, display_name=rules.COMPANY.name)


def shown(session: Session, post: Post, *, nested: bool = False) -> TimelinePost:
    """A post as the pages show it, with the one that it quotes."""
    account = post.account or company()
    pictures = [_picture(session.get_one(Upload, int(one))) for one in post.media]
    quoted = None
    if post.quoted is not None and not nested:
        found = actions.living(session, post.quoted)
        quoted = shown(session, found, nested=True) if found else None
    link = next((piece.address for piece in counting.pieces(post.sent) if piece.kind == "link"), None)
    has_card = link is not None and not pictures and post.quoted is None
    facts = [f"via {post.app}" if post.app else "", "Made with AI" if post.with_ai else ""]
    return TimelinePost(
        address=url_for("pages.post", username=account.username, number=post.id),
        account=account,
        at=post.created_at,
        language="",
        text=post.sent,
        body=_body(post.sent),
        facts=[*filter(None, facts), f"{post.views} views"],
        pictures=pictures,
        card=Card(link, urlsplit(link).hostname or "", headline(link)) if link and has_card else None,
        quoted=quoted,
        is_quote=post.quoted is not None,
        paid=post.paid,
    )


def _body(text: str) -> Markup:
    """A text as HTML: its lines, and its links as X shows them."""
    words = "".join(map(_inline, counting.pieces(text.strip()))).replace("\n", "<br>")
    return Markup(f"<p>{words}</p>" if words else "")  # noqa: S704 (escaped there)


def _inline(piece: counting.Piece) -> str:
    if piece.kind == "link":
        address, words = escape(piece.address, quote=True), escape(counting.display(piece.address))
        return f'<a href="{address}" rel="nofollow noopener" target="_blank">{words}</a>'
    marked = _MARKS.sub(
        lambda match: f"\x02{match[0]}\x03", piece.text.replace("\x02", "").replace("\x03", "")
    )
    return escape(marked).replace("\x02", '<span class="hashtag">').replace("\x03", "</span>")


def _picture(media: Upload) -> Picture:
    place = f"/media/{media.id}"
    return Picture(f"{place}/original", f"{place}/small", media.width, media.height, media.alt_text)


def _page(*conditions: Any) -> dict[str, Any]:
    """One page of posts, and where the next one begins."""
    older = request.args.get("max_id", 0, int)
    found = select(Post).where(Post.deleted_at.is_(None), *conditions).order_by(Post.id.desc())
    found = found.where(Post.id < older) if 0 < older < 2**63 else found
    with practice().store.reading() as session:
        rows = list(session.scalars(found.limit(PAGE + 1)))
        onward = f"?max_id={rows[PAGE - 1].id}" if len(rows) > PAGE else None
        return {"posts": [shown(session, post) for post in rows[:PAGE]], "older": onward}


@bp.get("/")
@bp.get("/home", alias=True)
def timeline() -> str:
    """Everybody's posts, newest first."""
    return render_template("practice/x/timeline.html", **_page())


@bp.get("/<username>", strict_slashes=False)
def profile(username: str) -> str:
    """One user and their posts."""
    if username == rules.COMPANY.username:
        page = _page(Post.author_id == rules.COMPANY.id)
        return render_template("practice/x/profile.html", account=company(), number=rules.COMPANY.id, **page)
    with practice().store.reading() as session:
        account = session.scalar(select(Account).where(Account.username == username))
    if account is None:
        abort(404)
    page = _page(Post.account_id == account.id)
    return render_template("practice/x/profile.html", account=account, number=account.id, **page)


@bp.get("/i/web/status/<number>", defaults={"username": None})
@bp.get("/<username>/status/<number>")
def post(username: str | None, number: str) -> AnyResponse | str:
    """One post, which its author can delete; under another's name it sends to its author's."""
    if not rules.is_id(number):
        abort(404)
    mine = visitor()
    with practice().store.reading() as session:
        found = actions.living(session, number)
        if found is None:
            abort(404)
        seen = shown(session, found)
    if username not in (None, seen.account.username):
        return redirect(seen.address)
    actions.see(practice().store, found.id)
    own = mine is not None and mine.id == found.account_id
    deletion = url_for("pages.delete_post", number=number) if own else None
    return render_template("practice/x/post.html", post=seen, deletion=deletion)


@bp.post("/i/web/status/<number>/deletion")
def delete_post(number: str) -> AnyResponse:
    """Delete an own post by hand, as people do without telling anybody."""
    account = sender()
    try:
        actions.delete(practice().store, number, account.id, at=practice().clock())
    except (Refusal, ValueError):
        abort(404)
    flash("Your post was deleted.")
    return redirect(url_for("pages.profile", username=account.username), 303)


@bp.get("/apps")
def apps() -> AnyResponse | str:
    """The applications that may act for the person."""
    account = visitor()
    if account is None:
        return redirect(url_for("sessions.sign_in", next="/apps"))
    theirs = Family.account_id == account.id, Family.revoked_at.is_(None)
    with practice().store.reading() as session:
        families = {one.client_id: one for one in session.scalars(select(Family).where(*theirs))}
    permitted = [PermittedApp(client_id, one.app, one.scope) for client_id, one in families.items()]
    return render_template("practice/apps.html", apps=permitted)


@bp.post("/apps/<client_id>/revocation")
def revoke_app(client_id: str) -> AnyResponse:
    """Take an application's permission back by hand."""
    account = sender()
    actions.forget_app(practice().store, account, client_id, at=practice().clock())
    flash("That app can no longer act for you.")
    return redirect(url_for("pages.apps"), 303)


@bp.get("/media/<int:number>/<any(original, small):size>")
def picture(number: int, size: str) -> Response:
    """A picture."""
    column = Upload.original if size == "original" else Upload.small
    with practice().store.reading() as session:
        media = session.get(Upload, number, options=[undefer(column)]) if number < 2**63 else None
    if media is None:
        abort(404)
    data, kind = (media.original, media.content_type) if size == "original" else (media.small, "image/jpeg")
    return Response(data, mimetype=kind, headers={"Cache-Control": "public, max-age=86400"})
