"""The OAuth pages and endpoints: authorisation, access tokens, introspection."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from advocacy.practice.linkedin import authorisation, openid, rules
from advocacy.practice.linkedin.rules import TokenRefusal
from advocacy.practice.mode import Client
from advocacy.practice.sessions import check_form, visitor
from advocacy.practice.store import practice
from advocacy.practice.wire import note

bp = Blueprint("oauth", __name__)

CANCELLED = {
    "error": "user_cancelled_authorize",
    "error_description": "The user cancelled LinkedIn authorization",
}


@dataclass(frozen=True)
class Asking:
    """A request for authorisation that can be put to the member."""

    client: Client
    uri: str
    scopes: list[str]


def _asking() -> Asking | AnyResponse | tuple[str, int]:
    """What an application asks for, or the answer to a request that cannot be trusted or met."""
    client = practice().client(request.args.get("client_id", ""))
    if client is None:
        return _untrusted("The passed in client_id is invalid")
    note().app = client.name
    uri = request.args.get("redirect_uri", "")
    if uri not in client.redirect_uris:
        return _untrusted("The redirect_uri does not match the registered value")
    if request.args.get("response_type") != "code":
        return _back(
            uri, error="unsupported_response_type", error_description="The response_type must be code"
        )
    scopes = rules.scopes_of(request.args.get("scope"))
    if not scopes:
        words = 'A required parameter "scope" is missing'
        return _back(uri, error="invalid_request", error_description=words)
    unknown = rules.unknown_scope(scopes)
    if unknown is not None:
        words = f'Scope "{unknown}" is not authorized for your application'
        return _back(uri, error="unauthorized_scope_error", error_description=words)
    return Asking(client, uri, scopes)


def _untrusted(words: str) -> tuple[str, int]:
    page = {"title": "Bummer, something went wrong.", "error": "invalid_request", "error_description": words}
    return render_template("practice/error.html", **page), 400


def _back(uri: str, **told: str) -> AnyResponse:
    """Send the person back to the application; the state goes along as it came."""
    state = {"state": request.args["state"]} if "state" in request.args else {}
    return redirect(uri + ("&" if "?" in uri else "?") + urlencode(told | state))


@bp.get("/oauth/v2/authorization")
def authorise() -> AnyResponse | tuple[str, int] | str:
    """Ask the member, unless a living token shows that it was granted (authorization-code-flow#step-2)."""
    asking = _asking()
    if not isinstance(asking, Asking):
        return asking
    account = visitor()
    if account is None:
        return redirect(
            url_for("sessions.sign_in", next=f"{request.path}?{urlencode(list(request.args.items()))}")
        )
    note().account = account.username
    client, uri, scopes = asking.client, asking.uri, asking.scopes
    if authorisation.has_granted(client, account, scopes):
        return _back(uri, code=authorisation.new_code(client, account, uri, scopes))
    parts = urlsplit(uri)
    g.form_action = f"{parts.scheme}://{parts.netloc}"
    words = [(scope, rules.SCOPE_WORDS[scope]) for scope in scopes]
    return render_template("practice/linkedin/authorise.html", app=client, scopes=words, account=account)


@bp.post("/oauth/v2/authorization")
def decide() -> AnyResponse | tuple[str, int] | str:
    """Send the member back with a code, or with user_cancelled_authorize."""
    check_form()
    asking = _asking()
    if not isinstance(asking, Asking):
        return asking
    account = visitor()
    if account is None:
        return redirect(url_for("sessions.sign_in", next=request.full_path))
    note().account = account.username
    if request.form.get("decision") != "authorise":
        return _back(asking.uri, **CANCELLED)
    code = authorisation.new_code(asking.client, account, asking.uri, asking.scopes)
    return _back(asking.uri, code=code)


@bp.post("/oauth/v2/accessToken")
def give_token() -> Response:
    """Give tokens for a code or a refresh token (authorization-code-flow#step-3, programmatic-refresh-tokens)."""
    form = request.form
    (grant,) = authorisation.parameters(form, "grant_type")
    if grant == "client_credentials":
        words = "This application is not allowed to create application tokens"
        raise TokenRefusal(401, "access_denied", words)
    if grant not in ("authorization_code", "refresh_token"):
        raise authorisation.bad(f'The grant type "{grant}" is not supported', "unsupported_grant_type")
    client = authorisation.client_of(form)
    note().app = client.name
    give = authorisation.exchange if grant == "authorization_code" else authorisation.renew
    answer, member = give(client, form)
    note().account = member.account.username
    scope = answer["scope"].replace(",", " ")
    if grant == "authorization_code" and "openid" in scope.split():
        answer["id_token"] = openid.id_token(client, member, scope)
    told = jsonify(answer)
    told.headers["Cache-Control"] = "no-store"
    return told


@bp.post("/oauth/v2/introspectToken")
def introspect() -> Response:
    """Tell an application about a token of its own (token-introspection)."""
    client = authorisation.client_of(request.form)
    note().app = client.name
    return jsonify(authorisation.introspect(client, request.form))


@bp.get("/oauth/.well-known/openid-configuration")
def tell_metadata() -> Response:
    """Where everything is (OpenID Connect Discovery)."""
    return jsonify(openid.metadata())


@bp.get("/oauth/openid/jwks")
def tell_keys() -> Response:
    """The key that signs ID tokens."""
    return jsonify(openid.keys())
