"""Mastodon.py, written by others for the real thing, works here unmodified."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError, MastodonUnauthorizedError

from tests.practice.mastodon.wayfarer import Wayfarer
from tests.practice.network import CALLBACK, Network, challenge, picture

SCOPES = ["profile", "read", "write"]


class PkceSession(requests.Session):
    """Mastodon.py has no PKCE of its own; through its documented `session` it learns to send the verifier."""

    def __init__(self, verifier: str) -> None:
        super().__init__()
        self.verifier = verifier

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **more: Any) -> requests.Response:
        """Send one request."""
        if str(url).endswith("/oauth/token"):
            more["data"] = {**more["data"], "code_verifier": self.verifier}
        return super().request(method, url, *args, **more)


def test_mastodon_py_signs_in_posts_and_deletes(network: Network) -> None:
    way = Wayfarer(network, scopes=" ".join(SCOPES))
    made = Mastodon.create_app(
        "Mastodon.py",
        scopes=SCOPES,
        redirect_uris=CALLBACK,
        website="https://py.example",
        api_base_url=network.url,
    )
    way.app = dict(zip(("client_id", "client_secret"), made, strict=True))
    api = Mastodon(
        *made, api_base_url=network.url, session=PkceSession(way.verifier), version_check_mode="created"
    )
    url = api.auth_request_url(redirect_uris=CALLBACK, scopes=SCOPES, state="s", allow_http=True)
    url += f"&code_challenge={challenge(way.verifier)}&code_challenge_method=S256"
    told = way.form(way.visit(url), decision="authorise").headers["Location"]
    code = told.split("code=")[1].split("&")[0]
    api.log_in(code=code, redirect_uri=CALLBACK, scopes=SCOPES, allow_http=True)
    assert api.app_verify_credentials().name == "Mastodon.py"
    assert api.account_verify_credentials().username == "ada"
    assert api.instance().configuration.statuses.max_characters == 500
    media = api.media_post(picture(), mime_type="image/png", description="A square", synchronous=True)
    post = api.status_post("By Mastodon.py", media_ids=[media], idempotency_key="py-1", language="de")
    assert post.media_attachments[0].description == "A square" and post.language == "de"
    assert api.status_post("By Mastodon.py", idempotency_key="py-1").id == post.id
    assert api.status(post).url == post.url
    assert api.account_statuses(api.me())[0].id == post.id
    assert api.timeline_public(limit=1)[0].id == post.id
    assert api.account_lookup("ada").id == api.me().id
    with pytest.raises(MastodonAPIError, match="Text character limit of 500 exceeded"):
        api.status_post("x" * 501)
    assert api.status_delete(post).text == "By Mastodon.py"
    with pytest.raises(MastodonNotFoundError):
        api.status(post)
    token = api.access_token
    api.revoke_access_token(allow_http=True)
    again = Mastodon(access_token=token, api_base_url=network.url)
    with pytest.raises(MastodonUnauthorizedError, match="revoked"):
        again.account_verify_credentials()
