"""From a handle to the authorisation server, as a client walks."""

from __future__ import annotations

import pytest
import requests

from advocacy.practice.bluesky import rules
from tests.practice.network import Network

DID = rules.did_of("ada")


def ask(network: Network, path: str, host: str | None = None, **params: str) -> requests.Response:
    headers = {"Host": host} if host else {}
    return requests.get(network.url + path, params=params, headers=headers, timeout=10)


def test_a_handle_leads_to_its_authorisation_server(network: Network) -> None:
    resolved = ask(network, "/xrpc/com.atproto.identity.resolveHandle", handle="Ada.practice.test")
    assert resolved.json() == {"did": DID}
    document = ask(network, f"/{DID}").json()
    assert (document["id"], document["alsoKnownAs"]) == (DID, ["at://ada.practice.test"])
    (service,) = document["service"]
    assert (service["id"], service["type"]) == ("#atproto_pds", "AtprotoPersonalDataServer")
    pds = service["serviceEndpoint"]
    resource = requests.get(f"{pds}/.well-known/oauth-protected-resource", timeout=5).json()
    (issuer,) = resource["authorization_servers"]
    server = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=5).json()
    assert pds == resource["resource"] == issuer == server["issuer"] == network.url


def test_the_server_says_what_the_profile_demands(network: Network) -> None:
    server = ask(network, "/.well-known/oauth-authorization-server").json()
    assert server["require_pushed_authorization_requests"] is True
    assert server["authorization_response_iss_parameter_supported"] is True
    assert server["client_id_metadata_document_supported"] is True
    assert server["code_challenge_methods_supported"] == ["S256"] and "atproto" in server["scopes_supported"]
    assert server["dpop_signing_alg_values_supported"] == ["ES256"]
    assert {"none", "private_key_jwt"} <= set(server["token_endpoint_auth_methods_supported"])
    for name in ("authorization", "token", "revocation", "pushed_authorization_request"):
        assert server[f"{name}_endpoint"].startswith(f"{network.url}/oauth/")


def test_a_key_is_told_as_a_multikey_and_stays_the_same(network: Network) -> None:
    one, other = (ask(network, f"/{DID}").json()["verificationMethod"][0] for _ in range(2))
    assert one == other and one["type"] == "Multikey" and one["publicKeyMultibase"].startswith("zDn")
    theirs = ask(network, f"/{rules.did_of('carl')}").json()["verificationMethod"][0]
    assert theirs["publicKeyMultibase"] != one["publicKeyMultibase"]


def test_a_host_that_is_a_handle_tells_its_did(network: Network) -> None:
    answer = ask(network, "/.well-known/atproto-did", host="ada.practice.test")
    assert (answer.text, answer.headers["Content-Type"]) == (DID, "text/plain; charset=utf-8")
    assert ask(network, "/.well-known/atproto-did", host="ada.practice.test:8103").text == DID
    assert ask(network, "/.well-known/atproto-did").status_code == 404


def test_who_is_unknown_is_not_found(network: Network) -> None:
    answer = ask(network, "/xrpc/com.atproto.identity.resolveHandle", handle="eve.practice.test")
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidRequest")
    assert answer.json()["message"] == "Unable to resolve handle"
    gone = ask(network, f"/did:plc:{'a' * 24}")
    assert (gone.status_code, gone.json()) == (404, {"message": f"DID not registered: did:plc:{'a' * 24}"})


@pytest.mark.parametrize("params", [{}, {"handle": "x y"}, {"handle": "ada"}])
def test_a_handle_must_be_one(network: Network, params: dict[str, str]) -> None:
    answer = ask(network, "/xrpc/com.atproto.identity.resolveHandle", **params)
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidRequest")


def test_the_server_describes_itself(network: Network) -> None:
    told = ask(network, "/xrpc/com.atproto.server.describeServer").json()
    assert told["did"].startswith("did:web:127.0.0.1%3A") and told["availableUserDomains"] == [
        ".practice.test"
    ]


def test_a_method_that_is_not_played_says_so(network: Network) -> None:
    answer = ask(network, "/xrpc/com.example.nothing")
    assert (answer.status_code, answer.json()["error"]) == (501, "MethodNotImplemented")
