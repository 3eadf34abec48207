"""An independent client, requests-oauthlib, connects, posts and renews."""

from __future__ import annotations

import time
from typing import Any

import pytest
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from tests.practice.network import CALLBACK, CLIENTS, Network
from tests.practice.x.wayfarer import SCOPES, Wayfarer


def test_a_client_that_others_wrote_gets_along(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # loopback without TLS
    kept: list[dict[str, Any]] = []
    client, url = CLIENTS[0], f"{network.url}/2/oauth2/token"
    session = OAuth2Session(
        client.id, redirect_uri=CALLBACK, scope=SCOPES.split(), pkce="S256", token_updater=kept.append
    )
    page, state = session.authorization_url(f"{network.url}/i/oauth2/authorize")
    way = Wayfarer(network)
    back = way.form(way.visit(page), decision="authorise").headers["Location"]
    basic = HTTPBasicAuth(client.id, client.secret)
    first = session.fetch_token(url, authorization_response=back, auth=basic, state=state)
    assert first["expires_in"] == 7200 and first["scope"] == SCOPES.split()
    sent = session.post(f"{network.url}/2/tweets", json={"text": f"By others {time.time_ns()}"})
    assert sent.status_code == 201
    second = session.refresh_token(url, auth=basic)
    assert second["refresh_token"] != first["refresh_token"]
    assert session.get(f"{network.url}/2/users/me").json()["data"]["username"] == "ada"
