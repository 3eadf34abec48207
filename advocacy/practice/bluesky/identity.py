"""Who is who and where: handles, DID documents, and what this server is (atproto.com/specs/handle, specs/did)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select

from advocacy.practice.bluesky import inputs, rules, shapes
from advocacy.practice.bluesky.guard import guard
from advocacy.practice.bluesky.models import Repo
from advocacy.practice.bluesky.rules import Refusal, invalid
from advocacy.practice.store import practice

bp = Blueprint("identity", __name__)
xrpc = Blueprint("identity_xrpc", __name__)
guard(xrpc)

SCOPES = [*rules.SCOPE_WORDS]


def repo_of(who: str) -> Repo | None:
    """The repository of a handle or a DID."""
    named = Repo.did == who if who.startswith("did:") else Repo.handle == who.lower()
    with practice().store.reading() as session:
        return session.scalar(select(Repo).where(named))


@bp.get("/did:plc:<tail>")
def show_did(tail: str) -> Response:
    """A DID document, as the PLC directory answers it (web.plc.directory)."""
    did = f"did:plc:{tail}"
    repo = repo_of(did)
    if repo is None:
        raise Refusal(404, "NotFound", f"DID not registered: {did}")
    answer = jsonify(shapes.did_document(practice(), repo))
    answer.mimetype = "application/did+ld+json"
    return answer


@bp.get("/.well-known/atproto-did")
def show_own_did() -> tuple[str, int, dict[str, str]]:
    """The DID of the handle that this call's host is (specs/handle#handle-resolution)."""
    repo = repo_of(request.host.rpartition(":")[0] or request.host)
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    return (repo.did, 200, plain) if repo else ("User not found", 404, plain)


@bp.get("/.well-known/oauth-protected-resource")
def show_resource() -> Response:
    """Which authorisation server gives tokens for here (RFC 9728)."""
    url = practice().public_url
    return jsonify(
        resource=url,
        authorization_servers=[url],
        scopes_supported=[],
        bearer_methods_supported=["header"],
        resource_documentation="https://atproto.com",
    )


@bp.get("/.well-known/oauth-authorization-server")
def show_server() -> Response:
    """What the authorisation server can do (specs/oauth#authorization-servers)."""
    url = practice().url
    return jsonify(
        issuer=practice().public_url,
        authorization_endpoint=url("/oauth/authorize"),
        token_endpoint=url("/oauth/token"),
        revocation_endpoint=url("/oauth/revoke"),
        pushed_authorization_request_endpoint=url("/oauth/par"),
        require_pushed_authorization_requests=True,
        scopes_supported=SCOPES,
        subject_types_supported=["public"],
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code", "refresh_token"],
        code_challenge_methods_supported=["S256"],
        token_endpoint_auth_methods_supported=[
            "none",
            "private_key_jwt",
        ],  # the profile demands that both be named
        token_endpoint_auth_signing_alg_values_supported=["ES256"],
        dpop_signing_alg_values_supported=["ES256"],
        authorization_response_iss_parameter_supported=True,
        client_id_metadata_document_supported=True,
        protected_resources=[practice().public_url],
        ui_locales_supported=["en-US"],
    )


@xrpc.get("/xrpc/com.atproto.identity.resolveHandle")
def resolve_handle() -> Response:
    """The DID of a handle (com.atproto.identity.resolveHandle)."""
    repo = repo_of(inputs.param("handle", inputs.handle))
    if repo is None:
        raise invalid("Unable to resolve handle")
    return jsonify(did=repo.did)


@xrpc.get("/xrpc/com.atproto.server.describeServer")
def describe_server() -> Response:
    """What accounts there can be here (com.atproto.server.describeServer)."""
    host = practice().public_url.split("://", 1)[1].replace(":", "%3A")
    domains = [f".{rules.HANDLE_DOMAIN}"]
    return jsonify(
        did=f"did:web:{host}", availableUserDomains=domains, inviteCodeRequired=True, links={}, contact={}
    )
