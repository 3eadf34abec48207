"""The network's view of posts and people, which anybody may read (app.bsky.feed, app.bsky.actor)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.practice.bluesky import actions, inputs, rules, shapes
from advocacy.practice.bluesky.guard import demand_if_given, guard
from advocacy.practice.bluesky.identity import repo_of
from advocacy.practice.bluesky.models import Entry, Repo
from advocacy.practice.bluesky.rules import Refusal, invalid
from advocacy.practice.store import practice
from advocacy.practice.wire import asked_for

bp = Blueprint("feed", __name__)
guard(bp)


def _enter() -> None:
    """A token that is given must be good; a fault says that the view is away, as a server without one does."""
    demand_if_given()
    if asked_for("away"):
        raise Refusal(502, "UpstreamFailure", "Upstream service unreachable")


def _actor() -> Repo:
    repo = repo_of(inputs.param("actor", inputs.repo))
    if repo is None:
        raise invalid("Profile not found")
    return repo


@bp.get("/xrpc/app.bsky.feed.getPosts")
def show_posts() -> Response:
    """Up to 25 posts by their addresses; those that are gone are left out (feed.getPosts)."""
    _enter()
    asked = inputs.many("uris", 25)
    with practice().store.reading() as session:
        entries = [_at(session, uri) for uri in dict.fromkeys(asked)]
        return jsonify(
            posts=[shapes.post(practice(), session, entry) for entry in entries if entry is not None]
        )


def _at(session: Session, uri: str) -> Entry | None:
    """The post at an address."""
    who, _, rest = uri.removeprefix("at://").partition("/")
    collection, _, rkey = rest.partition("/")
    if not uri.startswith("at://") or not inputs.who(who) or not rkey:
        raise invalid(f'Error: uris must be at-uris (got "{uri}")')
    named = Repo.did == who if who.startswith("did:") else Repo.handle == who.lower()
    repo = session.scalar(select(Repo).where(named))
    if repo is None or collection != rules.POST:
        return None
    entry = actions.find(session, repo.account_id, collection, rkey)
    return entry if entry is not None and entry.valid else None


@bp.get("/xrpc/app.bsky.feed.getAuthorFeed")
def show_author_feed() -> Response:
    """A person's posts, newest first (feed.getAuthorFeed)."""
    _enter()
    repo, limit, cursor = _actor(), inputs.number("limit", 50, 100), request.args.get("cursor", 0, int)
    own = Entry.account_id == repo.account_id, Entry.collection == rules.POST, Entry.valid.is_(True)
    found = select(Entry).where(*own)
    found = found.where(Entry.id < cursor) if cursor else found
    with practice().store.reading() as session:
        entries = list(session.scalars(found.order_by(Entry.id.desc()).limit(limit)))
        feed = [{"post": shapes.post(practice(), session, entry)} for entry in entries]
    more = {"cursor": str(entries[-1].id)} if len(entries) == limit else {}
    return jsonify({"feed": feed} | more)


@bp.get("/xrpc/app.bsky.actor.getProfile")
def show_profile() -> Response:
    """A person (actor.getProfile)."""
    _enter()
    repo = _actor()
    with practice().store.reading() as session:
        return jsonify(shapes.profile(practice(), session, repo.account))


@bp.route("/xrpc/<nsid>", methods=["GET", "POST"])
def refuse_unknown(nsid: str) -> Response:
    """A method that the practice network does not play (specs/xrpc)."""
    raise Refusal(501, "MethodNotImplemented", f"Method Not Implemented: {nsid}")
