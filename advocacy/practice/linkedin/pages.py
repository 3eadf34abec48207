"""The pages that people see in LinkedIn's mode: the feed, members, the company, posts, and their apps."""

from __future__ import annotations

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
from advocacy.practice.linkedin import actions, little, rules
from advocacy.practice.linkedin.models import Image, Member, Post, Token
from advocacy.practice.linkedin.rules import Refusal
from advocacy.practice.look import Card, Picture
from advocacy.practice.models import Account
from advocacy.practice.sessions import sender, visitor
from advocacy.practice.store import practice

bp = Blueprint("pages", __name__)

PAGE = 20
AUDIENCES = {"PUBLIC": "Anyone", "CONNECTIONS": "Connections only", "LOGGED_IN": "Anyone on LinkedIn"}


@dataclass(frozen=True)
class FeedPost(look.Post):
    """A post as LinkedIn's feed shows it."""

    author: str = ""
    home: str = ""
    thumbnail: Picture | None = None
    #: What an unescaped character cut off, counted in characters.
    lost: int = 0
    parent: FeedPost | None = None
    is_reshare: bool = False


@dataclass(frozen=True)
class PermittedApp:
    """An application that may act for the person."""

    id: str
    name: str
    scopes: str


def shown(session: Session, post: Post, *, nested: bool = False) -> FeedPost:
    """A post as the pages show it, with the one that it reshares."""
    text, page = little.read(post.commentary), rules.COMPANY
    account = post.account or Account(username=page.slug, display_name=page.name)
    facts = [
        AUDIENCES[post.visibility],
        *([f"via {post.app}"] if post.app else []),
        *(["Edited"] if post.edited_at else []),
    ]
    parent = None
    if post.parent is not None and not nested:
        found = session.scalar(select(Post).where(Post.urn == post.parent, Post.deleted_at.is_(None)))
        parent = shown(session, found, nested=True) if found else None
    article = post.content.get("article")
    return FeedPost(
        address=url_for("pages.post", urn=post.urn),
        account=account,
        at=post.created_at,
        language="",
        text=text.shown,
        body=_body(session, text),
        facts=facts,
        pictures=_pictures(session, post.content),
        card=Card(article["source"], urlsplit(article["source"]).hostname or "", article["title"])
        if article
        else None,
        author=account.display_name,
        home=url_for("pages.profile", username=account.username) if post.account else page.path,
        thumbnail=_thumbnail(session, article),
        lost=len(text.lost),
        parent=parent,
        is_reshare=post.parent is not None,
    )


def _body(session: Session, text: little.Text) -> Markup:
    """A text as HTML: paragraphs, links, hashtags, and mentions of whom is known by just that name."""
    words = "".join(_inline(session, element) for element in text.elements).strip()
    paragraphs = [part.replace("\n", "<br>") for part in words.split("\n\n") if part.strip()]
    return Markup("".join(f"<p>{part}</p>" for part in paragraphs))  # noqa: S704 (escaped there)


def _inline(session: Session, element: little.Element) -> str:
    words = escape(element.shown)
    if element.kind == "link":
        return f'<a href="{escape(element.text, quote=True)}" rel="nofollow noopener" target="_blank">{words}</a>'
    if element.kind == "hashtag":
        return f'<span class="hashtag">{words}</span>'
    home = _home(session, element) if element.kind == "mention" else None
    return f'<a class="mention" href="{escape(home, quote=True)}">{words}</a>' if home else words


def _home(session: Session, mention: little.Element) -> str | None:
    """Where a mention leads; nowhere when the name is not that of the URN."""
    if mention.urn == rules.COMPANY.urn:
        return rules.COMPANY.path if mention.text == rules.COMPANY.name else None
    member = session.get(Member, mention.urn.removeprefix("urn:li:person:"))
    if member is None:
        return None
    name = member.account.display_name
    known = mention.text in (name, *name.split())
    return url_for("pages.profile", username=member.account.username) if known else None


def _pictures(session: Session, content: dict[str, Any]) -> list[Picture]:
    sent = content.get("multiImage", {}).get("images") or [
        content[kind] for kind in ("media",) if kind in content
    ]
    return [_picture(session, one["id"], one.get("altText", "")) for one in sent]


def _picture(session: Session, urn: str, words: str) -> Picture:
    image = session.get_one(Image, urn.removeprefix("urn:li:image:"))
    place = f"/media/{image.id}"
    return Picture(f"{place}/original", f"{place}/small", image.width or 1, image.height or 1, words)


def _thumbnail(session: Session, article: dict[str, Any] | None) -> Picture | None:
    if not article or "thumbnail" not in article:
        return None
    return _picture(session, article["thumbnail"], article.get("thumbnailAltText", ""))


def _seen() -> tuple[str, ...]:
    """The audiences that the visitor belongs to; on this network all members are connected."""
    return rules.VISIBILITIES if visitor() else ("PUBLIC",)


def _page(*conditions: Any) -> dict[str, Any]:
    """One page of posts, and where the next one begins."""
    older = request.args.get("max_id", 0, int)
    found = select(Post).where(Post.deleted_at.is_(None), Post.visibility.in_(_seen()), *conditions)
    found = found.order_by(Post.id.desc()).limit(PAGE + 1)
    found = found.where(Post.id < older) if older else found
    with practice().store.reading() as session:
        rows = list(session.scalars(found))
        onward = f"?max_id={rows[PAGE - 1].id}" if len(rows) > PAGE else None
        return {"posts": [shown(session, post) for post in rows[:PAGE]], "older": onward}


@bp.get("/")
@bp.get("/feed/", alias=True)
def timeline() -> str:
    """Everybody's posts, newest first."""
    return render_template("practice/linkedin/feed.html", **_page())


@bp.get("/in/<username>", strict_slashes=False)
def profile(username: str) -> str:
    """One member and their posts."""
    with practice().store.reading() as session:
        account = session.scalar(select(Account).where(Account.username == username))
    if account is None:
        abort(404)
    page = _page(Post.account_id == account.id)
    return render_template("practice/linkedin/profile.html", account=account, person=account, **page)


@bp.get("/in/me/recent-activity/all/")
def own_posts() -> AnyResponse:
    """Whoever is signed in sees what is theirs."""
    mine = visitor()
    place = url_for("pages.profile", username=mine.username) if mine else url_for("pages.timeline")
    return redirect(place, 303)


@bp.get("/company/<slug>", strict_slashes=False)
def company(slug: str) -> str:
    """The company's page and its posts."""
    page = rules.COMPANY
    if slug != page.slug:
        abort(404)
    account = Account(username=page.slug, display_name=page.name)
    posts = _page(Post.author == page.urn)
    return render_template("practice/linkedin/profile.html", account=account, company=page, **posts)


@bp.get("/feed/update/<urn>", strict_slashes=False)
def post(urn: str) -> str:
    """One post, which its author can delete."""
    mine = visitor()
    with practice().store.reading() as session:
        found = session.scalar(select(Post).where(Post.urn == urn, Post.deleted_at.is_(None)))
        if found is None or found.visibility not in _seen():
            abort(404)
        own = mine is not None and mine.id == found.account_id
        deletion = url_for("pages.delete_post", urn=urn) if own else None
        return render_template(
            "practice/linkedin/post.html", post=shown(session, found), urn=urn, deletion=deletion
        )


@bp.post("/feed/update/<urn>/deletion")
def delete_post(urn: str) -> AnyResponse:
    """Delete an own post by hand, as people do without telling anybody."""
    account = sender()
    try:
        actions.delete_by_hand(practice().store, urn, account, at=practice().clock())
    except Refusal:
        abort(404)
    flash("Your post is deleted.")
    return redirect(url_for("pages.profile", username=account.username), 303)


@bp.get("/apps")
def apps() -> AnyResponse | str:
    """The applications that may act for the person."""
    account = visitor()
    if account is None:
        return redirect(url_for("sessions.sign_in", next="/apps"))
    theirs = Member.account_id == account.id, Token.revoked_at.is_(None)
    found = (
        select(Token).join(Member, Token.subject == Member.subject).where(*theirs).order_by(Token.created_at)
    )
    with practice().store.reading() as session:
        tokens = {token.member.client_id: token for token in session.scalars(found)}
    permitted = [PermittedApp(client_id, one.app, one.scope) for client_id, one in tokens.items()]
    return render_template("practice/apps.html", apps=permitted)


@bp.post("/apps/<client_id>/revocation")
def revoke_app(client_id: str) -> AnyResponse:
    """Take an application's permission back by hand."""
    account = sender()
    actions.forget_app(practice().store, account, client_id, at=practice().clock())
    flash("That app can no longer act for you.")
    return redirect(url_for("pages.apps"), 303)


@bp.get("/media/<image_id>/<any(original, small):size>")
def picture(image_id: str, size: str) -> Response:
    """An image."""
    column = Image.original if size == "original" else Image.small
    with practice().store.reading() as session:
        image = session.get(Image, image_id, options=[undefer(column)])
    if image is None or image.content_type is None:
        abort(404)
    data, kind = (image.original, image.content_type) if size == "original" else (image.small, "image/jpeg")
    return Response(data, mimetype=kind, headers={"Cache-Control": "public, max-age=86400"})
