"""LinkedIn's API: who the member is, images and posts (shares/posts-api, shares/images-api)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from advocacy.practice.linkedin import actions, drafts, little, rules
from advocacy.practice.linkedin.guard import (
    bearer,
    check_encoding,
    check_method,
    check_parameters,
    demand,
    sent_json,
    spend,
)
from advocacy.practice.linkedin.rules import Refusal
from advocacy.practice.linkedin.shapes import claims
from advocacy.practice.linkedin.troubles import duplicate, forbidden
from advocacy.practice.store import practice
from advocacy.practice.wire import asked_for, note

bp = Blueprint("api", __name__)


@bp.get("/v2/userinfo")
def tell_member() -> Response:
    """Who the token stands for (consumer/integrations/self-serve/sign-in-with-linkedin-v2)."""
    token = bearer()
    if "openid" not in token.scope.split():
        raise forbidden("Not enough permissions to access: userinfo.GET.NO_VERSION")
    spend(token, None)
    return jsonify(claims(token.scope, token.subject, token.member.account, practice().public_url))


@bp.post("/rest/images")
def expect_image() -> Response:
    """Give an address for one image's file (images-api#initialize-image-upload)."""
    token = demand("images.ACTION-initializeUpload", "images")
    check_method("", "ACTION")
    check_parameters(action="initializeUpload")
    owner = drafts.owner(sent_json())
    _check_author(owner, token.member.urn, "initializeUploadRequest/owner")
    image = actions.expect_upload(practice().store, owner, at=practice().clock())
    note().status_id = image.urn
    value = {
        "uploadUrlExpiresAt": int(image.expires_at.timestamp() * 1000),
        "uploadUrl": practice().url(f"/dms-uploads/{image.id}/uploaded-image/0?ut={image.ticket}"),
        "image": image.urn,
    }
    return _told(jsonify(value=value))


@bp.put("/dms-uploads/<image_id>/uploaded-image/0")
def take_image(image_id: str) -> Response:
    """Take an image's file, whole, with the bearer token (images-api#upload-the-image)."""
    token = bearer()
    spend(token, "images")
    if "w_member_social" not in token.scope.split():
        raise forbidden("Not enough permissions to upload an image")
    if "Content-Range" in request.headers:
        raise Refusal(400, "An image is uploaded in one request")
    fault, ticket = asked_for("processing"), request.args.get("ut", "")
    wait, at = fault.seconds if fault else 0.0, practice().clock()
    data = request.get_data()
    actions.upload(practice().store, image_id, ticket, token.member.urn, data, at=at, wait=wait)
    note().status_id = f"urn:li:image:{image_id}"
    return Response(status=201)


@bp.post("/rest/posts")
def publish() -> AnyResponse:
    """Publish a post: 201, no body, its URN in x-restli-id (posts-api#create-a-post)."""
    token = demand("posts.CREATE")
    check_method("", "CREATE")
    check_parameters()
    draft = drafts.post(sent_json())
    _check_author(draft.author, token.member.urn, "author")
    here, at = practice(), practice().clock()
    if asked_for("duplicate"):
        with here.store.reading() as session:
            last = actions.latest(session, draft.author, at=at)
        return duplicate(last.urn if last else f"urn:li:share:{rules.number_at(at)}")
    try:
        again = asked_for("forget_duplicates") is not None
        post = actions.publish(here.store, token, draft, at=at, again=again)
    except actions.Duplicate as error:
        note().status_id = error.urn
        return duplicate(error.urn)
    note().status_id, note().created = post.urn, True
    _tell_loss(post.commentary)
    answer = Response(status=201)
    answer.headers["x-restli-id"] = answer.headers["x-linkedin-id"] = post.urn
    return _told(answer)


@bp.post("/rest/posts/<urn>")
def edit(urn: str) -> Response:
    """Change a post's text by X-RestLi-Method: PARTIAL_UPDATE (posts-api#update-posts)."""
    token = demand("posts.PARTIAL_UPDATE")
    check_encoding(request)
    check_method("PARTIAL_UPDATE")
    check_parameters()
    commentary = drafts.patch(sent_json())
    drafts.number_of(urn)
    actions.edit(practice().store, urn, token.member.urn, commentary, at=practice().clock())
    note().status_id = urn
    _tell_loss(commentary)
    return _told(Response(status=204))


@bp.delete("/rest/posts/<urn>")
def delete(urn: str) -> Response:
    """Delete a post; one that is deleted already is answered alike (posts-api#delete-posts)."""
    token = demand("posts.DELETE")
    check_encoding(request)
    check_method("", "DELETE")
    check_parameters()
    drafts.number_of(urn)
    note().status_id = urn
    actions.delete(practice().store, urn, token.member.urn, at=practice().clock())
    return _told(Response(status=204))


@bp.get("/rest/<path:resource>")
def read(resource: str) -> Response:
    """Refuse to read: that needs r_member_social, which is closed (posts-api#permissions)."""
    demand(f"{resource.partition('/')[0]}.GET", None, scope="r_member_social")
    raise Refusal(404, "No virtual resource found")


def _check_author(urn: str, own: str, field: str) -> None:
    """Only the member's own URN may stand there."""
    if urn != own:
        raise forbidden(
            "Field Value validation failed in REQUEST_BODY: "
            f"Data Processing Exception while processing fields [/{field}]"
        )


def _tell_loss(commentary: str) -> None:
    """Let the ledger show the text as it was published, where an unescaped character cut it short."""
    text = little.read(commentary)
    if text.lost:
        note().published = text.shown


def _told(answer: Response) -> Response:
    answer.headers["X-RestLi-Protocol-Version"] = rules.PROTOCOL
    return answer
