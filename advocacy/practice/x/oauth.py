"""The OAuth pages and endpoints: authorisation, tokens, revocation."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from advocacy.practice.mode import Client
from advocacy.practice.sessions import check_form, visitor
from advocacy.practice.store import practice
from advocacy.practice.wire import note
from advocacy.practice.x import authorisation, rules
from advocacy.practice.x.rules import TokenRefusal

bp = Blueprint("oauth", __name__)


class Untrusted(Exception):
    """A request for authorisation that is told to the person, and never sent back to the application."""


@dataclass(frozen=True)
class Asking:
    """A request for authorisation that can be put to the person."""

    client: Client
    uri: str
    scopes: list[str]
    state: str
    challenge: str
    method: str


def _asking() -> Asking:
    """What an application asks for; raises Untrusted (oauth-2-0/authorization-code#parameters)."""
    for name in request.args:
        if len(request.args.getlist(name)) > 1:
            raise Untrusted(f"The parameter {name} is there more than once.")
    asked = request.args.get
    client, uri = practice().client(asked("client_id", "")), asked("redirect_uri", "")
    if client is None:
        raise Untrusted("The client_id is not known.")
    note().app = client.name
    if uri not in client.redirect_uris:
        raise Untrusted("The redirect_uri is not one of those registered, letter for letter.")
    if asked("response_type") != "code":
        raise Untrusted("The response_type must be code.")
    if not 0 < len(asked("state", "")) <= rules.MAX_STATE:
        raise Untrusted(f"The state must have 1 to {rules.MAX_STATE} characters.")
    challenge, method = asked("code_challenge", ""), asked("code_challenge_method", "")
    if not rules.is_challenge(challenge, method):
        raise Untrusted("A code_challenge with the code_challenge_method S256 or plain is needed.")
    return Asking(client, uri, _scopes(), asked("state", ""), challenge, method)


def _scopes() -> list[str]:
    scopes = rules.scopes_of(request.args.get("scope"))
    unknown = rules.unknown_scope(scopes)
    if unknown is not None or not scopes:
        raise Untrusted(f"The scope {unknown} is not known." if unknown else "A scope is needed.")
    return scopes


@bp.errorhandler(Untrusted)
def tell_person(error: Untrusted) -> tuple[str, int]:
    """Tell the person: X shows this page for everything that is wrong with a request."""
    title = "Something went wrong"
    words = f"You weren’t able to give access to the app. Go back and try logging in again. ({error})"
    page = {"title": title, "error": "invalid_request", "error_description": words}
    return render_template("practice/error.html", **page), 400


def _back(uri: str, **told: str) -> AnyResponse:
    """Send the person back to the application."""
    return redirect(uri + ("&" if "?" in uri else "?") + urlencode(told))


@bp.get("/i/oauth2/authorize")
def authorise() -> AnyResponse | str:
    """Ask the person (oauth-2-0/user-access-token, step 2)."""
    asking = _asking()
    account = visitor()
    if account is None:
        onward = f"{request.path}?{urlencode(list(request.args.items()))}"
        return redirect(url_for("sessions.sign_in", next=onward))
    note().account = account.username
    parts = urlsplit(asking.uri)
    g.form_action = f"{parts.scheme}://{parts.netloc}"
    words = [(scope, rules.SCOPE_WORDS[scope]) for scope in asking.scopes]
    return render_template("practice/x/authorise.html", app=asking.client, scopes=words, account=account)


@bp.post("/i/oauth2/authorize")
def decide() -> AnyResponse:
    """Send the person back with a code, or with access_denied."""
    check_form()
    asking = _asking()
    account = visitor()
    if account is None:
        return redirect(url_for("sessions.sign_in", next=request.full_path))
    note().account = account.username
    if request.form.get("decision") != "authorise":
        return _back(asking.uri, error="access_denied", state=asking.state)
    pkce = asking.challenge, asking.method
    code = authorisation.new_code(asking.client, account, asking.uri, asking.scopes, *pkce)
    return _back(asking.uri, state=asking.state, code=code)


@bp.post("/2/oauth2/token")
def give_token() -> Response:
    """Give tokens for a code or a refresh token (oauth-2-0/user-access-token, steps 3 and 5)."""
    client, form = authorisation.client_of(), request.form
    note().app = client.name
    (grant,) = authorisation.parameters(form, "grant_type")
    give = {"authorization_code": authorisation.exchange, "refresh_token": authorisation.renew}.get(grant)
    if give is None:
        raise TokenRefusal("Value passed for the grant type was invalid.", "unsupported_grant_type")
    answer, account = give(client, form)
    note().account = account.username
    told = jsonify(answer)
    told.headers["Cache-Control"] = "no-store"
    return told


@bp.post("/2/oauth2/revoke")
def revoke_token() -> Response:
    """Revoke a token of the application (oauth-2-0/user-access-token, step 6)."""
    client = authorisation.client_of()
    note().app = client.name
    account = authorisation.revoke(client, request.form)
    if account is not None:
        note().account = account.username
    return jsonify(revoked=True)
