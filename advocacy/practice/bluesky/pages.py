"""The pages that people see in Bluesky's mode: the timeline, profiles, posts, their apps and app passwords."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response as AnyResponse

from advocacy.practice.bluesky import actions, rules, shapes
from advocacy.practice.bluesky.identity import repo_of
from advocacy.practice.bluesky.models import AppPassword, Blob, Entry, Grant
from advocacy.practice.look import Card, Picture, Post
from advocacy.practice.models import Account
from advocacy.practice.sessions import check_form, visitor
from advocacy.practice.store import practice

bp = Blueprint("pages", __name__)

PAGE = 20
PERSON = f"/profile/<username>.{rules.HANDLE_DOMAIN}"
BY_DID = "/profile/did:plc:<tail>"


def rich(text: str, facets: list[dict[str, Any]]) -> Markup:
    """A post's text as HTML: nothing is a link but what a facet makes one."""
    data, parts, end = text.encode(), list[str](), 0
    for facet in sorted(facets, key=lambda one: one["index"]["byteStart"]):
        start, stop = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        if start < end:
            continue  # of two that overlap, the first counts
        words = escape(data[start:stop].decode(errors="replace"))
        parts += [escape(data[end:start].decode(errors="replace")), _linked(facet["features"][0], words)]
        end = stop
    whole = "".join([*parts, escape(data[end:].decode(errors="replace"))])
    return Markup("<p>" + whole.replace("\r\n", "\n").replace("\n", "<br>") + "</p>")  # noqa: S704 (escaped above)


def _linked(feature: dict[str, Any], words: Markup) -> Markup:
    if "uri" in feature and urlsplit(feature["uri"]).scheme in ("http", "https"):
        link = Markup('<a href="{}" rel="nofollow noopener" target="_blank">{}</a>')
        return link.format(feature["uri"], words)
    if "did" in feature:
        return Markup('<a href="/profile/{}">{}</a>').format(feature["did"], words)
    return Markup('<span class="hashtag">{}</span>').format(words)


def shown(entry: Entry) -> Post:
    """A post as the pages show it."""
    value = entry.value
    embed = value.get("embed") or {}
    card = embed.get("external")
    thumb = shapes.picture(entry, card["thumb"], "thumbnail") if card and "thumb" in card else ""
    langs = value.get("langs") or ["en"]
    handle = rules.handle_of(entry.account.username)
    return Post(
        address=f"/profile/{handle}/post/{entry.rkey}",
        handle=handle,
        account=entry.account,
        at=entry.indexed_at,
        language=langs[0],
        text=value["text"],
        body=rich(value["text"], value.get("facets", [])),
        facts=(f"via {entry.app}",),
        pictures=[_picture(entry, one) for one in embed.get("images", [])],
        card=Card(
            card["uri"], urlsplit(card["uri"]).hostname or "", card["title"], card["description"], thumb
        )
        if card
        else None,
    )


def _picture(entry: Entry, one: dict[str, Any]) -> Picture:
    ratio = one.get("aspectRatio") or {"width": 4, "height": 3}
    full, small = (shapes.picture(entry, one["image"], size) for size in ("fullsize", "thumbnail"))
    return Picture(full, small, ratio["width"], ratio["height"], one["alt"])


def _page(*conditions: Any) -> dict[str, Any]:
    """One page of posts, and where the next one begins."""
    older = request.args.get("max_id", 0, int)
    # what was written with `validate: false` need not be a post at all
    posts = Entry.collection == rules.POST, Entry.valid.is_(True)
    found = select(Entry).where(*posts, *conditions).order_by(Entry.id.desc()).limit(PAGE + 1)
    found = found.where(Entry.id < older) if older else found
    with practice().store.reading() as session:
        rows = list(session.scalars(found))
    onward = f"?max_id={rows[PAGE - 1].id}" if len(rows) > PAGE else None
    return {"posts": [shown(entry) for entry in rows[:PAGE]], "older": onward}


@bp.get("/")
def timeline() -> str:
    """Everybody's posts, newest first."""
    return render_template("practice/timeline.html", **_page())


@bp.get(PERSON)
def profile(username: str) -> str:
    """One person and their posts; with her app passwords, if it is her own page."""
    account = _account(username)
    mine, own = visitor(), select(AppPassword).where(AppPassword.account_id == account.id)
    with practice().store.reading() as session:
        passwords = (
            list(session.scalars(own.order_by(AppPassword.id))) if mine and mine.id == account.id else None
        )
    told = {"account": account, "passwords": passwords, "handle": rules.handle_of(username)}
    page = _page(Entry.account_id == account.id)
    return render_template("practice/bluesky/profile.html", did=rules.did_of(username), **told, **page)


def _account(username: str) -> Account:
    with practice().store.reading() as session:
        account = session.scalar(select(Account).where(Account.username == username))
    return account or abort(404)


@bp.get(BY_DID)
@bp.get(f"{BY_DID}/post/<rkey>")
def by_did(tail: str, rkey: str | None = None) -> AnyResponse:
    """A person or a post by the DID, which never changes."""
    repo = repo_of(f"did:plc:{tail}")
    if repo is None:
        abort(404)
    return redirect(f"/profile/{repo.handle}" + (f"/post/{rkey}" if rkey else ""))


@bp.get(f"{PERSON}/post/<rkey>")
def post(username: str, rkey: str) -> str:
    """One post, which its author can delete."""
    account, mine = _account(username), visitor()
    with practice().store.reading() as session:
        entry = actions.find(session, account.id, rules.POST, rkey)
    if entry is None or not entry.valid:
        abort(404)
    own = mine is not None and mine.id == account.id
    deletion = url_for("pages.delete_post", username=username, rkey=rkey) if own else None
    return render_template("practice/post.html", post=shown(entry), deletion=deletion)


@bp.post(f"{PERSON}/post/<rkey>/deletion")
def delete_post(username: str, rkey: str) -> AnyResponse:
    """Delete an own post by hand, as people do without telling anybody."""
    account = _me()
    if account.username != username:
        abort(404)
    sent = {"collection": rules.POST, "rkey": rkey}
    if actions.remove(practice().store, account, sent, at=practice().clock()) is None:
        abort(404)
    flash("Your post is deleted.")
    return redirect(url_for("pages.profile", username=username), 303)


def _me() -> Account:
    """Who sent this form of ours."""
    check_form()
    return visitor() or abort(403)


@bp.get("/apps")
def apps() -> AnyResponse | str:
    """The apps that may act for the person."""
    account = visitor()
    if account is None:
        return redirect(url_for("sessions.sign_in", next="/apps"))
    own = Grant.account_id == account.id, Grant.ended_at.is_(None)
    with practice().store.reading() as session:
        grants = list(session.scalars(select(Grant).where(*own).order_by(Grant.name, Grant.id)))
    return render_template("practice/apps.html", apps=grants)


@bp.post("/apps/<int:grant_id>/revocation")
def revoke_app(grant_id: int) -> AnyResponse:
    """Take an app's permission back by hand."""
    actions.end_grant(practice().store, _me(), grant_id, at=practice().clock())
    flash("That app can no longer act for you.")
    return redirect(url_for("pages.apps"), 303)


@bp.post("/settings/app-passwords")
def make_app_password() -> AnyResponse:
    """Make a further app password."""
    account = _me()
    name = request.form.get("name", "").strip()[:64] or "App"
    actions.make_app_password(practice().store, account, name, at=practice().clock())
    return redirect(url_for("pages.profile", username=account.username), 303)


@bp.post("/settings/app-passwords/<int:number>/revocation")
def revoke_app_password(number: int) -> AnyResponse:
    """Forget an app password and all that was begun with it."""
    account = _me()
    actions.revoke_app_password(practice().store, account, number, at=practice().clock())
    flash("That app password works no more.")
    return redirect(url_for("pages.profile", username=account.username), 303)


@bp.get("/img/<any(feed_thumbnail, feed_fullsize):size>/plain/did:plc:<tail>/<cid>")
def picture(size: str, tail: str, cid: str) -> Response:
    """A picture of a post."""
    repo, column = repo_of(f"did:plc:{tail}"), Blob.small if size == "feed_thumbnail" else Blob.data
    if repo is None:
        abort(404)
    with practice().store.reading() as session:
        blob = session.get(Blob, (repo.account_id, cid), options=[undefer(column)])
    if blob is None or not blob.width:
        abort(404)
    data, kind = (blob.small, "image/jpeg") if size == "feed_thumbnail" else (blob.data, blob.mime)
    return Response(data, mimetype=kind, headers={"Cache-Control": "public, max-age=86400"})
