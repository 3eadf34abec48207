"""Repositories: records written, read and deleted, and files uploaded (com.atproto.repo, com.atproto.sync.getBlob)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import undefer

from advocacy.practice.bluesky import actions, inputs, rules, shapes
from advocacy.practice.bluesky.guard import Caller, demand, guard, spend
from advocacy.practice.bluesky.identity import repo_of
from advocacy.practice.bluesky.models import Blob, Entry, Repo
from advocacy.practice.bluesky.rules import Refusal, invalid
from advocacy.practice.store import practice
from advocacy.practice.wire import note

bp = Blueprint("repo", __name__)
guard(bp)


def _allow(caller: Caller, method: str, sent: dict[str, Any], *doing: str) -> None:
    """Refuse a caller who may not do this in this repository, or has no points left for it."""
    caller.demand_own(sent["repo"])
    caller.demand_write(sent["collection"], *doing)
    spend(f"did {caller.repo.did}", "day", "hour", points=rules.POINTS[method])


@bp.post("/xrpc/com.atproto.repo.putRecord")
def put_record() -> Response:
    """Write a record at a key, or change it; the same again changes nothing (repo.putRecord)."""
    caller = demand()
    sent = inputs.body({**inputs.KEYED, **inputs.RECORD}, {**inputs.SWAPS, **inputs.VALIDATE})
    _allow(caller, "putRecord", sent, "create", "update")
    one = actions.draft(sent, sent["rkey"])
    return _said(actions.put(practice().store, caller.grant, one, at=practice().clock()), one.rkey)


@bp.post("/xrpc/com.atproto.repo.createRecord")
def create_record() -> Response:
    """Write a new record, at a key of the server's if none is sent (repo.createRecord)."""
    caller = demand()
    optional = {"rkey": inputs.record_key, **inputs.VALIDATE, "swapCommit": inputs.cid}
    sent = inputs.body({**inputs.PLACE, **inputs.RECORD}, optional)
    _allow(caller, "createRecord", sent, "create")
    at = practice().clock()
    one = actions.draft(sent, sent.get("rkey") or actions.new_key(at))
    return _said(actions.create(practice().store, caller.grant, one, at=at), one.rkey)


def _said(written: actions.Written, rkey: str) -> Response:
    note().status_id, note().created = rkey, written.created
    return jsonify(written.shape())


@bp.post("/xrpc/com.atproto.repo.deleteRecord")
def delete_record() -> Response:
    """Delete a record; one that is not there is deleted already (repo.deleteRecord)."""
    caller = demand()
    sent = inputs.body(inputs.KEYED, {"swapRecord": inputs.cid, "swapCommit": inputs.cid})
    _allow(caller, "deleteRecord", sent, "delete")
    commit = actions.remove(practice().store, caller.grant.account, sent, at=practice().clock())
    note().status_id = sent["rkey"]
    return jsonify({"commit": commit} if commit else {})


@bp.post("/xrpc/com.atproto.repo.uploadBlob")
def upload_blob() -> Response:
    """Keep a file that a record will show (repo.uploadBlob); records may show pictures of 1,000,000 bytes."""
    caller = demand()
    if not request.mimetype:
        raise invalid("Request encoding (Content-Type) required but not provided")
    if request.mimetype.startswith(("multipart/", "application/x-www-form")):
        raise invalid(f"Wrong request encoding (Content-Type): {request.mimetype}")
    if caller.grant.key and not rules.may_upload(caller.grant.scopes, request.mimetype):
        raise Refusal(403, "ScopeMissingError", f'Missing required scope "blob:{request.mimetype}"')
    data, at = request.get_data(), practice().clock()
    if len(data) > rules.MAX_UPLOAD:
        raise Refusal(413, "PayloadTooLarge", "request entity too large")
    blob = actions.upload(practice().store, caller.grant.account, data, request.mimetype, at=at)
    note().status_id = blob.cid
    told = {"$type": "blob", "ref": {"$link": blob.cid}, "mimeType": blob.mime, "size": blob.size}
    return jsonify(blob=told)


def _known(who: str) -> Repo:
    repo = repo_of(who)
    if repo is None:
        raise invalid(f"Could not find repo: {who}")
    return repo


@bp.get("/xrpc/com.atproto.repo.getRecord")
def show_record() -> Response:
    """Show a record, or the very version of it that is asked for (repo.getRecord)."""
    repo = _known(inputs.param("repo", inputs.repo))
    collection = inputs.param("collection", inputs.collection)
    rkey, version = inputs.param("rkey", inputs.record_key), request.args.get("cid")
    with practice().store.reading() as session:
        entry = actions.find(session, repo.account_id, collection, rkey)
    if entry is None or version not in (None, entry.cid):
        raise invalid(
            f"Could not locate record: {actions.uri_of(repo.did, collection, rkey)}", "RecordNotFound"
        )
    return jsonify(shapes.record(entry))


@bp.get("/xrpc/com.atproto.repo.listRecords")
def list_records() -> Response:
    """List a collection by key, the latest first (repo.listRecords)."""
    repo = _known(inputs.param("repo", inputs.repo))
    collection, limit = inputs.param("collection", inputs.collection), inputs.number("limit", 50, 100)
    cursor, forward = request.args.get("cursor"), request.args.get("reverse") == "true"
    found = select(Entry).where(Entry.account_id == repo.account_id, Entry.collection == collection)
    if cursor:
        found = found.where(Entry.rkey > cursor if forward else Entry.rkey < cursor)
    found = found.order_by(Entry.rkey if forward else Entry.rkey.desc()).limit(limit)
    with practice().store.reading() as session:
        records = [shapes.record(entry) for entry in session.scalars(found)]
    more = {"cursor": records[-1]["uri"].rpartition("/")[2]} if records else {}
    return jsonify({"records": records} | more)


@bp.get("/xrpc/com.atproto.repo.describeRepo")
def describe_repo() -> Response:
    """Tell whose repository this is and what is in it (repo.describeRepo)."""
    repo = _known(inputs.param("repo", inputs.repo))
    names = select(Entry.collection).where(Entry.account_id == repo.account_id).distinct()
    with practice().store.reading() as session:
        collections = sorted(session.scalars(names))
    document = shapes.did_document(practice(), repo)
    told = {"handle": repo.handle, "did": repo.did, "didDoc": document, "handleIsCorrect": True}
    return jsonify(told | {"collections": collections})


@bp.get("/xrpc/com.atproto.sync.getBlob")
def show_blob() -> Response:
    """A file as it was uploaded (sync.getBlob)."""
    repo = _known(inputs.param("did", inputs.repo))
    with practice().store.reading() as session:
        key = repo.account_id, inputs.param("cid", inputs.cid)
        blob = session.get(Blob, key, options=[undefer(Blob.data)])
    if blob is None:
        raise invalid("Blob not found", "BlobNotFound")
    return Response(blob.data, mimetype=blob.mime)
