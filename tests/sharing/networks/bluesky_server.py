"""An odd server that is all of Bluesky at one place: resolver, directory, account's server and authorisation server."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qsl

from joserfc import jwt
from joserfc.jwk import ECKey

from advocacy.sharing import networks
from advocacy.sharing.networks.bluesky import keys
from advocacy.sharing.networks.bluesky.network import Bluesky
from advocacy.sharing.networks.interface import Tokens
from tests.odd_server import Asked, OddServer, says

DID = "did:plc:" + "a" * 24
OTHER = "did:plc:" + "b" * 24
BACK = "http://127.0.0.1:8000/connections/callback/bluesky"
RESOLVER = "/xrpc/com.atproto.identity.resolveHandle"
SESSION = "/xrpc/com.atproto.server.getSession"
PUT = "/xrpc/com.atproto.repo.putRecord"
KEPT = "/xrpc/com.atproto.repo.getRecord"
BLOB = "/xrpc/com.atproto.repo.uploadBlob"
RESOURCE, SERVER = "/.well-known/oauth-protected-resource", "/.well-known/oauth-authorization-server"


def document(odd: OddServer, did: str = DID, **changed: Any) -> dict[str, Any]:
    kept = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": odd.url}
    return {"id": did, "alsoKnownAs": ["at://ada.example"], "service": [kept], **changed}


def metadata(odd: OddServer, **changed: Any) -> dict[str, Any]:
    return {
        "issuer": odd.url,
        "pushed_authorization_request_endpoint": f"{odd.url}/oauth/par",
        "authorization_endpoint": f"{odd.url}/oauth/authorize",
        "token_endpoint": f"{odd.url}/oauth/token",
        "revocation_endpoint": f"{odd.url}/oauth/revoke",
        "scopes_supported": ["atproto", "transition:generic"],
        **changed,
    }


def grant(**changed: Any) -> dict[str, Any]:
    return {
        "access_token": "a-token", "token_type": "DPoP", "expires_in": 3600, "refresh_token": "r-token",
        "scope": "atproto transition:generic", "sub": DID, **changed,
    }  # fmt: skip


def settle(odd: OddServer) -> None:
    """Everything answers as it should."""
    odd.on(RESOLVER, says(200, {"did": DID}))
    odd.on(f"/{DID}", says(200, document(odd)))
    odd.on(RESOURCE, says(200, {"resource": odd.url, "authorization_servers": [odd.url]}))
    odd.on(SERVER, says(200, metadata(odd)))
    odd.on(
        "/oauth/par", says(201, {"request_uri": "urn:ietf:params:oauth:request_uri:req-1", "expires_in": 299})
    )
    odd.on("/oauth/token", says(200, grant()))
    odd.on("/oauth/revoke", says(200, {}))
    odd.on(SESSION, says(200, {"did": DID, "handle": "ada.example"}))
    odd.on(
        BLOB,
        says(200, {"blob": {"$type": "blob", "ref": {"$link": "bafy"}, "mimeType": "image/png", "size": 9}}),
    )


def connector(odd: OddServer, *, website: str = "http://127.0.0.1:8000", secret: str = "") -> Bluesky:
    clients = {"bluesky": networks.Client(secret=secret)}
    networks.configure(practice={"bluesky": odd.url}, clients=clients, base_url=website)
    made = networks.network("bluesky")
    assert isinstance(made, Bluesky)
    return made


def tokens(odd: OddServer, pem: str, **changed: Any) -> Tokens:
    """Tokens bound to a key."""
    extra = {
        "key": pem, "issuer": odd.url, "token": f"{odd.url}/oauth/token", "revoke": f"{odd.url}/oauth/revoke",
        "did": DID, "handle": "ada.example", "pds": odd.url, "key_id": "", **changed,
    }  # fmt: skip
    return Tokens("a-token", "r-token", None, ("atproto", "transition:generic"), extra)


def proof_of(asked: Asked) -> dict[str, Any]:
    """What a request's proof says, its signature checked by the key inside it."""
    shown = asked.headers["dpop"]
    return dict(jwt.decode(shown, ECKey.import_key(key_in(shown)), algorithms=["ES256"]).claims)


def key_in(proof: str) -> dict[str, Any]:
    head = proof.partition(".")[0]
    said = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    assert (said["typ"], said["alg"]) == ("dpop+jwt", "ES256") and "d" not in said["jwk"]
    return dict(said["jwk"])


def form(asked: Asked) -> dict[str, str]:
    return dict(parse_qsl(asked.body.decode(), strict_parsing=True))


PEM = keys.new_pem()
