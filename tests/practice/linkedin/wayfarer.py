"""A client that walks the pages of LinkedIn's mode as a browser would, and calls its API as an app."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import requests

from advocacy.practice.mode import Client
from tests.practice.network import CALLBACK, CLIENTS, PASSWORD, Network, picture

SCOPES = "openid profile email w_member_social"
VERSION = "202607"
HEADERS = {"LinkedIn-Version": VERSION, "X-Restli-Protocol-Version": "2.0.0"}


class Wayfarer:
    """An app and the person who uses it."""

    def __init__(self, network: Network, person: str = "ada", client: Client = CLIENTS[0]) -> None:
        self.network, self.person, self.client = network, person, client
        self.browser = requests.Session()

    def address(self, **more: str | None) -> str:
        """The authorisation page's address; a None leaves a parameter out."""
        params: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client.id,
            "redirect_uri": CALLBACK,
            "state": "s-1",
            "scope": SCOPES,
            **more,
        }
        kept = {name: value for name, value in params.items() if value is not None}
        url = f"{self.network.url}/oauth/v2/authorization"
        return str(requests.Request("GET", url, params=kept).prepare().url)

    def form(self, page: requests.Response, **more: str) -> requests.Response:
        """Fill in a page's form and send it, without following where it leads."""
        names = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        names = {name: value.replace("&amp;", "&") for name, value in names.items()}
        action = re.search(r'<form[^>]* action="([^"]+)"', page.text.split("<main", 1)[1])
        url = self.network.url + action[1] if action else page.url
        return self.browser.post(url, data={**names, **more}, allow_redirects=False, timeout=10)

    def visit(self, url: str) -> requests.Response:
        """Open a page, signing in where asked; stops at the app's own address."""
        page = self.browser.get(url, allow_redirects=False, timeout=10)
        while page.is_redirect and not page.headers["Location"].startswith(CALLBACK):
            onward = requests.compat.urljoin(page.url, page.headers["Location"])
            page = self.browser.get(onward, allow_redirects=False, timeout=10)
            if "/sign-in" in page.url:
                page = self.form(page, username=self.person, password=PASSWORD)
        return page

    def returned(self, decision: str = "authorise", **more: Any) -> dict[str, str]:
        """What the app is told at its callback."""
        page = self.visit(self.address(**more))
        if not page.is_redirect:
            page = self.form(page, decision=decision)
        return {name: value[0] for name, value in parse_qs(urlsplit(page.headers["Location"]).query).items()}

    def code(self, **more: Any) -> str:
        """A fresh authorisation code."""
        return self.returned(**more)["code"]

    def token(self, path: str = "accessToken", **sent: str | None) -> requests.Response:
        """Call a token endpoint with the app's id and secret; a None leaves a parameter out."""
        all_of_it = {"client_id": self.client.id, "client_secret": self.client.secret, **sent}
        kept = {name: value for name, value in all_of_it.items() if value is not None}
        return requests.post(f"{self.network.url}/oauth/v2/{path}", data=kept, timeout=10)

    def exchange(self, code: str, **more: str | None) -> requests.Response:
        """Ask for a token."""
        sent: dict[str, str | None] = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
        return self.token(**sent | {"code": code} | more)

    def connected(self, **more: Any) -> Caller:
        """The API as this person's app may call it."""
        return Caller(self.network, self.exchange(self.code(**more)).json()["access_token"])


class Caller:
    """Calls the API with a token."""

    def __init__(self, network: Network, token: str | None) -> None:
        self.network, self.token = network, token
        self.urn = ""
        if token and "sub" in (me := self.call("GET", "/v2/userinfo").json()):
            self.urn = f"urn:li:person:{me['sub']}"

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Call the API; a header that is None is left out."""
        headers = HEADERS | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        headers |= more.pop("headers", {})
        more.setdefault("timeout", 15)
        kept = {name: value for name, value in headers.items() if value is not None}
        url = path if path.startswith("http") else self.network.url + path
        return requests.request(method, url, headers=kept, **more)

    def draft(self, commentary: str = "Hello", **more: Any) -> dict[str, Any]:
        """A post as the documentation shows it."""
        distribution = {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        }
        return {
            "author": self.urn,
            "commentary": commentary,
            "visibility": "PUBLIC",
            "distribution": distribution,
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
            **more,
        }

    def send(self, draft: Any, **more: Any) -> requests.Response:
        """Publish a post as it stands here."""
        return self.call("POST", "/rest/posts", json=draft, **more)

    def post(self, commentary: str = "Hello", **more: Any) -> requests.Response:
        """Publish a post."""
        return self.send(self.draft(commentary, **more))

    def urn_of(self, commentary: str, **more: Any) -> str:
        """Publish a post and tell its URN."""
        answer = self.post(commentary, **more)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["x-restli-id"])

    def at_post(self, method: str, urn: str, **more: Any) -> requests.Response:
        """Call a post's own address."""
        return self.call(method, f"/rest/posts/{quote(urn, safe='')}", **more)

    def expect_upload(self, **more: Any) -> requests.Response:
        """Ask for an address for an image."""
        sent = {"initializeUploadRequest": {"owner": self.urn}}
        return self.call("POST", "/rest/images?action=initializeUpload", **{"json": sent} | more)

    def image(self, data: bytes | None = None) -> str:
        """Upload an image and tell its URN."""
        value = self.expect_upload().json()["value"]
        sent = self.call("PUT", value["uploadUrl"], data=data or picture())
        assert sent.status_code == 201, sent.text
        return str(value["image"])

    def page(self, urn: str) -> requests.Response:
        """A post's public page."""
        return requests.get(
            f"{self.network.url}/feed/update/{urn}", headers={"Accept": "text/html"}, timeout=5
        )
