"""Mastodon's API: apps, accounts, media and statuses (docs.joinmastodon.org/methods)."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.practice.mastodon import actions, rules, shapes
from advocacy.practice.mastodon.guard import demand, demand_account, demand_if_given, guard
from advocacy.practice.mastodon.models import Media, Status
from advocacy.practice.mastodon.rules import Refusal
from advocacy.practice.models import Account
from advocacy.practice.store import practice
from advocacy.practice.wire import asked_for, note

bp = Blueprint("api", __name__)
guard(bp)

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


def params() -> dict[str, Any]:
    """What was sent, as JSON or as a form (where `name[]` makes a list)."""
    if request.is_json:
        sent = request.get_json(silent=True)
        if not isinstance(sent, dict):
            raise Refusal(400, "Error parsing JSON body")
        return sent
    form = request.form
    return {n.removesuffix("[]"): form.getlist(n) if n.endswith("[]") else form[n] for n in form}


def truth(value: object) -> bool:
    """Rails' idea of a true parameter."""
    return value not in (None, "", False, 0, "0", "false", "False", "f", "off")


@bp.post("/api/v1/apps")
def register_app() -> Response:
    """Register a client application (methods/apps/#create)."""
    sent = params()
    uris = sent.get("redirect_uris") or []
    listed = uris.split() if isinstance(uris, str) else [str(uri) for uri in uris]
    scopes = " ".join(str(sent.get("scopes") or rules.DEFAULT_SCOPE).split())
    name, website = str(sent.get("client_name") or ""), sent.get("website")
    app, secret = actions.register_app(practice().store, name, listed, scopes, website, at=practice().clock())
    note().app = app.name
    keys = {
        "client_id": app.client_id,
        "client_secret": secret,
        "client_secret_expires_at": 0,
        "vapid_key": "",
    }
    return jsonify(shapes.app(app) | keys)


@bp.get("/api/v1/apps/verify_credentials")
def show_app() -> Response:
    """Tell an app that its token works (methods/apps/#verify_credentials)."""
    return jsonify(shapes.app(demand().app) | {"vapid_key": ""})


@bp.get("/api/v1/accounts/verify_credentials")
def show_own_account() -> Response:
    """Tell whose token this is (methods/accounts/#verify_credentials)."""
    _, account = demand_account("profile", "read", "read:accounts")
    with practice().store.reading() as session:
        return jsonify(shapes.own_account(practice(), account, posts(session, account)))


@bp.get("/api/v1/accounts/lookup")
def look_up_account() -> Response:
    """Find an account by its address (methods/accounts/#lookup)."""
    name, _, host = request.args.get("acct", "").lstrip("@").partition("@")
    if host and host != practice().public_url.split("://", 1)[1]:
        raise Refusal(404, "Record not found")
    with practice().store.reading() as session:
        account = session.scalar(select(Account).where(Account.username == name))
        if account is None:
            raise Refusal(404, "Record not found")
        return jsonify(shapes.account(practice(), account, posts(session, account)))


@bp.get("/api/v1/accounts/<int:account_id>")
def show_account(account_id: int) -> Response:
    """Show an account (methods/accounts/#get)."""
    with practice().store.reading() as session:
        account = session.get(Account, account_id)
        if account is None:
            raise Refusal(404, "Record not found")
        return jsonify(shapes.account(practice(), account, posts(session, account)))


@bp.get("/api/v1/accounts/<int:account_id>/statuses")
def list_statuses(account_id: int) -> Response:
    """List an account's posts, newest first (methods/accounts/#statuses)."""
    reader = demand_if_given("read", "read:statuses")
    seen = rules.VISIBILITIES if reader and reader.id == account_id else ("public", "unlisted")
    return page(Status.account_id == account_id, Status.visibility.in_(seen))


@bp.get("/api/v1/timelines/public")
def list_public() -> Response:
    """List everybody's public posts, newest first (methods/timelines/#public)."""
    demand_if_given("read", "read:statuses")
    return page(Status.visibility == "public")


def page(*conditions: Any) -> Response:
    """One page of posts by `limit` (20, at most 40), `max_id`, `since_id` and `min_id`."""
    limit = min(request.args.get("limit", 20, int), 40)
    older, newer = request.args.get("max_id", 0, int), request.args.get("since_id", 0, int)
    newer = request.args.get("min_id", newer, int)
    found = select(Status).where(*conditions, Status.id > newer).order_by(Status.id.desc()).limit(limit)
    found = found.where(Status.id < older) if older else found
    with practice().store.reading() as session:
        return jsonify([shapes.status(practice(), one) for one in session.scalars(found)])


def posts(session: Session, account: Account) -> int:
    """How many posts an account has."""
    return session.scalar(select(func.count()).where(Status.account_id == account.id)) or 0


@bp.post("/api/v1/media")
@bp.post("/api/v2/media")
def upload_media() -> tuple[Response, int]:
    """Take a picture: 200 when ready, 202 while it is processed (methods/media/#v2)."""
    _, account = demand_account("write", "write:media")
    file = request.files.get("file")
    data, at = file.read() if file else b"", practice().clock()
    fault = asked_for("processing")
    wait = fault.seconds if fault else 0.0
    said = request.form.get("description")
    media = actions.upload(practice().store, account, data, said, at=at, wait=wait)
    return jsonify(shapes.media(practice(), media, at)), 202 if wait else 200


@bp.get("/api/v1/media/<int:media_id>")
def show_media(media_id: int) -> tuple[Response, int]:
    """Tell whether a picture is ready: 200, or 206 while it is processed (methods/media/#get)."""
    _, account = demand_account("write", "write:media")
    at = practice().clock()
    with practice().store.reading() as session:
        media = actions.loose_media(session, account, media_id)
    return jsonify(shapes.media(practice(), media, at)), 206 if media.ready_at > at else 200


@bp.put("/api/v1/media/<int:media_id>")
def describe_media(media_id: int) -> Response:
    """Change a picture's description (methods/media/#update)."""
    _, account = demand_account("write", "write:media")
    media: Media = actions.describe(practice().store, account, media_id, params().get("description"))
    return jsonify(shapes.media(practice(), media, practice().clock()))


@bp.post("/api/v1/statuses")
def publish() -> Response:
    """Publish a post, once per Idempotency-Key (methods/statuses/#create)."""
    token, _ = demand_account("write", "write:statuses")
    sent = params()
    if sent.get("scheduled_at") or sent.get("poll"):
        raise Refusal(422, "Validation failed: the practice network neither schedules posts nor holds polls")
    ids = sent.get("media_ids") or []
    if not isinstance(ids, list):
        raise Refusal(422, "Validation failed: media_ids must be an array")
    key = request.headers.get("Idempotency-Key")
    at = practice().clock()
    status, new = actions.publish(practice().store, token, draft(sent), [str(i) for i in ids], key, at=at)
    note().status_id, note().created = str(status.id), new
    return jsonify(shapes.status(practice(), status))


def draft(sent: dict[str, Any]) -> Status:
    """A post as it was sent."""
    language = str(sent.get("language") or "en")
    return Status(
        text=str(sent.get("status") or ""),
        spoiler_text=str(sent.get("spoiler_text") or ""),
        sensitive=truth(sent.get("sensitive")) or truth(sent.get("spoiler_text")),
        visibility=str(sent.get("visibility") or "public"),
        language=language if LANGUAGE.fullmatch(language) else "en",
    )


@bp.get("/api/v1/statuses/<int:status_id>")
def show_status(status_id: int) -> Response:
    """Show a post (methods/statuses/#get)."""
    reader = demand_if_given("read", "read:statuses")
    with practice().store.reading() as session:
        status = session.get(Status, status_id)
        hidden = status is not None and status.visibility in ("private", "direct")
        if status is None or (hidden and (reader is None or reader.id != status.account_id)):
            raise Refusal(404, "Record not found")
        return jsonify(shapes.status(practice(), status))


@bp.delete("/api/v1/statuses/<int:status_id>")
def delete_status(status_id: int) -> Response:
    """Delete an own post and give its source text back (methods/statuses/#delete)."""
    _, account = demand_account("write", "write:statuses")
    status = actions.delete(practice().store, account, status_id)
    note().status_id = str(status.id)
    return jsonify(shapes.status(practice(), status) | {"text": status.text})
