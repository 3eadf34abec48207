"""X's API: who the user is, posts and pictures (docs.x.com/x-api)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select

from advocacy.practice.models import Account
from advocacy.practice.store import practice
from advocacy.practice.wire import asked_for, note
from advocacy.practice.x import actions, drafts, rules, shapes
from advocacy.practice.x.drafts import whole, wrong_value
from advocacy.practice.x.guard import check_id, check_parameters, demand, fields, guard, sent_json
from advocacy.practice.x.models import Family, Post
from advocacy.practice.x.rules import Refusal
from advocacy.practice.x.troubles import absent, duplicate, invalid, quote_refused

bp = Blueprint("api", __name__)
guard(bp)

READ = ("tweet.read", "users.read")
WRITE = ("tweet.read", "tweet.write", "users.read")
UPLOAD_FORM = ("media_category", "media_type", "shared")


@bp.get("/2/users/me")
def tell_user() -> Response:
    """Who the token stands for (users/get-my-user)."""
    family = demand("me", *READ)
    check_parameters("user.fields")
    asked = fields("user.fields", shapes.USER_FIELDS)
    return jsonify(data=shapes.user(shapes.person(family.account), asked, practice().public_url))


@bp.get("/2/users/<user_id>/tweets")
def list_posts(user_id: str) -> Response:
    """A user's posts, newest first (users/get-posts)."""
    family = demand("timeline", *READ)
    names = ("start_time", "end_time", "since_id", "until_id")
    check_parameters("max_results", "pagination_token", "tweet.fields", "exclude", *names)
    asked = fields("tweet.fields", shapes.POST_FIELDS)
    fields("exclude", "replies retweets")  # there are none of either here
    most = whole(request.args.get("max_results", "10"), 5, 100, "max_results")
    wanted = [Post.author_id == check_id(user_id), Post.deleted_at.is_(None), *_bounds()]
    found = select(Post).where(*wanted).order_by(Post.id.desc()).limit(most + 1)
    with practice().store.reading() as session:
        if user_id != rules.COMPANY.id and session.get(Account, int(user_id)) is None:
            return jsonify(errors=[absent("id", user_id, "user")])
        rows = list(session.scalars(found))
        told = [
            shapes.post(session, row, asked, str(family.account_id), practice().clock())
            for row in rows[:most]
        ]
    meta: dict[str, Any] = {"result_count": len(told)}
    if told:
        meta |= {"newest_id": told[0][0]["id"], "oldest_id": told[-1][0]["id"]}
    if len(rows) > most:
        meta["next_token"] = f"7140{rows[most - 1].id}"
    return jsonify(_answer(told, []) | {"meta": meta})


def _bounds() -> list[Any]:
    """What start_time, end_time, since_id, until_id and pagination_token leave."""
    bounds: list[Any] = []
    for name, compare in (("start_time", Post.created_at.__ge__), ("end_time", Post.created_at.__lt__)):
        if name in request.args:
            at = rules.moment(request.args[name])
            if at is None:
                raise wrong_value(name, request.args[name], "is not a valid RFC3339 date-time")
            bounds.append(compare(at))
    for name, compare_ids in (("since_id", Post.id.__gt__), ("until_id", Post.id.__lt__)):
        if name in request.args:
            bounds.append(compare_ids(int(check_id(request.args[name], name))))
    page = request.args.get("pagination_token")
    if page is not None:
        if not page.startswith("7140") or not rules.is_id(page[4:]):
            raise wrong_value("pagination_token", page)
        bounds.append(Post.id < int(page[4:]))
    return bounds


def _answer(
    told: list[tuple[dict[str, Any], list[dict[str, Any]]]], errors: list[dict[str, Any]]
) -> dict[str, Any]:
    """Posts and partial errors, each only where there are any."""
    everything = [*errors, *(error for _, hidden in told for error in hidden)]
    answer: dict[str, Any] = {"data": [one for one, _ in told]} if told else {}
    return answer | ({"errors": everything} if everything else {})


@bp.get("/2/tweets")
def look_up_posts() -> Response:
    """Up to 100 posts by their ids (posts/get-posts-by-ids)."""
    family = demand("lookup", *READ)
    check_parameters("ids", "tweet.fields")
    asked = fields("tweet.fields", shapes.POST_FIELDS)
    if not request.args.get("ids"):
        raise invalid("The `ids` query parameter can not be empty", ids="")
    ids = [check_id(one, "ids") for one in request.args["ids"].split(",")]
    if len(ids) > 100:
        raise wrong_value("ids", str(len(ids)), "has more than 100 ids")
    here, told, missing = practice(), [], []
    with here.store.reading() as session:
        for one in ids:
            post = actions.living(session, one)
            if post is None:
                missing.append(absent("ids", one))
            else:
                told.append(shapes.post(session, post, asked, str(family.account_id), here.clock()))
    return jsonify(_answer(told, missing))


@bp.post("/2/tweets")
def publish() -> tuple[Response, int]:
    """Publish a post (posts/create-post)."""
    family = demand("posts", *WRITE)
    check_parameters()
    draft = drafts.post(sent_json())
    if asked_for("duplicate"):
        raise duplicate()
    if draft.quoted is not None and asked_for("quote_refused"):
        raise quote_refused()
    post = actions.publish(practice().store, family, draft, at=practice().clock())
    note().status_id, note().created = str(post.id), True
    told = {"id": str(post.id), "text": post.text, "edit_history_tweet_ids": [str(post.id)]}
    return jsonify(data=told), 201


@bp.delete("/2/tweets/<post_id>")
def delete(post_id: str) -> Response:
    """Delete an own post (posts/delete-post)."""
    family = demand("delete", *WRITE)
    check_parameters()
    note().status_id = check_id(post_id)
    actions.delete(practice().store, post_id, family.account_id, at=practice().clock())
    return jsonify(data={"deleted": True})


@bp.post("/2/media/upload")
def upload() -> Response:
    """Take a picture, whole, as multipart (media/upload-media)."""
    family = demand("media", "media.write")
    check_parameters()
    media = _upload(family)
    note().status_id = str(media.id)
    left = int(rules.MEDIA_LIFE.total_seconds())
    told = {"id": str(media.id), "media_key": f"3_{media.id}", "size": len(media.original)}
    return jsonify(data={**told, "expires_after_secs": left})


def _upload(family: Family) -> Any:
    if request.mimetype != "multipart/form-data":
        raise invalid("The content-type must be multipart/form-data.")
    for name in (*request.form, *request.files):
        if name not in (*UPLOAD_FORM, "media"):
            words = "is not defined in the schema and the schema does not allow additional properties"
            raise invalid(f"$.{name}: {words}", **{f"$.{name}": ""})
    category, media_type = request.form.get("media_category"), request.form.get("media_type")
    if "media" not in request.files or category is None:
        missing = "media" if category is not None else "media_category"
        raise invalid(f"$.{missing}: is missing but it is required", **{f"$.{missing}": ""})
    if category != "tweet_image":
        words = "does not have a value in the enumeration that is played here [tweet_image]"
        raise invalid(f"$.media_category: {words}", **{"$.media_category": category})
    if request.form.get("shared", "false") != "false":
        raise invalid("$.shared: is not played by the practice network", **{"$.shared": "true"})
    data, at = request.files["media"].read(), practice().clock()
    return actions.upload(practice().store, family.account_id, data, media_type, at=at)


@bp.post("/2/media/metadata")
def describe() -> Response:
    """Give a picture the words that stand for it (media/create-media-metadata)."""
    family = demand("metadata", "media.write")
    check_parameters()
    media_id, text = drafts.alt_text(sent_json())
    actions.describe(practice().store, media_id, family.account_id, text, at=practice().clock())
    note().status_id = media_id
    return jsonify(data={"id": media_id, "associated_metadata": {"alt_text": {"text": text}}})


@bp.route("/2/<path:_rest>", methods=["GET", "POST", "PUT", "DELETE"])
def find_nothing(_rest: str) -> Response:
    """Everything else of X's API, which is not played."""
    raise Refusal(404, "Not Found", "Not Found")
