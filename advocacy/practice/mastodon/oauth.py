"""The OAuth pages and endpoints: authorise, token, revoke, userinfo."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError
from flask import Blueprint, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from advocacy.practice.mastodon import rules
from advocacy.practice.mastodon.guard import bearer, demand_account
from advocacy.practice.mastodon.troubles import oauth_error
from advocacy.practice.sessions import check_form, sign_out_here, visitor
from advocacy.practice.store import practice
from advocacy.practice.wire import note

bp = Blueprint("oauth", __name__)


def server() -> AuthorizationServer:
    """The authorisation server of the running app."""
    found: AuthorizationServer = current_app.extensions["authorisation"]
    return found


@bp.get("/oauth/authorize")
def authorise() -> AnyResponse | tuple[str, int] | str:
    """Ask the person whether an app may act for them (methods/oauth/#authorize)."""
    account = visitor()
    try:
        grant = server().get_consent_grant(end_user=account)
    except OAuth2Error as error:
        return _wrong(error)
    if request.args.get("force_login", "").lower() in ("true", "1"):
        sign_out_here()
        account = None
    if account is None:
        again = {name: value for name, value in request.args.items() if name != "force_login"}
        return redirect(url_for("sessions.sign_in", next=f"{request.path}?{urlencode(again)}"))
    client, scopes = grant.request.client.app, grant.request.scope.split()
    note().app, note().account = client.name, account.username
    g.form_action = _origin(grant.redirect_uri)
    words = [(scope, rules.SCOPE_WORDS[scope]) for scope in scopes]
    return render_template("practice/authorise.html", app=client, scopes=words, account=account)


@bp.post("/oauth/authorize")
def decide() -> AnyResponse | tuple[str, int] | str:
    """Send the person back with a code, or with access_denied."""
    check_form()
    account = visitor()
    if account is None:
        return redirect(url_for("sessions.sign_in", next=request.full_path))
    note().account = account.username
    try:
        grant = server().get_consent_grant(end_user=account)
    except OAuth2Error as error:
        return _wrong(error)
    note().app = grant.request.client.app.name
    if request.form.get("decision") != "authorise":
        return _wrong(AccessDeniedError(redirect_uri=grant.redirect_uri, state=request.args.get("state")))
    answer: Response = server().create_authorization_response(grant_user=account, grant=grant)
    return _shown(answer) if grant.redirect_uri == rules.OUT_OF_BAND else answer


def _shown(answer: Response) -> str:
    """The page that shows a code to be copied, for clients that cannot receive it."""
    code = parse_qs(urlsplit(answer.location or "").query)["code"][0]
    return render_template("practice/mastodon/code.html", code=code)


def _origin(uri: str) -> str:
    """What the page's form may lead to (browsers hold redirects to it too)."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _wrong(error: OAuth2Error) -> AnyResponse | tuple[str, int]:
    """Tell the app by redirect, or the person by a page when the app cannot be trusted."""
    redirect_uri = getattr(error, "redirect_uri", None)
    words = oauth_error(error.error, error.get_error_description())
    if redirect_uri and redirect_uri != rules.OUT_OF_BAND:
        state = {"state": error.state} if getattr(error, "state", None) else {}
        return redirect(redirect_uri + ("&" if "?" in redirect_uri else "?") + urlencode(words | state))
    return render_template("practice/error.html", title="This app cannot sign you in", **words), 400


@bp.post("/oauth/token")
def exchange() -> Response:
    """Give a token for a code, or to the app itself (methods/oauth/#token)."""
    return _said(server().create_token_response())


@bp.post("/oauth/revoke")
def revoke() -> Response:
    """Revoke a token (methods/oauth/#revoke)."""
    answer: Response = server().create_endpoint_response("revocation")
    if answer.status_code >= 400 and answer.get_json()["error"] in ("invalid_grant", "invalid_client"):
        words = "You are not authorized to revoke this token"
        answer = jsonify(error="unauthorized_client", error_description=words)
        answer.status_code = 403
    return answer


def _said(answer: Response) -> Response:
    """Errors in the words and with the status of Mastodon's OAuth library."""
    if answer.status_code >= 400:
        body: dict[str, Any] = answer.get_json()
        code, status = body["error"], answer.status_code
        answer = jsonify(oauth_error(code, body.get("error_description", "")))
        answer.status_code = 401 if code == "invalid_client" else status
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/oauth/userinfo", methods=["GET", "POST"])
def tell_user() -> Response:
    """Who the token stands for (methods/oauth/#userinfo)."""
    g.token = bearer()
    _, account = demand_account("profile")
    url = practice().url
    return jsonify(
        iss=url("/"),
        sub=url(f"/users/{account.username}"),
        name=account.display_name,
        preferred_username=account.username,
        profile=url(f"/@{account.username}"),
        picture=url(f"/avatars/{account.username}.svg"),
    )
