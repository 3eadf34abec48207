"""A client that walks the pages of Mastodon's mode as a browser would, with an HTTP library alone."""

from __future__ import annotations

import re
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.practice.network import CALLBACK, PASSWORD, Network, challenge, picture

SCOPES = "profile read:statuses write:statuses write:media"


class Wayfarer:
    """An app and the person who uses it."""

    def __init__(self, network: Network, person: str = "ada", scopes: str = SCOPES) -> None:
        self.network, self.person, self.scopes = network, person, scopes
        self.browser = requests.Session()
        self.verifier = secrets.token_urlsafe(48)
        self.app = self.register().json()

    def register(self, **more: Any) -> requests.Response:
        """Register the app."""
        sent = {"client_name": "Advocacy", "redirect_uris": CALLBACK, "scopes": self.scopes, **more}
        return requests.post(f"{self.network.url}/api/v1/apps", data=sent, timeout=10)

    def address(self, **more: str | None) -> str:
        """The authorise page's address; a None leaves a parameter out."""
        params: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.app["client_id"],
            "redirect_uri": CALLBACK,
            "scope": self.scopes,
            "state": "s-1",
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
            **more,
        }
        kept = {name: value for name, value in params.items() if value is not None}
        return str(requests.Request("GET", f"{self.network.url}/oauth/authorize", params=kept).prepare().url)

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
            page = self.browser.get(requests.compat.urljoin(page.url, page.headers["Location"]), timeout=10)
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

    def exchange(self, code: str, **more: str | None) -> requests.Response:
        """Ask for a token; a None leaves a parameter out."""
        sent: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": self.app["client_id"],
            "client_secret": self.app["client_secret"],
            "code_verifier": self.verifier,
            **more,
        }
        kept = {name: value for name, value in sent.items() if value is not None}
        return requests.post(f"{self.network.url}/oauth/token", data=kept, timeout=10)

    def connected(self) -> Caller:
        """The API as this person's app may call it."""
        return Caller(self.network, self.exchange(self.code()).json()["access_token"])


class Caller:
    """Calls the API with a token."""

    def __init__(self, network: Network, token: str | None) -> None:
        self.network, self.token = network, token

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Call the API."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= more.pop("headers", {})
        more.setdefault("timeout", 15)
        return requests.request(method, self.network.url + path, headers=headers, **more)

    def post(self, text: str = "Hello", key: str | None = None, **more: Any) -> requests.Response:
        """Publish a post."""
        headers = {"Idempotency-Key": key} if key else {}
        timeout = more.pop("timeout", 15)
        sent = {"status": text, **more}
        return self.call("POST", "/api/v1/statuses", json=sent, headers=headers, timeout=timeout)

    def upload(self, data: bytes | None = None, description: str = "A square") -> requests.Response:
        """Upload a picture."""
        files = {"file": ("a.png", data if data is not None else picture())}
        return self.call("POST", "/api/v2/media", files=files, data={"description": description})

    def posts(self) -> list[dict[str, Any]]:
        """This person's posts."""
        me = self.call("GET", "/api/v1/accounts/verify_credentials").json()["id"]
        found: list[dict[str, Any]] = self.call("GET", f"/api/v1/accounts/{me}/statuses").json()
        return found
