"""The OAuth endpoints and the consent page: pushed requests, authorise, token, revoke (atproto.com/specs/oauth)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from advocacy.practice.bluesky import authorisation, rules, tokens
from advocacy.practice.bluesky.guard import SERVER, check_proof, tell
from advocacy.practice.bluesky.models import Asking, Grant
from advocacy.practice.bluesky.rules import Refusal
from advocacy.practice.models import Account
from advocacy.practice.sessions import check_form, sign_out_here, visitor
from advocacy.practice.store import practice
from advocacy.practice.wire import asked_for, note

bp = Blueprint("oauth", __name__)


@bp.after_request
def _told(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return tell(response)


def _form() -> dict[str, str]:
    """The form that was sent, each name once (RFC 6749 section 3.2)."""
    g.nonce_place = SERVER
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Refusal(415, "invalid_request", f"Unsupported content-type: {request.mimetype}")
    for name, values in request.form.lists():
        if len(values) > 1:
            raise Refusal(400, "invalid_request", f'Duplicate "{name}" parameter')
    return request.form.to_dict()


@bp.post("/oauth/par")
def push() -> tuple[Response, int]:
    """Take an authorisation request beforehand (RFC 9126)."""
    sent = _form()
    client = authorisation.client_of(sent)
    note().app = client.name
    proof, at = check_proof(SERVER), practice().clock()
    if sent.get("dpop_jkt", proof.key) != proof.key:
        raise Refusal(400, "invalid_request", '"dpop_jkt" parameters does not match the DPoP proof')
    uri = authorisation.push(practice(), sent, client, proof.key, at=at)
    return jsonify(request_uri=uri, expires_in=int(rules.REQUEST_LIFE.total_seconds()) - 1), 201


def _asking() -> Asking:
    """The request that this page is about; only pushed ones are taken."""
    if not request.args.get("client_id") or not request.args.get("request_uri"):
        raise Refusal(400, "invalid_request", "Invalid request parameters: Required at query.request_uri")
    return authorisation.asking_of(practice(), request.args["request_uri"], request.args["client_id"])


@bp.get("/oauth/authorize")
def authorise() -> AnyResponse | tuple[str, int] | str:
    """Ask the person whether an app may act for them (RFC 6749 section 4.1.1)."""
    try:
        asking = _asking()
    except Refusal as error:
        return _page(error)
    note().app, at = asking.client_name, practice().clock()
    if asking.expires_at <= at:
        return _return(asking, {"error": "access_denied", "error_description": "This request has expired"})
    account = visitor()
    if (
        account is not None
        and _another(asking, account)
        and authorisation.sign_out_once(practice(), asking, at=at)
    ):
        sign_out_here()
        account = None
    if account is None:
        here = f"{request.path}?{request.query_string.decode()}"
        return redirect(url_for("sessions.sign_in", next=here))
    note().account = account.username
    g.form_action = _origin(asking.redirect_uri)
    words = [(scope, rules.scope_words(scope)) for scope in asking.scope.split()]
    shown = {"name": asking.client_name, "website": None}
    return render_template("practice/authorise.html", app=shown, scopes=words, account=account)


def _another(asking: Asking, account: Account) -> bool:
    """Whether the app hopes for somebody else, or for a fresh sign-in."""
    own = (None, rules.did_of(account.username), rules.handle_of(account.username))
    return asking.prompt == "login" or asking.login_hint not in own


@bp.post("/oauth/authorize")
def decide() -> AnyResponse | tuple[str, int]:
    """Send the person back with a code and the server's name (RFC 9207), or with access_denied."""
    check_form()
    account = visitor()
    if account is None:
        return redirect(url_for("sessions.sign_in", next=f"{request.path}?{request.query_string.decode()}"))
    try:
        asking = _asking()
    except Refusal as error:
        return _page(error)
    note().account, note().app, at = account.username, asking.client_name, practice().clock()
    if asking.expires_at <= at:
        return _return(asking, {"error": "access_denied", "error_description": "This request has expired"})
    allowed = request.form.get("decision") == "authorise"
    code = authorisation.decide(practice(), asking, account if allowed else None, at=at)
    if code is None:
        return _return(
            asking, {"error": "access_denied", "error_description": "The user rejected the request"}
        )
    return _return(asking, {"code": code})


def _return(asking: Asking, told: dict[str, str]) -> AnyResponse:
    issuer = "https://elsewhere.example" if asked_for("wrong_issuer") else practice().public_url
    query = urlencode({"iss": issuer, "state": asking.state, **told})
    return redirect(asking.redirect_uri + ("&" if "?" in asking.redirect_uri else "?") + query, 303)


def _page(error: Refusal) -> tuple[str, int]:
    """Tell the person, when the app cannot be trusted."""
    words = {"error": error.error, "error_description": error.message}
    return render_template("practice/error.html", title="This app cannot sign you in", **words), error.status


def _origin(uri: str) -> str:
    """What the page's form may lead to (browsers hold redirects to it too)."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


@bp.post("/oauth/token")
def exchange() -> Response:
    """Give tokens for a code or a refresh token, to the key that asked (RFC 9449 section 5)."""
    sent = _form()
    client = authorisation.client_of(sent)
    proof, at = check_proof(SERVER), practice().clock()
    kind, here = sent.get("grant_type"), practice()
    names = {"authorization_code": "code", "refresh_token": "refresh_token"}
    if kind not in names:
        raise Refusal(400, "unsupported_grant_type", f'Grant type "{kind}" is not supported by the server')
    if not sent.get(names[kind]):
        raise Refusal(400, "invalid_request", f"Invalid request payload: Required at body.{names[kind]}")
    if kind == "authorization_code":
        answer, grant = authorisation.exchange(here, sent, client, proof.key, at=at)
    else:
        _play_end(sent["refresh_token"])
        answer, grant = tokens.renew(here, sent["refresh_token"], client.client_id, proof.key, at=at)
    note().account, note().app = grant.account.username, grant.name
    return jsonify(answer | _somebody_else(grant))


def _play_end(secret: str) -> None:
    """The fault `ended_session` at the token endpoint: the person took the permission back meanwhile."""
    if asked_for("ended_session"):
        with practice().store.writing() as session:
            token = tokens.find(session, secret)
            if token is not None:
                token.grant.ended_at = practice().clock()


def _somebody_else(grant: Grant) -> dict[str, Any]:
    """The fault `wrong_subject`: another person's DID, which no client may take (specs/oauth#identity)."""
    if not asked_for("wrong_subject"):
        return {}
    with practice().store.reading() as session:
        other = session.scalar(select(Account.username).where(Account.id != grant.account_id).limit(1))
    return {"sub": rules.did_of(other or "somebody-else")}


@bp.post("/oauth/revoke")
def revoke() -> Response:
    """End a session by one of its tokens; what is unknown is ended already (RFC 7009)."""
    sent = _form()
    client = authorisation.client_of(sent)
    proof = check_proof(SERVER)
    if not sent.get("token"):
        raise Refusal(400, "invalid_request", "Invalid request payload: Required at body.token")
    grant = tokens.end(practice(), sent["token"], client.client_id, proof.key, at=practice().clock())
    note().app = client.name
    if grant is not None:
        note().account = grant.account.username
    return jsonify({})
